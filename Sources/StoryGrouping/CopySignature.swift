/// MinHash values of a story's word shingles, by one-permutation hashing: each shingle's hash names a
/// bin and a value, a bin keeps its lowest value, and an empty bin borrows from the next full one
/// (Shrivastava and Li, "Densifying One Permutation Hashing via Rotation").
///
/// The share of equal bins estimates the Jaccard similarity of two shingle sets.
struct CopySignature: Hashable, Sendable {
  static let binCount = 128

  /// `binCount` values; empty for a story without words.
  let bins: [UInt16]
  /// Distinct shingles, nearly: the number read.
  let shingleCount: UInt16

  static let none = CopySignature(bins: [], shingleCount: 0)

  /// Whether there is enough text for equal bins to mean a copy.
  var isTelling: Bool { Int(shingleCount) >= Parameters.copyShingleMinimum }

  /// The share of equal bins, 0…1.
  func resemblance(to other: CopySignature) -> Double {
    guard !bins.isEmpty, !other.bins.isEmpty else { return 0 }
    var equal = 0
    for bin in 0..<CopySignature.binCount where bins[bin] == other.bins[bin] { equal += 1 }
    return Double(equal) / Double(CopySignature.binCount)
  }

  /// The share of the smaller shingle set that the other one holds, 0…1, from their resemblance.
  func containment(in other: CopySignature, resemblance: Double) -> Double {
    let smaller = Double(min(shingleCount, other.shingleCount))
    guard smaller > 0 else { return 0 }
    let shared =
      resemblance * (Double(shingleCount) + Double(other.shingleCount)) / (1 + resemblance)
    return min(1, shared / smaller)
  }
}

/// Gathers the shingles of a text into a `CopySignature`.
struct CopySignatureBuilder {
  static let shingleWordCount = 5
  private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// base to the power of `shingleWordCount`.
  private static let leaving = base &* base &* base &* base &* base
  private static let empty = UInt64.max

  private var minima = [UInt64](repeating: empty, count: CopySignature.binCount)
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

  /// The signature; texts shorter than one shingle count as one.
  mutating func finish() -> CopySignature {
    guard wordCount > 0 else { return .none }
    if wordCount < Self.shingleWordCount { keep(StableHash.finish(rolling)) }
    let count = max(1, wordCount - Self.shingleWordCount + 1)
    var bins = [UInt16](repeating: 0, count: CopySignature.binCount)
    var donor = minima.firstIndex { $0 != Self.empty } ?? 0
    var distance: UInt64 = UInt64(donor)
    // Backwards, so that the next full bin to the right is at hand; it starts with the one found
    // by going around.
    for bin in stride(from: CopySignature.binCount - 1, through: 0, by: -1) {
      distance += 1
      if minima[bin] != Self.empty {
        donor = bin
        distance = 0
      }
      bins[bin] = UInt16(
        truncatingIfNeeded: StableHash.finish(minima[donor] &+ distance &* Self.base))
    }
    return CopySignature(bins: bins, shingleCount: UInt16(clamping: count))
  }

  @inline(__always)
  private mutating func keep(_ hash: UInt64) {
    let bin = Int(hash >> 57)
    if hash < minima[bin] { minima[bin] = hash }
  }
}
