/// Text that nobody would write, the same for the same seed.
struct WebNoise {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// SplitMix64.
  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((bits ^ (bits >> 31)) % UInt64(bound))
  }

  /// Up to `limit` pieces in a row.
  mutating func text(of pieces: [String], limit: Int) -> String {
    (0..<next(below: limit)).map { _ in pieces[next(below: pieces.count)] }.joined()
  }

  /// Up to `limit` bytes, repaired where they are no UTF-8.
  mutating func text(byteLimit limit: Int) -> String {
    let bytes = (0..<next(below: limit)).map { _ in UInt8(next(below: 256)) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
