/// What the podcast namespace and Apple's say of a show or an episode beyond the common fields.
///
/// Source: https://podcastindex.org/namespace/1.0
package struct Podcast: Hashable, Sendable {
  /// Somebody who took part.
  package struct Participant: Hashable, Sendable {
    package var name: String
    package var role: String?
    package var url: String?
    package var image: String?

    package init(name: String) {
      self.name = name
    }
  }

  /// As published; Apple and the podcast namespace allow names beside numbers.
  package var season: String?
  package var episode: String?
  /// "full", "trailer" or "bonus".
  package var episodeType: String?
  package var transcripts: [Enclosure] = []
  /// Documents of chapters; chapters inside the feed are a `ChapterList`.
  package var chapterDocuments: [Enclosure] = []
  package var participants: [Participant] = []
  /// The show's identifier across hosts.
  package var guid: String?
  package var medium: String?
  /// Whether the owner forbids other hosts to import the show.
  package var isLocked: Bool?
  package var funding: [WebLink] = []
  /// What the show or episode is about a place, in words.
  package var location: String?
  /// The same episode in other renderings.
  package var alternates: [Enclosure] = []

  package init() {}
}
