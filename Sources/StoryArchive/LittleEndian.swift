extension FixedWidthInteger {
  /// The number that stands at `offset`, its lowest byte first.
  init(littleEndian bytes: [UInt8], at offset: Int) {
    let bytes = bytes[offset..<offset + Self.bitWidth / 8]
    self = bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}

extension [UInt8] {
  /// Appends a number, its lowest byte first.
  mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
