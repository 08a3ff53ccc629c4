/// MinHash values of a story's word shingles, by one-permutation hashing: each shingle's hash names a
/// bin and a value, a bin keeps its lowest value, and an empty bin borrows from the next full one
/// (Shrivastava and Li, "Densifying One Permutation Hashing via Rotation").
///
/// The share of equal bins estimates the Jaccard similarity of two shingle sets. A byte of each value
/// is kept (Li and König, "b-Bit Minwise Hashing"): of strangers' bins one in 256 is equal by chance.
struct CopySignature: Hashable, Sendable {
  static let binCount = 128
  /// Runs of `rowCount` bins under which a story is found. Of strangers with .2 of their shingles in
  /// common 3 % meet in one, of copies with .5, .65 and .8: 64, 95 and all but 1 in 4,000.
  static let bandCount = 16
  /// Bins of a band: as many as their bytes fill a key of 32 bits.
  static let rowCount = 4

  /// A byte of each bin.
  struct Bins: Hashable, Sendable {
    var first = SIMD64<UInt8>()
    var second = SIMD64<UInt8>()

    /// Those of a story without words, which resembles none.
    static let wordless = Bins()

    var isWordless: Bool { self == .wordless }

    /// The bins that are equal, 0…`binCount`.
    @inline(__always)
    func equalCount(_ other: Bins) -> Int {
      let none = SIMD64<UInt8>()
      let one = SIMD64<UInt8>(repeating: 1)
      let equal =
        none.replacing(with: one, where: first .== other.first)
        &+ none.replacing(with: one, where: second .== other.second)
      return Int(equal.wrappedSum())
    }

    /// The share of bins that are equal, 0…1; nil where either story has no words.
    func resemblance(to other: Bins) -> Double? {
      guard !isWordless, !other.isWordless else { return nil }
      return Double(equalCount(other)) / Double(CopySignature.binCount)
    }

    /// A number for each band, of the first half's bins: equal when they are.
    @inline(__always)
    var bandKeys: SIMD16<UInt32> {
      let keys = unsafeBitCast(first, to: SIMD16<UInt32>.self)
      return (keys &+ Self.bandSalts) &* 0x9E37_79B1
    }

    /// Sets equal bytes in different bands apart.
    private static let bandSalts: SIMD16<UInt32> = [
      0, 0x3C6E_F372, 0xDAA6_6D2B, 0x78DD_E6E4, 0x1715_609D, 0xB54C_DA56, 0x5384_540F, 0xF1BB_CDC8,
      0x8FF3_4781, 0x2E2A_C13A, 0xCC62_3AF3, 0x6A99_B4AC, 0x08D1_2E65, 0xA708_A81E, 0x4540_21D7,
      0xE377_9B90,
    ]
  }

  let bins: Bins
  /// Distinct shingles, nearly: the number read; 0 for a story without words.
  let shingleCount: UInt16

  static let none = CopySignature(bins: .wordless, shingleCount: 0)
}

/// Gathers the shingles of a text into a `CopySignature`.
struct CopySignatureBuilder {
  static let shingleWordCount = 5
  private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// base to the power of `shingleWordCount`.
  private static let leaving = base &* base &* base &* base &* base
  private static let empty = UInt64.max

  private var minima = InlineArray<128, UInt64>(repeating: empty)
  /// The last words read, the newest last.
  private var recent: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
  private var rolling: UInt64 = 0
  private(set) var wordCount = 0

  @inline(__always)
  mutating func append(_ word: UInt64) {
    rolling = rolling &* Self.base &+ word &- recent.0 &* Self.leaving
    recent = (recent.1, recent.2, recent.3, recent.4, word)
    wordCount += 1
    if wordCount >= Self.shingleWordCount { keep(StableHash.finish(rolling)) }
  }

  /// The shingle that ends with the last word.
  var shingle: UInt64? {
    wordCount >= Self.shingleWordCount ? StableHash.finish(rolling) : nil
  }

  /// The signature; texts shorter than one shingle count as one.
  mutating func finish() -> CopySignature {
    guard wordCount > 0 else { return .none }
    if wordCount < Self.shingleWordCount { keep(StableHash.finish(rolling)) }
    borrow()
    let count = max(1, wordCount - Self.shingleWordCount + 1)
    return CopySignature(bins: bins, shingleCount: UInt16(clamping: count))
  }

  /// The lowest byte of each minimum. By way of memory: to set a vector's lanes one by one copies all of
  /// them each time.
  private var bins: CopySignature.Bins {
    withUnsafeTemporaryAllocation(
      byteCount: MemoryLayout<CopySignature.Bins>.size,
      alignment: MemoryLayout<CopySignature.Bins>.alignment
    ) { bytes in
      let minima = minima.span
      for bin in minima.indices { bytes[bin] = UInt8(truncatingIfNeeded: minima[bin]) }
      return bytes.load(as: CopySignature.Bins.self)
    }
  }

  /// Gives the empty bins a value and mixes them all, so that any bits of them will do.
  private mutating func borrow() {
    let donor = minima.indices.first { minima[$0] != Self.empty } ?? 0
    var distance = UInt64(donor)
    var lowest = minima[donor]
    // Backwards, so that the next full bin to the right is at hand; it starts with the one found
    // by going around.
    for bin in minima.indices.reversed() {
      let minimum = minima[bin]
      let isFull = minimum != Self.empty
      lowest = isFull ? minimum : lowest
      distance = isFull ? 0 : distance &+ 1
      minima[bin] = StableHash.finish(lowest &+ distance &* Self.base)
    }
  }

  @inline(__always)
  private mutating func keep(_ hash: UInt64) {
    let bin = Int(hash >> 57)
    // A branch would be taken about half the time, unpredictably.
    minima[bin] = min(minima[bin], hash)
  }
}
