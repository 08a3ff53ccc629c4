internal import Syndication

/// Where a document says that older entries are (RFC 5005).
package struct ArchiveLink: Hashable, Sendable {
  package var href: String
  /// Whether the page there never changes (`prev-archive`, section 4), or moves on with every new entry
  /// (`next`, section 3).
  package var isStable: Bool

  package init(href: String, isStable: Bool) {
    self.href = href
    self.isStable = isStable
  }

  /// Nil where the document leads nowhere.
  init?(in properties: FeedProperties) {
    for (relation, isStable) in [("prev-archive", true), ("next", false)] {
      if let link = properties.links.first(where: { $0.has(relation: relation) }) {
        self.init(href: link.href, isStable: isStable)
        return
      }
    }
    return nil
  }
}
