/// UTF-8 as its readers go through it, place by place, in bytes that may hold anything.
extension UnsafeBufferPointer<UInt8> {
  /// The code point at `place` and its length in bytes. A malformed sequence is U+0000 of one byte; what
  /// only looks well-formed, such as a surrogate, is some code point.
  @inlinable @inline(__always)
  package func codePoint(at place: Int) -> (point: UInt32, length: Int) {
    let lead = self[place]
    if lead < 0x80 { return (UInt32(lead), 1) }
    if lead < 0xE0 {
      guard lead >= 0xC2, place + 1 < count else { return (0, 1) }
      return (UInt32(lead & 0x1F) << 6 | trail(place + 1), 2)
    }
    if lead < 0xF0 {
      guard place + 2 < count else { return (0, 1) }
      return (UInt32(lead & 0x0F) << 12 | trail(place + 1) << 6 | trail(place + 2), 3)
    }
    guard lead < 0xF5, place + 3 < count else { return (0, 1) }
    return (
      UInt32(lead & 0x07) << 18 | trail(place + 1) << 12 | trail(place + 2) << 6 | trail(place + 3),
      4
    )
  }

  @inlinable @inline(__always)
  func trail(_ place: Int) -> UInt32 { UInt32(self[place] & 0x3F) }

  /// Whether the byte at `place` is a point or comma before another digit: that of 1,200 and of 3.5.
  @inlinable @inline(__always)
  package func joinsDigits(at place: Int) -> Bool {
    (self[place] == UInt8(ascii: ".") || self[place] == UInt8(ascii: ","))
      && place + 1 < count && 0x30...0x39 ~= self[place + 1]
  }
}
