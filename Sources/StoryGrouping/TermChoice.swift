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
  /// What is noted of shingles of one word from here on is taken, and of those one below as many as there
  /// is room for; the same of pairs.
  private var singleFloor = TermChoice.weightLimit
  private var pairFloor = 2 * TermChoice.weightLimit
  /// The room for those one below: for single words, and from bit `spareBits` on for pairs.
  private var spares: UInt64 = 0
  private static let spareBits: UInt64 = 32

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
    let singles = bar(Parameters.singleTermLimit, of: count - pairCount, from: 0)
    let pairs = bar(Parameters.pairTermLimit, of: pairCount, from: Self.weightLimit)
    singleFloor = singles.floor
    pairFloor = Self.weightLimit + pairs.floor
    spares = UInt64(singles.spare) | UInt64(pairs.spare) << Self.spareBits
  }

  /// The bar for at most `limit` of `count` shingles whose part of the histogram begins at `start`: weights
  /// from `floor` on are taken, and `spare` of those one below, which is none for what weighs nothing.
  private func bar(_ limit: Int, of count: Int, from start: Int) -> (floor: Int, spare: Int) {
    let counts = histogram.span
    if count - Int(counts[start]) <= limit { return (1, 0) }
    // Most weights are none's.
    var floor = highest + 1
    var above = 0
    while floor > 1, above + Int(counts[start + floor - 1]) <= limit {
      floor -= 1
      above += Int(counts[start + floor])
    }
    return (floor, floor > 1 ? limit - above : 0)
  }

  /// 1 when the next shingle is chosen, of which `note` returned `noted`, else 0; of equals the earlier.
  /// Without a branch: most are not, and nothing foretells which.
  @inline(__always)
  mutating func takes(_ noted: UInt16) -> Int {
    let noted = Int(noted)
    let isPair = noted >= Self.weightLimit
    let floor = isPair ? pairFloor : singleFloor
    let shift = isPair ? Self.spareBits : 0
    let room: UInt64 = spares >> shift & 0xFFFF_FFFF == 0 ? 0 : 1
    let isLast = noted == floor &- 1 ? room : 0
    spares &-= isLast << shift
    return noted >= floor ? 1 : Int(truncatingIfNeeded: isLast)
  }
}
