/// HZ (RFC 1843): the two-byte characters of GB 2312 without their high bits, between `~{` and `~}`;
/// `~~` is a tilde, and a tilde at the end of a line joins the lines.
enum HZText {
  static func asGB18030(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let tilde = UInt8(ascii: "~")
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var isChinese = false
    var place = bytes.startIndex
    while place < bytes.endIndex {
      let byte = bytes[place]
      let next = place + 1 < bytes.endIndex ? bytes[place + 1] : 0
      place += 1
      switch (byte, next) {
      case (tilde, UInt8(ascii: "{")), (tilde, UInt8(ascii: "}")):
        isChinese = next == UInt8(ascii: "{")
        place += 1
      case (tilde, tilde) where !isChinese:
        output.append(tilde)
        place += 1
      case (tilde, UInt8(ascii: "\n")) where !isChinese:
        place += 1
      case (0x21...0x7E, 0x21...0x7E) where isChinese:
        output.append(byte | 0x80)
        output.append(next | 0x80)
        place += 1
      default:
        // A line's end ends the Chinese text too.
        isChinese = isChinese && byte != UInt8(ascii: "\n")
        output.append(byte)
      }
    }
    return output[...]
  }
}
