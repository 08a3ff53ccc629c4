package import Syndication

/// What is to be told of a feed that needs a person, in words. Without secrets.
package struct FeedNotice: Hashable, Sendable {
  /// What readers know the feed by.
  package var name: String
  package var address: String
  /// One word for what is wrong, stable for programs.
  package var health: String
  package var since: Timestamp
  /// What is wrong, and what can be done, each a sentence without a full stop.
  package var sentence: String
  package var advice: String

  package init(
    name: String, address: String, health: String, since: Timestamp, sentence: String,
    advice: String
  ) {
    self.name = name
    self.address = address
    self.health = health
    self.since = since
    self.sentence = sentence
    self.advice = advice
  }

  static let heading = "Feeds that need attention"
  /// More are counted: a digest is read for its stories.
  static let shownLimit = 20
}

extension Digest {
  /// The notices that a reader is shown, and how many are left out.
  var shownNotices: (notices: ArraySlice<FeedNotice>, rest: String?) {
    let more = notices.count - FeedNotice.shownLimit
    return (
      notices.prefix(FeedNotice.shownLimit),
      more > 0 ? "and \(more) more: aggregator status --failing" : nil
    )
  }
}

extension FeedNotice {
  var displayName: String { DisplayText.line(name) }

  /// `what is wrong; what to do`
  var words: String { DisplayText.line("\(sentence); \(advice)") }
}
