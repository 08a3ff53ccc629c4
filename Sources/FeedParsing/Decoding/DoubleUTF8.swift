/// Text that became UTF-8 twice: its UTF-8 bytes were taken for windows-1252 and encoded again
/// ("â€¦" for "…").
///
/// As feedparser finds it: the whole text fits into windows-1252, and its bytes there are UTF-8. Real
/// text in a Latin script does not, since its accented letters stand alone.
enum DoubleUTF8 {
  /// The text as it was meant, or nil when it was encoded once only.
  static func undone(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard beginsLikeOne(text) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      guard let byte = windows1252Byte(scalar.value) else { return nil }
      bytes.append(byte)
    }
    return UTF8Repair.isValid(bytes[...]) ? bytes : nil
  }

  /// Whether the first character beyond ASCII is what a lead byte of UTF-8 becomes: U+00C2 to U+00F4.
  private static func beginsLikeOne(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.firstIndex(where: { $0 >= 0x80 }), first + 3 < text.endIndex else {
      return false
    }
    return text[first] == 0xC3 && 0x82...0xB4 ~= text[first + 1] && text[first + 2] >= 0x80
  }

  private static func windows1252Byte(_ code: UInt32) -> UInt8? {
    if code <= 0xFF { return UInt8(code) }
    return bytesByCode[code]
  }

  private static let bytesByCode: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: zip(
      Transcoder.windows1252High.map(UInt32.init), UInt8(0x80)...UInt8(0x9F)))
}
