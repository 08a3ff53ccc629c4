/// Eight bytes of a text, looked at together: how long a word is comes as a surprise to the processor, which
/// costs more than all else that reading a short word takes.
struct PlainLetters {
  static let byteCount = 8

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits = 0x80 * ones

  /// The first byte lowest.
  private let bytes: UInt64

  /// The `byteCount` bytes at `start`.
  @inline(__always)
  init(_ start: UnsafePointer<UInt8>) {
    bytes = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
  }

  /// How many of the first bytes are ASCII letters or digits.
  @inline(__always)
  var count: Int {
    // The high bit of each byte is set where it is a letter or digit: adding carries into it from a bound
    // on, and seven bits and a bound do not carry beyond it.
    let digits =
      Self.atLeast(UInt8(ascii: "0"), bytes) & ~Self.atLeast(UInt8(ascii: "9") + 1, bytes)
    let letters =
      Self.atLeast(UInt8(ascii: "a"), folded) & ~Self.atLeast(UInt8(ascii: "z") + 1, folded)
    let others = ~((digits | letters) & ~bytes) & Self.highBits
    return others.trailingZeroBitCount / 8
  }

  /// Takes the first `count` letters into a hash, at most `WordReader.stemLetterCount`, folded.
  @inline(__always)
  func combine(_ count: Int, into hash: inout StableHash) {
    var left = folded
    for place in 0..<WordReader.stemLetterCount {
      var longer = hash
      longer.combine(UInt16(truncatingIfNeeded: left & 0xFF))
      hash = place < count ? longer : hash
      left >>= 8
    }
  }

  /// Capital letters made small; digits have the bit that tells them apart.
  @inline(__always)
  private var folded: UInt64 { bytes | 0x20 * Self.ones }

  @inline(__always)
  private static func atLeast(_ bound: UInt8, _ bytes: UInt64) -> UInt64 {
    (bytes & ~highBits) &+ UInt64(0x80 - bound) &* ones
  }
}
