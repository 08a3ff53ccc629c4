/// Reads JSON leniently and within bounds: comments are not JSON, but a missing end is forgiven, so
/// that the items before a cut are not lost.
struct JSONReader {
  /// Arrays and objects inside each other.
  static let depthLimit = 64
  /// Values in a document.
  static let valueLimit = 2_000_000

  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private var values = 0
  /// Whether the text ended inside a value.
  private(set) var isCut = false
  /// Whether something other than JSON stands in the text.
  private(set) var isBroken = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// The value of the text; nil when it is no JSON.
  mutating func read() -> JSONValue? {
    let value = value(depth: 0)
    skipSpace()
    if place < bytes.count { isBroken = true }
    return value
  }

  private mutating func value(depth: Int) -> JSONValue? {
    skipSpace()
    guard place < bytes.count else {
      isCut = true
      return nil
    }
    values += 1
    guard depth < JSONReader.depthLimit, values < JSONReader.valueLimit else { return fail() }
    switch bytes[place] {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return literal("true", .bool(true))
    case UInt8(ascii: "f"): return literal("false", .bool(false))
    case UInt8(ascii: "n"): return literal("null", .null)
    default: return number()
    }
  }

  private mutating func fail() -> JSONValue? {
    isBroken = true
    place = bytes.count
    return nil
  }

  private mutating func object(_ depth: Int) -> JSONValue? {
    place += 1
    var members: [String: JSONValue] = [:]
    while let next = nextMember(closing: UInt8(ascii: "}")) {
      if next == UInt8(ascii: "}") { return .object(members) }
      guard next == UInt8(ascii: "\""), let key = string() else { break }
      skipSpace()
      guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else { break }
      place += 1
      guard let value = value(depth: depth + 1) else { break }
      // What a cut left of a value is not what its publisher wrote.
      if isCut, !value.isWhollyBuilt(atDepth: depth) { break }
      if members[key] == nil { members[key] = value }
      if isCut { return .object(members) }
    }
    return unfinished(depth, .object(members))
  }

  private mutating func array(_ depth: Int) -> JSONValue? {
    place += 1
    var elements: [JSONValue] = []
    while let next = nextMember(closing: UInt8(ascii: "]")) {
      if next == UInt8(ascii: "]") { return .array(elements) }
      guard let value = value(depth: depth + 1), !isCut else { break }
      elements.append(value)
    }
    return unfinished(depth, .array(elements))
  }

  /// The value so far when the text was cut; nothing when it is no JSON.
  private mutating func unfinished(_ depth: Int, _ value: JSONValue) -> JSONValue? {
    if place < bytes.count || isBroken { return fail() }
    isCut = true
    return value
  }

  /// Skips to the next member; returns its first byte, or nil at the end. A `closing` is consumed.
  private mutating func nextMember(closing: UInt8) -> UInt8? {
    skipSpace()
    while place < bytes.count, bytes[place] == UInt8(ascii: ",") {
      place += 1
      skipSpace()
    }
    guard place < bytes.count else {
      isCut = true
      return nil
    }
    let next = bytes[place]
    if next == closing { place += 1 }
    return next
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue) -> JSONValue? {
    let length = text.utf8CodeUnitCount
    guard ByteScan(bytes: bytes).matches(text, at: place) else { return fail() }
    place += length
    return value
  }

  private mutating func number() -> JSONValue? {
    let start = place
    while place < bytes.count, bytes[place].isASCIIDigit || "+-.eE".utf8.contains(bytes[place]) {
      place += 1
    }
    guard place > start else { return fail() }
    return .number(String(decoding: bytes[start..<place], as: UTF8.self))
  }

  private mutating func skipSpace() {
    while place < bytes.count, bytes[place].isASCIISpaceOfXML { place += 1 }
  }
}

/// Strings.
extension JSONReader {
  private mutating func string() -> String? {
    place += 1
    var text: [UInt8] = []
    var start = place
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<place]))
        place += 1
        return String(decoding: text, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\") {
        text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<place]))
        escape(into: &text)
        start = place
      } else {
        place += 1
      }
    }
    isCut = true
    return nil
  }

  private mutating func escape(into text: inout [UInt8]) {
    guard place + 1 < bytes.count else {
      place = bytes.count
      return
    }
    let letter = bytes[place + 1]
    place += 2
    switch letter {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"), UInt8(ascii: "f"): text.append(0x20)
    case UInt8(ascii: "u"): unicodeEscape(into: &text)
    default: text.append(letter)
    }
  }

  /// After `\u`; a surrogate without its half becomes U+FFFD, a control character nothing.
  private mutating func unicodeEscape(into text: inout [UInt8]) {
    guard let first = fourDigits() else { return }
    var code = first
    if 0xD800..<0xDC00 ~= first, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
      bytes[place + 1] == UInt8(ascii: "u")
    {
      let before = place
      place += 2
      if let second = fourDigits(), 0xDC00..<0xE000 ~= second {
        code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
      } else {
        place = before
      }
    }
    if 0xD800..<0xE000 ~= code { code = 0xFFFD }
    if code >= 0x20 || code == 0x0A || code == 0x09 || code == 0x0D { text.append(scalar: code) }
  }

  private mutating func fourDigits() -> UInt32? {
    guard place + 4 <= bytes.count else {
      place = bytes.count
      return nil
    }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = bytes[place].digitValue(isHexadecimal: true) else { return nil }
      code = code << 4 | digit
      place += 1
    }
    return code
  }
}

extension JSONValue {
  /// Whether a value that the text's end cut may be kept: the list of items and the feed, not the
  /// item that was cut.
  fileprivate func isWhollyBuilt(atDepth depth: Int) -> Bool {
    if case .array = self { return depth == 0 }
    return false
  }
}
