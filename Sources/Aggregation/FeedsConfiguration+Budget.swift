package import Syndication

extension FeedsConfiguration {
  /// The feeds that a poll budget is shared out to: those that are polled at their own pace.
  func paced(_ state: (Feed) -> FeedState) -> [FeedState] {
    feeds.filter { !$0.isPaused && pollInterval(of: $0) == nil }.map(state)
      .filter { !$0.isGone }
  }

  /// The c of c/√rate with which all feeds together use up the poll budget; the fixed one where
  /// feeds.conf sets no budget.
  package func unitInterval(now: Timestamp, state: (Feed) -> FeedState) -> Duration {
    guard let pollsPerDay else { return RefreshPolicy.unitInterval }
    let policy = RefreshPolicy(interval: nil)
    return PollBudget(pollsPerDay: Double(pollsPerDay))
      .unitInterval(for: paced(state).map { policy.demand(of: $0, now: now) })
  }
}

/// What a poll budget comes to, shared out anew once in a while: the feeds' rates change by the day, and
/// sharing out among 10,000 feeds takes a twentieth to a ninth of a second (`Benchmarks/schedule`).
package struct BudgetShare: Sendable {
  /// How long it holds.
  static let validity = Duration.seconds(3600)

  private var last: (unitInterval: Duration, foundAt: Timestamp)?

  package init() {}

  /// The c of c/√rate at `now`.
  package mutating func unitInterval(
    of configuration: FeedsConfiguration, now: Timestamp, state: (Feed) -> FeedState
  ) -> Duration {
    if let last, .zero..<Self.validity ~= now.since(last.foundAt) { return last.unitInterval }
    let unit = configuration.unitInterval(now: now, state: state)
    last = (unit, now)
    return unit
  }
}
