package import StoryArchive
package import Syndication

/// The spine: a fetch result goes in, and once everything it brought is durable an outcome comes out.
///
/// Decide → write → apply. Confined to one thread at a time; other processes may append to the same
/// archive, and what they wrote is folded in before anything is decided. When a write fails the
/// error is thrown and this value must be dropped: its knowledge may run ahead of the disk, and a new
/// one folds the archive anew.
package final class Aggregator {
  let archive: Archive
  let states: FeedStates
  let known: KnownArchive
  private var followed = FollowedFeeds()

  /// Opens the archive in `storage` for writing and folds what was not kept of it.
  ///
  /// - Throws: `ArchiveError` when the storage cannot be used.
  package convenience init(storage: String, now: Timestamp) throws {
    try self.init(archive: Archive.open(at: storage, access: .readWrite, now: now), now: now)
  }

  /// Folds what was not kept of `archive`, which is open for writing and nobody else's.
  ///
  /// - Throws: `ArchiveError` when it cannot be read.
  package convenience init(archive: Archive, now: Timestamp) throws {
    try self.init(archive: archive, limits: TableLimits())
  }

  init(archive: Archive, limits: TableLimits) throws {
    self.archive = archive
    states = try FeedStates(archive: archive)
    known = try KnownArchive(archive, states, limits: limits)
  }

  /// Damaged stretches of the archive that were skipped, a sentence each.
  package var damage: [String] { known.damage.map { "\($0)" } }

  package var storyCount: Int { known.knowledge.storyCount }

  /// Makes sure that this process alone follows feeds into the archive, until it ends.
  ///
  /// - Throws: `ArchiveError.locked` when another one does.
  package func claim() throws {
    try archive.claim("daemon.lock")
  }

  /// Folds in what other processes did.
  package func catchUp() throws {
    try known.catchUp()
    try states.catchUp()
  }

  /// Keeps copies of what is known, where folding what came since they were made would take noticeably
  /// long, or `always`: for quiet moments, and for the end. What takes long is done in steps, one a call, or
  /// all `toTheEnd`. What cannot be kept is folded anew.
  package func keepCopies(always: Bool = false, toTheEnd: Bool = false) {
    known.keepStories(always: always, toTheEnd: toTheEnd)
    known.keepGrouping(always: always)
  }
}

// The feeds.
extension Aggregator {
  /// What is remembered of `feed`, as any process last wrote it.
  package func state(of feed: Feed) -> FeedState {
    followed.state(of: feed.url, known.knowledge.filed, states)
  }

  /// `feed` with the address at which the archive first knew it.
  ///
  /// A feed whose former address is followed too goes by its own: of two publishers neither may write
  /// under the other's identifiers.
  package func named(_ feed: Feed) -> Feed {
    var feed = feed
    feed.firstAddress = followed.firstAddress(of: feed.url, known.knowledge.filed)
    return feed
  }

  /// From now on `feeds` are followed and no others. That alone is what a move for good waits for: a
  /// server that redirects may name any address, but only who follows that one in the other's stead says
  /// that they are the same feed.
  package func follow(_ feeds: [Feed]) {
    followed = FollowedFeeds(feeds, states)
  }

  /// Remembers of the feed that is followed at `url` from now on what is known of it at `former`.
  ///
  /// - Throws: `ArchiveError`.
  package func carryState(of former: String, to url: String) throws {
    try catchUp()
    followed.replace(former, by: url)
    guard states.known(url) == nil, let state = states.known(former) else { return }
    try states.update([state.moved(to: url)])
  }
}

