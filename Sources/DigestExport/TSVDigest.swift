internal import Syndication

/// A row a report, without any character that ends a cell. A cell that a spreadsheet would take for
/// a formula begins with an apostrophe.
struct TSVDigest: DigestPage {
  let digest: Digest

  private static let columns = [
    "cluster", "sources", "headline", "report", "outlet", "source", "title", "link", "published",
    "seen", "copy_of",
  ]

  var opening: String { TSVDigest.columns.joined(separator: "\t") + "\n" }

  func entry(at index: Int) -> String {
    let cluster = digest.clusters[index]
    return cluster.members.map { member in
      let story = member.story
      let cells = [
        cluster.id.hexadecimal, "\(cluster.independentSourceCount)", cluster.lead.headline,
        story.id.hexadecimal, story.outlet, story.sourceName, story.title,
        story.link.flatMap(WebLinkText.init)?.text ?? "", story.published?.rfc3339 ?? "",
        story.seen.rfc3339, member.original?.hexadecimal ?? "",
      ]
      return cells.map(\.cell).joined(separator: "\t") + "\n"
    }.joined()
  }

  let closing = ""
}

extension String {
  fileprivate var cell: String {
    let text = DisplayText.line(self)
    return text.first.map { "=+-@".contains($0) } ?? false ? "'" + text : text
  }
}
