internal import FeedParsing
internal import Syndication

/// A parsed document in a few lines for a person.
enum FeedSummary {
  static func text(of feed: ParsedFeed) -> String {
    let title = feed.properties.title.map(line) ?? "(no title)"
    var lines = ["\(title) (\(feed.format.rawValue) \(feed.version), \(feed.encoding))"]
    lines += feed.defects.map { "  mended: \($0.kind.rawValue): \($0.detail)" }
    for entry in feed.entries {
      let moment = (entry.published ?? entry.updated)?.rfc3339 ?? "no date"
      lines.append("  \(moment)  \(entry.title.map(line) ?? "(no title)")")
      if let link = entry.permalink { lines.append("    \(link)") }
    }
    return lines.map { $0.showingHidden + "\n" }.joined()
  }

  private static func line(_ construct: TextConstruct) -> String {
    switch construct.kind {
    case .html: PlainText.line(ofHTML: construct.value)
    case .text: PlainText.line(ofText: construct.value)
    }
  }
}
