internal import Syndication

/// One JSON object (RFC 8259) as it was read: of two equal names the last counts, and a member of another
/// type than is asked for is none.
struct JSONObject {
  fileprivate enum Value {
    case null
    case flag(Bool)
    /// A whole number that fits.
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([Value])
    case object(JSONObject)
  }

  private var members: [String: Value] = [:]

  fileprivate init() {}

  /// Nil for what is no object, or more than one.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    var reading = JSONReading(bytes)
    guard case .object(let object)? = reading.value(depth: 0), reading.isAtEnd else { return nil }
    self = object
  }

  fileprivate mutating func set(_ name: String, _ value: Value) { members[name] = value }

  func has(_ name: String) -> Bool { members[name] != nil }

  func text(_ name: String) -> String? {
    if case .text(let text)? = members[name] { text } else { nil }
  }

  func integer(_ name: String) -> Int64? {
    if case .integer(let number)? = members[name] { number } else { nil }
  }

  func number(_ name: String) -> Double? {
    switch members[name] {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  func flag(_ name: String) -> Bool? {
    if case .flag(let flag)? = members[name] { flag } else { nil }
  }

  /// A moment in RFC 3339.
  func moment(_ name: String) -> Timestamp? {
    text(name).flatMap { Timestamp(rfc3339: $0) }
  }

  /// A list's whole numbers; none where it holds anything else.
  func integers(_ name: String) -> [Int64] {
    elements(name) { if case .integer(let number) = $0 { number } else { nil } }
  }

  /// A list's texts; none where it holds anything else.
  func texts(_ name: String) -> [String] {
    elements(name) { if case .text(let text) = $0 { text } else { nil } }
  }

  func object(_ name: String) -> JSONObject? {
    if case .object(let object)? = members[name] { object } else { nil }
  }

  private func elements<Element>(_ name: String, _ meaning: (Value) -> Element?) -> [Element] {
    guard case .list(let values)? = members[name] else { return [] }
    let elements = values.compactMap(meaning)
    return elements.count == values.count ? elements : []
  }
}

/// Reads JSON from left to right.
private struct JSONReading {
  /// The deepest nesting.
  private static let depthLimit = 8

  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  /// Whether nothing but white space follows.
  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return place == bytes.count
    }
  }

  mutating func value(depth: Int) -> JSONObject.Value? {
    skipSpace()
    guard place < bytes.count, depth <= Self.depthLimit else { return nil }
    switch bytes[place] {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return list(depth)
    case UInt8(ascii: "\""): return text().map { .text($0) }
    case UInt8(ascii: "t"): return take("true") ? .flag(true) : nil
    case UInt8(ascii: "f"): return take("false") ? .flag(false) : nil
    case UInt8(ascii: "n"): return take("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object(_ depth: Int) -> JSONObject.Value? {
    var object = JSONObject()
    place += 1
    if takeMark("}") { return .object(object) }
    repeat {
      skipSpace()
      guard let name = text(), takeMark(":"), let value = value(depth: depth + 1) else {
        return nil
      }
      object.set(name, value)
    } while takeMark(",")
    return takeMark("}") ? .object(object) : nil
  }

  private mutating func list(_ depth: Int) -> JSONObject.Value? {
    var values: [JSONObject.Value] = []
    place += 1
    if takeMark("]") { return .list(values) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
    } while takeMark(",")
    return takeMark("]") ? .list(values) : nil
  }

  private mutating func number() -> JSONObject.Value? {
    let start = place
    while place < bytes.count, bytes[place].mayStandInNumber { place += 1 }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    if let number = Int64(text) { return .integer(number) }
    return Double(text).map { .number($0) }
  }

  private mutating func text() -> String? {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    place += 1
    let start = place
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      guard bytes[place] >= 0x20 else { return nil }
      guard bytes[place] != UInt8(ascii: "\\") else { return escapedText(from: start) }
      place += 1
    }
    guard place < bytes.count else { return nil }
    defer { place += 1 }
    return String(utf8: UnsafeBufferPointer(rebasing: bytes[start..<place]))
  }

  /// A string with escapes, the first of which stands at the place that was come to.
  private mutating func escapedText(from start: Int) -> String? {
    var plain = Array(bytes[start..<place])
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      guard bytes[place] >= 0x20 else { return nil }
      if bytes[place] == UInt8(ascii: "\\") {
        guard let scalar = escapedScalar() else { return nil }
        plain.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      } else {
        plain.append(bytes[place])
        place += 1
      }
    }
    guard place < bytes.count else { return nil }
    place += 1
    return plain.withUnsafeBufferPointer { String(utf8: $0) }
  }

  private mutating func escapedScalar() -> Unicode.Scalar? {
    guard place + 1 < bytes.count else { return nil }
    let kind = bytes[place + 1]
    place += 2
    switch kind {
    case UInt8(ascii: "u"): return unicodeScalar()
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(kind)
    default: return nil
    }
  }

  /// The scalar of four digits, or of a surrogate pair of them.
  private mutating func unicodeScalar() -> Unicode.Scalar? {
    guard let high = fourDigits() else { return nil }
    guard high & 0xF800 == 0xD800 else { return Unicode.Scalar(high) }
    guard high < 0xDC00, take("\\u"), let low = fourDigits(), low & 0xFC00 == 0xDC00 else {
      return nil
    }
    return Unicode.Scalar(0x10000 + (high & 0x3FF) << 10 + (low & 0x3FF))
  }

  private mutating func fourDigits() -> UInt32? {
    guard bytes.count - place >= 4 else { return nil }
    defer { place += 4 }
    let digits = String(decoding: bytes[place..<place + 4], as: UTF8.self)
    return digits.first == "+" || digits.first == "-" ? nil : UInt32(digits, radix: 16)
  }

  /// Takes one character, whatever white space stands before it.
  private mutating func takeMark(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    guard place < bytes.count, bytes[place] == UInt8(ascii: mark) else { return false }
    place += 1
    return true
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes.count - place >= count,
      bytes[place..<place + count].elementsEqual(
        UnsafeBufferPointer(start: word.utf8Start, count: count))
    else { return false }
    place += count
    return true
  }

  private mutating func skipSpace() {
    while place < bytes.count, bytes[place].isJSONSpace { place += 1 }
  }
}

extension UInt8 {
  fileprivate var isJSONSpace: Bool {
    self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09
  }

  fileprivate var mayStandInNumber: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
