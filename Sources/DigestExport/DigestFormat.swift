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

  /// The media type of what is written, as for a Content-Type header.
  package var mediaType: String {
    switch self {
    case .markdown: "text/markdown; charset=utf-8"
    case .html: "text/html; charset=utf-8"
    case .json: "application/json"
    case .jsonl: "application/x-ndjson"
    case .text: "text/plain; charset=utf-8"
    }
  }
}

/// How a digest is shown.
package struct DigestOptions: Hashable, Sendable {
  /// The heading.
  package var title: String
  /// The width of the text format, at least 40.
  package var columns: Int

  package init(title: String = "News digest", columns: Int = 80) {
    self.title = title
    self.columns = columns
  }
}
