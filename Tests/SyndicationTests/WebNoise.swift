import TestNumbers

/// Text that nobody would write, the same for the same seed.
struct WebNoise {
  private var numbers: SeededNumbers

  init(seed: UInt64) {
    numbers = SeededNumbers(seed: seed)
  }

  mutating func next(below bound: Int) -> Int { numbers.next(below: bound) }

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
