/// Picks the weightiest of a story's shingles: so many of one word, so many of two.
///
/// By histograms of weights: sorting all shingles would take longer than reading them did.
struct TermChoice {
  /// Above all weights; a power of two.
  static let weightLimit = 512
  /// Shingles that are chosen at most.
  static let limit = Parameters.singleTermLimit + Parameters.pairTermLimit

  /// How many shingles have each weight: first those of one word, then those of two.
  private var histogram = InlineArray<1024, UInt16>(repeating: 0)
  private var count = 0
  private var pairCount = 0
  private var highest = 0
  private var singles = Bar()
  private var pairs = Bar()

  private struct Bar {
    /// Weights from here on are taken, and of those one below as many as there is room for.
    var floor = TermChoice.weightLimit
    var spare = 0

    /// 1 for a weight that is taken, else 0. Without a branch: most are not, and nothing foretells which.
    @inline(__always)
    mutating func takes(_ weight: Int) -> Int {
      let isAbove = weight >= floor ? 1 : 0
      let isNext = weight == floor &- 1 && weight > 0 ? 1 : 0
      let isLast = spare > 0 ? isNext : 0
      spare &-= isLast
      return isAbove | isLast
    }
  }

  /// Makes a weight known, all before any is asked for; returns what to ask with.
  @inline(__always)
  mutating func note(_ weight: Int, isPair: Bool) -> UInt16 {
    count &+= 1
    pairCount &+= isPair ? 1 : 0
    highest = max(highest, weight)
    let noted = weight | (isPair ? Self.weightLimit : 0)
    histogram[noted] &+= 1
    return UInt16(truncatingIfNeeded: noted)
  }

  /// Sets the bars once all weights are known.
  mutating func settle() {
    singles = bar(Parameters.singleTermLimit, of: count - pairCount, from: 0)
    pairs = bar(Parameters.pairTermLimit, of: pairCount, from: Self.weightLimit)
  }

  /// The bar for at most `limit` of `count` shingles whose part of the histogram begins at `start`.
  private func bar(_ limit: Int, of count: Int, from start: Int) -> Bar {
    let counts = histogram.span
    if count - Int(counts[start]) <= limit { return Bar(floor: 1, spare: 0) }
    // Most weights are none's.
    var floor = highest + 1
    var above = 0
    while floor > 1, above + Int(counts[start + floor - 1]) <= limit {
      floor -= 1
      above += Int(counts[start + floor])
    }
    return Bar(floor: floor, spare: limit - above)
  }

  /// 1 when the next shingle is chosen, of which `note` returned `noted`, else 0; of equals the earlier.
  @inline(__always)
  mutating func takes(_ noted: UInt16) -> Int {
    let (single, pair) = (Int(noted), Int(noted) &- Self.weightLimit)
    // A weight below none is never taken.
    return singles.takes(single < Self.weightLimit ? single : -1) | pairs.takes(pair)
  }
}
