/// A family of element names that share a namespace, under every address it is published with.
enum Vocabulary: Hashable {
  /// RSS, Atom and CDF themselves, and elements without a namespace.
  case core
  case rdf
  case xhtml
  case dublinCore
  case dublinCoreTerms
  case content
  case media
  case itunes
  case googlePlay
  case podcast
  case georss
  case gml
  case geo
  case slash
  case wellFormedWeb
  case threading
  case license
  case feedburner
  case syndication
  case chapters
  case admin
  case prism
  /// Google's extensions of sitemaps.
  case news
  case sitemapImage
  case foreign

  /// The vocabulary of an element; `uri` and `prefix` are nil where the element has none. A prefix
  /// without a declaration, or with an unknown one, means what it usually means; but what is foreign
  /// never passes for RSS or Atom itself.
  init(uri: String?, prefix: String?) {
    if let uri, !uri.isEmpty {
      self = Vocabulary.ofURI(uri) ?? prefix.map(Vocabulary.ofModule) ?? .core
    } else if let prefix {
      self = Vocabulary.byPrefix[prefix.lowercased()] ?? .foreign
    } else {
      self = .core
    }
  }

  private static func ofModule(prefix: String) -> Vocabulary {
    let usual = byPrefix[prefix.lowercased()] ?? .foreign
    return [.core, .rdf, .xhtml].contains(usual) ? .foreign : usual
  }

  private static func ofURI(_ uri: String) -> Vocabulary? {
    var key = uri.lowercased()
    if key.hasPrefix("https://") { key = "http://" + key.dropFirst(8) }
    if let known = byURI[key] { return known }
    while key.last == "/" || key.last == "#" { key.removeLast() }
    if let known = byURI[key] { return known }
    return fragments.first { key.contains($0.0) }?.1
  }

  /// By address in lower case, with http, without the last `/` or `#`.
  private static let byURI: [String: Vocabulary] = [
    "http://www.w3.org/2005/atom": .core,
    "http://purl.org/atom/ns": .core,
    "http://purl.org/rss/1.0": .core,
    "http://purl.org/rss/1.0/modules/rss091": .core,
    "http://purl.org/net/rss1.1": .core,
    "http://my.netscape.com/rdf/simple/0.9": .core,
    "http://channel.netscape.com/rdf/simple/0.9": .core,
    "http://my.netscape.com/publish/formats/rss-0.91.dtd": .core,
    "http://blogs.law.harvard.edu/tech/rss": .core,
    "http://cyber.law.harvard.edu/rss/rss.html": .core,
    "http://example.com/newformat": .core,
    "http://example.com/necho": .core,
    "http://purl.org/echo": .core,
    "uri/of/echo/namespace": .core,
    "http://purl.org/pie": .core,
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": .rdf,
    "http://www.w3.org/1999/xhtml": .xhtml,
    "http://purl.org/dc/elements/1.0": .dublinCore,
    "http://purl.org/dc/elements/1.1": .dublinCore,
    "http://purl.org/dc": .dublinCore,
    "http://purl.org/dc/terms": .dublinCoreTerms,
    "http://purl.org/rss/1.0/modules/content": .content,
    "http://search.yahoo.com/mrss": .media,
    "http://search.yahoo.com/rss": .media,
    "http://video.search.yahoo.com/mrss": .media,
    "http://tools.search.yahoo.com/mrss": .media,
    "http://www.rssboard.org/media-rss": .media,
    "http://www.itunes.com/dtds/podcast-1.0.dtd": .itunes,
    "http://www.google.com/schemas/play-podcasts/1.0": .googlePlay,
    "http://podcastindex.org/namespace/1.0": .podcast,
    "http://www.georss.org/georss": .georss,
    "http://www.georss.org/georss/10": .georss,
    "http://www.opengis.net/gml": .gml,
    "http://www.w3.org/2003/01/geo/wgs84_pos": .geo,
    "http://purl.org/rss/1.0/modules/slash": .slash,
    "http://wellformedweb.org/commentapi": .wellFormedWeb,
    "http://purl.org/syndication/thread/1.0": .threading,
    "http://purl.org/rss/1.0/modules/threading": .threading,
    "http://web.resource.org/cc": .license,
    "http://creativecommons.org/ns": .license,
    "http://creativecommons.org/ns#license": .license,
    "http://backend.userland.com/creativecommonsrssmodule": .license,
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": .license,
    "http://rssnamespace.org/feedburner/ext/1.0": .feedburner,
    "http://purl.org/rss/1.0/modules/syndication": .syndication,
    "http://podlove.org/simple-chapters": .chapters,
    "http://webns.net/mvcb": .admin,
    "http://purl.org/net/rss1.1/payload": .content,
    "http://www.sitemaps.org/schemas/sitemap/0.9": .core,
    "http://www.google.com/schemas/sitemap-news/0.9": .news,
    "http://www.google.com/schemas/sitemap-image/1.1": .sitemapImage,
    "http://postneo.com/icbm": .geo,
  ]

  /// Parts of addresses that are published in many spellings.
  private static let fragments: [(String, Vocabulary)] = [
    ("/podcast-1.0.dtd", .itunes),
    ("backend.userland.com/rss", .core),
    ("podcastindex.org/namespace", .podcast),
    ("podcast-namespace/blob", .podcast),
    ("/mrss", .media),
    ("opengis.net/gml", .gml),
    ("/simple-chapters", .chapters),
    ("prismstandard.org/namespaces", .prism),
  ]

  private static let byPrefix: [String: Vocabulary] = [
    "atom": .core, "atom03": .core, "atom10": .core, "a10": .core, "rss": .core, "rdf": .rdf,
    "xhtml": .xhtml, "dc": .dublinCore, "dcterms": .dublinCoreTerms, "content": .content,
    "media": .media, "itunes": .itunes, "googleplay": .googlePlay, "podcast": .podcast,
    "georss": .georss, "gml": .gml, "geo": .geo, "slash": .slash, "wfw": .wellFormedWeb,
    "thr": .threading, "cc": .license, "creativecommons": .license, "feedburner": .feedburner,
    "sy": .syndication, "syn": .syndication, "dct": .dublinCoreTerms, "psc": .chapters,
    "admin": .admin,
    "prism": .prism, "news": .news, "icbm": .geo,
  ]
}
