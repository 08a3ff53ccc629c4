package import Syndication

/// What grouping reads of a story.
package struct GroupingDocument: Sendable {
  package var id: StoryID
  /// Plain text; may be empty.
  package var title: String
  /// Plain text, as full as it was published; may be empty.
  package var text: String
  /// A language tag (BCP 47), where the feed names one. Words are weighed without it; it
  /// says whether "ten" may be a number.
  package var language: String?
  /// Who published it: stories of one source are rarely two reports of one event.
  package var source: String
  package var published: Timestamp?
  package var seen: Timestamp

  package init(
    id: StoryID, title: String, text: String, language: String? = nil, source: String = "",
    published: Timestamp? = nil, seen: Timestamp
  ) {
    self.id = id
    self.title = title
    self.text = text
    self.language = language
    self.source = source
    self.published = published
    self.seen = seen
  }
}
