package import Syndication

/// What another program kept of one feed, or a part of it.
package struct ImportedFeed: Sendable {
  /// The feed's address as that program wrote it; nil where its file does not say.
  package var address: String?
  /// What that program called the feed.
  package var name: String?
  /// Newest first, as a feed lists them.
  package var entries: [Entry]

  package init(address: String? = nil, name: String? = nil, entries: [Entry] = []) {
    self.address = address
    self.name = name
    self.entries = entries
  }

  /// The entries as a document of the feed.
  package var document: ParsedFeed {
    var document = ParsedFeed(format: .rss, version: "", encoding: "utf-8", entries: entries)
    document.properties.title = name.map { TextConstruct($0) }
    return document
  }
}
