internal import Syndication

/// A feed that a page may have.
package struct FeedCandidate: Hashable, Sendable {
  /// Absolute, http or https.
  package var url: String
  package var title: String?
  /// A media type, when the page says one.
  package var type: String?
  package var origin: Origin

  /// How the feed was found, best first.
  package enum Origin: String, Hashable, Sendable, CaseIterable {
    /// The document is the feed.
    case itself
    /// The page declares it.
    case declared
    /// Pages of this site have a feed there.
    case site
    /// A link of the page looks like it.
    case linked
    /// Many sites have a feed there.
    case usualPlace = "usual-place"
  }

  package init(
    url: String, title: String? = nil, type: String? = nil, origin: Origin = .declared
  ) {
    self.url = url
    self.title = title
    self.type = type
    self.origin = origin
  }
}

/// Finds the feeds of a web page.
package enum FeedDiscovery {
  /// Further candidates are left out.
  fileprivate static let limit = 64
  /// Of a page only the beginning is read.
  private static let pageByteLimit = 4 << 20

  private static let feedTypes: Set<String> = [
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json",
    "application/json", "application/x-rss+xml", "application/x-atom+xml", "text/xml",
    "application/xml", "text/rss+xml", "text/atom+xml",
  ]

  /// Where sites without a word about it have their feed, the most frequent first.
  private static let usualPaths = [
    "/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/rss", "/feed.json",
    "/feeds/posts/default", "/?feed=rss2", "/blog/feed",
  ]

  /// What the page names: the feeds that it declares (`<link rel="alternate">` with a feed's type),
  /// then those that the site is known to have, then links that look like feeds. Each address once.
  package static func candidates(inHTML html: [UInt8], base: String) -> [FeedCandidate] {
    let page = page(html, base: base, readsLinks: true)
    let known = KnownSite.feeds(of: base) + (page.canonical.map(KnownSite.feeds(of:)) ?? [])
    return unique(page.declared.candidates + known + page.linked.candidates)
  }

  /// The feeds that the page declares.
  static func declared(inHTML html: [UInt8], base: String) -> [FeedCandidate] {
    unique(page(html, base: base, readsLinks: false).declared.candidates)
  }

  private static func page(_ html: [UInt8], base: String, readsLinks: Bool) -> FeedPage {
    text(of: html).withUnsafeBufferPointer { bytes in
      var page = FeedPage(base: base, byteCount: bytes.count, readsLinks: readsLinks)
      var tokenizer = HTMLTokenizer(bytes)
      while let token = tokenizer.next() {
        switch token {
        case .startTag(let element, _):
          page.read(element, tokenizer.attributes, in: bytes)
        case .text(let range, _): page.read(text: bytes[range])
        case .endTag(.a): page.endLink()
        case .endTag: break
        }
      }
      page.endLink()
      return page
    }
  }

  /// The beginning of a page as UTF-8, or in any encoding that writes mark-up as ASCII does.
  private static func text(of html: [UInt8]) -> [UInt8] {
    let head = Array(html.prefix(pageByteLimit))
    return ByteOrderMark(head) == nil ? head : DocumentText(head, contentType: nil).bytes
  }

  /// Where a site that names no feed may have one, likeliest first: below the page itself, then at the
  /// usual places of its host.
  package static func usualPlaces(of address: String) -> [FeedCandidate] {
    let page = address.prefix { $0 != "?" && $0 != "#" }
    let below = ["feed", "rss.xml", "atom.xml", "index.xml"].map { name in
      page.hasSuffix("/") ? "\(page)\(name)" : "\(page)/\(name)"
    }
    let isRoot = page.split(separator: "/").count <= 2
    let places = (isRoot ? [] : below) + usualPaths
    return unique(
      places.compactMap { place in
        WebAddress.resolve(place, against: address)
          .map { FeedCandidate(url: $0, origin: .usualPlace) }
      })
  }

  static func isFeedType(_ type: String) -> Bool {
    let essence = type.prefix { $0 != ";" }.lowercased()
    return feedTypes.contains(essence.nonBlank ?? "")
  }

  private static func unique(_ candidates: [FeedCandidate]) -> [FeedCandidate] {
    var seen: Set<String> = []
    return Array(candidates.filter { isWeb($0.url) && seen.insert($0.url).inserted }.prefix(limit))
  }

  fileprivate static func isWeb(_ address: String) -> Bool {
    address.hasPrefix("http://") || address.hasPrefix("https://")
  }
}

/// Candidates up to the limit: no page names more feeds than that will be offered.
private struct CandidateList {
  private(set) var candidates: [FeedCandidate] = []
  private var known: Set<String> = []

  var isFull: Bool { known.count >= FeedDiscovery.limit }

  mutating func append(_ candidate: FeedCandidate) {
    guard !isFull, FeedDiscovery.isWeb(candidate.url), known.insert(candidate.url).inserted
    else { return }
    candidates.append(candidate)
  }
}

/// What a tag that may lead to a feed says, of each attribute the first.
private struct LinkAttributes {
  private(set) var href: String?
  private(set) var relation: String?
  private(set) var type: String?
  private(set) var title: String?

  init(
    _ attributes: ArraySlice<HTMLTokenizer.Attribute>, in bytes: UnsafeBufferPointer<UInt8>
  ) {
    let scan = ByteScan(bytes: bytes)
    func value(_ name: StaticString) -> String? {
      let found = attributes.first {
        $0.name.count == name.utf8CodeUnitCount
          && scan.matchesIgnoringCase(name, at: $0.name.lowerBound)
      }
      guard let found else { return nil }
      var value: [UInt8] = []
      value.append(decoding: UnsafeBufferPointer(rebasing: bytes[found.value]), isAttribute: true)
      return String(decoding: value, as: UTF8.self)
    }
    href = value("href")
    relation = value("rel")
    type = value("type")
    title = value("title")
  }
}

