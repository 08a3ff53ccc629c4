package import FeedFetching
internal import StoryArchive
package import Syndication

/// The spine: a fetch result goes in, and once everything it brought is durable an outcome comes out.
///
/// Decide → write → apply. Confined to one thread at a time; other processes may append to the same
/// archive, and what they wrote is folded in before anything is decided. When a write fails the
/// error is thrown and this value must be dropped: its knowledge may run ahead of the disk, and a new
/// one folds the archive anew.
package final class Aggregator {
  private let archive: Archive
  private let states: FeedStates
  private var knowledge: Knowledge

  /// Opens the archive in `storage` for writing and folds it.
  ///
  /// - Throws: `ArchiveError` when the storage cannot be used.
  package init(storage: String, now: Timestamp) throws {
    archive = try Archive.open(at: storage, access: .readWrite, now: now)
    states = try FeedStates(archive: archive)
    knowledge = Knowledge(now: now)
    try catchUp()
  }

  package var storyCount: Int { knowledge.storyCount }

  /// What is remembered of `feed`, as any process last wrote it.
  package func state(of feed: Feed) -> FeedState {
    states[feed.url]
  }

  /// Hosts that asked to be left alone beyond `now`, and until when.
  package func blockedHosts(now: Timestamp) -> [String: Timestamp] {
    states.blockedHosts(now: now)
  }

  /// Folds in what other processes did.
  package func catchUp() throws {
    try archive.catchUp { knowledge.apply($0) }
    try states.catchUp()
  }

  /// The whole way of one feed's fetch result into the archive.
  ///
  /// - Throws: `ArchiveError` when something could not be made durable; then nothing of this result
  ///   was acknowledged, and the feed's validators have not advanced.
  package func refresh(
    _ feed: Feed, with result: FetchResult, policy: RefreshPolicy, now: Timestamp
  ) throws -> RefreshOutcome {
    let reading = FeedReading(of: result)
    let accepted = reading.parsed.map { StoryAcceptance(feed: feed).stories(of: $0, seen: now) }
    return try archive.withWriterLock(waiting: Self.lockPatience) { transaction in
      try catchUp()
      let counts = try accepted.map { try store($0, in: &transaction, now: now) }
      let polled = PolledState(
        before: states[feed.url], feed: feed, policy: policy, counts: counts ?? StoryCounts(),
        now: now)
      return try remember(polled, reading)
    }
  }

  /// How long a refresh waits for another process' refresh to end.
  static let lockPatience = Duration.seconds(60)

  /// Places and stages every story, then makes all of them durable at once.
  private func store(
    _ accepted: AcceptedStories, in transaction: inout ArchiveTransaction, now: Timestamp
  ) throws -> StoryCounts {
    let seen = transaction.seen(at: now)
    knowledge.forget(now: seen)
    var counts = StoryCounts()
    counts.ignored = accepted.ignoredCount
    for var story in accepted.stories {
      story.seen = seen
      place(story, in: &transaction, &counts)
    }
    try transaction.commit(now: now)
    return counts
  }

  private func place(
    _ story: Story, in transaction: inout ArchiveTransaction, _ counts: inout StoryCounts
  ) {
    switch knowledge.decide(story) {
    case .new(let placed):
      for record in placed.records { transaction.stage(record) }
      knowledge.apply(placed)
      counts.new += 1
    case .edited(let edit):
      transaction.stage(edit)
      knowledge.apply(edit)
      counts.edited += 1
    case .known: counts.known += 1
    case .withheld: counts.withheld += 1
    }
  }

  /// Remembers what a poll came to. Only now, after the stories are durable, do validators advance.
  private func remember(_ polled: PolledState, _ reading: FeedReading) throws -> RefreshOutcome {
    let state = polled.after(reading)
    try states.update(state)
    try states.compactIfGrown(now: polled.now)
    if let wait = reading.retryAfter, let host = FetchAddress(polled.feed.url)?.host {
      try states.block(host: host, until: polled.now + wait)
    }
    return polled.outcome(of: reading, state: state)
  }
}
