package import Syndication

/// A parsed feed as one line of JSON in the shape that parsers are compared in: fields that are
/// absent are left out, dates are RFC 3339 in UTC, addresses absolute.
///
/// A field `x_type` of "html" says that `x` is HTML; `content_html` always is. The entries may be
/// written one by one while the feed is read, with what the feed says of itself after them.
package struct NormalizedDocument {
  private var writer = JSONWriter()
  private var hasEntries = false

  package init() {
    writer.openObject()
    writer.field("ok", true)
  }

  /// Writes the feed's next entry.
  package mutating func append(_ entry: Entry) {
    if !hasEntries { writer.openArray("items") }
    hasEntries = true
    writer.object { $0.entry(entry) }
  }

  /// Writes the end of the document, which all but its entries is in.
  package mutating func end(_ feed: ParsedFeed) {
    if hasEntries { writer.closeArray() }
    writer.head(feed)
    writer.defects(feed.defects)
    writer.closeObject()
  }

  /// What was written since it was last taken.
  package mutating func take() -> [UInt8] { writer.take() }

  /// One JSON object without a line break.
  package static func json(of feed: ParsedFeed) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("ok", true)
      writer.head(feed)
      writer.objects("items", feed.entries) { $0.entry($1) }
      writer.defects(feed.defects)
    }
    return writer.bytes
  }

  /// `{"ok":false,"error":…,"kind":…}`
  package static func json(of error: FeedParsingError) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("ok", false)
      writer.field("bozo", true)
      writer.field("error", error.detail)
      writer.field("kind", error.kind.rawValue)
    }
    return writer.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func head(_ feed: ParsedFeed) {
    field("bozo", !feed.defects.isEmpty)
    field("format", feed.format.rawValue)
    field("version", feed.version)
    field("encoding", feed.encoding)
    properties(feed.properties)
  }

  fileprivate mutating func defects(_ defects: [ParseDefect]) {
    objects("defects", defects) { writer, defect in
      writer.field("kind", defect.kind.rawValue)
      writer.field("detail", defect.detail)
    }
  }

  fileprivate mutating func properties(_ feed: FeedProperties) {
    text("title", "title_type", feed.title)
    text("subtitle", "subtitle_type", feed.subtitle)
    text("rights", "rights_type", feed.rights)
    text("info", "info_type", feed.information)
    field("id", feed.id)
    field("link", feed.permalink)
    links("links", feed.links)
    field("language", feed.language)
    field("published", feed.published?.rfc3339)
    field("updated", feed.updated?.rfc3339)
    field("created", feed.created?.rfc3339)
    objects("authors", feed.authors) { $0.person($1) }
    objects("contributors", feed.contributors) { $0.person($1) }
    if let publisher = feed.publisher { object("publisher") { $0.person(publisher) } }
    categories(feed.categories)
    if let generator = feed.generator {
      object("generator") {
        $0.field("name", generator.name)
        $0.field("url", generator.url)
        $0.field("version", generator.version)
      }
    }
    field("icon", feed.icon)
    field("logo", feed.logo)
    if let image = feed.image { object("image") { $0.image(image) } }
    field("docs", feed.documentation)
    if let cloud = feed.cloud { self.cloud(cloud) }
    if let input = feed.textInput { textInput(input) }
    flags(feed.itunes)
    podcast(feed.podcast)
    if let geo = feed.geo { object("geo") { $0.shape(geo) } }
    if let media = feed.media { object("media") { $0.media(media) } }
    strings("licenses", feed.licenses)
    hints(feed.hints)
  }

  fileprivate mutating func entry(_ entry: Entry) {
    field("id", entry.guid)
    text("title", "title_type", entry.title)
    text("subtitle", "subtitle_type", entry.subtitle)
    text("summary", "summary_type", entry.summary)
    if let content = entry.content { field("content_html", content.html) }
    field("content_type", entry.contentType)
    field("content_language", entry.content?.language)
    field("content_src", entry.contentSource)
    text("rights", "rights_type", entry.rights)
    field("link", entry.publishedLink ?? entry.permalink)
    if entry.publishedLink != nil { field("original_link", entry.permalink) }
    links("links", entry.links)
    field("language", entry.language)
    field("comments", entry.comments)
    field("comments_feed", entry.commentsFeed)
    field("comments_post", entry.commentsPost)
    field("comment_count", entry.commentCount)
    objects("authors", entry.authors) { $0.person($1) }
    objects("contributors", entry.contributors) { $0.person($1) }
    if let publisher = entry.publisher { object("publisher") { $0.person(publisher) } }
    categories(entry.categories)
    field("published", entry.published?.rfc3339)
    field("updated", entry.updated?.rfc3339)
    field("created", entry.created?.rfc3339)
    field("expired", entry.expired?.rfc3339)
    objects("enclosures", entry.enclosures) { $0.enclosure($1) }
    strings("licenses", entry.licenses)
    if let image = entry.image { object("image") { $0.field("url", image) } }
    modules(entry)
  }

  private mutating func modules(_ entry: Entry) {
    if let source = entry.source { object("source") { $0.properties(source.properties) } }
    if let geo = entry.geo { object("geo") { $0.shape(geo) } }
    if let media = entry.media { object("media") { $0.media(media) } }
    flags(entry.itunes)
    podcast(entry.podcast)
    if let chapters = entry.chapters { object("chapters") { $0.chapters(chapters) } }
    guard let reply = entry.inReplyTo else { return }
    object("in_reply_to") {
      $0.field("ref", reply.ref)
      $0.field("href", reply.href)
      $0.field("source", reply.source)
      $0.field("type", reply.type)
    }
  }

  private mutating func text(_ key: StaticString, _ typeKey: StaticString, _ text: TextConstruct?) {
    guard let text else { return }
    field(key, text.value)
    field(typeKey, text.kind == .html ? "html" : "text")
  }

  private mutating func links(_ key: StaticString, _ links: [WebLink]) {
    objects(key, links) { writer, link in
      writer.field("href", link.href)
      writer.field("rel", link.relation ?? "alternate")
      writer.field("type", link.type)
      writer.field("hreflang", link.language)
      writer.field("title", link.title)
      writer.field("length", link.length)
    }
  }

  private mutating func person(_ person: Person) {
    field("name", person.name)
    field("email", person.email)
    field("url", person.url)
  }

  private mutating func categories(_ categories: [Category]) {
    objects("categories", categories) { writer, category in
      writer.field("term", category.term)
      writer.field("scheme", category.scheme)
      writer.field("label", category.label)
    }
  }

  private mutating func enclosure(_ enclosure: Enclosure) {
    field("url", enclosure.url)
    field("type", enclosure.type)
    field("length", enclosure.length)
  }

  private mutating func image(_ image: FeedImage) {
    field("url", image.url)
    field("title", image.title)
    field("link", image.link)
    field("width", image.width)
    field("height", image.height)
    field("description", image.description)
  }

  private mutating func cloud(_ cloud: Cloud) {
    object("cloud") {
      $0.field("domain", cloud.domain)
      $0.field("port", cloud.port)
      $0.field("path", cloud.path)
      $0.field("registerprocedure", cloud.registerProcedure)
      $0.field("protocol", cloud.protocol)
    }
  }

  private mutating func textInput(_ input: TextInput) {
    object("textinput") {
      $0.field("title", input.title)
      $0.field("description", input.description)
      $0.field("name", input.name)
      $0.field("link", input.link)
    }
  }

  private mutating func flags(_ flags: ITunesFlags?) {
    guard let flags else { return }
    object("itunes") {
      $0.field("explicit", flags.explicit)
      $0.field("block", flags.block)
      $0.field("duration", flags.duration)
    }
  }

  private mutating func podcast(_ podcast: Podcast?) {
    guard let podcast else { return }
    object("podcast") {
      $0.field("season", podcast.season)
      $0.field("episode", podcast.episode)
      $0.field("episode_type", podcast.episodeType)
      $0.objects("transcripts", podcast.transcripts) { $0.enclosure($1) }
      $0.objects("chapters", podcast.chapterDocuments) { $0.enclosure($1) }
      $0.objects("persons", podcast.participants) { writer, person in
        writer.field("name", person.name)
        writer.field("role", person.role)
        writer.field("url", person.url)
        writer.field("image", person.image)
      }
      $0.field("guid", podcast.guid)
      $0.field("medium", podcast.medium)
      $0.field("locked", podcast.isLocked)
      $0.links("funding", podcast.funding)
      $0.field("location", podcast.location)
      $0.objects("alternates", podcast.alternates) { $0.enclosure($1) }
    }
  }

  private mutating func chapters(_ list: ChapterList) {
    field("version", list.version)
    objects("items", list.chapters) { writer, chapter in
      writer.raw("start", "\(chapter.startSeconds)")
      writer.field("title", chapter.title)
      writer.field("url", chapter.url)
      writer.field("image", chapter.image)
    }
  }
}

