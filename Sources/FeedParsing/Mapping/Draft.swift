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
  /// The entry that the draft amounts to.
  func entry() -> Entry {
    var entry = Entry()
    entry.guid = id ?? about ?? dcIdentifier
    let link = publishedLink
    entry.permalink = originalLink ?? link
    entry.publishedLink = originalLink == nil ? nil : link
    entry.title = title ?? dcTitle ?? itunesTitle ?? mediaTitle
    entry.subtitle = subtitle ?? itunesSubtitle
    (entry.summary, entry.content) = texts
    entry.contentType = contentType
    entry.contentSource = contentSource
    entry.rights = rights
    entry.links = links
    entry.language = language ?? entry.content?.language ?? entry.summary?.language
    (entry.published, entry.updated) = dates
    entry.created = created
    entry.expired = expired
    entry.authors =
      authors.elements.isEmpty ? source?.properties.authors ?? [] : authors.elements
    entry.contributors = contributors
    entry.publisher = owner ?? publisher
    entry.categories = categories.elements
    entry.enclosures = enclosures.elements + playable
    entry.image = itunesImage ?? image?.url ?? picture
    entry.comments = comments
    entry.commentsFeed = commentsFeed
    entry.commentsPost = commentsPost
    entry.commentCount = commentCount
    entry.licenses = licenses
    entry.source = source
    entry.geo = place
    entry.media = media
    entry.itunes = itunes
    entry.podcast = podcast
    entry.chapters = chapters
    entry.inReplyTo = inReplyTo
    return entry
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
    feed.permalink = publishedLink
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
  private var publishedLink: String? {
    let exact = links.first { $0.relation ?? "alternate" == "alternate" && !$0.href.isEmpty }
    let alternate = exact ?? links.first { $0.has(relation: "alternate") && !$0.href.isEmpty }
    if let alternate { return alternate.href }
    if !isOpaque, let address = idAddress ?? id ?? about, address.isWebAddress { return address }
    return enclosures.elements.first?.url
  }

  /// Summary and content. `content:encoded` is the content; a description beside it the summary, and a
  /// longer text beside that one the content where there is no other. A summary that repeats the
  /// content is none.
  private var texts: (summary: TextConstruct?, content: TextConstruct?) {
    let said = [description, summary, itunesSummary, dcDescription, mediaDescription]
      .compactMap { $0 }
    if let full = content ?? encoded { return (said.first { $0.value != full.value }, full) }
    guard let short = said.first else { return (subtitle ?? itunesSubtitle, nil) }
    return (short, said.first { $0.value.utf8.count > short.value.utf8.count })
  }

  /// `pubDate` is published, `dc:date` updated unless it is all there is.
  private var dates: (published: Timestamp?, updated: Timestamp?) {
    (published ?? publicationDate, updated ?? dcDate ?? lastBuildDate)
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
