internal import FeedParsing
internal import StoryArchive
package import Syndication

// What is read of a feed's older documents.
extension Aggregator {
  /// Stores what is new in an older document of `feed`, and with it how far such documents were read.
  /// An entry that is known stays as it is: of two versions the older document has the older.
  ///
  /// - Parameters:
  ///   - page: The document.
  ///   - feed: Whose.
  ///   - now: When it came.
  ///   - progress: What to remember, given how the page's entries fared.
  /// - Returns: How they fared, with everything durable that it counts.
  /// - Throws: as `refresh`.
  package func store(
    page: ParsedFeed, of feed: Feed, now: Timestamp,
    progress: (StoryCounts) -> ArchiveProgress
  ) throws -> StoryCounts {
    let accepted = { StoryAcceptance(feed: self.named(feed)).stories(of: page, seen: now) }
    return try write(waiting: Self.lockPatience, placing: { [accepted()] }) { transaction in
      let feed = named(feed)
      let counts = try stage(accepted(), in: &transaction, now: now, takesEdits: false)
      try commit(&transaction, now: now)
      var state = state(of: feed)
      state.storedCount += counts.new
      state.archives = progress(counts)
      try states.update([state])
      return counts
    }
  }

  /// Remembers how far the older documents of `feed` were read.
  ///
  /// - Throws: as `refresh`.
  package func note(_ progress: ArchiveProgress, of feed: Feed) throws {
    try write(waiting: Self.lockPatience) { _ in
      var state = state(of: feed)
      state.archives = progress
      try states.update([state])
    }
  }

  /// What reading the older documents of `feed` has cost, also by other addresses that lead to them.
  func archiveToll(of feed: Feed, now: Timestamp) -> ArchiveToll? {
    states.archiveToll(of: state(of: feed), now: now)
  }

  /// Takes in what the answer to an older document says of its server, for every process, and what it
  /// cost.
  ///
  /// - Parameters:
  ///   - reading: The answer.
  ///   - page: What was asked for.
  ///   - feed: Whose older documents are read.
  ///   - line: Where the request waited its turn.
  ///   - now: When the answer came.
  /// - Throws: as `refresh`.
  package func learn(
    from reading: FeedReading, ofPage page: String, of feed: Feed, line: String, now: Timestamp
  ) throws {
    try write(waiting: Self.lockPatience) { _ in
      try states.settle([page])
      try leaveAlone(line, for: reading.retryAfter, cause: page, now: now)
      try states.learn(
        reading.answer(after: nil), limit: reading.rateLimit, of: line, now: now)
      var state = state(of: feed)
      let failed = !(reading.parsed?.isComplete ?? false)
      state.archiveToll = .after(state.archiveToll, failed: failed, now: now)
      try states.update([state])
    }
  }
}
