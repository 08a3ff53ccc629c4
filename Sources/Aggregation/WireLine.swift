internal import Syndication

/// The members of a state line that is about requests, not about what a feed is.
struct WireLine: Codable {
  var asked: String?
  var answered: [String]?
  var feeds: [String]?
  var lines: [String]?

  init?(_ line: StateLine) {
    switch line {
    case .asked(let feeds, let lines, let moment):
      asked = moment.rfc3339
      self.feeds = feeds.isEmpty ? nil : feeds
      self.lines = lines.isEmpty ? nil : lines
    case .answered(let feeds): answered = feeds
    case .feed, .host, .network: return nil
    }
  }

  var line: StateLine? {
    if let answered { return .answered(feeds: answered) }
    guard let moment = asked.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
    return .asked(feeds: feeds ?? [], lines: lines ?? [], at: moment)
  }
}
