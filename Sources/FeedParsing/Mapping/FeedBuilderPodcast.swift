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
      draft.podcast.orEmpty.participants.append(participant)
    case .funding:
      guard let url else { return }
      var link = WebLink(href: url)
      link.title = text
      draft.podcast.orEmpty.funding.append(link)
    case .transcript:
      guard let url else { return }
      draft.podcast.orEmpty.transcripts.append(Enclosure(url: url, type: attributes?[.type]))
    default:
      guard let url else { return }
      draft.podcast.orEmpty.chapterDocuments.append(Enclosure(url: url, type: attributes?[.type]))
    }
  }

  /// Elements that are described by their text.
  mutating func endEpisode(_ frame: Frame, _ text: String) {
    switch frame.field {
    case .season: draft.podcast.orEmpty.season = text
    case .episode: draft.podcast.orEmpty.episode = text
    case .episodeType: draft.podcast.orEmpty.episodeType = text.lowercased()
    case .podcastID: draft.podcast.orEmpty.guid = text
    case .medium: draft.podcast.orEmpty.medium = text.lowercased()
    default: break
    }
  }
}
