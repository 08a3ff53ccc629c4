/// A document read: the publisher's words about the feed and its entries, unjudged.
///
/// Addresses are absolute where a base was known. Nothing here has been accepted, identified or
/// stored; `Story` is what becomes of an entry.
package struct ParsedFeed: Sendable {
  package enum Format: String, Sendable {
    case rss, rdf, atom, cdf, json
  }

  package var format: Format
  /// "0.90" … "2.0", "0.3", "1.0", "1", "1.1"; empty when the document does not say.
  package var version: String
  /// What the bytes were decoded as, an IANA name in lower case.
  package var encoding: String
  /// What was mended to read the document; empty for a well-formed one.
  package var defects: [ParseDefect]
  /// The feed's own properties.
  package var properties: FeedProperties
  /// In document order.
  package var entries: [Entry]

  package init(
    format: Format, version: String, encoding: String, defects: [ParseDefect] = [],
    properties: FeedProperties = FeedProperties(), entries: [Entry] = []
  ) {
    self.format = format
    self.version = version
    self.encoding = encoding
    self.defects = defects
    self.properties = properties
    self.entries = entries
  }

  /// Whether the document ended where its transfer did: validators advance only then.
  package var isComplete: Bool {
    !defects.contains { $0.kind == .truncated }
  }
}

/// A tolerated error of a document (what feedparser calls bozo).
package struct ParseDefect: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// The declared encoding was missing its mark, and another one was used.
    case encoding
    /// Bytes before the document's first mark-up were dropped.
    case leadingJunk
    /// Characters that XML forbids were dropped.
    case forbiddenCharacters
    /// A bare ampersand or less-than sign was taken as text.
    case bareMarkup
    /// Tags were unclosed, crossed or doubled.
    case malformed
    /// A date that no calendar has, or that cannot be read.
    case date
    /// An address that cannot be used.
    case address
    /// A limit was reached and what lies beyond it was dropped.
    case limit
    /// The document stopped before its end.
    case truncated
  }

  package var kind: Kind
  /// One sentence for the operator, without a full stop.
  package var detail: String

  package init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }
}
