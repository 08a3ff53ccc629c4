internal import Aggregation
internal import Syndication

/// What a daemon follows, and when it must look again.
struct Subscription: Sendable {
  let configuration: FeedsConfiguration
  /// The first polls of feeds that were never polled, spread from the moment they became known.
  private var firstPolls: [String: DueDecision] = [:]
  /// The earliest moment at which a feed falls due; nil when all of them are being fetched.
  var nextDue: Timestamp?
  /// Until when a failed storage is left alone.
  var suspendedUntil: Timestamp?

  init(_ configuration: FeedsConfiguration, now: Timestamp, state: (Feed) -> FeedState) {
    self.configuration = configuration
    let new = configuration.feeds.filter { state($0).due == nil }
    for feed in new {
      firstPolls[feed.url] = RefreshPolicy.firstPoll(of: feed.url, among: new.count, now: now)
    }
  }

  var nextWake: Timestamp? { suspendedUntil ?? nextDue }

  /// `known`, with a moment for its first poll where it has none.
  func state(of feed: Feed, known: FeedState) -> FeedState {
    guard known.due == nil else { return known }
    var state = known
    state.due = firstPolls[feed.url]
    return state
  }

  /// A feed was polled: its next moment may be the earliest of all.
  mutating func learn(_ outcome: RefreshOutcome) {
    firstPolls[outcome.feed] = nil
    guard let due = outcome.due else { return }
    nextDue = min(nextDue ?? due.at, due.at)
  }
}
