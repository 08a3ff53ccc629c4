/// UTF-8 that is checked, and mended where a document claims it wrongly.
enum UTF8Repair {
  static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { Census($0, stopsAtFirst: true).isValid }
  }

  /// How many sequences beyond ASCII are right, and how many are wrong. One that the end of the bytes
  /// cuts is neither; a pair of surrogates is right, but must be mended.
  struct Census {
    var right = 0
    var wrong = 0
    var pairs = 0
    var isCut = false

    var isValid: Bool { defects == 0 }

    /// Places that have to be mended.
    var defects: Int { wrong + pairs + (isCut ? 1 : 0) }

    /// Whether the text is UTF-8 whatever else is said of it: in other encodings hardly any bytes
    /// form a sequence.
    var isCertain: Bool {
      (right > 0 && wrong == 0) || (right >= Census.certainty && right >= wrong * 4)
    }

    /// Whether it is UTF-8 when nothing else is said.
    var isLikely: Bool { right >= wrong && right > 0 }

    private static let certainty = 8

    init(_ bytes: ArraySlice<UInt8>) {
      self = bytes.withUnsafeBufferPointer { Census($0, stopsAtFirst: false) }
    }

    fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>, stopsAtFirst: Bool) {
      let scan = ByteScan(bytes: bytes)
      var place = scan.nextBeyondASCII(from: 0)
      while place < bytes.count {
        place += count(bytes, at: place)
        if stopsAtFirst, !isValid { break }
        if place < bytes.count, bytes[place] < 0x80 { place = scan.nextBeyondASCII(from: place) }
      }
    }

    /// Counts the sequence at `place` and returns its bytes.
    private mutating func count(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
      var length = sequenceLength(bytes, at: place)
      if length > 0 {
        right += 1
        return length
      }
      if isCutSequence(bytes, at: place) {
        isCut = true
        return bytes.count - place
      }
      length = surrogateLength(bytes, at: place)
      if length == 6 {
        right += 1
        pairs += 1
      } else {
        wrong += 1
      }
      return max(length, 1)
    }
  }

  /// The text with each byte that is not UTF-8 read as windows-1252. Surrogates that were encoded one
  /// by one (CESU-8) are joined; one alone, and a sequence that the end cuts, becomes U+FFFD.
  static func mended(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + bytes.count / 8)
    bytes.withUnsafeBufferPointer { bytes in
      var place = 0
      while place < bytes.count {
        let length = sequenceLength(bytes, at: place)
        if length > 0 {
          output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[place..<place + length]))
          place += length
        } else {
          place += mend(bytes, at: place, into: &output)
        }
      }
    }
    return output
  }

  /// Writes what stands for the wrong bytes at `place` and returns their number.
  private static func mend(
    _ bytes: UnsafeBufferPointer<UInt8>, at place: Int, into output: inout [UInt8]
  ) -> Int {
    if isCutSequence(bytes, at: place) {
      output.append(contentsOf: Transcoder.replacementCharacter)
      return bytes.count - place
    }
    switch surrogateLength(bytes, at: place) {
    case 6:
      output.append(
        scalar: 0x10000 + surrogateBits(bytes, at: place) << 10
          + surrogateBits(bytes, at: place + 3))
      return 6
    case 3:
      output.append(contentsOf: Transcoder.replacementCharacter)
      return 3
    default:
      output.append(windows1252: bytes[place])
      return 1
    }
  }

  /// Bytes of a pair of surrogates, or of one alone, 0 when there is none.
  private static func surrogateLength(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    func isSurrogate(_ place: Int, _ second: ClosedRange<UInt8>) -> Bool {
      place + 3 <= bytes.count && bytes[place] == 0xED && second.contains(bytes[place + 1])
        && bytes[place + 2] & 0xC0 == 0x80
    }
    guard isSurrogate(place, 0xA0...0xBF) else { return 0 }
    return isSurrogate(place, 0xA0...0xAF) && isSurrogate(place + 3, 0xB0...0xBF) ? 6 : 3
  }

  /// The ten bits that a surrogate stands for.
  private static func surrogateBits(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> UInt32 {
    UInt32(bytes[place + 1] & 0x0F) << 6 | UInt32(bytes[place + 2] & 0x3F)
  }

  /// Whether the bytes from `place` to the end are the beginning of a sequence.
  private static func isCutSequence(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
    let needed =
      switch bytes[place] {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    let left = bytes.count - place
    return left < needed && bytes[(place + 1)...].allSatisfy { $0 & 0xC0 == 0x80 }
  }

  /// Bytes of the well-formed sequence at `place` (Unicode table 3-7), 0 when there is none.
  @inline(__always)
  fileprivate static func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int
  {
    let first = bytes[place]
    if first < 0x80 { return 1 }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard place + length <= bytes.count, second.contains(bytes[place + 1]) else { return 0 }
    for next in place + 2..<max(place + length, place + 2) where bytes[next] & 0xC0 != 0x80 {
      return 0
    }
    return length
  }
}
