internal import Aggregation
internal import Syndication

/// A failure as every `--json` tells it.
struct FailureLine: Encodable {
  var kind: String
  var detail: String
  /// What a person can do about it.
  var advice: String
  /// Of the failures in a row that it is the last of, where that is known: since when, and in how many
  /// polls.
  var since: String?
  var polls: Int?

  init(_ note: FailureNote) {
    kind = note.kind
    detail = note.detail
    advice = FailureAdvice(kind: note.kind).text
  }

  /// The last failure of a feed; nil after a success.
  init?(of state: FeedState) {
    guard let note = state.failure else { return nil }
    self.init(note)
    since = state.firstFailure?.rfc3339
    polls = state.failureCount
  }
}
