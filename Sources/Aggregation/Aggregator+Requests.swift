internal import StoryArchive
package import Syndication

// Who may be asked, and when: what all processes that share the archive agree on.
extension Aggregator {
  private static let slotsLock = "slots.lock"

  /// Decide → write → ask: who of `slots` may ask now. What is granted is written down first, so that no
  /// process that shares the archive asks the same feed or the same line too soon.
  ///
  /// - Returns: A ruling for each slot.
  /// - Throws: `ArchiveError.locked` when another process decides right now: nothing was done, try again.
  package func reserve(_ slots: [RequestSlot], now: Timestamp) throws -> [RequestSlot.Ruling] {
    guard slots.contains(where: { !$0.isLocal }) else { return slots.map { _ in .granted } }
    return try archive.withStateLock(named: Self.slotsLock) {
      try states.catchUp()
      return try states.reserve(slots, now: now)
    }
  }

  /// What was asked of these feeds never reached a server, so that they may be asked at any time.
  package func settle(_ feeds: [String]) throws {
    try states.settle(feeds)
  }

  /// When `feed` was asked without an answer having been stored, by whichever process.
  package func askedAt(_ feed: Feed) -> Timestamp? {
    states.lines.askedAt(feed.url)
  }

  /// When `feed` was asked last, whatever came of it.
  package func lastAsked(_ feed: Feed) -> Timestamp? {
    [askedAt(feed), states[feed.url].lastAttempt].compactMap { $0 }.max()
  }

  /// The least time between two requests of `line` that its server's answers taught; zero for none.
  package func learnedGap(line: String, now: Timestamp) -> Duration {
    states.lines.pace(of: line).gap(now: now)
  }

  /// For how long what waits in `line` (`FeedsConfiguration.queueHost`) is to be left alone, where its
  /// server asked for that.
  package func pause(of line: String, now: Timestamp) -> LinePause? {
    states.pause(of: line, now: now)
  }

  /// As `pause`, its end alone.
  package func blockedUntil(line: String, now: Timestamp) -> Timestamp? {
    pause(of: line, now: now)?.until
  }

  /// Remembers, for every process, that a server asked for a pause of what waits in `line`; nil for none.
  /// To be called as soon as that is known: what the answer brought besides is stored later, if at all.
  /// `cause` is the address that was answered.
  ///
  /// - Returns: Until when the line is left alone.
  /// - Throws: `ArchiveError` when there is no room even for that.
  @discardableResult
  package func leaveAlone(
    _ line: String, for pause: Duration?, cause: String? = nil, now: Timestamp
  ) throws -> Timestamp? {
    guard let pause else { return nil }
    let until = now + min(pause, RefreshPolicy.hintCeiling)
    try states.block(line: line, LinePause(until: until, cause: cause), now: now)
    return until
  }

  /// Remembers what an answer says of the pace of its line.
  func learn(from answer: ReadAnswer, _ polled: PolledState) throws {
    try states.learn(
      answer.reading.answer(after: polled.before.failure), limit: answer.reading.rateLimit,
      of: answer.line, now: polled.now)
  }

  /// Tells other processes that no host can be reached since `moment`, or with nil that some can.
  package func note(offlineSince moment: Timestamp?) throws {
    try states.note(offlineSince: moment)
  }

  /// The wall clock was stepped while this process ran, and shows `now`: what servers asked for and the
  /// gaps of lines still last as long as they would have.
  ///
  /// - Throws: `ArchiveError` when other processes cannot be told.
  package func clockStepped(by step: Duration, now: Timestamp) throws {
    try states.shift(by: step, now: now)
  }

  /// What another process writes down at this moment must not fall out.
  func compactIfGrown(now: Timestamp) throws {
    guard states.isGrown else { return }
    do {
      try archive.withStateLock(named: Self.slotsLock) {
        try states.catchUp()
        states.compactIfGrown(now: now)
      }
    } catch ArchiveError.locked {
      // The next poll comes by here too.
    }
  }
}
