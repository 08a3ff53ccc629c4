internal import StoryArchive
package import Syndication

// What other programs and other archives kept of feeds.
extension Aggregator {
  /// Nobody waits for an import.
  private static let importPatience = Duration.seconds(60)

  /// Stores what is new among what another program kept of `feed`: an entry that is known stays as it is.
  /// Nothing is remembered of the feed itself.
  ///
  /// - Parameters:
  ///   - document: Entries of the feed as that program kept them.
  ///   - feed: Whose.
  ///   - now: When they are taken over.
  /// - Returns: How they fared, with everything durable that it counts.
  /// - Throws: as `refresh`.
  package func store(
    imported document: ParsedFeed, of feed: Feed, now: Timestamp
  ) throws -> StoryCounts {
    let accepted = { StoryAcceptance(feed: self.named(feed)).stories(of: document, seen: now) }
    return try write(waiting: Self.importPatience, placing: { [accepted()] }) { transaction in
      try commit(accepted(), in: &transaction, now: now)
    }
  }

  /// Stores what is new among `stories`, which another archive of this program kept of the feed that it
  /// first followed at `first`. They keep their identifiers, and the archive says that the feed is
  /// followed at `address` now; where stories are filed under that already, these join them.
  ///
  /// - Returns: as above.
  /// - Throws: as `refresh`.
  package func store(
    imported stories: [Story], firstFollowedAt first: String, nowAt address: String, now: Timestamp
  ) throws -> StoryCounts {
    let canContinue = { self.known.knowledge.filed.canContinue(first, at: address) }
    let accepted = {
      let filed = canContinue() ? first : self.known.knowledge.filed.firstAddress(of: address)
      let stories = filed == first ? stories : stories.map { $0.filed(under: filed) }
      return AcceptedStories(
        stories: stories, fingerprints: stories.map { StoryFingerprint(of: $0) }, ignoredCount: 0)
    }
    return try write(waiting: Self.importPatience, placing: { [accepted()] }) { transaction in
      let accepted = accepted()
      if canContinue() {
        var feed = Feed(url: address)
        feed.firstAddress = first
        settle(feed, in: &transaction, now: now)
      }
      return try commit(accepted, in: &transaction, now: now)
    }
  }

  private func commit(
    _ accepted: AcceptedStories, in transaction: inout ArchiveTransaction, now: Timestamp
  ) throws -> StoryCounts {
    let counts = try stage(accepted, in: &transaction, now: now, takesEdits: false)
    try commit(&transaction, now: now)
    return counts
  }
}
