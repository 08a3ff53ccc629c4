internal import Syndication

/// The podcast namespace, and what Apple's shares with it.
extension FeedBuilder {
  /// Elements that are described by their attributes.
  mutating func endPodcast(_ frame: Frame) {
    let text = ownText(frame)
    let attributes = frame.attributes
    let url = (attributes?[.url] ?? attributes?[.href]).flatMap { address($0, frame.base) }
    switch frame.field {
    case .participant:
      guard let name = text else { return }
      var participant = Podcast.Participant(name: name)
      participant.role = attributes?[.role]
      participant.url = attributes?[.href].flatMap { address($0, frame.base) }
      participant.image = attributes?[.img].flatMap { address($0, frame.base) }
      noteCut(unless: draft.podcast.orEmpty.participants.appendBounded(participant))
    case .funding:
      guard let url else { return }
      var link = WebLink(href: url)
      link.title = text
      noteCut(unless: draft.podcast.orEmpty.funding.appendBounded(link))
    case .alternateSource:
      guard let said = attributes?[.uri], let url = address(said, frame.base) else { return }
      let parent = frames.last { $0.field == .alternateEnclosure }?.attributes
      let rendering = Enclosure(url: url, type: parent?[.type], length: parent?[.length])
      noteCut(unless: draft.podcast.orEmpty.alternates.appendBounded(rendering))
    case .discussion:
      guard let said = attributes?[.uri], said.isWebAddress else { return }
      draft.comments = draft.comments ?? address(said, frame.base)
    case .podcastLicense:
      if let url { noteCut(unless: draft.licenses.appendBounded(url)) }
    case .transcript:
      guard let url else { return }
      let transcript = Enclosure(url: url, type: attributes?[.type])
      noteCut(unless: draft.podcast.orEmpty.transcripts.appendBounded(transcript))
    default:
      guard let url else { return }
      let document = Enclosure(url: url, type: attributes?[.type])
      noteCut(unless: draft.podcast.orEmpty.chapterDocuments.appendBounded(document))
    }
  }

  /// Elements that are described by their text.
  mutating func endEpisode(_ frame: Frame, _ text: String) {
    switch frame.field {
    case .season: draft.podcast.orEmpty.season = text
    case .episode: draft.podcast.orEmpty.episode = text
    case .episodeType: draft.podcast.orEmpty.episodeType = text.lowercased()
    case .podcastID: draft.podcast.orEmpty.guid = text
    case .location: draft.podcast.orEmpty.location = text
    case .medium: draft.podcast.orEmpty.medium = text.lowercased()
    default: break
    }
  }
}
