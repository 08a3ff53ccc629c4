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
  private static let limit = 64
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
    html.prefix(pageByteLimit).withUnsafeBufferPointer { bytes in
      var page = FeedPage(base: base, byteCount: bytes.count)
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
      let known = KnownSite.feeds(of: base) + (page.canonical.map(KnownSite.feeds(of:)) ?? [])
      return unique(page.declared + known + page.linked)
    }
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

  private static func isWeb(_ address: String) -> Bool {
    address.hasPrefix("http://") || address.hasPrefix("https://")
  }
}

/// What was found on a page so far.
private struct FeedPage {
  private(set) var base: String
  private(set) var declared: [FeedCandidate] = []
  private(set) var linked: [FeedCandidate] = []
  /// The page's own address, as it says.
  private(set) var canonical: String?
  private var hasBase = false
  private var openLink: FeedCandidate?
  private var linkText: [UInt8] = []
  private var addresses: DocumentAddresses

  private static let linkTextByteLimit = 200

  init(base: String, byteCount: Int) {
    self.base = base
    addresses = DocumentAddresses(documentByteCount: byteCount)
  }

  mutating func read(
    _ element: HTMLElement, _ attributes: ArraySlice<HTMLTokenizer.Attribute>,
    in bytes: UnsafeBufferPointer<UInt8>
  ) {
    switch element {
    case .base, .link, .a: break
    default: return
    }
    var values: [String: String] = [:]
    for attribute in attributes {
      let name = String(decoding: bytes[attribute.name], as: UTF8.self).lowercased()
      var value: [UInt8] = []
      value.append(
        decoding: UnsafeBufferPointer(rebasing: bytes[attribute.value]), isAttribute: true)
      if values[name] == nil { values[name] = String(decoding: value, as: UTF8.self) }
    }
    switch element {
    case .base: readBase(values)
    case .link: readDeclaration(values)
    default: beginLink(values)
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
    if looksLikeFeed(link) { linked.append(link) }
  }

  private mutating func readBase(_ values: [String: String]) {
    guard !hasBase, let href = values["href"],
      let resolved = addresses.resolve(href, against: base)
    else { return }
    base = resolved
    hasBase = true
  }

  private mutating func readDeclaration(_ values: [String: String]) {
    let relations = (values["rel"] ?? "").lowercased().split(whereSeparator: \.isWhitespace)
    if relations.contains("canonical"), canonical == nil {
      canonical = values["href"].flatMap { addresses.resolve($0, against: base) }
    }
    guard let href = values["href"]?.nonBlank,
      relations.contains("feed")
        || (relations.contains("alternate") && FeedDiscovery.isFeedType(values["type"] ?? "")),
      let url = addresses.resolve(href.withoutFeedScheme, against: base)
    else { return }
    declared.append(
      FeedCandidate(
        url: url, title: values["title"].map(PlainText.line(ofText:))?.nonBlank,
        type: values["type"]?.nonBlank))
  }

  private mutating func beginLink(_ values: [String: String]) {
    endLink()
    linkText.removeAll(keepingCapacity: true)
    guard let href = values["href"]?.nonBlank,
      let url = addresses.resolve(href.withoutFeedScheme, against: base)
    else { return }
    openLink = FeedCandidate(
      url: url, title: values["title"]?.nonBlank, type: values["type"]?.nonBlank, origin: .linked)
  }

  /// By the type, the last part of the path, or the words of the link.
  private func looksLikeFeed(_ link: FeedCandidate) -> Bool {
    if let type = link.type, FeedDiscovery.isFeedType(type) { return true }
    let address = link.url.prefix { $0 != "#" }.lowercased()
    let path = address.prefix { $0 != "?" }
    let name = path.split(separator: "/").last ?? ""
    let names = [
      "feed", "feeds", "rss", "atom", "rdf", "rss2", "index.xml", "atom.xml", "feed.json",
    ]
    if names.contains(String(name)) || [".rss", ".rdf", ".atom"].contains(where: name.hasSuffix) {
      return true
    }
    if name.hasSuffix(".xml"),
      name.contains("rss") || name.contains("feed") || name.contains("atom")
    {
      return true
    }
    if address.contains("feed=rss") || address.contains("feed=atom") { return true }
    let title = (link.title ?? "").lowercased()
    return ["rss", "rss feed", "atom", "atom feed", "json feed", "rss 2.0"].contains(title)
  }
}

extension String {
  /// `feed:https://…` and `feed://…` are addresses of feeds for programs that register the scheme.
  fileprivate var withoutFeedScheme: String {
    guard lowercased().hasPrefix("feed:") else { return self }
    let rest = dropFirst(5)
    return rest.hasPrefix("//") ? "https:" + rest : String(rest)
  }
}
