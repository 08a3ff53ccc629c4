internal import Syndication

/// The members of a state line that is about requests, not about what a feed is.
struct WireLine: Codable {
  var asked: String?
  var answered: [String]?
  var feeds: [String]?
  var lines: [String]?
  var line: String?
  var learnedMilliseconds: Int64?
  var refused: String?
  var forbidden: Int?
  var rationMilliseconds: Int64?
  var rationUntil: String?

  init?(_ stateLine: StateLine) {
    switch stateLine {
    case .asked(let feeds, let lines, let moment):
      asked = moment.rfc3339
      self.feeds = feeds.isEmpty ? nil : feeds
      self.lines = lines.isEmpty ? nil : lines
    case .answered(let feeds): answered = feeds
    case .pace(let name, let pace):
      line = name
      learnedMilliseconds = pace.learned.milliseconds
      refused = pace.lastRefusal?.rfc3339
      forbidden = pace.forbiddenCount
      rationMilliseconds = pace.ration?.gap.milliseconds
      rationUntil = pace.ration?.until.rfc3339
    case .feed, .host, .network: return nil
    }
  }

  var stateLine: StateLine? {
    if let answered { return .answered(feeds: answered) }
    if let line { return .pace(line, pace) }
    guard let moment = asked.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
    return .asked(feeds: feeds ?? [], lines: lines ?? [], at: moment)
  }

  private var pace: LinePace {
    let until = rationUntil.flatMap { Timestamp(rfc3339: $0) }
    return LinePace(
      learned: .milliseconds(learnedMilliseconds ?? 0),
      lastRefusal: refused.flatMap { Timestamp(rfc3339: $0) }, forbiddenCount: forbidden ?? 0,
      ration: until.map { .init(gap: .milliseconds(rationMilliseconds ?? 0), until: $0) })
  }
}
