/// What a document says of its feed as a whole.
package struct FeedProperties: Hashable, Sendable {
  package var title: TextConstruct?
  package var subtitle: TextConstruct?
  package var rights: TextConstruct?
  package var information: TextConstruct?
  package var id: String?
  package var permalink: String?
  package var links: [WebLink] = []
  package var language: String?
  package var published: Timestamp?
  package var updated: Timestamp?
  package var created: Timestamp?
  package var authors: [Person] = []
  package var contributors: [Person] = []
  package var publisher: Person?
  package var categories: [Category] = []
  package var generator: Generator?
  package var icon: String?
  package var logo: String?
  package var image: FeedImage?
  package var documentation: String?
  package var cloud: Cloud?
  package var textInput: TextInput?
  package var itunes: ITunesFlags?
  package var podcast: Podcast?
  package var geo: GeoShape?
  package var media: Media?
  package var licenses: [String] = []
  package var hints: RefreshHints = RefreshHints()

  package init() {}
}

/// What a feed asks of those who poll it. Lower bounds, never reasons to poll more often.
package struct RefreshHints: Hashable, Sendable {
  /// RSS `ttl`.
  package var timeToLive: Duration?
  /// Hours of the day in GMT, 0 to 23, in which not to ask (RSS `skipHours`).
  package var skipHours: Set<Int> = []
  /// 0 is Sunday (RSS `skipDays`).
  package var skipDays: Set<Int> = []
  /// `sy:updatePeriod` divided by `sy:updateFrequency`.
  package var updateInterval: Duration?
  package var updateBase: Timestamp?
  /// The feed's own statement that it moved (`itunes:new-feed-url`).
  package var newAddress: String?

  package init() {}
}

package struct FeedImage: Hashable, Sendable {
  package var url: String?
  package var title: String?
  package var link: String?
  package var width: Int?
  package var height: Int?
  package var description: String?

  package init() {}
}

/// RSS `cloud` (rssCloud registration).
package struct Cloud: Hashable, Sendable {
  package var domain: String?
  package var port: String?
  package var path: String?
  package var registerProcedure: String?
  package var `protocol`: String?

  package init() {}
}

/// RSS `textInput`.
package struct TextInput: Hashable, Sendable {
  package var title: String?
  package var description: String?
  package var name: String?
  package var link: String?

  package init() {}
}

package struct Generator: Hashable, Sendable {
  package var name: String?
  package var url: String?
  package var version: String?

  package init() {}
}
