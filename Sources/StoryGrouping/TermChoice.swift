/// Picks the weightiest of a story's shingles: so many of one word, so many of two.
///
/// By histograms of weights: sorting all shingles would take longer than reading them did.
struct TermChoice {
  /// Above all weights.
  static let weightLimit = 512

  private var singles = Side(limit: Parameters.singleTermLimit)
  private var pairs = Side(limit: Parameters.pairTermLimit)

  private struct Side {
    let limit: Int
    var histogram = InlineArray<512, UInt16>(repeating: 0)
    /// Weights from here on are taken, and of those one below as many as there is room for.
    var floor = TermChoice.weightLimit
    var spare = 0
    /// The terms noted that weigh anything, and what the heaviest weighs.
    var count = 0
    var highest = 0

    @inline(__always)
    mutating func note(_ weight: Int) {
      histogram[weight] += 1
      count += weight > 0 ? 1 : 0
      highest = max(highest, weight)
    }

    mutating func settle() {
      var above = 0
      // Most weights are none's.
      floor = highest + 1
      if count <= limit { floor = 1 }
      let counts = histogram.span
      while floor > 1, above + Int(counts[floor - 1]) <= limit {
        floor -= 1
        above += Int(counts[floor])
      }
      spare = limit - above
    }

    @inline(__always)
    mutating func takes(_ weight: Int) -> Bool {
      if weight >= floor { return true }
      guard weight > 0, weight == floor - 1, spare > 0 else { return false }
      spare -= 1
      return true
    }
  }

  /// Makes a weight known; to be done for all before any is asked for.
  @inline(__always)
  mutating func note(_ weight: Int, isPair: Bool) {
    if isPair { pairs.note(weight) } else { singles.note(weight) }
  }

  /// Sets the bars once all weights are known.
  mutating func settle() {
    singles.settle()
    pairs.settle()
  }

  /// False for weights that are below both bars.
  @inline(__always)
  func mayTake(_ weight: Int) -> Bool {
    weight >= max(1, min(singles.floor, pairs.floor) - 1)
  }

  /// Whether the next term, of this weight, is chosen: of equals the earlier.
  @inline(__always)
  mutating func takes(_ weight: Int, isPair: Bool) -> Bool {
    isPair ? pairs.takes(weight) : singles.takes(weight)
  }
}
