internal import Checksums
internal import Syndication

/// Writes archive lines: JSON with its keys in a fixed order, no white space, every control character
/// and line separator escaped.
///
/// By hand because the line is what the project exists for: three times as fast as JSONEncoder.
enum RecordEncoder {
  /// Where moments stand after the start of a line: 24 bytes each.
  struct Moments {
    var seen: Int
    var published: Int?
  }

  /// The most bytes of JSON that are kept of a title, an address or another short field.
  static let fieldByteLimit = 16 << 10
  static let summaryByteLimit = 64 << 10
  static let listCountLimit = 32
  /// The most bytes of JSON of one string in a list.
  static let listFieldByteLimit = 2 << 10
  /// What a cut note and the trailer may add after the text.
  private static let closingByteCount = 64
  /// The most that the keys, numbers and moments of a line take, and the keys of one enclosure.
  private static let frameByteCount = 640
  private static let enclosureFrameByteCount = 32
  /// Where the 24 bytes of `seen` stand after the start of each type's line.
  private static let seenKey: StaticString = "\",\"seen\":\""
  private static let blankSeen: StaticString = "0000-00-00T00:00:00.000Z"

  /// Appends the line of `record` with a blank `seen` and a blank checksum, and returns where its
  /// moments stand.
  static func append(_ record: ArchiveRecord, to bytes: inout [UInt8]) -> Moments {
    switch record {
    case .story(let story, let cluster, let original):
      append(story, cluster: cluster, original: original, to: &bytes)
    case .revision(let story):
      bytes.appendLine(ofAtMost: byteLimit(of: story)) { line in
        let seen = writeHead("revision", to: &line)
        let published = writeFields(of: story, to: &line)
        writeTexts(of: story, omittingText: false, to: &line)
        line.writeBlankTrailer()
        return Moments(seen: seen, published: published)
      }
    case .move(let story, let cluster, _):
      bytes.appendLine(ofAtMost: frameByteCount) { line in
        let seen = writeHead("move", to: &line)
        line.write(",\"story\":\"", story)
        line.write(",\"cluster\":\"", cluster)
        line.writeBlankTrailer()
        return Moments(seen: seen)
      }
    case .relocation(let feed, let address, _):
      bytes.appendLine(ofAtMost: frameByteCount + 2 * fieldByteLimit) { line in
        let seen = writeHead("relocation", to: &line)
        line.write(",\"feed\":", feed, limit: fieldByteLimit)
        line.write(",\"link\":", address, limit: fieldByteLimit)
        line.writeBlankTrailer()
        return Moments(seen: seen)
      }
    case .removed(let stories, _):
      appendRemoval(of: stories, seen: nil, replacing: nil, to: &bytes)
    }
  }

  /// Appends the line of a story's first appearance, likewise.
  static func append(
    _ story: Story, cluster: StoryID, original: StoryID?, to bytes: inout [UInt8]
  ) -> Moments {
    let omitsText = original != nil && story.text.isEmpty
    return bytes.appendLine(ofAtMost: byteLimit(of: story)) { line in
      let seen = writeHead(omitsText ? "copy" : "story", to: &line)
      let published = writeFields(of: story, to: &line)
      line.write(",\"cluster\":\"", cluster)
      if let original { line.write(",\"copyOf\":\"", original) }
      writeTexts(of: story, omittingText: omitsText, to: &line)
      line.writeBlankTrailer()
      return Moments(seen: seen, published: published)
    }
  }

  /// Appends the first line of a segment with a blank checksum, and returns where its moments
  /// stand.
  static func append(_ header: SegmentHeader, to bytes: inout [UInt8]) -> Moments {
    bytes.appendLine(ofAtMost: frameByteCount) { line in
      let seen = writeHead("segment", header.seen, to: &line)
      line.write(",\"ordinal\":")
      line.writeDecimal(header.ordinal)
      line.write(",\"after\":\"", StoryID(bits: header.previousSum))
      line.writeBlankTrailer()
      return Moments(seen: seen)
    }
  }

  /// Appends the line that stands in the place of others and is followed by what followed from
  /// `replacedSum`, with a blank checksum.
  static func append(_ removal: RemovalLine, replacing replacedSum: UInt64, to bytes: inout [UInt8])
  {
    _ = appendRemoval(
      of: removal.stories, seen: removal.seen, replacing: replacedSum, to: &bytes)
  }

  private static func appendRemoval(
    of stories: [StoryID], seen: Timestamp?, replacing replacedSum: UInt64?,
    to bytes: inout [UInt8]
  ) -> Moments {
    let byteLimit = frameByteCount + stories.count * StoryID.listedByteCount
    return bytes.appendLine(ofAtMost: byteLimit) { line in
      let seen = writeHead("removed", seen, to: &line)
      line.write(",\"uids\":[")
      for (place, story) in stories.enumerated() {
        if place > 0 { line.write(UInt8(ascii: ",")) }
        line.write("\"", story)
      }
      line.write(UInt8(ascii: "]"))
      if let replacedSum {
        line.write(RecordLine.replacedSumStart, StoryID(bits: replacedSum))
      }
      line.writeBlankTrailer()
      return Moments(seen: seen)
    }
  }

