/// What an element means, whatever the format that it was written in.
enum Field: UInt8 {
  case unknown
  /// Mark-up around the text of a property.
  case transparent
  // Wrappers.
  case rss, rdf, feed, channel, entry, source, image, textInput, group
  // Texts.
  case title, dcTitle, mediaTitle, subtitle, itunesSubtitle, description, dcDescription
  case mediaDescription, summary, itunesSummary, abstract, content, encoded, body, rights
  case information
  // Identity and addresses.
  case id, dcIdentifier, link, originalLink, enclosure, comments, commentsFeed, commentsPost,
    commentCount
  case license, documentation, icon, logo, inReplyTo, newAddress
  // Dates.
  case published, updated, dcDate, lastBuildDate, created, expired, valid
  // Persons.
  case author, creator, itunesAuthor, contributor, dcContributor, webMaster, dcPublisher, owner
  case name, email, url
  // Categories.
  case category, subject, keywords, itunesCategory, itunesKeywords, mediaCategory, mediaKeywords
  // The feed's own.
  case generator, generatorAgent, cloud, language, timeToLive, skipHours, skipDays, hour, day
  case updatePeriod, updateFrequency, updateBase, width, height
  // Podcasts.
  case itunesImage, explicit, block, duration, chapters, chapter, season, episode, episodeType
  case transcript, chapterDocument, participant, podcastID, locked, funding, medium
  // Media RSS.
  case mediaContent, mediaThumbnail, mediaCredit, mediaPlayer, mediaRating, mediaLicense
  case mediaRestriction
  // Places.
  case georssPoint, georssLine, georssPolygon, georssBox, geoWhere, geoLatitude, geoLongitude
  case geoPoint, gmlPoint, gmlLine, gmlPolygon, gmlPosition, gmlPositions, gmlTransparent

  /// The meaning of an element; `name` is its local name in any case.
  init(_ vocabulary: Vocabulary, _ name: String) {
    self = Field.table[vocabulary]?[name.lowercased()] ?? .unknown
  }

  private static let table: [Vocabulary: [String: Field]] = [
    .core: core,
    .rdf: ["rdf": .rdf, "seq": .unknown],
    .xhtml: ["body": .body],
    .dublinCore: dublinCore,
    .dublinCoreTerms: dublinCore.merging(dublinCoreTerms) { $1 },
    .content: ["encoded": .encoded],
    .media: media,
    .itunes: itunes,
    .googlePlay: itunes,
    .podcast: podcast,
    .georss: georss,
    .gml: gml,
    .geo: ["lat": .geoLatitude, "long": .geoLongitude, "lon": .geoLongitude, "point": .geoPoint],
    .slash: ["comments": .commentCount],
    .wellFormedWeb: ["comment": .commentsPost, "commentrss": .commentsFeed],
    .threading: ["in-reply-to": .inReplyTo, "total": .commentCount],
    .license: ["license": .license],
    .feedburner: ["origlink": .originalLink, "browserfriendly": .information],
    .syndication: [
      "updateperiod": .updatePeriod, "updatefrequency": .updateFrequency,
      "updatebase": .updateBase,
    ],
    .chapters: ["chapters": .chapters, "chapter": .chapter],
    .admin: ["generatoragent": .generatorAgent],
  ]

  private static let core: [String: Field] = [
    "rss": .rss, "rdf": .rdf, "feed": .feed, "channel": .channel, "item": .entry, "entry": .entry,
    "source": .source, "image": .image, "textinput": .textInput,
    "title": .title, "subtitle": .subtitle, "tagline": .subtitle, "description": .description,
    "summary": .summary, "abstract": .abstract, "content": .content, "fullitem": .encoded,
    "body": .body, "rights": .rights, "copyright": .rights, "info": .information,
    "id": .id, "guid": .id, "link": .link, "enclosure": .enclosure, "comments": .comments,
    "docs": .documentation, "icon": .icon, "logo": .logo, "newlocation": .newAddress,
    "pubdate": .published, "published": .published, "issued": .published,
    "updated": .updated, "modified": .updated, "lastbuilddate": .lastBuildDate,
    "created": .created, "expirationdate": .expired,
    "author": .author, "managingeditor": .author, "contributor": .contributor,
    "webmaster": .webMaster, "name": .name, "email": .email, "url": .url, "uri": .url,
    "homepage": .url,
    "category": .category, "keywords": .keywords, "tags": .keywords,
    "generator": .generator, "cloud": .cloud, "language": .language, "ttl": .timeToLive,
    "skiphours": .skipHours, "skipdays": .skipDays, "hour": .hour, "day": .day,
    "width": .width, "height": .height, "where": .geoWhere,
  ]

  private static let dublinCore: [String: Field] = [
    "title": .dcTitle, "description": .dcDescription, "identifier": .dcIdentifier,
    "date": .dcDate, "creator": .creator, "author": .creator, "contributor": .dcContributor,
    "publisher": .dcPublisher, "subject": .subject, "rights": .rights, "language": .language,
  ]

  private static let dublinCoreTerms: [String: Field] = [
    "created": .created, "issued": .published, "modified": .updated, "valid": .valid,
    "abstract": .dcDescription,
  ]

  private static let media: [String: Field] = [
    "group": .group, "title": .mediaTitle, "description": .mediaDescription,
    "content": .mediaContent, "thumbnail": .mediaThumbnail, "credit": .mediaCredit,
    "player": .mediaPlayer, "rating": .mediaRating, "license": .mediaLicense,
    "restriction": .mediaRestriction, "category": .mediaCategory, "keywords": .mediaKeywords,
  ]

  private static let itunes: [String: Field] = [
    "author": .itunesAuthor, "owner": .owner, "name": .name, "email": .email,
    "subtitle": .itunesSubtitle, "summary": .itunesSummary, "description": .itunesSummary,
    "image": .itunesImage, "link": .itunesImage, "explicit": .explicit, "block": .block,
    "duration": .duration, "category": .itunesCategory, "keywords": .itunesKeywords,
    "new-feed-url": .newAddress, "season": .season, "episode": .episode,
    "episodetype": .episodeType,
  ]

  private static let podcast: [String: Field] = [
    "season": .season, "episode": .episode, "transcript": .transcript,
    "chapters": .chapterDocument, "person": .participant, "guid": .podcastID, "locked": .locked,
    "funding": .funding, "medium": .medium,
  ]

  private static let georss: [String: Field] = [
    "point": .georssPoint, "line": .georssLine, "polygon": .georssPolygon, "box": .georssBox,
    "where": .geoWhere,
  ]

  private static let gml: [String: Field] = [
    "point": .gmlPoint, "linestring": .gmlLine, "polygon": .gmlPolygon, "pos": .gmlPosition,
    "poslist": .gmlPositions, "exterior": .gmlTransparent, "linearring": .gmlTransparent,
  ]
}

extension Field {
  /// Whether the element's text is a text construct, in which child elements are mark-up.
  var isTextConstruct: Bool {
    Field.title.rawValue...Field.information.rawValue ~= rawValue
  }
}
