internal import Syndication

/// What was read so far of a feed, an entry or an entry's source: everything that was said, before
/// the rules decide which of two texts, dates or addresses counts.
struct Draft {
  enum Kind { case feed, entry, source }

  var kind: Kind
  var title: TextConstruct?
  var dcTitle: TextConstruct?
  var itunesTitle: TextConstruct?
  var mediaTitle: TextConstruct?
  var subtitle: TextConstruct?
  var itunesSubtitle: TextConstruct?
  var description: TextConstruct?
  var summary: TextConstruct?
  var itunesSummary: TextConstruct?
  var mediaDescription: TextConstruct?
  var dcDescription: TextConstruct?
  var content: TextConstruct?
  var encoded: TextConstruct?
  var contentType: String?
  var contentSource: String?
  var rights: TextConstruct?
  var information: TextConstruct?

  var id: String?
  var dcIdentifier: String?
  /// What `rdf:about` says.
  var about: String?
  /// Whether the id is no address although it may look like one (`isPermaLink="false"`).
  var isOpaque = false
  /// Where an id points that is a path (`/2026/11/harbour`).
  var idAddress: String?
  var links: [WebLink] = []
  var originalLink: String?
  var language: String?
  /// Whether an element said the language.
  var saysLanguage = false

  var published: Timestamp?
  /// PRISM's, where nothing else says when.
  var publicationDate: Timestamp?
  var updated: Timestamp?
  var dcDate: Timestamp?
  var lastBuildDate: Timestamp?
  var created: Timestamp?
  var expired: Timestamp?

  var authors = DistinctList<Person>()
  var contributors: [Person] = []
  var publisher: Person?
  /// `itunes:owner`, who stands in for the author.
  var owner: Person?
  var categories = DistinctList<Category>()
  var enclosures = DistinctList<Enclosure>()
  var comments: String?
  var commentsFeed: String?
  var commentsPost: String?
  var commentCount: Int?
  var licenses: [String] = []
  var source: EntrySource?
  var geo: GeoShape?
  var latitude: Double?
  /// The text of a GML envelope's first corner.
  var lowerCorner: String?
  var longitude: Double?
  var media: Media?
  var itunes: ITunesFlags?
  var podcast: Podcast?
  var chapters: ChapterList?
  var inReplyTo: ReplyReference?

  var generator: Generator?
  var icon: String?
  var logo: String?
  var image: FeedImage?
  var itunesImage: String?
  var documentation: String?
  var cloud: Cloud?
  var textInput: TextInput?
  var hints = RefreshHints()

  init(_ kind: Kind) {
    self.kind = kind
  }
}

extension Draft {
  var hasTitle: Bool {
    title != nil || dcTitle != nil || itunesTitle != nil || mediaTitle != nil
  }

  /// Makes of a new entry what the draft amounts to, which is empty after that: what can be moved is
  /// not copied.
  mutating func move(into entry: inout Entry) {
    swap(&entry.guid, &id)
    let link = publishedLink(id: entry.guid)
    if entry.guid == nil { entry.guid = about ?? dcIdentifier }
    entry.permalink = originalLink ?? link
    if originalLink != nil { entry.publishedLink = link }
    entry.enclosures = enclosures.elements
    if media != nil {
      entry.enclosures += playable
      entry.image = picture
    }
    if let said = itunesImage ?? image?.url { entry.image = said }
    moveTexts(into: &entry)
    moveDates(into: &entry)
    movePersons(into: &entry)
    swap(&entry.links, &links)
    entry.categories = categories.elements
    swap(&entry.comments, &comments)
    swap(&entry.commentsFeed, &commentsFeed)
    swap(&entry.commentsPost, &commentsPost)
    entry.commentCount = commentCount
    swap(&entry.licenses, &licenses)
    entry.geo = place
    swap(&entry.source, &source)
    swap(&entry.media, &media)
    swap(&entry.itunes, &itunes)
    swap(&entry.podcast, &podcast)
    swap(&entry.chapters, &chapters)
    swap(&entry.inReplyTo, &inReplyTo)
  }

  private mutating func moveTexts(into entry: inout Entry) {
    swap(&entry.title, &title)
    if entry.title == nil { entry.title = dcTitle ?? itunesTitle ?? mediaTitle }
    entry.subtitle = subtitle ?? itunesSubtitle
    moveBody(into: &entry)
    swap(&entry.contentType, &contentType)
    swap(&entry.contentSource, &contentSource)
    swap(&entry.rights, &rights)
    swap(&entry.language, &language)
    if entry.language == nil {
      entry.language = entry.content?.language ?? entry.summary?.language
    }
  }

