internal import Syndication

/// Writes JSON into room that its caller made: one look at the room for each piece, none at an array.
struct LineWriter {
  private let room: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  /// What is written goes to the start of `room`. More than fits is a mistake of the caller's.
  init(_ room: UnsafeMutableBufferPointer<UInt8>) {
    self.room = room
  }

  /// The most bytes that `writeJSON` takes for a text.
  @inline(__always)
  static func byteLimit(ofJSON text: String, limit: Int) -> Int {
    min(text.utf8.count * longestEscapeByteCount, limit) + 2
  }

  static let longestEscapeByteCount = 6

  @inline(__always)
  mutating func write(_ byte: UInt8) {
    precondition(count < room.count, "the line was thought to be shorter")
    room[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func write(_ text: StaticString) {
    write(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always)
  mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) {
    precondition(bytes.count <= room.count - count, "the line was thought to be shorter")
    guard let source = bytes.baseAddress, let start = room.baseAddress else { return }
    (start + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  /// Writes sixteen lower-case digits.
  @inline(__always)
  mutating func writeHexadecimal(_ number: UInt64) {
    for place in 0..<16 { write(number.hexadecimalDigit(at: place)) }
  }

  mutating func writeDecimal(_ number: Int) {
    for digit in String(number).utf8 { write(digit) }
  }

  /// Writes the 24 bytes of `Timestamp.rfc3339`.
  mutating func write(_ moment: Timestamp) {
    precondition(room.count - count >= Timestamp.rfc3339ByteCount)
    moment.writeRFC3339(
      to: UnsafeMutableBufferPointer(
        rebasing: room[count..<count + Timestamp.rfc3339ByteCount]))
    count += Timestamp.rfc3339ByteCount
  }

  /// Writes a JSON string of at most `limit` bytes with its quotes, cut where a character starts; false
  /// when it was cut.
  @discardableResult
  mutating func writeJSON(_ text: String, limit: Int) -> Bool {
    let end = count + limit - 1
    write(UInt8(ascii: "\""))
    let isWhole: Bool
    if let done = text.utf8.withContiguousStorageIfAvailable({ writeEscaped($0, upTo: end) }) {
      isWhole = done
    } else {
      var text = text
      isWhole = text.withUTF8 { writeEscaped($0, upTo: end) }
    }
    write(UInt8(ascii: "\""))
    return isWhole
  }

  /// Writes `utf8` with its escapes until `end` is reached; false when it did not fit.
  private mutating func writeEscaped(_ utf8: UnsafeBufferPointer<UInt8>, upTo end: Int) -> Bool {
    var start = 0
    while start < utf8.count {
      let stop = utf8.firstToEscape(from: start)
      if count + (stop - start) > end {
        let fitting = utf8.scalarBoundary(atMost: start + end - count)
        if fitting > start { write(UnsafeBufferPointer(rebasing: utf8[start..<fitting])) }
        return false
      }
      write(UnsafeBufferPointer(rebasing: utf8[start..<stop]))
      guard stop < utf8.count else { return true }
      if count + LineWriter.longestEscapeByteCount > end { return false }
      start = stop + writeEscape(of: utf8, at: stop)
    }
    return true
  }

  /// Writes the escape of the character at `place`, and returns how many bytes it has.
  private mutating func writeEscape(of utf8: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    switch utf8[place] {
    case UInt8(ascii: "\""): write("\\\"")
    case UInt8(ascii: "\\"): write("\\\\")
    case UInt8(ascii: "\n"): write("\\n")
    case UInt8(ascii: "\t"): write("\\t")
    case UInt8(ascii: "\r"): write("\\r")
    case 0xC2:
      writeUnicodeEscape(UInt16(utf8[place + 1]))
      return 2
    case 0xE2:
      writeUnicodeEscape(0x2000 | UInt16(utf8[place + 2] & 0x3F))
      return 3
    case let control: writeUnicodeEscape(UInt16(control))
    }
    return 1
  }

  private mutating func writeUnicodeEscape(_ unit: UInt16) {
    write("\\u")
    for place in 12..<16 { write(UInt64(unit).hexadecimalDigit(at: place)) }
  }
}

extension [UInt8] {
  /// Appends a JSON string of at most `limit` bytes with its quotes, cut where a character starts;
  /// false when it was cut.
  @discardableResult
  package mutating func appendJSON(_ text: String, limit: Int) -> Bool {
    appendLine(ofAtMost: LineWriter.byteLimit(ofJSON: text, limit: limit)) {
      $0.writeJSON(text, limit: limit)
    }
  }

  /// Appends what `body` writes, which is at most `byteLimit` bytes.
  mutating func appendLine<Result>(
    ofAtMost byteLimit: Int, _ body: (inout LineWriter) -> Result
  ) -> Result {
    var result: Result?
    append(addingCapacity: byteLimit) { span in
      span.withUnsafeMutableBufferPointer { room, count in
        var writer = LineWriter(room)
        result = body(&writer)
        count = writer.count
      }
    }
    guard let result else { preconditionFailure("the closure was not called") }
    return result
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The last start of a character at or before `limit`, in valid UTF-8.
  fileprivate func scalarBoundary(atMost limit: Int) -> Int {
    guard limit < count else { return count }
    var place = Swift.max(limit, 0)
    while place > 0, self[place] & 0xC0 == 0x80 { place -= 1 }
    return place
  }

  /// Where the next C0 or C1 control, DEL, quote, backslash, U+2028 or U+2029 starts.
  fileprivate func firstToEscape(from start: Int) -> Int {
    var place = start
    while place < count {
      place += plainByteCount(from: place)
      guard place < count else { break }
      let byte = self[place]
      switch byte {
      case 0..<0x20, 0x22, 0x5C, 0x7F: return place
      case 0xC2 where self[place + 1] < 0xA0: return place
      case 0xE2 where self[place + 1] == 0x80 && self[place + 2] & 0xFE == 0xA8: return place
      default: place += 1
      }
    }
    return count
  }

  /// How many bytes from `place` on, in steps of thirty-two and eight, cannot begin what needs an escape.
  @inline(__always)
  private func plainByteCount(from place: Int) -> Int {
    let raw = UnsafeRawBufferPointer(self)
    var end = place
    while end + 32 <= count {
      let first = raw.loadUnaligned(fromByteOffset: end, as: SIMD2<UInt64>.self)
      let second = raw.loadUnaligned(fromByteOffset: end + 16, as: SIMD2<UInt64>.self)
      let doubts = first.doubts | second.doubts
      guard (doubts[0] | doubts[1]) & UInt64.highBits == 0 else { break }
      end += 32
    }
    while end + 8 <= count {
      let bytes = raw.loadUnaligned(fromByteOffset: end, as: UInt64.self)
      guard bytes.isPlainASCII || bytes.isPlain else { return end - place }
      end += 8
    }
    // The last of a short text, together with what stands before it and was looked at already.
    if end < count, count >= 8,
      raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self).isPlainASCII
    {
      end = count
    }
    return end - place
  }
}

/// Eight bytes looked at as one word.
///
/// Source: Sean Eron Anderson, "Bit Twiddling Hacks", "Determine if a word has a zero byte" and "…has
/// a byte less than n". SIMD16 would do it in fewer steps, but its masks are not inlined.
extension UInt64 {
  fileprivate static let ones: UInt64 = 0x0101_0101_0101_0101
  fileprivate static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Whether none of the bytes begins what needs an escape.
  @inline(__always)
  fileprivate var isPlain: Bool {
    !hasByte(below: 0x20) && !hasByte(0x22) && !hasByte(0x5C) && !hasByte(0x7F) && !hasByte(0xC2)
      && !hasByte(0xE2)
  }

  /// Whether, besides, all of them are ASCII: then one look at their highest bits tells. A borrow or a
  /// carry comes from a byte that tells already. With its second bit turned, a quote is the first behind the
  /// controls.
  @inline(__always)
  fileprivate var isPlainASCII: Bool {
    let controlsAndQuotes = (self ^ UInt64.ones &* 0x02) &- UInt64.ones &* 0x21
    let backslashes = (self ^ UInt64.ones &* 0x5C) &- UInt64.ones
    let deletes = self &+ UInt64.ones
    return (self | controlsAndQuotes | backslashes | deletes) & UInt64.highBits == 0
  }

  /// For limits up to 128.
  @inline(__always)
  private func hasByte(below limit: UInt8) -> Bool {
    (self &- UInt64.ones &* UInt64(limit)) & ~self & UInt64.highBits != 0
  }

  @inline(__always)
  private func hasByte(_ byte: UInt8) -> Bool {
    (self ^ UInt64.ones &* UInt64(byte)).hasByte(below: 1)
  }
}

extension SIMD2<UInt64> {
  /// Highest bits of bytes of which `isPlainASCII` is false; of two words, which are a register of every
  /// processor: what is wider the compiler takes apart and puts together otherwise.
  @inline(__always)
  fileprivate var doubts: SIMD2<UInt64> {
    let controlsAndQuotes = (self ^ UInt64.ones &* 0x02) &- UInt64.ones &* 0x21
    let backslashes = (self ^ UInt64.ones &* 0x5C) &- UInt64.ones
    let deletes = self &+ UInt64.ones
    return self | controlsAndQuotes | backslashes | deletes
  }
}
