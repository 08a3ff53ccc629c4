extension UInt64 {
  /// Sixteen lower-case hexadecimal digits.
  package var hexadecimal: String {
    String(unsafeUninitializedCapacity: 16) { digits in
      for place in 0..<16 {
        let nibble = UInt8(truncatingIfNeeded: self >> UInt64(60 - 4 * place)) & 0xF
        digits[place] = nibble < 10 ? nibble + UInt8(ascii: "0") : nibble - 10 + UInt8(ascii: "a")
      }
      return 16
    }
  }

  /// The number that exactly sixteen hexadecimal digits write, else nil.
  package init?(hexadecimal text: some StringProtocol) {
    guard text.utf8.count == 16, text.utf8.allSatisfy(\.isHexadecimalDigit),
      let value = UInt64(text, radix: 16)
    else { return nil }
    self = value
  }
}

extension UInt8 {
  package var isHexadecimalDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
