internal import Glibc

/// A document's bytes for scanning: reads beyond the ends are 0, which no decoded document contains
/// where it matters.
struct ByteScan {
  let bytes: UnsafeBufferPointer<UInt8>

  var count: Int { bytes.count }

  @inline(__always)
  subscript(place: Int) -> UInt8 {
    place >= 0 && place < bytes.count ? bytes[place] : 0
  }

  /// The part of `range` that exists.
  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[range.clamped(to: 0..<bytes.count)])
  }

  /// The first place from `start` on whose byte mark-up or XML's character rules give a meaning:
  /// `<`, `&`, a control character, a carriage return or the first byte of U+FFFE; or the end.
  func nextSpecial(from start: Int) -> Int {
    nextStop(from: start) {
      $0.matches(0x3C) | $0.matches(0x26) | $0.matches(0xEF) | $0.controls
    }
  }

  /// As `nextSpecial`, inside CDATA, where `<` and `&` are characters like others.
  func nextSpecialOfCDATA(from start: Int) -> Int {
    nextStop(from: start) { $0.matches(0x5D) | $0.matches(0xEF) | $0.controls }
  }

  /// As `nextSpecial`, inside a string of JSON: a quote, a backslash or a control character.
  func nextSpecialOfJSON(from start: Int) -> Int {
    nextStop(from: start) { $0.matches(0x22) | $0.matches(0x5C) | $0.controls }
  }

  /// The first place from `start` on with a byte beyond ASCII, or the end.
  func nextBeyondASCII(from start: Int) -> Int {
    let words = UnsafeRawBufferPointer(bytes)
    var place = start
    while place + 32 <= bytes.count {
      let word = words.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      let second = words.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)
      let third = words.loadUnaligned(fromByteOffset: place + 16, as: UInt64.self)
      let fourth = words.loadUnaligned(fromByteOffset: place + 24, as: UInt64.self)
      if (word | second | third | fourth) & 0x8080_8080_8080_8080 != 0 { break }
      place += 32
    }
    return nextStop(from: place) { $0.beyondASCII }
  }

  /// The first place from `start` on with `byte`, before `limit`; nil when there is none.
  func firstPlace(of byte: UInt8, from start: Int, before limit: Int) -> Int? {
    let limit = Swift.min(limit, count)
    guard start < limit, let base = bytes.baseAddress else { return nil }
    let found = memchr(base + start, Int32(byte), limit - start)
    return found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
  }

  /// The first place from `start` on where the ASCII `text` begins.
  func firstPlace(of text: StaticString, from start: Int) -> Int? {
    let first = text.utf8Start[0]
    var place = start
    while let found = firstPlace(of: first, from: place, before: count) {
      if matches(text, at: found) { return found }
      place = found + 1
    }
    return nil
  }

  /// Whether the ASCII `text` stands at `place`.
  @inline(__always)
  func matches(_ text: StaticString, at place: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place >= 0, place + length <= count else { return false }
    for offset in 0..<length where bytes[place + offset] != text.utf8Start[offset] { return false }
    return true
  }

  /// Whether the same bytes stand at two ranges.
  @inline(__always)
  func equals(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
    let length = one.count
    guard length == other.count, length > 0, let base = bytes.baseAddress else {
      return length == other.count
    }
    guard one.upperBound <= count, other.upperBound <= count else { return false }
    return memcmp(base + one.lowerBound, base + other.lowerBound, length) == 0
  }

  /// Whether the same bytes stand at two ranges but for the case of ASCII letters.
  func equalsIgnoringCase(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
    one.count == other.count
      && zip(one, other).allSatisfy { self[$0].asciiLowercased == self[$1].asciiLowercased }
  }

  /// Whether the ASCII `text`, in lower case, stands at `place` in any case of its letters.
  @inline(__always)
  func matchesIgnoringCase(_ text: StaticString, at place: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place >= 0, place + length <= count else { return false }
    for offset in 0..<length
    where bytes[place + offset].asciiLowercased != text.utf8Start[offset] {
      return false
    }
    return true
  }

  /// The character that one of XML's own entities at an `&` stands for, and the bytes of the reference; 0
  /// when there is none.
  @inline(__always)
  func commonEntity(at place: Int) -> (byte: UInt8, length: Int) {
    guard place + 6 <= count else { return (0, 0) }
    let name = UInt32(
      littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(
        fromByteOffset: place + 1, as: UInt32.self))
    switch name {
    case 0x3B70_6D61: return (UInt8(ascii: "&"), 5)
    case 0x746F_7571 where bytes[place + 5] == UInt8(ascii: ";"): return (UInt8(ascii: "\""), 6)
    case 0x736F_7061 where bytes[place + 5] == UInt8(ascii: ";"): return (UInt8(ascii: "'"), 6)
    default: break
    }
    switch name & 0xFF_FFFF {
    case 0x3B_746C: return (UInt8(ascii: "<"), 4)
    case 0x3B_7467: return (UInt8(ascii: ">"), 4)
    default: return (0, 0)
    }
  }

  func skippingSpace(from start: Int) -> Int {
    var place = start
    while self[place].isASCIISpaceOfXML { place += 1 }
    return place
  }

  /// The end of the run of bytes that may be part of a name (XML 1.0 section 2.3, beyond ASCII
  /// anything).
  func endOfName(from start: Int) -> Int {
    var place = start
    while self[place].isNameByte { place += 1 }
    return place
  }

  @inline(__always)
  private func nextStop(from start: Int, _ stops: (ByteWord) -> UInt64) -> Int {
    var place = start
    let raw = UnsafeRawBufferPointer(bytes)
    while place + 8 <= bytes.count {
      let word = ByteWord(bits: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      let mask = stops(word)
      if mask != 0 { return place + mask.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < bytes.count {
      if stops(ByteWord(bits: 0x2020_2020_2020_2000 | UInt64(bytes[place]))) & 0x80 != 0 {
        return place
      }
      place += 1
    }
    return bytes.count
  }
}

/// Eight bytes compared at once; the first in memory is the lowest. In the masks the high bit of a
/// byte says yes, and is exact for the lowest such byte (Mycroft's test for a zero byte).
private struct ByteWord {
  let bits: UInt64

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  func matches(_ byte: UInt8) -> UInt64 {
    let zeros = bits ^ (ByteWord.ones &* UInt64(byte))
    return (zeros &- ByteWord.ones) & ~zeros & ByteWord.highs
  }

  @inline(__always)
  var beyondASCII: UInt64 { bits & ByteWord.highs }

  /// The control characters of ASCII but tab and line feed. Exact for every byte: the borrow of
  /// one must not make its neighbour a control character, since the exceptions are taken out.
  @inline(__always)
  var controls: UInt64 {
    let sevens = bits & ~ByteWord.highs
    let isPrintable = sevens &+ (ByteWord.ones &* 0x60)
    let isDelete = sevens &+ ByteWord.ones
    let controls = (~isPrintable | isDelete) & ~bits & ByteWord.highs
    if controls == 0 { return 0 }
    return controls & ~exactly(0x0A) & ~exactly(0x09)
  }

  @inline(__always)
  private func exactly(_ byte: UInt8) -> UInt64 {
    let zeros = bits ^ (ByteWord.ones &* UInt64(byte))
    let sevens = (zeros & ~ByteWord.highs) &+ (ByteWord.ones &* 0x7F)
    return ~(sevens | zeros) & ByteWord.highs
  }
}

extension UInt8 {
  /// Whether the byte is a control character of ASCII that no text means: all but tab and line ends. XML
  /// forbids them but U+007F, which terminals obey too.
  var isForbiddenControl: Bool {
    self < 0x20 && !isASCIISpaceOfXML || self == 0x7F
  }

  var isASCIISpaceOfXML: Bool { self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D }

  var isNameStart: Bool {
    isASCIILetter || self == UInt8(ascii: "_") || self == UInt8(ascii: ":") || self >= 0x80
  }

  var isNameByte: Bool {
    isNameStart || isASCIIDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
  }
}
