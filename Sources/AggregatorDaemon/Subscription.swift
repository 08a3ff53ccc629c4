internal import Aggregation
internal import Syndication

/// What a daemon follows, and when it must look again.
struct Subscription: Sendable {
  /// How long a daemon waits before it tries a failed storage again: doubled each time it fails.
  static let firstStorageRetry = Duration.seconds(60)
  static let lastStorageRetry = Duration.seconds(3600)

  let configuration: FeedsConfiguration
  private let addresses: Set<String>
  /// The first polls of feeds that were never polled, spread from the moment they became known.
  private var firstPolls: [String: DueDecision] = [:]
  /// What fell due while nothing could be reached or when the clock was stepped, spread from the moment
  /// at which that was over.
  private var resumptions: [String: Timestamp] = [:]
  /// The earliest moment at which a feed falls due; nil when all of them are being fetched.
  var nextDue: Timestamp?
  /// Until when a failed storage is left alone.
  private(set) var suspendedUntil: Timestamp?
  /// Failures of the storage in a row.
  private var failureCount = 0

  init(
    _ configuration: FeedsConfiguration, replacing old: Subscription?, now: Timestamp,
    state: (Feed) -> FeedState
  ) {
    self.configuration = configuration
    addresses = Set(configuration.feeds.map(\.url))
    suspendedUntil = old?.suspendedUntil
    failureCount = old?.failureCount ?? 0
    resumptions = old?.resumptions ?? [:]
    let new = configuration.feeds.filter { state($0).due == nil }
    for feed in new {
      firstPolls[feed.url] =
        old?.firstPolls[feed.url]
        ?? RefreshPolicy.firstPoll(of: feed.url, among: new.count, now: now)
    }
  }

  var nextWake: Timestamp? { suspendedUntil ?? nextDue }

  func follows(_ url: String) -> Bool { addresses.contains(url) }

  /// `known`, with a moment for its first poll where it has none.
  func state(of feed: Feed, known: FeedState) -> FeedState {
    var state = known
    if let due = known.due {
      state.due?.at = max(due.at, resumptions[feed.url] ?? due.at)
    } else {
      state.due = firstPolls[feed.url]
    }
    return state
  }

  /// A feed was polled: its next moment may be the earliest of all. What it brought is on disk.
  mutating func learn(_ outcome: RefreshOutcome) {
    firstPolls[outcome.feed] = nil
    resumptions[outcome.feed] = nil
    failureCount = 0
    if let due = outcome.due { look(at: due.at) }
  }

  /// These feeds are due at once, and no others: asks them one after the other, the first now.
  mutating func spread(_ due: [String], now: Timestamp) {
    resumptions = [:]
    for url in due {
      let poll = RefreshPolicy.firstPoll(of: url, among: due.count, now: now)
      if firstPolls[url] == nil { resumptions[url] = poll.at } else { firstPolls[url] = poll }
    }
  }

  /// Something may be to do at `moment`.
  mutating func look(at moment: Timestamp) {
    nextDue = min(nextDue ?? moment, moment)
  }

  /// The storage failed: leaves it alone, longer each time until something is stored again.
  mutating func suspend(now: Timestamp) -> Timestamp {
    let doubled = Self.firstStorageRetry * (1 << min(failureCount, 8))
    let until = now + min(doubled, Self.lastStorageRetry)
    failureCount += 1
    suspendedUntil = until
    return until
  }

  mutating func resume() {
    suspendedUntil = nil
  }
}
