/// UTF-8 that is checked, and mended where a document claims it wrongly.
enum UTF8Repair {
  static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { wrongs(in: $0, stopsAtFirst: true).wrong == 0 }
  }

  /// The text with each byte that is not UTF-8 read as windows-1252, or nil when so many are wrong
  /// that the document is no UTF-8 at all.
  static func mended(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    let (right, wrong) = bytes.withUnsafeBufferPointer { wrongs(in: $0, stopsAtFirst: false) }
    guard right >= wrong, right > 0 else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + wrong * 2)
    bytes.withUnsafeBufferPointer { bytes in
      var place = 0
      while place < bytes.count {
        let length = sequenceLength(bytes, at: place)
        if length == 0 {
          output.append(windows1252: bytes[place])
          place += 1
        } else {
          output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[place..<place + length]))
          place += length
        }
      }
    }
    return output
  }

  /// How many sequences beyond ASCII are right, and how many bytes are wrong. A sequence that the end
  /// of the bytes cuts is neither.
  private static func wrongs(
    in bytes: UnsafeBufferPointer<UInt8>, stopsAtFirst: Bool
  ) -> (right: Int, wrong: Int) {
    var right = 0
    var wrong = 0
    var place = 0
    let words = UnsafeRawBufferPointer(bytes)
    while place < bytes.count {
      if place + 8 <= bytes.count,
        words.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        place += 8
        continue
      }
      if bytes[place] < 0x80 {
        place += 1
        continue
      }
      let length = sequenceLength(bytes, at: place)
      if length > 0 { right += 1 } else { wrong += 1 }
      if wrong > 0, stopsAtFirst { break }
      place += max(length, 1)
    }
    return (right, wrong)
  }

  /// Bytes of the well-formed sequence at `place` (Unicode table 3-7), 0 when there is none.
  @inline(__always)
  private static func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
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
