/// What an element means, whatever the format that it was written in.
enum Field: UInt8 {
  case unknown
  /// Mark-up around the text of a property.
  case transparent
  // Wrappers.
  case rss, rdf, feed, channel, sitemap, entry, source, image, textInput, group, listed
  // Texts.
  case title, dcTitle, itunesTitle, mediaTitle, subtitle, itunesSubtitle, description, dcDescription
  case mediaDescription, summary, itunesSummary, abstract, content, encoded, body, rights
  case information
  // Identity and addresses.
  case id, dcIdentifier, link, originalLink, enclosure, comments, commentsFeed, commentsPost,
    commentCount
  case license, documentation, icon, logo, inReplyTo, newAddress
  // Dates.
  case published, publicationDate, updated, dcDate, lastBuildDate, created, expired, valid
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
  case transcript, chapterDocument, participant, podcastID, locked, funding, medium, location
  case alternateEnclosure, alternateSource, discussion, podcastLicense
  // Media RSS.
  case mediaContent, mediaThumbnail, mediaCredit, mediaPlayer, mediaRating, mediaLicense
  case mediaRestriction, mediaStars, mediaStatistics, mediaStatus, mediaPeerLink
  // Places.
  case georssPoint, georssLine, georssPolygon, georssBox, geoWhere, geoLatitude, geoLongitude
  case geoPoint, gmlPoint, gmlLine, gmlPolygon, gmlPosition, gmlPositions, gmlTransparent
  case gmlLowerCorner, gmlUpperCorner

  /// The meaning of an element; `name` is its local name in any case.
  init(_ vocabulary: Vocabulary, _ name: String) {
    self = Field.table[vocabulary]?[name.lowercased()] ?? .unknown
  }

  private static let table: [Vocabulary: [String: Field]] = [
    .core: core,
    .rdf: ["rdf": .rdf, "seq": .group, "li": .listed],
    .xhtml: ["body": .body],
    .dublinCore: dublinCore,
    .dublinCoreTerms: dublinCore.merging(dublinCoreTerms) { $1 },
    .content: ["encoded": .encoded, "payload": .body],
    .media: media,
    .itunes: itunes,
    .googlePlay: itunes,
    .podcast: podcast,
    .georss: georss,
    .gml: gml,
    .geo: [
      "lat": .geoLatitude, "long": .geoLongitude, "lon": .geoLongitude, "point": .geoPoint,
      "latitude": .geoLatitude, "longitude": .geoLongitude,
    ],
    .prism: [
      "publicationdate": .publicationDate, "keyword": .subject, "copyright": .rights,
      "doi": .dcIdentifier,
    ],
    .news: [
      "news": .group, "title": .title, "publication_date": .published, "keywords": .keywords,
    ],
    .sitemapImage: ["image": .group, "loc": .mediaThumbnail],
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
    "items": .group, "urlset": .sitemap, "loc": .link, "lastmod": .updated,
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
    "abstract": .dcDescription, "license": .license,
  ]

  private static let media: [String: Field] = [
    "group": .group, "title": .mediaTitle, "description": .mediaDescription,
    "content": .mediaContent, "thumbnail": .mediaThumbnail, "credit": .mediaCredit,
    "player": .mediaPlayer, "rating": .mediaRating, "license": .mediaLicense,
    "restriction": .mediaRestriction, "category": .mediaCategory, "keywords": .mediaKeywords,
    "location": .geoWhere, "community": .group, "starrating": .mediaStars,
    "statistics": .mediaStatistics, "status": .mediaStatus,
    "peerlink": .mediaPeerLink,
  ]

  private static let itunes: [String: Field] = [
    "title": .itunesTitle, "author": .itunesAuthor, "owner": .owner, "name": .name, "email": .email,
    "subtitle": .itunesSubtitle, "summary": .itunesSummary, "description": .itunesSummary,
    "image": .itunesImage, "link": .itunesImage, "explicit": .explicit, "block": .block,
    "duration": .duration, "category": .itunesCategory, "keywords": .itunesKeywords,
    "new-feed-url": .newAddress, "season": .season, "episode": .episode,
    "episodetype": .episodeType,
  ]

  private static let podcast: [String: Field] = [
    "season": .season, "episode": .episode, "transcript": .transcript,
    "chapters": .chapterDocument, "person": .participant, "guid": .podcastID, "locked": .locked,
    "funding": .funding, "medium": .medium, "location": .location,
    "alternateenclosure": .alternateEnclosure, "source": .alternateSource,
    "socialinteract": .discussion, "license": .podcastLicense,
  ]

  private static let georss: [String: Field] = [
    "point": .georssPoint, "line": .georssLine, "polygon": .georssPolygon, "box": .georssBox,
    "where": .geoWhere, "circle": .georssPoint,
  ]

  private static let gml: [String: Field] = [
    "point": .gmlPoint, "linestring": .gmlLine, "polygon": .gmlPolygon, "pos": .gmlPosition,
    "poslist": .gmlPositions, "coordinates": .gmlPositions, "exterior": .gmlTransparent,
    "linearring": .gmlTransparent, "envelope": .gmlTransparent, "lowercorner": .gmlLowerCorner,
    "uppercorner": .gmlUpperCorner,
  ]
}

extension Field {
  /// Whether the element's text is a text construct, in which child elements are mark-up.
  var isTextConstruct: Bool {
    Field.title.rawValue...Field.information.rawValue ~= rawValue
  }
}
