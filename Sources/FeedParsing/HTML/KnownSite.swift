internal import Syndication

/// Sites whose feeds' addresses follow from those of their pages.
enum KnownSite {
  /// The feeds of the page at `address`; empty where the site is none of these.
  static func feeds(of address: String) -> [FeedCandidate] {
    guard let host = WebAddress.host(of: address) else { return [] }
    let afterScheme = address.drop { $0 != ":" }.dropFirst(3)
    let parts = afterScheme.split(separator: "?", maxSplits: 1)
    let path = (parts.first ?? "").split(separator: "#").first ?? ""
    let page = Page(
      segments: path.split(separator: "/").dropFirst().map { String($0) },
      query: parts.count > 1
        ? parts[1].prefix { $0 != "#" }.split(separator: "&").map { String($0) } : [])
    let name = host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
    let found = rules.filter { $0.fits(name) }.compactMap { $0.feed(page, name) }
    return found.compactMap { feed in
      WebAddress.resolve(feed, against: address).map { FeedCandidate(url: $0, origin: .site) }
    }
  }

  private struct Page {
    let segments: [String]
    let query: [String]

    /// The segment after one of this name.
    func segment(after name: String) -> String? {
      guard segments.count >= 2, segments[0] == name else { return nil }
      return segments[1]
    }

    func value(of name: String) -> String? {
      query.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
  }

  private struct Rule {
    /// A host; with a point before it, every host below.
    let host: String
    /// Of a page of a host.
    let feed: @Sendable (Page, String) -> String?

    func fits(_ name: String) -> Bool {
      host.hasPrefix(".") ? name.hasSuffix(host) : name == host
    }
  }

  private static let rules: [Rule] = [
    Rule(host: "youtube.com") { page, _ in
      page.segment(after: "channel").map { "/feeds/videos.xml?channel_id=\($0)" }
    },
    Rule(host: "youtube.com") { page, _ in
      page.value(of: "list").map { "/feeds/videos.xml?playlist_id=\($0)" }
    },
    Rule(host: "reddit.com") { page, _ in page.segment(after: "r").map { "/r/\($0)/.rss" } },
    Rule(host: "reddit.com") { page, _ in page.segment(after: "user").map { "/user/\($0)/.rss" } },
    Rule(host: "github.com") { page, _ in
      page.segments.count >= 2 ? "/\(page.segments[0])/\(page.segments[1])/releases.atom" : nil
    },
    Rule(host: "github.com") { page, _ in
      page.segments.count >= 2 ? "/\(page.segments[0])/\(page.segments[1])/commits.atom" : nil
    },
    Rule(host: "medium.com") { page, _ in page.segments.first.map { "/feed/\($0)" } },
    Rule(host: ".medium.com") { _, _ in "/feed" },
    Rule(host: ".substack.com") { _, _ in "/feed" },
    Rule(host: ".wordpress.com") { _, _ in "/feed/" },
    Rule(host: ".tumblr.com") { _, _ in "/rss" },
    Rule(host: ".blogspot.com") { _, _ in "/feeds/posts/default" },
    Rule(host: "bsky.app") { page, _ in page.segment(after: "profile").map { "/profile/\($0)/rss" }
    },
    Rule(host: "stackoverflow.com") { page, _ in
      page.segments.starts(with: ["questions", "tagged"])
        ? page.segments.dropFirst(2).first.map { "/feeds/tag/\($0)" } : nil
    },
    Rule(host: "vimeo.com") { page, _ in page.segments.first.map { "/\($0)/videos/rss" } },
    Rule(host: "news.ycombinator.com") { _, _ in "/rss" },
    Rule(host: "pypi.org") { page, _ in
      page.segment(after: "project").map { "/rss/project/\($0)/releases.xml" }
    },
    Rule(host: "mastodon.social") { page, _ in
      page.segments.first.flatMap { $0.hasPrefix("@") ? "/\($0).rss" : nil }
    },
  ]
}
