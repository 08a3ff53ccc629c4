package import FeedFetching
package import Syndication

#if canImport(Glibc)
  internal import Glibc
#endif

/// When to poll a feed again. Pure: the same facts give the same moment.
///
/// The expected delay for a given number of polls is least when intervals are proportional to
/// 1/√rate; what the operator, the server and the feed ask for are lower bounds on top.
package struct RefreshPolicy: Sendable {
  /// Never two polls of one feed closer than this.
  package static let floor = Duration.seconds(30 * 60)
  /// What a feed's own pace asks for at least: the last ten minutes gain little on the busiest feeds, and
  /// their polls are worth more elsewhere (`Benchmarks/schedule`).
  package static let paceFloor = Duration.seconds(38 * 60)
  package static let ceiling = Duration.seconds(24 * 3600)
  /// The interval of a feed with one new entry a day.
  package static let unitInterval = Duration.seconds(3 * 3600)
  static let firstBackoff = Duration.seconds(3600)
  static let earlyBackoffCeiling = Duration.seconds(24 * 3600)
  static let lateBackoffCeiling = Duration.seconds(7 * 24 * 3600)
  static let lateBackoffAfter = Duration.seconds(7 * 24 * 3600)
  /// A server that asks for years means "do not bother"; a month is believed.
  package static let hintCeiling = Duration.seconds(30 * 24 * 3600)
  /// The longest that any rule makes a feed wait, spread and skipped hours included.
  package static let longestWait = Duration.seconds(45 * 24 * 3600)
  /// A request noted further ahead than this was noted by a clock that was wrong; up to here it is the
  /// clock of now that was put back, and the request counts.
  static let clockSlack = Duration.seconds(2 * 24 * 3600)
  /// A server that answers 304 to everything is asked for the whole document this often.
  static let unconditionalInterval = Duration.seconds(8 * 24 * 3600)
  /// The shortest interval that an operator may set for somebody else's server.
  package static let shortestInterval = Duration.seconds(5 * 60)

  /// The share of an interval by which feeds are spread, by a stable hash of their address.
  static let spreadShare = 0.1

  /// The operator's interval, or nil for the √rate rule.
  package var interval: Duration?
  /// The interval of a feed with one new entry a day, evenly spread: the c of c/√rate.
  package var unitInterval: Duration

  package init(interval: Duration?, unitInterval: Duration = RefreshPolicy.unitInterval) {
    self.interval = interval
    self.unitInterval = unitInterval
  }

  /// After a poll that succeeded (200 or 304).
  package func due(
    after state: FeedState, freshness: Freshness, hints: RefreshHints, now: Timestamp
  ) -> DueDecision {
    derivation(after: state, freshness: freshness, hints: hints, now: now).decision
  }

  /// The same with every rule that had a say.
  package func derivation(
    after state: FeedState, freshness: Freshness, hints: RefreshHints, now: Timestamp
  ) -> DueDerivation {
    derivation(
      base(for: state, now: now), bounds(for: state, freshness: freshness, hints: hints),
      feed: state.feed, hints: hints, now: now)
  }

  private func derivation(
    _ base: DueDerivation.Bound, _ bounds: [DueDerivation.Bound], feed: String,
    hints: RefreshHints, now: Timestamp
  ) -> DueDerivation {
    var derivation = DueDerivation(
      base: base, bounds: bounds, spread: .zero, unskipped: now,
      decision: DueDecision(at: now, rule: base.rule))
    let wait = derivation.winner
    // What must be read before entries fall out of it is not put off.
    if wait.rule != .window { derivation.spread = Self.spread(of: wait.wait, feed: feed) }
    derivation.unskipped = now + wait.wait + derivation.spread
    derivation.decision = Self.skipping(
      hints, DueDecision(at: derivation.unskipped, rule: wait.rule))
    return derivation
  }

  /// What the server, the feed and a missing validator ask for at least.
  private func bounds(
    for state: FeedState, freshness: Freshness, hints: RefreshHints
  ) -> [DueDerivation.Bound] {
    let asked: [(Duration?, DueDecision.Rule)] = [
      (freshness.lifetime, .freshness),
      (hints.timeToLive, .timeToLive),
      (hints.updateInterval, .updatePeriod),
      (freshness.retryAfter, .retryAfter),
      (interval == nil && state.validators.isEmpty ? Self.ceiling : nil, .noValidators),
    ]
    return asked.compactMap { asked, rule in
      asked.map { DueDerivation.Bound(rule: rule, asked: $0, wait: min($0, Self.hintCeiling)) }
    }
  }

  /// After a poll that failed; `state` already counts the failure.
  package func due(
    afterFailureOf state: FeedState, freshness: Freshness, now: Timestamp
  ) -> DueDecision {
    derivation(afterFailureOf: state, freshness: freshness, now: now).decision
  }

  /// The same with every rule that had a say.
  package func derivation(
    afterFailureOf state: FeedState, freshness: Freshness, now: Timestamp
  ) -> DueDerivation {
    let failing = state.firstFailure.map { now.since($0) } ?? .zero
    let ceiling =
      failing > Self.lateBackoffAfter ? Self.lateBackoffCeiling : Self.earlyBackoffCeiling
    let doublings = min(max(state.failureCount - 1, 0), 16)
    // A 429 counts as no failure of the feed, so its waits double by the time that they have lasted,
    // up to a day.
    let refused = state.firstRefusal.map { min(now.since($0), Self.earlyBackoffCeiling) } ?? .zero
    let backoff = min(max(Self.firstBackoff * (1 << doublings), refused), ceiling)
    let pace = base(for: state, now: now).wait
    let base = DueDerivation.Bound(
      rule: .backoff, asked: backoff, wait: max(backoff, pace))
    let asked = freshness.retryAfter.map {
      DueDerivation.Bound(rule: .retryAfter, asked: $0, wait: min($0, Self.hintCeiling))
    }
    return derivation(
      base, [asked].compactMap { $0 }, feed: state.feed, hints: RefreshHints(), now: now)
  }

  /// The operator's interval, or c/√rate between floor and ceiling; sooner where entries would fall out
  /// of the feed's document before they are seen.
  private func base(for state: FeedState, now: Timestamp) -> DueDerivation.Bound {
    if let interval { return .init(rule: .interval, asked: interval, wait: interval) }
    let forecast = state.rate.forecast(from: now)
    let learned = forecast.wait(forRootOfDays: unitInterval.inDays)
    let wait = min(max(learned, Self.paceFloor), Self.ceiling)
    if let room = state.roomInWindow {
      let latest = max(forecast.wait(forEntries: room), Self.floor)
      if latest < wait + Self.spread(of: wait, feed: state.feed) {
        return .init(rule: .window, asked: latest, wait: latest)
      }
    }
    return .init(rule: .rate, asked: learned, wait: wait)
  }

  /// What a feed that follows the √rate rule claims of a poll budget.
  package func demand(of state: FeedState, now: Timestamp) -> PollBudget.Demand {
    let forecast = state.rate.forecast(from: now)
    var hints = bounds(for: state, freshness: state.freshness, hints: state.hints)
    // What was never read has no validators yet, and most servers send some.
    if state.lastSuccess == nil { hints.removeAll { $0.rule == .noValidators } }
    var shortest = hints.reduce(Self.paceFloor) { max($0, $1.wait) }
    if state.failureCount > 0, let due = state.due, let last = state.lastAttempt {
      shortest = max(shortest, due.at.since(last))
    }
    let spread = 1 + Self.spreadShare * Self.stableFraction(of: state.feed)
    return PollBudget.Demand(
      roots: forecast.roots, shortest: shortest,
      longest: max(shortest, Self.ceiling), spread: spread)
  }

  /// The distance between the first polls of many new feeds, and the longest that one waits.
  static let firstPollGap = Duration.milliseconds(250)
  static let firstPollCeiling = Duration.seconds(600)

  /// When a daemon that starts at `now` polls each of `count` feeds that were never polled: spread by
  /// their addresses, none later than ten minutes.
  package static func firstPoll(of feed: String, among count: Int, now: Timestamp) -> DueDecision {
    let span = min(firstPollGap * max(count - 1, 0), firstPollCeiling)
    return DueDecision(at: now + span * stableFraction(of: feed), rule: .new)
  }

  /// Up to a tenth of a wait, the same for a feed each time.
  static func spread(of wait: Duration, feed: String) -> Duration {
    .milliseconds(Int64(Double(wait.milliseconds) * spreadShare * stableFraction(of: feed)))
  }

  /// Where in 0..<1 a feed's address falls: FNV-1a with the finishing steps of MurmurHash3, which
  /// spread what differs in its last letters only.
  package static func stableFraction(of text: String) -> Double {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    for multiplier: UInt64 in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
      hash = (hash ^ (hash >> 33)) &* multiplier
    }
    return Double((hash ^ (hash >> 33)) >> 11) / 9_007_199_254_740_992
  }

  /// The first full hour at or after `decision` that the feed does not ask to skip. Hints that would
  /// skip every hour of the week are ignored.
  static func skipping(_ hints: RefreshHints, _ decision: DueDecision) -> DueDecision {
    guard hints.skipHours.count < 24, hints.skipDays.count < 7,
      !(hints.skipHours.isEmpty && hints.skipDays.isEmpty)
    else { return decision }
    var at = decision.at
    for _ in 0..<(24 * 8) {
      guard skips(hints, at) else {
        return DueDecision(at: at, rule: at == decision.at ? decision.rule : .skipped)
      }
      at = Timestamp(milliseconds: (at.milliseconds / 3_600_000 + 1) * 3_600_000)
    }
    return decision
  }

  private static func skips(_ hints: RefreshHints, _ moment: Timestamp) -> Bool {
    let hour = Int(moment.milliseconds / 3_600_000 % 24)
    return hints.skipHours.contains(hour) || hints.skipDays.contains(moment.date.weekday)
  }
}
