package import DigestExport
internal import FeedFetching
package import Syndication

extension FeedRoster {
  /// How long digests speak of a feed that is gone: nothing about it will change.
  static let goneFor = Duration.seconds(7 * 86_400)

  /// What a digest made at `now` tells of the feeds that need a person: of those in `feeds`, or of all
  /// where it is nil.
  package func notices(of feeds: Set<String>? = nil, now: Timestamp) -> [FeedNotice] {
    rows.filter { feeds?.contains($0.feed.url) ?? true }.flatMap { row in
      row.health.troubles.filter { trouble in
        trouble.word != .gone || now.since(trouble.since) <= Self.goneFor
      }.map { trouble in
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