  /// `pubDate` is published, `dc:date` updated unless it is all there is.
  private func moveDates(into entry: inout Entry) {
    entry.published = published ?? publicationDate
    entry.updated = updated ?? dcDate ?? lastBuildDate
    entry.created = created
    entry.expired = expired
  }

  private mutating func movePersons(into entry: inout Entry) {
    entry.authors =
      authors.elements.isEmpty ? source?.properties.authors ?? [] : authors.elements
    swap(&entry.contributors, &contributors)
    swap(&entry.publisher, &owner)
    if entry.publisher == nil { entry.publisher = publisher }
  }

  /// The feed, or an entry's source, that the draft amounts to.
  func properties() -> FeedProperties {
    var feed = FeedProperties()
    feed.title = title ?? dcTitle ?? itunesTitle ?? mediaTitle
    feed.subtitle =
      subtitle ?? description ?? dcDescription ?? itunesSubtitle ?? summary ?? itunesSummary
      ?? mediaDescription
    feed.rights = rights
    feed.information = information
    feed.id = id ?? about ?? dcIdentifier
    feed.permalink = publishedLink(id: id)
    feed.links = links
    feed.language = language
    feed.published = published
    feed.updated = lastBuildDate ?? updated ?? dcDate
    feed.created = created
    feed.authors = authors.elements.isEmpty ? [owner].compactMap { $0 } : authors.elements
    feed.contributors = contributors
    feed.publisher = owner ?? publisher
    feed.categories = categories.elements
    feed.generator = generator
    feed.icon = icon
    feed.logo = logo
    feed.image =
      image
      ?? (itunesImage ?? picture).map {
        var image = FeedImage()
        image.url = $0
        return image
      }
    feed.documentation = documentation
    feed.cloud = cloud
    feed.textInput = textInput
    feed.itunes = itunes
    feed.podcast = podcast
    feed.geo = place
    feed.media = media
    feed.licenses = licenses
    feed.hints = hints
    return feed
  }

  /// The first alternate link, an id that is an address, or an enclosure. RFC 4287 compares
  /// relations letter by letter, RFC 8288 whatever their case: the exact spelling comes first.
  private func publishedLink(id: String?) -> String? {
    let exact = links.first { $0.relation ?? "alternate" == "alternate" && !$0.href.isEmpty }
    let alternate = exact ?? links.first { $0.has(relation: "alternate") && !$0.href.isEmpty }
    if let alternate { return alternate.href }
    if !isOpaque, let address = idAddress ?? id ?? about, address.isWebAddress { return address }
    return enclosures.elements.first?.url
  }

  /// Summary and content. `content:encoded` is the content; a description beside it the summary, and a
  /// longer text beside that one the content where there is no other. A summary that repeats the
  /// content is none.
  private mutating func moveBody(into entry: inout Entry) {
    swap(&entry.content, &content)
    if entry.content == nil { swap(&entry.content, &encoded) }
    if let full = entry.content {
      entry.summary = short { $0.value != full.value }
    } else if let short = short(where: { _ in true }) {
      entry.content = self.short { $0.value.utf8.count > short.value.utf8.count }
      entry.summary = short
    } else {
      entry.summary = entry.subtitle
    }
  }

  /// The first of the texts beside the content that fits.
  private func short(where fits: (TextConstruct) -> Bool) -> TextConstruct? {
    if let description, fits(description) { return description }
    if let summary, fits(summary) { return summary }
    if let itunesSummary, fits(itunesSummary) { return itunesSummary }
    if let dcDescription, fits(dcDescription) { return dcDescription }
    if let mediaDescription, fits(mediaDescription) { return mediaDescription }
    return nil
  }

  /// Sound and film of Media RSS that no enclosure names: what a reader plays.
  private var playable: [Enclosure] {
    guard let media else { return [] }
    let known = Set(enclosures.elements.map(\.url))
    return media.content.filter { content in
      (content.isOf(medium: "audio") || content.isOf(medium: "video"))
        && !known.contains(content.url)
    }.map { Enclosure(url: $0.url, type: $0.type, length: $0.length) }
  }

  /// The first picture of Media RSS.
  private var picture: String? {
    media?.thumbnails.first?.url ?? media?.content.first { $0.isOf(medium: "image") }?.url
  }

  private var place: GeoShape? {
    if let geo { return geo }
    guard let latitude, let longitude else { return nil }
    return .point(GeoPosition(longitude: longitude, latitude: latitude))
  }
}

extension String {
  /// Whether the text is an http or https address.
  var isWebAddress: Bool {
    let head = utf8.lazy.map(\.asciiLowercased)
    return head.starts(with: "http://".utf8) || head.starts(with: "https://".utf8)
  }
}
