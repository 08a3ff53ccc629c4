/// What the balancing of tags has to know of an element's name.
enum TagRole {
  /// An item or entry: a new one closes an open one.
  case entry
  /// Text without children, with a name that HTML has too: a sibling's start tag closes it.
  case leaf
  /// Text without children, with a name that only feeds have.
  case feedLeaf
  /// Text that may hold HTML: only what is no HTML closes it.
  case body
  /// A property of an entry that may have children, with a name that only feeds have.
  case property
  /// Holds whole documents: what looks like an entry in it is none.
  case nest
  /// Never has an end tag in HTML.
  case void
  case other

  init(_ name: UnsafeBufferPointer<UInt8>) {
    if let colon = name.firstIndex(of: UInt8(ascii: ":")), !TagRole.isUsual(name[..<colon]) {
      self = .nest
      return
    }
    guard name.count <= TagRole.lengthLimit else {
      self = .other
      return
    }
    self =
      TagRole.byLength[name.count].first {
        $0.name.elementsEqual(name.lazy.map(\.asciiLowercased))
      }?.role ?? .other
  }

  /// Whether an element of this role, which begins inside one of `other`, shows that the end tag of
  /// that one is missing.
  func closes(_ other: TagRole) -> Bool {
    switch (self, other) {
    case (.leaf, .leaf), (.leaf, .feedLeaf): true
    case (.feedLeaf, .leaf), (.feedLeaf, .feedLeaf), (.feedLeaf, .body): true
    case (.body, .leaf), (.body, .feedLeaf), (.body, .body): true
    case (.property, .leaf), (.property, .feedLeaf), (.property, .body): true
    default: false
    }
  }

  private static let roles: [(String, TagRole)] = [
    ("item", .entry), ("entry", .entry),
    ("title", .leaf), ("link", .leaf), ("guid", .feedLeaf), ("pubdate", .feedLeaf),
    ("comments", .feedLeaf), ("id", .feedLeaf), ("updated", .feedLeaf), ("published", .feedLeaf),
    ("issued", .feedLeaf), ("modified", .feedLeaf),
    ("description", .body), ("content:encoded", .body),
    ("author", .property), ("category", .property), ("enclosure", .property),
    ("dc:creator", .property), ("dc:date", .property),
    ("content", .nest), ("feed", .nest), ("channel", .nest), ("rss", .nest), ("rdf:rdf", .nest),
    ("br", .void), ("img", .void), ("hr", .void), ("wbr", .void), ("input", .void),
  ]

  /// Prefixes whose elements are an entry's own properties; what other elements hold is unknown, and
  /// may be entries of their own (FeedSync's conflicts).
  private static let usualPrefixes = [
    "dc", "content", "media", "itunes", "atom", "rdf", "dcterms", "slash", "wfw", "feedburner",
    "sy",
    "xhtml", "thr", "geo", "georss", "gml", "rss", "atom10", "a10", "cc", "creativeCommons",
    "podcast", "googleplay", "admin", "ag", "trackback", "psc", "prism", "news",
  ].map { Array($0.utf8) }

  private static func isUsual(_ prefix: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    usualPrefixes.contains { $0.elementsEqual(prefix) }
  }

  private static let lengthLimit = 15

  private static let byLength: [[(name: [UInt8], role: TagRole)]] = (0...lengthLimit).map {
    length in
    roles.filter { $0.0.utf8.count == length }.map { (Array($0.0.utf8), $0.1) }
  }
}
