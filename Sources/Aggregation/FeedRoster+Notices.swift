package import DigestExport
internal import FeedFetching
internal import Syndication

extension FeedRoster {
  /// What a digest tells of the feeds that need a person: of those in `feeds`, or of all where it is nil.
  package func notices(of feeds: Set<String>? = nil) -> [FeedNotice] {
    rows.filter { feeds?.contains($0.feed.url) ?? true }.flatMap { row in
      row.health.troubles.map { trouble in
        FeedNotice(
          name: row.name, address: "\(MaskedAddress(row.feed.url))", health: trouble.word.rawValue,
          since: trouble.since, sentence: trouble.sentence, advice: row.advice(on: trouble))
      }
    }
  }
}

extension FeedRoster.Row {
  /// What a person can do about a trouble of this feed.
  package func advice(on trouble: FeedTrouble) -> String {
    trouble.advice(for: feed, other: other)
  }

  /// What a person calls the feed: the operator's title, its own, else its address without secrets.
  package var name: String {
    feed.title ?? state.title?.nonBlank ?? "\(MaskedAddress(feed.url))"
  }
}
