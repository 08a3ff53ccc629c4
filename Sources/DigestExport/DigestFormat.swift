/// What a digest can be written as.
package enum DigestFormat: String, CaseIterable, Sendable {
  /// CommonMark with a heading a cluster.
  case markdown
  /// One page that asks for nothing from anywhere.
  case html
  /// One JSON document.
  case json
  /// One JSON object a line.
  case jsonl
  /// For a terminal or a mail: wrapped, without any markup.
  case text
  /// An Atom feed (RFC 4287) with an entry a cluster.
  case atom
  /// A JSON Feed 1.1 with an item a cluster.
  case jsonfeed
  /// A mailbox (RFC 4155) with a message a cluster.
  case mbox
  /// A table with a row a report, for spreadsheets.
  case tsv

  /// The media type of what is written, as for a Content-Type header.
  package var mediaType: String {
    switch self {
    case .markdown: "text/markdown; charset=utf-8"
    case .html: "text/html; charset=utf-8"
    case .json: "application/json"
    case .jsonl: "application/x-ndjson"
    case .text: "text/plain; charset=utf-8"
    case .atom: "application/atom+xml"
    case .jsonfeed: "application/feed+json"
    case .mbox: "application/mbox"
    case .tsv: "text/tab-separated-values; charset=utf-8"
    }
  }
}

/// How a digest is shown.
package struct DigestOptions: Hashable, Sendable {
  /// The heading.
  package var title: String
  /// The width of the text format, at least 40.
  package var columns: Int
  /// Where the digest will be found, http or https; names it in Atom and JSON Feed.
  package var address: String?

  package init(title: String = "News digest", columns: Int = 80, address: String? = nil) {
    self.title = title
    self.columns = columns
    self.address = address
  }
}
