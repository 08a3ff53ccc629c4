/// Base64 (RFC 4648 section 4) around white space, as Atom 0.3's `mode="base64"` publishes text.
enum Base64Text {
  /// The text without control characters, or nil when the bytes are no base64 of UTF-8.
  static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes where !byte.isASCIISpaceOfXML && byte != UInt8(ascii: "=") {
      guard let digit = digit(byte) else { return nil }
      bits = bits << 6 | digit
      count += 6
      if count >= 8 {
        count -= 8
        output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    output.removeAll(where: \.isForbiddenControl)
    let mended = output.withUnsafeBufferPointer(ControlCharacters.asWindows1252)
    return String(validating: mended ?? output, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte - 0x41)
    case 0x61...0x7A: UInt32(byte - 0x61) + 26
    case 0x30...0x39: UInt32(byte - 0x30) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
