internal import Checksums
package import Syndication

/// What one archive line says.
package enum LineContent: Hashable, Sendable {
  case record(ArchiveRecord)
  case segment(SegmentHeader)
  /// A type or a version that this program does not know, written by a newer one: skipped.
  case unknown
}

/// Reads archive lines: exactly the JSON that `RecordEncoder` writes, plus unknown members, which are
/// skipped. Says nil to everything else.
///
/// Kept between lines, because neighbours share the address and the name of their feed.
package struct RecordReader: Sendable {
  private var lastFeed = ""
  private var lastSource = ""
  private var lastLanguage = ""

  package init() {}

  /// Reads a line without its line feed.
  package mutating func read(_ line: UnsafeBufferPointer<UInt8>) -> LineContent? {
    guard let fields = fields(of: line) else { return nil }
    guard fields.version == Self.version else { return fields.version == nil ? nil : .unknown }
    guard let seen = fields.seen else { return nil }
    switch fields.type {
    case .story, .copy:
      guard let story = story(fields, seen), let cluster = fields.cluster else { return nil }
      return .record(.story(story, cluster: cluster, original: fields.original))
    case .revision:
      guard let story = story(fields, seen) else { return nil }
      return .record(.revision(story))
    case .move:
      guard let story = fields.story, let cluster = fields.cluster else { return nil }
      return .record(.move(story: story, cluster: cluster, seen: seen))
    case .relocation:
      guard let feed = fields.feed, let address = fields.link else { return nil }
      return .record(.relocation(feed: feed, address: address, seen: seen))
    case .segment:
      guard let ordinal = fields.ordinal, let sum = fields.after else { return nil }
      return .segment(SegmentHeader(ordinal: ordinal, seen: seen, previousSum: sum.bits))
    case .removed:
      return .record(.removed(stories: fields.stories, seen: seen))
    case .unknown: return .unknown
    case nil: return nil
    }
  }

  /// What stands in `v` of all lines.
  static let version = 1

  /// The version of a line, if it is not the one that is read here.
  static func newerVersion(of line: UnsafeBufferPointer<UInt8>) -> Int? {
    guard !line.matches("{\"v\":1,", at: 0) else { return nil }
    var reader = RecordReader()
    let version = reader.fields(of: line)?.version
    return version == Self.version ? nil : version
  }

  /// How much of a line `seen(of:)` looks at.
  static let seenByteLimit = 128

  /// The moment in a line's fixed place, found without reading the rest.
  package static func seen(of line: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    var scanner = JSONScanner(line.prefix(seenByteLimit))
    guard scanner.take("{\"v\":1,\"type\":"), scanner.skipValue(), scanner.take(",\"seen\":"),
      let text = scanner.rawText()
    else { return nil }
    return Timestamp(archived: text)
  }

  private func story(_ fields: RecordFields, _ seen: Timestamp) -> Story? {
    guard let id = fields.id, let feed = fields.feed, let source = fields.source,
      let title = fields.title, let text = fields.type == .copy ? "" : fields.text
    else { return nil }
    return Story(
      id: id, revision: fields.revision ?? 0, seen: seen, feed: feed, source: source,
      guid: fields.guid, link: fields.link, title: title, author: fields.author,
      published: fields.published, updated: fields.updated, language: fields.language,
      categories: fields.categories, enclosures: fields.enclosures, summary: fields.summary,
      text: text)
  }

  private mutating func fields(of line: UnsafeBufferPointer<UInt8>) -> RecordFields? {
    var scanner = JSONScanner(line[...])
    var fields = RecordFields()
    guard scanner.take("{") else { return nil }
    var nextKey = 0
    repeat {
      guard let key = scanner.key() else { return nil }
      if let place = RecordKey.place(of: key, from: nextKey) {
        nextKey = place + 1
        guard read(RecordKey.inOrder[place], from: &scanner, into: &fields) else { return nil }
      } else {
        guard scanner.skipValue() else { return nil }
      }
    } while scanner.take(",")
    guard scanner.take("}"), scanner.isAtEnd else { return nil }
    return fields
  }

  private mutating func read(
    _ key: RecordKey, from scanner: inout JSONScanner, into fields: inout RecordFields
  ) -> Bool {
    switch key {
    case .v: fields.version = scanner.number()
    case .type: fields.type = scanner.rawText().map(RecordType.init)
    case .seen: fields.seen = scanner.moment()
    case .uid: fields.id = scanner.identifier()
    case .rev: fields.revision = scanner.number()
    case .feed: fields.feed = scanner.string(like: &lastFeed)
    case .source: fields.source = scanner.string(like: &lastSource)
    case .id: fields.guid = scanner.string()
    case .link: fields.link = scanner.string()
    case .title: fields.title = scanner.string()
    case .author: fields.author = scanner.string()
    case .published: fields.published = scanner.moment()
    case .updated: fields.updated = scanner.moment()
    case .lang: fields.language = scanner.string(like: &lastLanguage)
    case .categories: return scanner.list { fields.categories.appendIfPresent($0.string()) }
    case .enclosures: return scanner.list { fields.enclosures.appendIfPresent($0.enclosure()) }
    case .story: fields.story = scanner.identifier()
    case .cluster: fields.cluster = scanner.identifier()
    case .copyOf: fields.original = scanner.identifier()
    case .summary: fields.summary = scanner.string()
    case .text: fields.text = scanner.string()
    case .ordinal: fields.ordinal = scanner.number()
    case .after: fields.after = scanner.identifier()
    case .uids: return scanner.listOrNone { fields.stories.appendIfPresent($0.identifier()) }
    case .was: _ = scanner.identifier()
    }
    return !scanner.hasFailed
  }
}

