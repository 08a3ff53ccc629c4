internal import Syndication

/// How many polls a day all feeds together are worth to the operator, and what follows for each.
///
/// The expected delay Σ rateᵢ·Iᵢ/2 under Σ 1/Iᵢ = budget is least for Iᵢ = c/√rateᵢ. Where floors,
/// ceilings and servers bound some intervals, c is what makes the rest use up the budget
/// (water-filling).
package struct PollBudget: Hashable, Sendable {
  /// One feed's claim.
  package struct Demand: Sendable {
    /// √(entries a day) in each hour of an average day.
    private let roots: InlineArray<24, Float>
    /// Polls a day.
    private let most: Float
    private let least: Float
    /// By what the feed's address lengthens every interval.
    private let spread: Float

    init(
      roots: InlineArray<24, Float>, shortest: Duration, longest: Duration, spread: Double
    ) {
      self.roots = roots
      self.spread = Float(spread)
      most = Float(1 / shortest.inDays)
      least = Float(1 / longest.inDays)
    }

    /// Polls a day where a feed with one entry a day, evenly spread, is polled every `unitDays`.
    func polls(unitDays: Float) -> Float {
      let cap = most * unitDays
      var sum: Float = 0
      for hour in roots.indices { sum += roots[hour] < cap ? roots[hour] : cap }
      return max(sum / unitDays / 24, least) / spread
    }
  }

  static let unitDays = 1e-6...1e6
  /// Enough to know the interval to a millionth.
  static let halvings = 32

  package var pollsPerDay: Double

  package init(pollsPerDay: Double) {
    self.pollsPerDay = pollsPerDay
  }

  /// The interval of a feed with one entry a day, evenly spread, with which `demands` use up the
  /// budget.
  package func unitInterval(for demands: [Demand]) -> Duration {
    var (low, high) = (Self.unitDays.lowerBound, Self.unitDays.upperBound)
    for _ in 0..<Self.halvings {
      let middle = (low * high).squareRoot()
      let polls = demands.reduce(0) { $0 + Double($1.polls(unitDays: Float(middle))) }
      if polls > pollsPerDay { low = middle } else { high = middle }
    }
    return .milliseconds(Int64((high * 86_400_000).rounded(.up)))
  }
}

extension Duration {
  /// Days and their fraction.
  package var inDays: Double { Double(milliseconds) / 86_400_000 }
}
