internal import Checksums
internal import Glibc
internal import Syndication

/// Reads JSON without white space from left to right. Any failure is for good.
struct JSONScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private(set) var hasFailed = false

  /// The deepest nesting of a member that is skipped.
  private static let depthLimit = 32

  init(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
    self.bytes = UnsafeBufferPointer(rebasing: bytes)
  }

  var isAtEnd: Bool { place == bytes.count }

  mutating func fail<Value>() -> Value? {
    hasFailed = true
    return nil
  }

  private mutating func refuse() -> Bool {
    hasFailed = true
    return false
  }

  mutating func take(_ text: StaticString) -> Bool {
    guard bytes.matches(text, at: place) else { return false }
    place += text.utf8CodeUnitCount
    return true
  }

  /// The raw bytes of a member's name, with the colon after it taken.
  mutating func key() -> UnsafeBufferPointer<UInt8>? {
    guard take("\""), let end = bytes.firstPlace(of: UInt8(ascii: "\""), from: place) else {
      return fail()
    }
    let name = UnsafeBufferPointer(rebasing: bytes[place..<end])
    place = end + 1
    return take(":") ? name : fail()
  }

  mutating func key(_ name: StaticString) -> Bool {
    guard let key = key() else { return false }
    return key.equals(name)
  }

  /// A whole number of at most nine digits.
  mutating func number() -> Int? {
    let start = place
    var value = 0
    while place < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[place] {
      guard place - start < 9 else { return fail() }
      value = value * 10 + Int(bytes[place] - UInt8(ascii: "0"))
      place += 1
    }
    return place > start ? value : fail()
  }

  mutating func list(_ element: (inout JSONScanner) -> Void) -> Bool {
    guard take("[") else { return refuse() }
    repeat { element(&self) } while !hasFailed && take(",")
    return !hasFailed && take("]")
  }

  mutating func listOrNone(_ element: (inout JSONScanner) -> Void) -> Bool {
    take("[]") || list(element)
  }

  /// The bytes of a string that has no escapes.
  mutating func rawText() -> UnsafeBufferPointer<UInt8>? {
    guard let raw = rawString() else { return nil }
    return raw.isPlain ? raw.bytes : fail()
  }

  mutating func string() -> String? {
    guard let raw = rawString() else { return nil }
    guard let text = raw.text else { return fail() }
    return text
  }

  /// Like `string`, but hands out `last` again when it is the same.
  mutating func string(like last: inout String) -> String? {
    guard let raw = rawString() else { return nil }
    if raw.isPlain, raw.equals(&last) { return last }
    guard let text = raw.text else { return fail() }
    last = text
    return text
  }

  /// Passes over any value, without a look at whether its brackets match: the checksum has.
  mutating func skipValue() -> Bool {
    var depth = 0
    repeat {
      guard place < bytes.count, depth <= JSONScanner.depthLimit else { return refuse() }
      switch bytes[place] {
      case UInt8(ascii: "\""):
        guard rawString() != nil else { return false }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        place += 1
      case UInt8(ascii: "}") where depth > 0, UInt8(ascii: "]") where depth > 0:
        depth -= 1
        place += 1
      case UInt8(ascii: ",") where depth > 0, UInt8(ascii: ":") where depth > 0:
        place += 1
      case let byte where byte.isLiteralByte:
        while place < bytes.count, bytes[place].isLiteralByte { place += 1 }
      default: return refuse()
      }
    } while depth > 0
    return true
  }

  /// The bytes of any value.
  mutating func rawValue() -> Slice<UnsafeBufferPointer<UInt8>>? {
    let start = place
    return skipValue() ? bytes[start..<place] : nil
  }

  private mutating func rawString() -> RawString? {
    guard take("\"") else { return fail() }
    let start = place
    guard var end = bytes.firstPlace(of: UInt8(ascii: "\""), from: start) else { return fail() }
    let firstEscape = escape(from: start, to: end)
    var escape = firstEscape
    while let backslash = escape {
      if backslash + 1 == end {
        guard let next = bytes.firstPlace(of: UInt8(ascii: "\""), from: end + 1) else {
          return fail()
        }
        end = next
      }
      escape = self.escape(from: backslash + 2, to: end)
    }
    place = end + 1
    return RawString(
      bytes: UnsafeBufferPointer(rebasing: bytes[start..<end]), isPlain: firstEscape == nil)
  }

  private func escape(from start: Int, to end: Int) -> Int? {
    UnsafeBufferPointer(rebasing: bytes[..<end]).firstPlace(of: UInt8(ascii: "\\"), from: start)
  }
}

