internal import Aggregation
internal import FeedFetching
internal import Syndication

/// The stable object of `why --json`; what is not known is left out. Durations are seconds.
struct WhyLine: Encodable {
  struct Rule: Encodable {
    var rule: String
    /// As asked for, and as far as it is believed.
    var asked: Int64
    var counted: Int64
    var decided: Bool
  }

  struct Budget: Encodable {
    var pollsPerDay: Int
    var feeds: Int
    /// Of the budget, 0 to 1.
    var share: Double
  }

  var feed: String
  var title: String?
  var nextPoll: String?
  var rule: String?
  var reason: String
  var lastPoll: String?
  var entriesPerDay: Double?
  var learnedEntries: Double?
  var learnedDays: Double?
  var activity: Double?
  var busyHours: [Int]
  var budget: Budget?
  var unitInterval: Int64
  var rules: [Rule]
  var skipHours: [Int]
  var skipDays: [Int]
  var spread: Int64?
  var window: Int?
  var failures: Int
  var error: FailureLine?
  var leftAloneUntil: String?
  var leftAloneAfter: String?
  var learnedGap: Int64?
  var pollsPerDay: Double
  var expectedDelay: Int64?

  init(_ explanation: PollExplanation, now: Timestamp) {
    let row = explanation.row
    let state = row.state
    let isKnown = state.lastSuccess != nil
    feed = "\(MaskedAddress(row.feed.url))"
    title = row.feed.title ?? state.title
    nextPoll = row.nextPoll(now: now)?.rfc3339
    rule = explanation.rest?.rawValue ?? state.due?.rule.rawValue ?? DueDecision.Rule.new.rawValue
    reason =
      explanation.rest == .paused
      ? "paused in feeds.conf" : (state.due?.rule ?? DueDecision.Rule.new).reason
    lastPoll = state.lastAttempt?.rfc3339
    entriesPerDay = isKnown ? Self.rounded(state.rate.entriesPerDay) : nil
    learnedEntries = isKnown ? Self.rounded(state.rate.learnedFrom.entries) : nil
    learnedDays = isKnown ? Self.rounded(state.rate.learnedFrom.days) : nil
    activity = isKnown ? Self.rounded(explanation.activity) : nil
    busyHours = explanation.busyHours
    budget = explanation.budget.map {
      Budget(
        pollsPerDay: $0.pollsPerDay, feeds: $0.feedCount,
        share: Self.rounded(explanation.pollsPerDay / Double($0.pollsPerDay)))
    }
    unitInterval = explanation.unitInterval.components.seconds
    rules = explanation.derivation.map(Self.rules) ?? []
    skipHours = state.hints.skipHours.sorted()
    skipDays = state.hints.skipDays.sorted()
    spread = explanation.derivation?.spread.components.seconds
    window = state.windowCount
    failures = state.failureCount
    error = FailureLine(of: state)
    leftAloneUntil = row.pause?.until.rfc3339
    leftAloneAfter = row.pause?.cause.map { "\(MaskedAddress($0))" }
    learnedGap = row.learnedGapSeconds
    pollsPerDay = Self.rounded(explanation.pollsPerDay)
    expectedDelay = explanation.meanDelay?.components.seconds
  }

  /// To four decimals.
  private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

  private static func rules(_ derivation: DueDerivation) -> [Rule] {
    let winner = derivation.winner
    return ([derivation.base] + derivation.bounds).map {
      Rule(
        rule: $0.rule.rawValue, asked: $0.asked.components.seconds,
        counted: $0.wait.components.seconds, decided: $0 == winner)
    }
  }

  var json: String { JSONLine.text(of: self) }
}
