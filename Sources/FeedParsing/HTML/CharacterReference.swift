/// `&name;`, `&#123;` and `&#x7B;` in text and attributes (HTML standard, section 13.2.5.72).
enum CharacterReference {
  /// Appends what the reference at the ampersand `bytes[place]` stands for and returns the number
  /// of bytes it takes; appends and returns nothing for an ampersand that starts no reference.
  static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, at place: Int, isAttribute: Bool, into text: inout [UInt8]
  ) -> Int {
    let start = place + 1
    guard start < bytes.count else { return 0 }
    if bytes[start] == UInt8(ascii: "#") { return decodeNumber(bytes, at: place, into: &text) }
    var end = start
    while end < bytes.count, end - start <= NamedEntities.nameByteLimit,
      bytes[end].isASCIIAlphanumeric
    {
      end += 1
    }
    let name = UnsafeBufferPointer(rebasing: bytes[start..<end])
    let hasSemicolon = end < bytes.count && bytes[end] == UInt8(ascii: ";")
    if hasSemicolon, let entity = NamedEntities.find(name) {
      text.append(contentsOf: entity.characters)
      return end + 1 - place
    }
    guard let legacy = NamedEntities.legacyPrefix(of: name) else { return 0 }
    // In an attribute, `?a=1&copy=2` is an address and no copyright sign.
    let next = start + legacy.byteCount < bytes.count ? bytes[start + legacy.byteCount] : 0
    if isAttribute, next == UInt8(ascii: "=") || next.isASCIIAlphanumeric { return 0 }
    text.append(contentsOf: legacy.characters)
    return legacy.byteCount + 1
  }

  private static func decodeNumber(
    _ bytes: UnsafeBufferPointer<UInt8>, at place: Int, into text: inout [UInt8]
  ) -> Int {
    var end = place + 2
    let isHex = end < bytes.count && bytes[end] | 0x20 == UInt8(ascii: "x")
    if isHex { end += 1 }
    let start = end
    var value: UInt32 = 0
    while end < bytes.count, let digit = bytes[end].digitValue(isHexadecimal: isHex) {
      value = min(value * (isHex ? 16 : 10) + digit, 0x110000)
      end += 1
    }
    guard end > start else { return 0 }
    if end < bytes.count, bytes[end] == UInt8(ascii: ";") { end += 1 }
    if let scalar = scalar(value) { text.append(scalar: scalar) }
    return end - place
  }

  /// Nil for a control or non-character, which has no place in a text.
  private static func scalar(_ value: UInt32) -> Unicode.Scalar? {
    let value =
      0x80...0x9F ~= value ? UInt32(Transcoder.windows1252High[Int(value - 0x80)]) : value
    switch value {
    case 0x09, 0x0A, 0x0D: return Unicode.Scalar(value)
    case 0x01..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: return nil
    default: return value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}"
    }
  }
}

extension [UInt8] {
  /// Appends the text with its character references replaced.
  mutating func append(decoding text: UnsafeBufferPointer<UInt8>, isAttribute: Bool) {
    var place = 0
    while place < text.count {
      guard let ampersand = text[place...].firstIndex(of: UInt8(ascii: "&")) else {
        return append(contentsOf: text[place...])
      }
      append(contentsOf: text[place..<ampersand])
      let length = CharacterReference.decode(
        text, at: ampersand, isAttribute: isAttribute, into: &self)
      if length == 0 { append(UInt8(ascii: "&")) }
      place = ampersand + Swift.max(length, 1)
    }
  }

  mutating func append(scalar: Unicode.Scalar) {
    append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }
}

extension UInt8 {
  var isASCIIAlphanumeric: Bool {
    0x30...0x39 ~= self || 0x61...0x7A ~= self | 0x20
  }
}