extension JSONWriter {
  fileprivate mutating func media(_ media: Media) {
    objects("content", media.content) { $0.content($1) }
    objects("thumbnails", media.thumbnails) { $0.image($1) }
    objects("credits", media.credits) { writer, credit in
      writer.field("role", credit.role)
      writer.field("content", credit.content)
    }
    field("player", media.player)
    field("rating", media.rating)
    if let stars = media.averageStars { raw("average_stars", "\(stars)") }
    field("star_count", media.starCount)
    field("views", media.views)
    field("favorites", media.favorites)
    field("status", media.status)
    if let license = media.license {
      object("license") {
        $0.field("type", license.type)
        $0.field("href", license.href)
        $0.field("content", license.content)
      }
    }
    guard let restriction = media.restriction else { return }
    object("restriction") {
      $0.field("relationship", restriction.relationship)
      $0.field("type", restriction.type)
      $0.field("content", restriction.content)
    }
  }

  private mutating func content(_ content: Media.Content) {
    field("url", content.url)
    field("type", content.type)
    field("medium", content.medium)
    field("length", content.length)
    field("width", content.width)
    field("height", content.height)
    field("duration", content.duration)
    if content.isDefault { field("default", true) }
  }

  /// GeoJSON (RFC 7946); a box is a polygon's bounds, its two corners.
  fileprivate mutating func shape(_ shape: GeoShape) {
    func pair(_ position: GeoPosition) -> String {
      let altitude = position.altitude.map { ",\($0)" } ?? ""
      return "[\(position.longitude),\(position.latitude)\(altitude)]"
    }
    func list(_ positions: [GeoPosition]) -> String {
      "[" + positions.map(pair).joined(separator: ",") + "]"
    }
    switch shape {
    case .point(let position):
      field("type", "Point")
      raw("coordinates", pair(position))
    case .line(let positions):
      field("type", "LineString")
      raw("coordinates", list(positions))
    case .polygon(let positions):
      field("type", "Polygon")
      raw("coordinates", "[" + list(positions) + "]")
    case .box(let positions):
      field("type", "Box")
      raw("coordinates", list(positions))
    }
  }

  fileprivate mutating func hints(_ hints: RefreshHints) {
    field("ttl", hints.timeToLive.map { String($0.milliseconds / 60_000) })
    field("new_url", hints.newAddress)
    strings("skip_hours", hints.skipHours.sorted().map { String($0) })
    strings("skip_days", hints.skipDays.sorted().map { String($0) })
    field("update_interval_seconds", hints.updateInterval.map { Int($0.milliseconds / 1000) })
    field("update_base", hints.updateBase?.rfc3339)
  }
}

extension TextConstruct {
  /// The text as HTML.
  fileprivate var html: String {
    guard kind == .text else { return value }
    var bytes: [UInt8] = []
    var value = value
    value.withUTF8 { bytes.append(escaping: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
