/// A reader of JSON (RFC 8259) that shares nothing with the parser: it accepts one strict spelling and
/// hands over every string with the key that it stands under.
struct StrictJSON {
  private var rest: Substring.UTF8View
  private var key = ""
  private var depth = 0
  private(set) var strings: [(key: String, value: String)] = []

  private static let depthLimit = 64

  /// Nil when `bytes` are not one whole JSON value in UTF-8.
  init?(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    rest = text[...].utf8
    guard readValue(), rest.isEmpty else { return nil }
  }

  private mutating func readValue() -> Bool {
    switch rest.first {
    case UInt8(ascii: "{"): return readList(end: "}") { $0.readMember() }
    case UInt8(ascii: "["): return readList(end: "]") { $0.readValue() }
    case UInt8(ascii: "\""):
      guard let value = readString() else { return false }
      strings.append((key, value))
      return true
    default: return take("true") || take("false") || take("null") || readNumber()
    }
  }

  private mutating func readList(end: StaticString, _ readOne: (inout Self) -> Bool) -> Bool {
    rest.removeFirst()
    if take(end) { return true }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { return false }
    repeat {
      let outer = key
      guard readOne(&self) else { return false }
      key = outer
    } while take(",")
    return take(end)
  }

  private mutating func readMember() -> Bool {
    guard rest.first == UInt8(ascii: "\""), let name = readString(), take(":") else { return false }
    key = name
    return readValue()
  }

  private mutating func readNumber() -> Bool {
    let number = rest.prefix { 0x30...0x39 ~= $0 || "+-.eE".utf8.contains($0) }
    rest = rest[number.endIndex...]
    let digits = number.first == UInt8(ascii: "-") ? number.dropFirst() : number
    let isPadded =
      digits.first == UInt8(ascii: "0")
      && digits.dropFirst().first.map { 0x30...0x39 ~= $0 } == true
    return digits.first.map { 0x30...0x39 ~= $0 } == true && !isPadded
      && Double(Substring(number))?.isFinite == true
  }

  private mutating func readString() -> String? {
    rest.removeFirst()
    var value: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = readEscape() else { return nil }
        value += escaped
      case 0..<0x20: return nil
      default: value.append(byte)
      }
    }
    return nil
  }

  private mutating func readEscape() -> [UInt8]? {
    switch rest.popFirst() {
    case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
    case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      guard let unit = readUnit() else { return nil }
      guard UTF16.isLeadSurrogate(unit) else {
        return UTF16.isTrailSurrogate(unit)
          ? nil : Array(String(decoding: [unit], as: UTF16.self).utf8)
      }
      guard take("\\u"), let trail = readUnit(), UTF16.isTrailSurrogate(trail) else { return nil }
      return Array(String(decoding: [unit, trail], as: UTF16.self).utf8)
    default: return nil
    }
  }

  private mutating func readUnit() -> UInt16? {
    let digits = Substring(rest.prefix(4))
    rest = rest.dropFirst(4)
    return digits.utf8.count == 4 ? UInt16(digits, radix: 16) : nil
  }

  private mutating func take(_ token: StaticString) -> Bool {
    let bytes = UnsafeBufferPointer(start: token.utf8Start, count: token.utf8CodeUnitCount)
    guard rest.starts(with: bytes) else { return false }
    rest = rest.dropFirst(bytes.count)
    return true
  }
}
