internal import FeedFetching
package import Syndication

/// How much slower than the operator's gap a line is asked, learned from how its server answers. Pure.
///
/// Servers that limit readers seldom say how much they bear, so each refusal doubles the gap and each
/// success takes a little off what was learned. A server that counts down to its limit is asked
/// unhurriedly before it is used up.
package struct LinePace: Hashable, Sendable {
  /// What an answer says of the pace of its line.
  enum Answer: Hashable {
    case served
    /// 429.
    case refused
    /// 403, and whether the feed was not forbidden already at the poll before.
    case forbidden(isNew: Bool)
    case other
  }

  /// What a refusal doubles where the operator's gap is shorter.
  static let firstGap = Duration.seconds(1)
  static let longestGap = Duration.seconds(15 * 60)
  /// How many feeds of a line have to be forbidden, and none served meanwhile, before that is about the
  /// pace rather than about the feeds.
  static let forbiddenLimit = 3
  /// A refusal that is older says nothing any more.
  static let memory = Duration.seconds(30 * 86_400)
  /// What is left of a server's limit is eked out below this share of it, or below this number where
  /// the server does not tell its limit.
  static let scarceShare = 0.25
  static let scarceCount = 10.0

  /// Zero where nothing was learned.
  private(set) var learned = Duration.zero
  private(set) var lastRefusal: Timestamp?
  /// Feeds in a row that became forbidden.
  private(set) var forbiddenCount = 0
  /// What a server's limit leaves, until it begins anew.
  private(set) var ration: Ration?

  struct Ration: Hashable, Sendable {
    var gap: Duration
    var until: Timestamp
  }

  init() {}

  /// As it was remembered; what no answer can have brought about is cut to what it can.
  init(learned: Duration, lastRefusal: Timestamp?, forbiddenCount: Int, ration: Ration?) {
    self.learned = min(max(learned, .zero), Self.longestGap)
    self.lastRefusal = lastRefusal
    self.forbiddenCount = min(max(forbiddenCount, 0), Self.forbiddenLimit)
    self.ration = ration.map {
      Ration(gap: min(max($0.gap, .zero), Self.longestGap), until: $0.until)
    }
  }

  /// The least time between the starts of two requests at `now`; zero where nothing was learned.
  package func gap(now: Timestamp) -> Duration {
    var gap = Duration.zero
    if let last = lastRefusal, isRecent(last, now) { gap = learned }
    if let ration, now < ration.until, isRecent(ration.until, now) { gap = max(gap, ration.gap) }
    return gap
  }

  /// Takes in an answer that came at `now`.
  mutating func note(
    _ answer: Answer, limit: RateLimit?, operatorGap: Duration, now: Timestamp
  ) {
    switch answer {
    case .served:
      forbiddenCount = 0
      recover(operatorGap)
    case .refused: slowDown(operatorGap, now)
    case .forbidden(isNew: true):
      forbiddenCount = min(forbiddenCount + 1, Self.forbiddenLimit)
      if forbiddenCount == Self.forbiddenLimit { slowDown(operatorGap, now) }
    case .forbidden(isNew: false), .other: break
    }
    if let limit { ration = Self.ration(of: limit, now) }
  }

  /// Refusals of requests that were under way together count once.
  private mutating func slowDown(_ operatorGap: Duration, _ now: Timestamp) {
    if let last = lastRefusal, last <= now, now < last + learned / 2 { return }
    if let last = lastRefusal, !isRecent(last, now) { learned = .zero }
    learned = min(max(learned, operatorGap, Self.firstGap) * 2, Self.longestGap)
    lastRefusal = now
  }

  private mutating func recover(_ operatorGap: Duration) {
    learned = learned * 15 / 16
    guard learned <= max(operatorGap, Self.firstGap) else { return }
    learned = .zero
    lastRefusal = nil
  }

  private static func ration(of limit: RateLimit, _ now: Timestamp) -> Ration? {
    let scarce = limit.total.map { $0 * scarceShare } ?? scarceCount
    guard limit.remaining >= 1, limit.remaining < scarce else { return nil }
    return Ration(
      gap: min(limit.window / limit.remaining, longestGap), until: now + min(limit.window, memory))
  }

  private func isRecent(_ moment: Timestamp, _ now: Timestamp) -> Bool {
    now.since(moment) <= Self.memory && moment.since(now) <= Self.memory
  }
}

extension FeedReading {
  /// What it says of the pace of its line; `before` is how the feed's poll before this one failed.
  func answer(after before: FailureNote?) -> LinePace.Answer {
    switch self {
    case .feed, .notModified: .served
    case .failed(let note, _) where note.kind == "http-429": .refused
    case .failed(let note, _) where note.kind == "http-403":
      .forbidden(isNew: before?.kind != note.kind)
    case .failed, .gone: .other
    }
  }

  /// What the server still serves before it refuses.
  var rateLimit: RateLimit? {
    switch self {
    case .feed(_, let facts, _), .notModified(let facts): facts.freshness.rateLimit
    case .failed(_, let freshness): freshness.rateLimit
    case .gone: nil
    }
  }
}
