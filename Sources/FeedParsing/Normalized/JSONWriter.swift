internal import Syndication

/// Writes JSON (RFC 8259) into bytes. Fields without a value are left out.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  mutating func object(_ body: (inout JSONWriter) -> Void) {
    openObject()
    body(&self)
    closeObject()
  }

  mutating func openObject() { open(UInt8(ascii: "{")) }

  mutating func closeObject() { close(UInt8(ascii: "}")) }

  mutating func openArray(_ key: StaticString) {
    self.key(key)
    open(UInt8(ascii: "["))
  }

  mutating func closeArray() { close(UInt8(ascii: "]")) }

  /// Moves out what was written so far; what is written next continues it.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  mutating func object(_ key: StaticString, _ body: (inout JSONWriter) -> Void) {
    self.key(key)
    object(body)
  }

  /// An array of objects; left out when empty.
  mutating func objects<Elements: Collection>(
    _ key: StaticString, _ elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void
  ) {
    guard !elements.isEmpty else { return }
    openArray(key)
    for element in elements { object { body(&$0, element) } }
    closeArray()
  }

  mutating func strings(_ key: StaticString, _ elements: [String]) {
    guard !elements.isEmpty else { return }
    openArray(key)
    for element in elements {
      separate()
      quote(element)
    }
    closeArray()
  }

  mutating func field(_ key: StaticString, _ value: String?) {
    guard let value else { return }
    self.key(key)
    quote(value)
  }

  mutating func field(_ key: StaticString, _ value: Bool?) {
    guard let value else { return }
    raw(key, value ? "true" : "false")
  }

  mutating func field(_ key: StaticString, _ value: Int?) {
    guard let value else { return }
    raw(key, String(value))
  }

  /// `number` is JSON already.
  mutating func raw(_ key: StaticString, _ number: String) {
    self.key(key)
    bytes.append(contentsOf: number.utf8)
  }

  private mutating func key(_ key: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    bytes.append(contentsOf: "\":".utf8)
  }

  private mutating func open(_ bracket: UInt8) {
    if bytes.last != UInt8(ascii: ":") { separate() }
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// Hidden characters are escaped: the reader gets them as they were, a terminal never sees them.
  private mutating func quote(_ text: String) {
    let start = bytes.count
    var isASCII = true
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      default:
        isASCII = isASCII && byte < 0x7F
        bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    guard !isASCII else { return }
    let escaped = String(decoding: bytes[start...], as: UTF8.self).jsonEscapingHidden
    bytes.replaceSubrange(start..., with: escaped.utf8)
  }
}