extension UnsafeBufferPointer<UInt8> {
  func firstPlace(of byte: UInt8, from start: Int) -> Int? {
    guard let baseAddress, start < count,
      let found = memchr(baseAddress + start, CInt(byte), count - start)
    else { return nil }
    return UnsafeRawPointer(baseAddress).distance(to: UnsafeRawPointer(found))
  }
}

/// The inside of a JSON string, still escaped.
private struct RawString {
  let bytes: UnsafeBufferPointer<UInt8>
  let isPlain: Bool

  func equals(_ text: inout String) -> Bool {
    text.withUTF8 { utf8 in
      guard let left = utf8.baseAddress, let right = bytes.baseAddress else { return false }
      return utf8.count == bytes.count && memcmp(left, right, utf8.count) == 0
    }
  }

  /// Nil for what is no UTF-8 or no escape of JSON.
  var text: String? {
    if isPlain { return String(utf8: bytes) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count) { plain in
      guard let count = unescape(into: plain) else { return nil }
      return String(utf8: UnsafeBufferPointer(rebasing: plain[..<count]))
    }
  }

  /// An escape is never shorter than what it stands for.
  private func unescape(into plain: UnsafeMutableBufferPointer<UInt8>) -> Int? {
    var count = 0
    var place = 0
    while place < bytes.count {
      let backslash = bytes.firstPlace(of: UInt8(ascii: "\\"), from: place) ?? bytes.count
      _ = UnsafeMutableBufferPointer(rebasing: plain[count...])
        .update(fromContentsOf: bytes[place..<backslash])
      count += backslash - place
      place = backslash
      guard place < bytes.count else { break }
      guard let scalar = escapedScalar(at: &place) else { return nil }
      for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
        plain[count] = unit
        count += 1
      }
    }
    return count
  }

  private func escapedScalar(at place: inout Int) -> Unicode.Scalar? {
    guard place + 1 < bytes.count else { return nil }
    let kind = bytes[place + 1]
    if kind == UInt8(ascii: "u") { return scalar(at: &place) }
    place += 2
    return RawString.meaning(of: kind).map { Unicode.Scalar($0) }
  }

  private static func meaning(of kind: UInt8) -> UInt8? {
    switch kind {
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): kind
    default: nil
    }
  }

  /// The scalar of one `\uXXXX` or of a surrogate pair of them.
  private func scalar(at place: inout Int) -> Unicode.Scalar? {
    guard let high = unit(at: place) else { return nil }
    place += 6
    guard high & 0xF800 == 0xD800 else { return Unicode.Scalar(high) }
    guard high < 0xDC00, let low = unit(at: place), low & 0xFC00 == 0xDC00 else { return nil }
    place += 6
    return Unicode.Scalar(0x10000 + (high & 0x3FF) << 10 + (low & 0x3FF))
  }

  private func unit(at place: Int) -> UInt32? {
    guard bytes.count - place >= 6, bytes.matches("\\u", at: place) else { return nil }
    var value: UInt32 = 0
    for digit in bytes[place + 2..<place + 6] {
      guard digit.isHexadecimalDigit else { return nil }
      value = value << 4 | UInt32(digit & 0xF) + (digit > UInt8(ascii: "9") ? 9 : 0)
    }
    return value
  }
}

extension UInt8 {
  /// A byte of a number, `true`, `false` or `null`.
  fileprivate var isLiteralByte: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