/// The members of a line in the order in which they are written.
private enum RecordKey: CaseIterable {
  case v, type, seen, uid, rev, feed, source, id, link, title, author, published, updated, lang
  case categories, enclosures, story, cluster, copyOf, summary, text, ordinal, after, uids, was

  static let inOrder = RecordKey.allCases

  private static let names: [StaticString] = [
    "v", "type", "seen", "uid", "rev", "feed", "source", "id", "link", "title", "author",
    "published", "updated", "lang", "categories", "enclosures", "story", "cluster", "copyOf",
    "summary", "text", "ordinal", "after", "uids", "was",
  ]

  static func place(of key: UnsafeBufferPointer<UInt8>, from first: Int) -> Int? {
    for place in first..<names.count
    where key.equals(names[place]) {
      return place
    }
    return nil
  }
}

private enum RecordType {
  case story, copy, revision, move, relocation, removed, segment, unknown

  private static let names: [(StaticString, RecordType)] = [
    ("story", .story), ("copy", .copy), ("move", .move), ("revision", .revision),
    ("relocation", .relocation), ("removed", .removed), ("segment", .segment),
  ]

  init(_ name: UnsafeBufferPointer<UInt8>) {
    self = RecordType.names.first { name.equals($0.0) }?.1 ?? .unknown
  }
}

private struct RecordFields {
  var version: Int?
  var type: RecordType?
  var seen: Timestamp?
  var id: StoryID?
  var revision: Int?
  var feed: String?
  var source: String?
  var guid: String?
  var link: String?
  var title: String?
  var author: String?
  var published: Timestamp?
  var updated: Timestamp?
  var language: String?
  var categories: [String] = []
  var enclosures: [Enclosure] = []
  var story: StoryID?
  var cluster: StoryID?
  var original: StoryID?
  var summary: String?
  var text: String?
  var ordinal: Int?
  var after: StoryID?
  var stories: [StoryID] = []
}

extension Array {
  fileprivate mutating func appendIfPresent(_ element: Element?) {
    if let element { append(element) }
  }
}

extension JSONScanner {
  fileprivate mutating func moment() -> Timestamp? {
    guard let text = rawText(), let moment = Timestamp(archived: text) else { return fail() }
    return moment
  }

  fileprivate mutating func identifier() -> StoryID? {
    guard let text = rawText(), let bits = UInt64(lowercaseHexadecimal: text) else {
      return fail()
    }
    return StoryID(bits: bits)
  }

  fileprivate mutating func enclosure() -> Enclosure? {
    guard take("{"), key("url"), let url = string() else { return fail() }
    var enclosure = Enclosure(url: url)
    if take(",\"type\":") { enclosure.type = string() }
    if take(",\"length\":") { enclosure.length = string() }
    while take(",") {
      guard key() != nil, skipValue() else { return fail() }
    }
    return take("}") ? enclosure : fail()
  }
}

extension Timestamp {
  /// Reads the 24 bytes that `appendRFC3339` writes and no other form.
  init?(archived bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == 24, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "."),
      bytes[23] == UInt8(ascii: "Z")
    else { return nil }
    var isNumeric = true
    func number(_ start: Int, _ count: Int) -> Int {
      bytes[start..<start + count].reduce(0) { value, byte in
        if byte < UInt8(ascii: "0") || byte > UInt8(ascii: "9") { isNumeric = false }
        return value * 10 + Int(byte & 0xF)
      }
    }
    let moment = Timestamp(
      year: number(0, 4), month: number(5, 2), day: number(8, 2), hour: number(11, 2),
      minute: number(14, 2), second: number(17, 2), millisecond: number(20, 3))
    guard isNumeric, let moment else { return nil }
    self = moment
  }
}

extension UInt64 {
  /// The number that exactly sixteen digits write.
  init?(lowercaseHexadecimal digits: UnsafeBufferPointer<UInt8>) {
    guard digits.count == 16 else { return nil }
    var value: UInt64 = 0
    for byte in digits {
      guard let digit = byte.lowercaseHexadecimalValue else { return nil }
      value = value << 4 | UInt64(digit)
    }
    self = value
  }
}
