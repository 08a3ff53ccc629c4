internal import Aggregation
internal import Syndication

/// The archive as the engine holds it: opened when it is needed, and dropped when a write failed, since
/// what is known may then run ahead of the disk.
struct HeldArchive {
  let storage: String
  /// Nil until it is opened, and after it failed.
  private(set) var aggregator: Aggregator?
  /// Followed feeds, for whoever opens the archive again.
  private var feeds: [Feed]?
  private var isClaimed = false

  init(storage: String) {
    self.storage = storage
  }

  /// Opens the archive and folds it.
  ///
  /// - Throws: `ArchiveError`.
  mutating func open(now: Timestamp) throws -> Aggregator {
    let aggregator = try Aggregator(storage: storage, now: now)
    if isClaimed { try aggregator.claim() }
    if let feeds { aggregator.follow(feeds) }
    self.aggregator = aggregator
    return aggregator
  }

  /// Makes sure that no other daemon follows feeds into the same archive.
  ///
  /// - Throws: `ArchiveError.locked` when one does.
  mutating func claim() throws {
    try aggregator?.claim()
    isClaimed = true
  }

  mutating func follow(_ feeds: [Feed]) {
    self.feeds = feeds
    aggregator?.follow(feeds)
  }

  mutating func drop() { aggregator = nil }

  /// Writes down that what waits in `line` is left alone for `pause`, since the answer to `cause` asked for it, also while storing is suspended.
  ///
  /// - Throws: `ArchiveError` when there is no room even for that.
  func leaveAlone(
    _ line: String, for pause: Duration, cause: String, now: Timestamp
  ) throws {
    if let aggregator {
      try aggregator.leaveAlone(line, for: pause, cause: cause, now: now)
    } else {
      try Aggregator.leaveAlone(line, for: pause, cause: cause, storage: storage, now: now)
    }
  }

  /// Moves what is waited for along with a wall clock that was stepped, also while storing is suspended.
  ///
  /// - Throws: `ArchiveError` when there is no room for it.
  func clockStepped(by step: Duration, now: Timestamp) throws {
    if let aggregator {
      try aggregator.clockStepped(by: step, now: now)
    } else {
      // Whatever else it lacks, the archive is suspended already.
      try? Aggregator.clockStepped(by: step, storage: storage, now: now)
    }
  }

  /// What is known of `feed`; nothing while there is no archive.
  func state(of feed: Feed) -> FeedState {
    aggregator?.state(of: feed) ?? FeedState(feed: feed.url)
  }

  func hasFailed(_ feed: Feed) -> Bool { state(of: feed).failureCount > 0 }

  /// `feed` with the address at which the archive first knew it.
  func named(_ feed: Feed) -> Feed { aggregator?.named(feed) ?? feed }
}
