/// What the publisher put in the feed (RSS item, Atom entry), unjudged.
package struct Entry: Hashable, Sendable {
  /// The publisher's identifier, opaque, unique within its feed at best.
  package var guid: String?
  /// The entry's own web address, absolute.
  package var permalink: String?
  /// The link as published, where `permalink` is what FeedBurner says the original address is.
  package var publishedLink: String?
  package var title: TextConstruct?
  package var subtitle: TextConstruct?
  package var summary: TextConstruct?
  package var content: TextConstruct?
  /// The media type of `content` as published, and where it lies when it is not inline.
  package var contentType: String?
  package var contentSource: String?
  package var rights: TextConstruct?
  package var links: [WebLink] = []
  package var language: String?
  package var published: Timestamp?
  package var updated: Timestamp?
  package var created: Timestamp?
  package var expired: Timestamp?
  package var authors: [Person] = []
  package var contributors: [Person] = []
  package var publisher: Person?
  package var categories: [Category] = []
  package var enclosures: [Enclosure] = []
  package var image: String?
  /// The page of comments, their feed (wfw:commentRss) and where to post one (wfw:comment).
  package var comments: String?
  package var commentsFeed: String?
  package var commentsPost: String?
  /// How many comments there are, as published (slash:comments, thr:total).
  package var commentCount: Int?
  package var licenses: [String] = []
  package var source: EntrySource?
  package var geo: GeoShape?
  package var media: Media?
  package var itunes: ITunesFlags?
  package var podcast: Podcast?
  package var chapters: ChapterList?
  package var inReplyTo: ReplyReference?

  package init() {}
}

extension Entry {
  /// How far a date may lie ahead before it is worth a word: zones are mistaken by less than a day.
  private static let futureTolerance = Duration.seconds(86_400)

  /// Whether the entry claims to be published, or else updated, after `now`.
  package func isFutureDated(at now: Timestamp) -> Bool {
    (published ?? updated).map { $0 > now + Entry.futureTolerance } ?? false
  }
}

/// The feed that an entry was taken from (`atom:source`, RSS `source`).
///
/// A class-free box: the properties are those of a whole feed.
package struct EntrySource: Hashable, Sendable {
  private var boxed: [FeedProperties]

  package var properties: FeedProperties { boxed[0] }

  package init(_ properties: FeedProperties) {
    boxed = [properties]
  }
}

package struct WebLink: Hashable, Sendable {
  package var href: String
  /// As published, without the address of IANA's registry; nil means "alternate".
  package var relation: String?
  package var type: String?
  package var language: String?
  package var title: String?
  package var length: String?

  package init(href: String) {
    self.href = href
  }

  /// Whether the link has this relation, given in lower case (RFC 8288 section 3.3).
  package func has(relation: String) -> Bool {
    (self.relation ?? "alternate").lowercased() == relation
  }
}

package struct Person: Hashable, Sendable {
  package var name: String?
  package var email: String?
  package var url: String?

  package init(name: String? = nil, email: String? = nil, url: String? = nil) {
    self.name = name
    self.email = email
    self.url = url
  }
}

package struct Category: Hashable, Sendable {
  /// Empty where only the scheme was said.
  package var term: String
  package var scheme: String?
  package var label: String?

  package init(term: String, scheme: String? = nil, label: String? = nil) {
    self.term = term
    self.scheme = scheme
    self.label = label
  }
}

package struct Enclosure: Hashable, Sendable {
  package var url: String
  package var type: String?
  /// Bytes, as published.
  package var length: String?

  package init(url: String, type: String? = nil, length: String? = nil) {
    self.url = url
    self.type = type
    self.length = length
  }
}

package struct ITunesFlags: Hashable, Sendable {
  package var explicit: Bool?
  package var block: Bool?
  /// As published: seconds, or `[hours:]minutes:seconds`.
  package var duration: String?

  package init() {}
}

/// A shape in GeoJSON order: longitude before latitude.
package enum GeoShape: Hashable, Sendable {
  case point(GeoPosition)
  case line([GeoPosition])
  case polygon([GeoPosition])
  case box([GeoPosition])
}

package struct GeoPosition: Hashable, Sendable {
  /// Degrees.
  package var longitude: Double
  package var latitude: Double
  /// Metres above the ellipsoid, where the shape has three dimensions.
  package var altitude: Double?

  package init(longitude: Double, latitude: Double, altitude: Double? = nil) {
    self.longitude = longitude
    self.latitude = latitude
    self.altitude = altitude
  }
}

/// Media RSS (rssboard.org/media-rss).
package struct Media: Hashable, Sendable {
  /// A file, or one of several renderings of it.
  package struct Content: Hashable, Sendable {
    package var url: String
    package var type: String?
    /// "image", "audio", "video", "document" or "executable".
    package var medium: String?
    /// Bytes, as published.
    package var length: String?
    /// Pixels.
    package var width: Int?
    package var height: Int?
    /// Seconds, as published.
    package var duration: String?
    /// Whether this is the rendering to take of a group.
    package var isDefault = false

    package init(url: String) {
      self.url = url
    }

    /// Whether the file is of that medium, which its type may say too.
    package func isOf(medium: String) -> Bool {
      self.medium.map { $0 == medium } ?? type?.hasPrefix("\(medium)/") ?? false
    }
  }

  package struct Credit: Hashable, Sendable {
    package var role: String?
    package var content: String?

    package init(role: String? = nil, content: String? = nil) {
      self.role = role
      self.content = content
    }
  }

  package struct License: Hashable, Sendable {
    package var type: String?
    package var href: String?
    package var content: String?

    package init() {}
  }

  package struct Restriction: Hashable, Sendable {
    package var relationship: String?
    package var type: String?
    package var content: String?

    package init() {}
  }

  package var content: [Content] = []
  package var thumbnails: [FeedImage] = []
  package var credits: [Credit] = []
  package var player: String?
  package var rating: String?
  package var license: License?
  package var restriction: Restriction?
  /// What a community says of it (media:community).
  package var averageStars: Double?
  package var starCount: Int?
  package var views: Int?
  package var favorites: Int?
  /// "active", "blocked" or "deleted".
  package var status: String?

  package init() {}
}

package struct ChapterList: Hashable, Sendable {
  package struct Chapter: Hashable, Sendable {
    package var startSeconds: Double
    package var title: String?
    package var url: String?
    package var image: String?

    package init(startSeconds: Double) {
      self.startSeconds = startSeconds
    }
  }

  package var version: String?
  package var chapters: [Chapter] = []

  package init() {}
}

/// RFC 4685 `thr:in-reply-to`.
package struct ReplyReference: Hashable, Sendable {
  package var ref: String?
  package var href: String?
  package var source: String?
  package var type: String?

  package init() {}
}
