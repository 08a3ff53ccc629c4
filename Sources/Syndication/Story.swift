/// An entry that was accepted and identified; what the archive keeps.
package struct Story: Hashable, Sendable {
  package var id: StoryID
  /// 0 as first seen; one higher with every edit that was kept.
  package var revision: Int
  /// When this program first saw this revision.
  package var seen: Timestamp
  /// The address of the feed in feeds.conf.
  package var feed: String
  /// The outlet's name as shown: the operator's title for the feed, else the feed's own.
  package var source: String
  package var guid: String?
  /// http or https, absolute.
  package var link: String?
  /// Plain text, one line.
  package var title: String
  /// Plain text, one line.
  package var author: String?
  /// The publisher's date of the story: of publication, else of creation, else of the last update.
  package var published: Timestamp?
  package var updated: Timestamp?
  /// A language tag (BCP 47).
  package var language: String?
  package var categories: [String]
  package var enclosures: [Enclosure]
  /// Plain text; nil when the publisher sent only one text.
  package var summary: String?
  /// Plain text with its paragraphs as lines; the fullest text that was published.
  package var text: String

  package init(
    id: StoryID, revision: Int = 0, seen: Timestamp, feed: String, source: String,
    guid: String? = nil, link: String? = nil, title: String, author: String? = nil,
    published: Timestamp? = nil, updated: Timestamp? = nil, language: String? = nil,
    categories: [String] = [], enclosures: [Enclosure] = [], summary: String? = nil, text: String
  ) {
    self.id = id
    self.revision = revision
    self.seen = seen
    self.feed = feed
    self.source = source
    self.guid = guid
    self.link = link
    self.title = title
    self.author = author
    self.published = published
    self.updated = updated
    self.language = language
    self.categories = categories
    self.enclosures = enclosures
    self.summary = summary
    self.text = text
  }
}
