/// What the balancing of tags has to know of an element's name.
enum TagRole {
  /// An item or entry: a new one closes an open one.
  case entry
  /// Text without children: a sibling's start tag closes it.
  case leaf
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

  private static let roles: [(String, TagRole)] = [
    ("item", .entry), ("entry", .entry),
    ("title", .leaf), ("link", .leaf), ("guid", .leaf), ("pubdate", .leaf), ("comments", .leaf),
    ("content", .nest), ("feed", .nest), ("channel", .nest), ("rss", .nest), ("rdf:rdf", .nest),
    ("br", .void), ("img", .void), ("hr", .void), ("wbr", .void), ("input", .void),
  ]

  /// Prefixes whose elements are an entry's own properties; what other elements hold is unknown, and
  /// may be entries of their own (FeedSync's conflicts).
  private static let usualPrefixes = [
    "dc", "content", "media", "itunes", "atom", "rdf", "dcterms", "slash", "wfw", "feedburner",
    "sy",
    "xhtml", "thr", "geo", "georss", "gml", "rss", "atom10", "a10", "cc", "creativeCommons",
  ].map { Array($0.utf8) }

  private static func isUsual(_ prefix: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    usualPrefixes.contains { $0.elementsEqual(prefix) }
  }

  private static let lengthLimit = 8

  private static let byLength: [[(name: [UInt8], role: TagRole)]] = (0...lengthLimit).map {
    length in
    roles.filter { $0.0.utf8.count == length }.map { (Array($0.0.utf8), $0.1) }
  }
}