  /// The most bytes that the line of a story may have before its text is cut.
  private static func byteLimit(of story: Story) -> Int {
    func room(_ text: String?, _ limit: Int) -> Int {
      text.map { LineWriter.byteLimit(ofJSON: $0, limit: limit) } ?? 0
    }
    var count = frameByteCount
    count += room(story.feed, fieldByteLimit) + room(story.source, fieldByteLimit)
    count += room(story.guid, fieldByteLimit) + room(story.link, fieldByteLimit)
    count += room(story.title, fieldByteLimit) + room(story.author, fieldByteLimit)
    count += room(story.language, fieldByteLimit) + room(story.summary, summaryByteLimit)
    count += room(story.text, RecordLine.byteLimit)
    for category in story.categories.prefix(listCountLimit) {
      count += room(category, listFieldByteLimit) + 1
    }
    for enclosure in story.enclosures.prefix(listCountLimit) {
      count += enclosureFrameByteCount + room(enclosure.url, listFieldByteLimit)
      count += room(enclosure.type, listFieldByteLimit)
      count += room(enclosure.length, listFieldByteLimit)
    }
    return count
  }

  private static func writeHead(
    _ type: StaticString, _ seen: Timestamp? = nil, to line: inout LineWriter
  ) -> Int {
    line.write("{\"v\":1,\"type\":\"")
    line.write(type)
    line.write(seenKey)
    let offset = line.count
    if let seen { line.write(seen) } else { line.write(blankSeen) }
    line.write(UInt8(ascii: "\""))
    return offset
  }

  /// Returns where `published` stands.
  private static func writeFields(of story: Story, to line: inout LineWriter) -> Int? {
    line.write(",\"uid\":\"", story.id)
    if story.revision > 0 {
      line.write(",\"rev\":")
      line.writeDecimal(story.revision)
    }
    line.write(",\"feed\":", story.feed, limit: fieldByteLimit)
    line.write(",\"source\":", story.source, limit: fieldByteLimit)
    line.write(",\"id\":", story.guid, limit: fieldByteLimit)
    line.write(",\"link\":", story.link, limit: fieldByteLimit)
    line.write(",\"title\":", story.title, limit: fieldByteLimit)
    line.write(",\"author\":", story.author, limit: fieldByteLimit)
    let published = line.write(",\"published\":\"", story.published)
    _ = line.write(",\"updated\":\"", story.updated)
    line.write(",\"lang\":", story.language, limit: fieldByteLimit)
    writeLists(of: story, to: &line)
    return published
  }

  private static func writeLists(of story: Story, to line: inout LineWriter) {
    writeList(",\"categories\":", story.categories, to: &line) { category, line in
      line.writeJSON(category, limit: listFieldByteLimit)
    }
    writeList(",\"enclosures\":", story.enclosures, to: &line) { enclosure, line in
      line.write("{\"url\":", enclosure.url, limit: listFieldByteLimit)
      line.write(",\"type\":", enclosure.type, limit: listFieldByteLimit)
      line.write(",\"length\":", enclosure.length, limit: listFieldByteLimit)
      line.write(UInt8(ascii: "}"))
    }
  }

  private static func writeList<Element>(
    _ key: StaticString, _ elements: [Element], to line: inout LineWriter,
    _ write: (Element, inout LineWriter) -> Void
  ) {
    guard !elements.isEmpty else { return }
    line.write(key)
    var separator = UInt8(ascii: "[")
    for element in elements.prefix(listCountLimit) {
      line.write(separator)
      write(element, &line)
      separator = UInt8(ascii: ",")
    }
    line.write(UInt8(ascii: "]"))
  }

  /// The texts come last, and the longest takes what the limit leaves of the line.
  private static func writeTexts(
    of story: Story, omittingText: Bool, to line: inout LineWriter
  ) {
    line.write(",\"summary\":", story.summary, limit: summaryByteLimit)
    guard !omittingText else { return }
    line.write(",\"text\":")
    let reserved = RecordLine.trailerByteCount + 1 + closingByteCount
    let room = RecordLine.byteLimit - reserved - line.count
    if !line.writeJSON(story.text, limit: room) {
      line.write(",\"cut\":")
      line.writeDecimal(story.text.utf8.count)
    }
  }
}

extension StoryID {
  /// Of an identifier in a list: its digits, quotes and comma.
  fileprivate static let listedByteCount = 19
}

extension LineWriter {
  @inline(__always)
  fileprivate mutating func write(_ key: StaticString, _ id: StoryID) {
    write(key)
    writeHexadecimal(id.bits)
    write(UInt8(ascii: "\""))
  }

  /// Returns where the moment stands.
  @inline(__always)
  fileprivate mutating func write(_ key: StaticString, _ moment: Timestamp?) -> Int? {
    guard let moment else { return nil }
    write(key)
    let place = count
    write(moment)
    write(UInt8(ascii: "\""))
    return place
  }

  @inline(__always)
  fileprivate mutating func write(_ key: StaticString, _ text: String?, limit: Int) {
    guard let text else { return }
    write(key)
    writeJSON(text, limit: limit)
  }

  /// An unfilled checksum and the line feed.
  @inline(__always)
  fileprivate mutating func writeBlankTrailer() {
    write(RecordLine.trailerStart)
    writeHexadecimal(0)
    write("\"}\n")
  }
}
