/// A document read: the publisher's words about the feed and its entries, unjudged.
///
/// Addresses are absolute where a base was known. Nothing here has been accepted, identified or
/// stored; `Story` is what becomes of an entry.
package struct ParsedFeed: Sendable {
  package enum Format: String, Sendable {
    case rss, rdf, atom, cdf, json
    /// A sitemap with Google's news extension.
    case sitemap
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
  /// In document order, or in the order of `listing`.
  package var entries: [Entry]
  /// The addresses of the entries in the order that the channel of an RDF document lists them.
  package var listing: [String] = []

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

  /// Puts the entries into the order of `listing`, where it lists all of them (RSS 1.0 section 5.3.5).
  package mutating func orderAsListed() {
    guard entries.count > 1, listing.count >= entries.count else { return }
    let ranks = Dictionary(zip(listing, listing.indices)) { first, _ in first }
    let ranked = entries.enumerated().compactMap { place, entry in
      entry.guid.flatMap { ranks[$0] }.map { (rank: $0, place: place) }
    }
    guard ranked.count == entries.count else { return }
    entries = ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map { entries[$0.place] }
  }

  /// Says how many entries are dated after `now`; their dates stand as the publisher said them.
  package func futureDates(after now: Timestamp) -> ParseDefect? {
    let count = entries.count { $0.isFutureDated(at: now) }
    return count == 0 ? nil : ParseDefect(.date, "entries dated in the future: \(count)")
  }

  /// Whether the document ended where its transfer did: validators advance only then.
  package var isComplete: Bool {
    !defects.contains { $0.kind == .truncated }
  }
}

/// A tolerated error of a document (what feedparser calls bozo).
package struct ParseDefect: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
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
