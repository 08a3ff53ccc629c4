/// Hashes that are the same on every machine and in every version: FNV-1a over 16-bit units, finished
/// by splitmix64's mixer so that every bit of the result can be used on its own.
///
/// Must not change without rebuilding `rarity.bin`, and never once sketches are stored.
struct StableHash {
  private(set) var state: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always)
  mutating func combine(_ unit: UInt16) {
    state = (state ^ UInt64(unit)) &* Self.prime
  }

  /// Undoes combining a unit, the last that was.
  @inline(__always)
  mutating func takeBack(_ unit: UInt16) {
    state = (state &* Self.inverse) ^ UInt64(unit)
  }

  private static let prime: UInt64 = 0x100_0000_01B3
  /// Times `prime` 1, modulo 2^64.
  private static let inverse: UInt64 = 0xCE96_5057_AFF6_957B

  var value: UInt64 { StableHash.finish(state) }

  /// The finaliser of splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators").
  @inline(__always)
  static func finish(_ state: UInt64) -> UInt64 {
    var state = state
    state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
    return state ^ (state >> 31)
  }

  /// One hash of two, in their order.
  @inline(__always)
  static func join(_ left: UInt64, _ right: UInt64) -> UInt64 {
    finish(left &* 0x9E37_79B9_7F4A_7C15 &+ (right ^ (right >> 29)))
  }

  /// The hash of a name's UTF-8 bytes.
  static func name(_ text: String) -> UInt64 {
    var hash = StableHash()
    for byte in text.utf8 { hash.combine(UInt16(byte)) }
    return hash.value
  }
}
