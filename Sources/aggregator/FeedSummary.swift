internal import FeedParsing
internal import Syndication

/// A parsed document in a few lines for a person, the feed before its entries.
struct FeedSummary {
  /// What a date in the future is after.
  let now: Timestamp
  private var feed = ""
  private var entries = ""

  init(now: Timestamp) {
    self.now = now
  }

  var text: String { feed + entries }

  mutating func head(_ feed: ParsedFeed) {
    let title = feed.properties.title.map(Self.line) ?? "(no title)"
    var lines = ["\(title) (\(feed.format.rawValue) \(feed.version), \(feed.encoding))"]
    lines += feed.defects.map { "  mended: \($0.kind.rawValue): \($0.detail)" }
    self.feed = lines.map { $0.showingHidden + "\n" }.joined()
  }

  mutating func append(_ entry: Entry) {
    let moment = (entry.published ?? entry.updated)?.rfc3339 ?? "no date"
    let flag = entry.isFutureDated(at: now) ? " (in the future)" : ""
    var lines = ["  \(moment)\(flag)  \(entry.title.map(Self.line) ?? "(no title)")"]
    if let link = entry.permalink { lines.append("    \(link)") }
    entries += lines.map { $0.showingHidden + "\n" }.joined()
  }

  private static func line(_ construct: TextConstruct) -> String {
    switch construct.kind {
    case .html: PlainText.line(ofHTML: construct.value)
    case .text: PlainText.line(ofText: construct.value)
    }
  }
}
