/// Picks the weightiest of a story's shingles.
///
/// By a histogram of weights: sorting all shingles would take longer than reading them did.
struct TermChoice {
  /// Above all weights.
  static let weightLimit = 512

  private let limit: Int
  private var histogram = InlineArray<512, UInt16>(repeating: 0)
  /// Weights from here on are taken, and of those one below as many as there is room for.
  private var floor = Self.weightLimit
  private var spare = 0

  init(_ limit: Int) {
    self.limit = limit
  }

  /// Makes a weight known; to be done for all before any is asked for.
  @inline(__always)
  mutating func note(_ weight: Int) { histogram[weight] += 1 }

  /// Sets the bar once all weights are known.
  mutating func settle() {
    var above = 0
    while floor > 1, above + Int(histogram[floor - 1]) <= limit {
      floor -= 1
      above += Int(histogram[floor])
    }
    spare = limit - above
  }

  /// Whether the next term, of this weight, is chosen: of equals the earlier.
  @inline(__always)
  mutating func takes(_ weight: Int) -> Bool {
    if weight >= floor { return true }
    guard weight > 0, weight == floor - 1, spare > 0 else { return false }
    spare -= 1
    return true
  }
}
