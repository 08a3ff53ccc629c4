internal import Aggregation
internal import FeedFetching
internal import Syndication

/// The stable object a feed of `status --json`; what is not known is left out.
struct StatusLine: Encodable {
  struct Trouble: Encodable {
    var kind: String
    var since: String
    var sentence: String
    var advice: String
  }

  struct Count: Encodable {
    var count: Int
    var first: String
    var last: String
  }

  var feed: String
  var title: String?
  var group: String?
  var tags: [String]
  var file: String
  var line: Int
  var health: String
  var persistent: Bool
  var troubles: [Trouble]
  var error: FailureLine?
  var lastAttempt: String?
  var lastSuccess: String?
  var lastNews: String?
  var nextPoll: String?
  var rule: String?
  var entriesPerDay: Double?
  var polls: Int
  var notModified: Int
  var receivedBytes: Int
  var stored: Int
  var movedTo: String?
  var gaps: Count?
  var leftAloneUntil: String?
  var leftAloneAfter: String?
  var learnedGap: Int64?

  init(_ row: FeedRoster.Row, now: Timestamp) {
    let state = row.state
    feed = "\(MaskedAddress(row.feed.url))"
    title = row.feed.title ?? state.title
    group = row.feed.group
    tags = row.feed.tags
    file = row.feed.file
    line = row.feed.line
    health = row.health.word.rawValue
    persistent = row.health.isPersistent
    troubles = row.health.troubles.map {
      Trouble(
        kind: $0.word.rawValue, since: $0.since.rfc3339, sentence: $0.sentence,
        advice: row.advice(on: $0))
    }
    error = FailureLine(of: state)
    lastAttempt = state.lastAttempt?.rfc3339
    lastSuccess = state.lastSuccess?.rfc3339
    lastNews = state.rhythm.lastNews?.rfc3339
    nextPoll = row.nextPoll(now: now)?.rfc3339
    rule = row.feed.isPaused ? nil : state.due?.rule.rawValue
    entriesPerDay = state.lastSuccess == nil ? nil : state.rate.entriesPerDay
    polls = state.pollCount
    notModified = state.notModifiedCount
    receivedBytes = state.receivedByteCount
    stored = state.storedCount
    movedTo = state.move.map { "\(MaskedAddress($0.target))" }
    gaps = state.gaps.map {
      Count(count: $0.count, first: $0.first.rfc3339, last: $0.last.rfc3339)
    }
    leftAloneUntil = row.pause?.until.rfc3339
    leftAloneAfter = row.pause?.cause.map { "\(MaskedAddress($0))" }
    learnedGap = row.learnedGapSeconds
  }

  var json: String { JSONLine.text(of: self) }
}