/// What was found on a page so far.
private struct FeedPage {
  private(set) var base: String
  private(set) var declared = CandidateList()
  private(set) var linked = CandidateList()
  /// The page's own address, as it says.
  private(set) var canonical: String?
  private var hasBase = false
  private var openLink: FeedCandidate?
  /// Whether the open link's scheme is `feed:`.
  private var isForFeedReaders = false
  private var linkText: [UInt8] = []
  private var addresses: DocumentAddresses
  /// Whether links count beside what the page declares.
  private let readsLinks: Bool

  private static let linkTextByteLimit = 200

  init(base: String, byteCount: Int, readsLinks: Bool) {
    self.base = base
    self.readsLinks = readsLinks
    addresses = DocumentAddresses(documentByteCount: byteCount)
  }

  mutating func read(
    _ element: HTMLElement, _ attributes: ArraySlice<HTMLTokenizer.Attribute>,
    in bytes: UnsafeBufferPointer<UInt8>
  ) {
    switch element {
    case .base: readBase(LinkAttributes(attributes, in: bytes))
    case .link: readDeclaration(LinkAttributes(attributes, in: bytes))
    case .a where readsLinks && !linked.isFull: beginLink(LinkAttributes(attributes, in: bytes))
    default: break
    }
  }

  mutating func read(text: Slice<UnsafeBufferPointer<UInt8>>) {
    guard openLink != nil, linkText.count < Self.linkTextByteLimit else { return }
    linkText.append(contentsOf: text.prefix(Self.linkTextByteLimit))
  }

  mutating func endLink() {
    guard var link = openLink else { return }
    openLink = nil
    let text = PlainText.line(ofHTML: String(decoding: linkText, as: UTF8.self))
    link.title = link.title ?? text.nonBlank
    if isForFeedReaders || link.looksLikeFeed { linked.append(link) }
  }

  private mutating func readBase(_ said: LinkAttributes) {
    guard !hasBase, let href = said.href,
      let resolved = addresses.resolve(href, against: base)
    else { return }
    base = resolved
    hasBase = true
  }

  private mutating func readDeclaration(_ said: LinkAttributes) {
    let relations = (said.relation ?? "").lowercased().split(whereSeparator: \.isWhitespace)
    if relations.contains("canonical"), canonical == nil {
      canonical = said.href.flatMap { addresses.resolve($0, against: base) }
    }
    guard !declared.isFull, let href = said.href?.nonBlank,
      relations.contains("feed")
        || (relations.contains("alternate") && FeedDiscovery.isFeedType(said.type ?? "")),
      let url = addresses.resolve(href.withoutFeedScheme, against: base)
    else { return }
    declared.append(
      FeedCandidate(
        url: url, title: said.title.map(PlainText.line(ofText:))?.nonBlank,
        type: said.type?.nonBlank))
  }

  private mutating func beginLink(_ said: LinkAttributes) {
    endLink()
    linkText.removeAll(keepingCapacity: true)
    guard let href = said.href?.nonBlank,
      let url = addresses.resolve(href.withoutFeedScheme, against: base)
    else { return }
    isForFeedReaders = href.withoutFeedScheme != href
    openLink = FeedCandidate(
      url: url, title: said.title?.nonBlank, type: said.type?.nonBlank, origin: .linked)
  }
}

extension FeedCandidate {
  private static let feedNames: Set<String> = [
    "feed", "feeds", "rss", "atom", "rdf", "rss2", "index.xml", "atom.xml", "feed.json",
  ]
  private static let feedTitles: Set<String> = [
    "rss", "rss feed", "atom", "atom feed", "json feed", "rss 2.0",
  ]

  /// By the type, the last part of the path, or the words of the link. In bytes, since addresses are
  /// long and links many.
  fileprivate var looksLikeFeed: Bool {
    if let type, FeedDiscovery.isFeedType(type) { return true }
    let address = ArraySlice(url.utf8.prefix { $0 != UInt8(ascii: "#") })
    let path = address.prefix { $0 != UInt8(ascii: "?") }
    let last = path.split(separator: UInt8(ascii: "/")).last ?? []
    let name = String(decoding: last, as: UTF8.self).lowercased()
    if Self.feedNames.contains(name) || [".rss", ".rdf", ".atom"].contains(where: name.hasSuffix) {
      return true
    }
    let words: [StaticString] = ["rss", "feed", "atom"]
    if name.hasSuffix(".xml"), words.contains(where: { last.firstRange(ofIgnoringCase: $0) != nil })
    {
      return true
    }
    if address.firstRange(ofIgnoringCase: "feed=rss") != nil
      || address.firstRange(ofIgnoringCase: "feed=atom") != nil
    {
      return true
    }
    return Self.feedTitles.contains((title ?? "").lowercased())
  }
}

extension String {
  /// `feed:https://…` and `feed://…` are addresses of feeds for programs that register the scheme.
  fileprivate var withoutFeedScheme: String {
    guard utf8.lazy.map(\.asciiLowercased).starts(with: "feed:".utf8) else { return self }
    let rest = dropFirst(5)
    return rest.hasPrefix("//") ? "https:" + rest : String(rest)
  }
}
