import Syndication

@testable import StorySearch

/// Stories and indexes for the tests.
enum Sample {
  static let noon = Timestamp(milliseconds: 1_795_262_400_000)

  static func story(
    _ number: Int, title: String = "", text: String = "",
    feed: String = "https://herald.example/rss",
    language: String? = nil
  ) -> Story {
    Story(
      id: StoryID(bits: UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15), seen: noon, feed: feed,
      source: "The Herald", title: title, language: language, text: text)
  }

  static let segment = SegmentIdentity(ordinal: 7, digest: [UInt8](repeating: 7, count: 32))

  /// The bytes of an index of these stories, each of which has a line of a hundred bytes.
  static func index(_ stories: [Story], wanted: WantedTerms? = nil) -> [UInt8] {
    var builder = IndexBuilder(wanted: wanted)
    for (place, story) in stories.enumerated() {
      builder.add(story, at: 100 * place, isRevision: false)
    }
    return builder.index(of: segment, byteCount: 100 * stories.count)
  }

  /// The documents of an index that the query can mean.
  static func candidates(_ query: String, in bytes: [UInt8]) throws -> [UInt32] {
    try CandidateFinder(SearchQuery(query)).candidates(
      in: SegmentIndex(bytes), ordinal: 7, lender: { _ in throw IndexProblem.stale })
  }

  /// The numbers of the stories that the query means.
  static func matches(_ query: String, _ stories: [Story]) throws -> [UInt32] {
    let matcher = StoryMatcher(try SearchQuery(query))
    return stories.indices.filter { matcher.matches(stories[$0]) }.map { UInt32($0) }
  }
}
