package import Syndication

/// When a feed is polled next and how that came about, from what is remembered of it.
package struct PollExplanation: Sendable {
  /// What the operator's poll budget comes to for one feed.
  package struct Budget: Sendable {
    package var pollsPerDay: Int
    /// Feeds that share it.
    package var feedCount: Int
  }

  /// Why there is no next poll.
  package enum Rest: String, Sendable {
    case paused, gone
  }

  package let row: FeedRoster.Row
  /// Nil for a feed that is polled.
  package let rest: Rest?
  /// Nil where there is none.
  package let budget: Budget?
  /// The derivation of the moment that holds; nil for a feed that was never polled, or is gone.
  package let derivation: DueDerivation?
  /// The c of c/√rate: the interval of a feed with one entry a day.
  package let unitInterval: Duration
  /// Polls a day, as long as nothing changes.
  package let pollsPerDay: Double
  /// How long an entry waits on average until it is seen; nil where nobody polls.
  package let meanDelay: Duration?
  /// The hours of the day, in UTC, in which more than twice the usual is expected.
  package let busyHours: [Int]
  /// How the last hours compare with what is usual for them, as a factor.
  package let activity: Double

  /// Explains the feed of `row`, one of the rows of `roster`, which is of `configuration`.
  package init(
    _ row: FeedRoster.Row, of roster: FeedRoster, _ configuration: FeedsConfiguration,
    now: Timestamp
  ) {
    self.row = row
    rest = row.feed.isPaused ? .paused : row.state.isGone ? .gone : nil
    let states = Dictionary(roster.rows.map { ($0.feed.url, $0.state) }) { first, _ in first }
    func state(_ feed: Feed) -> FeedState { states[feed.url] ?? FeedState(feed: feed.url) }
    budget = configuration.pollsPerDay.map {
      Budget(pollsPerDay: $0, feedCount: configuration.paced(state).count)
    }
    unitInterval = row.state.unitInterval ?? configuration.unitInterval(now: now, state: state)
    let policy = RefreshPolicy(
      interval: configuration.pollInterval(of: row.feed), unitInterval: unitInterval)
    derivation = policy.derivation(of: row.state)
    let forecast = row.state.rate.forecast(from: now)
    activity = forecast.activity
    busyHours = forecast.busyHours
    (pollsPerDay, meanDelay) = Self.pace(row, derivation, policy, isPolled: rest == nil, now: now)
  }

  private static func pace(
    _ row: FeedRoster.Row, _ derivation: DueDerivation?, _ policy: RefreshPolicy, isPolled: Bool,
    now: Timestamp
  ) -> (pollsPerDay: Double, meanDelay: Duration?) {
    guard isPolled, let derivation, let last = row.state.lastAttempt else { return (0, nil) }
    let wait = max(derivation.decision.at.since(last), .seconds(1))
    let polls =
      derivation.decision.rule == .rate
      ? policy.demand(of: row.state, now: now).polls(unitDays: Float(policy.unitInterval.inDays))
      : Float(1 / wait.inDays)
    let forecast = row.state.rate.forecast(from: last)
    return (Double(polls), forecast.meanDelay(until: wait))
  }
}

extension RefreshPolicy {
  /// How the due moment of `state` came about; nil where no rule of time decided it.
  package func derivation(of state: FeedState) -> DueDerivation? {
    guard let due = state.due, let last = state.lastAttempt, due.rule != .gone else { return nil }
    return state.lastSuccess == last
      ? derivation(after: state, freshness: state.freshness, hints: state.hints, now: last)
      : derivation(afterFailureOf: state, freshness: state.freshness, now: last)
  }
}
