internal import FoundationEssentials
internal import StoryGrouping
internal import Syndication

/// The stable object a pair of `explain --json`.
struct ExplanationLine: Encodable {
  struct Shared: Encodable {
    var words: String
    var share: Double
    var inBothTitles: Bool
  }

  var stories: [String]
  var relation: String
  var similarity: Double
  var threshold: Double
  var shared: [Shared]
  var against: [String]

  init(_ first: StoryID, _ second: StoryID, _ explanation: Explanation) {
    stories = [first.hexadecimal, second.hexadecimal]
    relation = explanation.relation.rawValue
    similarity = explanation.similarity
    threshold = explanation.threshold
    shared = explanation.shared.map {
      Shared(words: $0.words, share: $0.share, inBothTitles: $0.isInBothTitles)
    }
    against = explanation.against
  }

  var json: String { JSONLine.text(of: self) }
}
