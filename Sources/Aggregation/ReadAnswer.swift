package import FeedFetching
package import Syndication

/// A fetch result, read and its entries turned into stories: what the spine needs of an answer.
///
/// Making one is pure and most of the work that a document costs before it is stored, so it may be done
/// on any thread. A reference, since it goes from hand to hand and is never changed.
package final class ReadAnswer: Sendable {
  /// What was fetched.
  package let feed: Feed
  let policy: RefreshPolicy
  /// Where it waited its turn, and what its server's Retry-After holds for.
  package let line: String
  let reading: FeedReading
  let accepted: AcceptedStories?
  let now: Timestamp

  /// How many stories are to be placed.
  package var storyCount: Int { accepted?.stories.count ?? 0 }

  /// Reads `result`.
  ///
  /// - Parameters:
  ///   - result: What came of the request; a feed's failure is a value.
  ///   - feed: What was fetched.
  ///   - policy: When to poll it again.
  ///   - line: Where it waits its turn, and what its server's Retry-After holds for.
  ///   - now: When the result came.
  package init(
    of result: FetchResult, feed: Feed, policy: RefreshPolicy, line: String, now: Timestamp
  ) {
    self.feed = feed
    self.policy = policy
    self.line = line
    self.now = now
    reading = FeedReading(of: result)
    accepted = reading.parsed.map { StoryAcceptance(feed: feed).stories(of: $0, seen: now) }
  }

  private init(_ other: ReadAnswer, feed: Feed) {
    self.feed = feed
    policy = other.policy
    line = other.line
    reading = other.reading
    now = other.now
    accepted = reading.parsed.map { [now] in
      StoryAcceptance(feed: feed).stories(of: $0, seen: now)
    }
  }

  /// The same answer, of the feed as the archive names it now: another process may have filed its move
  /// since the answer was read, and stories keep the identifiers of the first address.
  func of(_ feed: Feed) -> ReadAnswer {
    feed.firstAddress == self.feed.firstAddress ? self : ReadAnswer(self, feed: feed)
  }
}
