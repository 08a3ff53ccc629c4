package import StoryArchive
package import Syndication

/// The feeds of a configuration with what is remembered of each. Only reads, so that it may be asked
/// beside a running daemon.
package struct FeedRoster: Sendable {
  package struct Row: Sendable {
    package var feed: Feed
    package var state: FeedState
    package var health: FeedHealth
    /// Where its requests wait their turn (`FeedsConfiguration.queueHost`).
    package var line: String
    /// The feed that is followed at the address that this one moved to.
    package var other: Feed?
    /// For how long its server wants to be left alone.
    package var pause: LinePause?
    /// The least time between two requests of its line that its server's answers taught; zero for none.
    package var learnedGap = Duration.zero

    /// The moment before which it is not asked; nil for one that is not polled, or is due.
    package func nextPoll(now: Timestamp) -> Timestamp? {
      guard !feed.isPaused, !state.isGone else { return nil }
      let moments = [state.due?.at, pause?.until].compactMap { $0 }
      return moments.max().flatMap { $0 > now ? $0 : nil }
    }
  }

  /// In the order of feeds.conf.
  package let rows: [Row]
  /// Since when a daemon has reached no host at all; nil when it reaches some.
  package let offlineSince: Timestamp?
  /// Lines of the state that could not be read.
  package let unreadableLineCount: Int

  /// - Throws: `ArchiveError` when the state cannot be read.
  package init(
    _ configuration: FeedsConfiguration, archive: Archive, now: Timestamp
  ) throws {
    let states = try FeedStates(archive: archive)
    try states.catchUp()
    let feeds = Dictionary(configuration.feeds.map { (FeedAddress.key(of: $0.url), $0) }) {
      first, _ in first
    }
    let former = states.formerAddresses(followed: Set(configuration.feeds.map(\.url)))
    rows = configuration.feeds.map { feed in
      let state =
        states.known(feed.url) ?? former[feed.url].flatMap(states.known)?.moved(to: feed.url)
        ?? states[feed.url]
      let line = configuration.queueHost(of: feed)
      return Row(
        feed: feed, state: state,
        health: FeedHealth(of: state, isPaused: feed.isPaused, now: now),
        line: line,
        other: state.move.flatMap { feeds[FeedAddress.key(of: $0.target)] },
        pause: states.pause(of: line, now: now),
        learnedGap: states.lines.pace(of: line).gap(now: now))
    }
    // A daemon that was killed could not take back what it said.
    let lastSuccess = rows.compactMap(\.state.lastSuccess).max()
    offlineSince = states.offlineSince.flatMap { since in
      lastSuccess.map { $0 > since } ?? false ? nil : since
    }
    unreadableLineCount = states.unreadableLineCount
  }
}