// Answers.
extension Aggregator {
  /// The whole way of answers into the archive, in their order, each of another feed. They share one
  /// commit, since making many stories durable takes as long as making one.
  ///
  /// - Parameters:
  ///   - answers: What came of some requests.
  ///   - now: When they are stored.
  /// - Returns: What each came to, with everything durable that it counts.
  /// - Throws: `ArchiveError.locked` when another process writes right now: nothing was done, try again.
  ///   Another `ArchiveError` when something could not be made durable; then nothing of these answers
  ///   was acknowledged, and no feed's validators have advanced.
  package func refresh(_ answers: [ReadAnswer], now: Timestamp) throws -> [RefreshOutcome] {
    precondition(Self.areApart(answers), "an answer a feed")
    return try write(waiting: Self.lockPatience, placing: { stories(of: answers) }) {
      try store(answers, in: &$0, now: now)
    }
  }

  /// The same, for who must not be kept for long: where something is to be folded first, it folds up to
  /// `foldLimit` further records and does nothing else.
  ///
  /// - Returns: Nil then, to be called again.
  /// - Throws: as above.
  package func refresh(
    _ answers: [ReadAnswer], now: Timestamp, foldLimit: Int
  ) throws -> [RefreshOutcome]? {
    precondition(Self.areApart(answers), "an answer a feed")
    return try write(
      waiting: Self.lockPatience, foldLimit: foldLimit, placing: { stories(of: answers) }
    ) {
      try store(answers, in: &$0, now: now)
    }
  }

  private static func areApart(_ answers: [ReadAnswer]) -> Bool {
    Set(answers.map(\.feed.url)).count == answers.count
  }

  private func stories(of answers: [ReadAnswer]) -> [AcceptedStories] {
    answers.compactMap { $0.of(named($0.feed)).accepted }
  }

  private func store(
    _ answers: [ReadAnswer], in transaction: inout ArchiveTransaction, now: Timestamp
  ) throws -> [RefreshOutcome] {
    // Whatever becomes of what the answers brought, their servers are left alone.
    for answer in answers {
      // An answer from before the wall clock was put back counts from now, not from a day ahead.
      try leaveAlone(
        answer.line, for: answer.reading.retryAfter, cause: answer.feed.url,
        now: min(answer.now, now))
    }
    let staged = try answers.map { try stage($0, in: &transaction, now: now) }
    try commit(&transaction, now: now)
    let polls = staged.map { poll(of: $0, now: now) }
    // Only now, after the stories are durable, do validators advance.
    try states.update(polls.map(\.after))
    try zip(staged, polls).forEach { try learn(from: $0.answer, $1.polled) }
    try compactIfGrown(now: now)
    return zip(staged, polls).map { outcome(of: $0.answer, $1.polled, $1.after) }
  }

  /// An answer whose stories are staged, and how they fared.
  private typealias StagedAnswer = (answer: ReadAnswer, counts: StoryCounts)

  private func stage(
    _ answer: ReadAnswer, in transaction: inout ArchiveTransaction, now: Timestamp
  ) throws -> StagedAnswer {
    let answer = answer.of(named(answer.feed))
    settle(answer.feed, in: &transaction, now: now)
    let counts = try answer.accepted.map { try stage($0, in: &transaction, now: now) }
    return (answer, counts ?? StoryCounts())
  }

  private func poll(
    of staged: StagedAnswer, now: Timestamp
  ) -> (polled: PolledState, after: FeedState) {
    let (answer, counts) = staged
    let polled = PolledState(
      before: state(of: answer.feed), feed: answer.feed, policy: answer.policy, counts: counts,
      now: now)
    return (polled, polled.after(answer.reading))
  }

  private func outcome(
    of answer: ReadAnswer, _ polled: PolledState, _ after: FeedState
  ) -> RefreshOutcome {
    var outcome = polled.outcome(of: answer.reading, state: after)
    outcome.pause = pause(of: answer.line, now: polled.now)
    outcome.successor = successor(of: answer.feed, after)
    return outcome
  }

  /// Where `feed` may be followed from now on, its move being settled.
  private func successor(of feed: Feed, _ state: FeedState) -> String? {
    guard let move = state.move, move.isSettled else { return nil }
    let first = feed.firstAddress ?? feed.url
    return known.knowledge.filed.canContinue(first, at: move.target) ? move.target : nil
  }
}
