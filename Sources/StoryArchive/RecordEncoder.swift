internal import Checksums
internal import Syndication

/// Writes archive lines: JSON with its keys in a fixed order, no white space, every control character
/// and line separator escaped.
///
/// By hand because the line is what the project exists for: three times as fast as JSONEncoder.
enum RecordEncoder {
  /// The most bytes of JSON that are kept of a title, an address or another short field.
  static let fieldByteLimit = 16 << 10
  static let summaryByteLimit = 64 << 10
  static let listCountLimit = 32
  /// The most bytes of JSON of one string in a list.
  static let listFieldByteLimit = 2 << 10
  /// What a cut note and the trailer may add after the text.
  private static let closingByteCount = 64
  /// Where the 24 bytes of `seen` stand after the start of each type's line.
  private static let seenKey: StaticString = "\",\"seen\":\""

  /// Appends the line of `record` with a blank checksum, and returns the offset of `seen` in it.
  static func append(_ record: ArchiveRecord, to bytes: inout [UInt8]) -> Int {
    let start = bytes.count
    let seen: Int
    switch record {
    case .story(let story, let cluster, let original):
      let omitsText = original != nil && story.text.isEmpty
      seen = appendHead(omitsText ? "copy" : "story", story.seen, to: &bytes)
      appendFields(of: story, to: &bytes)
      bytes.append(",\"cluster\":\"", cluster)
      if let original { bytes.append(",\"copyOf\":\"", original) }
      appendTexts(of: story, omittingText: omitsText, lineStart: start, to: &bytes)
    case .revision(let story):
      seen = appendHead("revision", story.seen, to: &bytes)
      appendFields(of: story, to: &bytes)
      appendTexts(of: story, omittingText: false, lineStart: start, to: &bytes)
    case .move(let story, let cluster, let moment):
      seen = appendHead("move", moment, to: &bytes)
      bytes.append(",\"story\":\"", story)
      bytes.append(",\"cluster\":\"", cluster)
    case .relocation(let feed, let address, let moment):
      seen = appendHead("relocation", moment, to: &bytes)
      bytes.append(",\"feed\":", feed, limit: fieldByteLimit)
      bytes.append(",\"link\":", address, limit: fieldByteLimit)
    case .removed(let stories, let moment):
      seen = appendHead("removed", moment, to: &bytes)
      appendStories(stories, to: &bytes)
    }
    RecordLine.appendBlankTrailer(to: &bytes)
    return seen - start
  }

  /// Appends the first line of a segment, and returns the offset of `seen` in it.
  static func append(_ header: SegmentHeader, to bytes: inout [UInt8]) -> Int {
    let start = bytes.count
    let seen = appendHead("segment", header.seen, to: &bytes)
    bytes.append(",\"ordinal\":")
    bytes.append(contentsOf: String(header.ordinal).utf8)
    bytes.append(",\"after\":\"", StoryID(bits: header.previousSum))
    RecordLine.appendBlankTrailer(to: &bytes)
    return seen - start
  }

  /// Appends the line that stands in the place of others and is followed by what followed from
  /// `replacedSum`, with a blank checksum.
  static func append(_ removal: RemovalLine, replacing replacedSum: UInt64, to bytes: inout [UInt8])
  {
    _ = appendHead("removed", removal.seen, to: &bytes)
    appendStories(removal.stories, to: &bytes)
    bytes.append(RecordLine.replacedSumStart, StoryID(bits: replacedSum))
    RecordLine.appendBlankTrailer(to: &bytes)
  }

  private static func appendStories(_ stories: [StoryID], to bytes: inout [UInt8]) {
    bytes.append(",\"uids\":[")
    for (place, story) in stories.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append("\"", story)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private static func appendHead(
    _ type: StaticString, _ seen: Timestamp, to bytes: inout [UInt8]
  ) -> Int {
    bytes.append("{\"v\":1,\"type\":\"")
    bytes.append(type)
    bytes.append(seenKey)
    let offset = bytes.count
    seen.appendRFC3339(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
    return offset
  }

  private static func appendFields(of story: Story, to bytes: inout [UInt8]) {
    bytes.append(",\"uid\":\"", story.id)
    if story.revision > 0 {
      bytes.append(",\"rev\":")
      bytes.append(contentsOf: String(story.revision).utf8)
    }
    bytes.append(",\"feed\":", story.feed, limit: fieldByteLimit)
    bytes.append(",\"source\":", story.source, limit: fieldByteLimit)
    bytes.append(",\"id\":", story.guid, limit: fieldByteLimit)
    bytes.append(",\"link\":", story.link, limit: fieldByteLimit)
    bytes.append(",\"title\":", story.title, limit: fieldByteLimit)
    bytes.append(",\"author\":", story.author, limit: fieldByteLimit)
    bytes.append(",\"published\":\"", story.published)
    bytes.append(",\"updated\":\"", story.updated)
    bytes.append(",\"lang\":", story.language, limit: fieldByteLimit)
    appendLists(of: story, to: &bytes)
  }

  private static func appendLists(of story: Story, to bytes: inout [UInt8]) {
    appendList(",\"categories\":", story.categories, to: &bytes) { category, bytes in
      bytes.appendJSON(category, limit: listFieldByteLimit)
    }
    appendList(",\"enclosures\":", story.enclosures, to: &bytes) { enclosure, bytes in
      bytes.append("{\"url\":", enclosure.url, limit: listFieldByteLimit)
      bytes.append(",\"type\":", enclosure.type, limit: listFieldByteLimit)
      bytes.append(",\"length\":", enclosure.length, limit: listFieldByteLimit)
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func appendList<Element>(
    _ key: StaticString, _ elements: [Element], to bytes: inout [UInt8],
    _ append: (Element, inout [UInt8]) -> Void
  ) {
    guard !elements.isEmpty else { return }
    bytes.append(key)
    var separator = UInt8(ascii: "[")
    for element in elements.prefix(listCountLimit) {
      bytes.append(separator)
      append(element, &bytes)
      separator = UInt8(ascii: ",")
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// The texts come last, and the longest takes what the limit leaves of the line.
  private static func appendTexts(
    of story: Story, omittingText: Bool, lineStart: Int, to bytes: inout [UInt8]
  ) {
    bytes.append(",\"summary\":", story.summary, limit: summaryByteLimit)
    guard !omittingText else { return }
    bytes.append(",\"text\":")
    let reserved = RecordLine.trailerByteCount + 1 + closingByteCount
    let room = RecordLine.byteLimit - reserved - (bytes.count - lineStart)
    if !bytes.appendJSON(story.text, limit: room) {
      bytes.append(",\"cut\":")
      bytes.append(contentsOf: String(story.text.utf8.count).utf8)
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ key: StaticString, _ id: StoryID) {
    append(key)
    appendHexadecimal(id.bits)
    append(UInt8(ascii: "\""))
  }

  fileprivate mutating func append(_ key: StaticString, _ moment: Timestamp?) {
    guard let moment else { return }
    append(key)
    moment.appendRFC3339(to: &self)
    append(UInt8(ascii: "\""))
  }

  fileprivate mutating func append(_ key: StaticString, _ text: String?, limit: Int) {
    guard let text else { return }
    append(key)
    appendJSON(text, limit: limit)
  }

  /// Appends a JSON string of at most `limit` bytes with its quotes, cut where a character starts;
  /// false when it was cut.
  @discardableResult
  package mutating func appendJSON(_ text: String, limit: Int) -> Bool {
    var text = text
    let room = count + limit - 1
    append(UInt8(ascii: "\""))
    let isWhole = text.withUTF8 { appendEscaped($0, upTo: room) }
    append(UInt8(ascii: "\""))
    return isWhole
  }

  /// Appends `utf8` with its escapes until the array has `room` bytes; false when it did not fit.
  private mutating func appendEscaped(
    _ utf8: UnsafeBufferPointer<UInt8>, upTo room: Int
  ) -> Bool {
    var start = 0
    while start < utf8.count {
      let end = utf8.firstToEscape(from: start)
      if count + (end - start) > room {
        let fitting = utf8.scalarBoundary(atMost: start + room - count)
        if fitting > start {
          append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<fitting]))
        }
        return false
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<end]))
      guard end < utf8.count else { return true }
      if count + 6 > room { return false }
      start = end + appendEscape(of: utf8, at: end)
    }
    return true
  }

  /// Appends the escape of the character at `place`, and returns how many bytes it has.
  private mutating func appendEscape(of utf8: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    switch utf8[place] {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case UInt8(ascii: "\n"): append("\\n")
    case UInt8(ascii: "\t"): append("\\t")
    case UInt8(ascii: "\r"): append("\\r")
    case 0xC2:
      appendUnicodeEscape(UInt16(utf8[place + 1]))
      return 2
    case 0xE2:
      appendUnicodeEscape(0x2000 | UInt16(utf8[place + 2] & 0x3F))
      return 3
    case let control: appendUnicodeEscape(UInt16(control))
    }
    return 1
  }

  private mutating func appendUnicodeEscape(_ unit: UInt16) {
    append("\\u")
    for place in 12..<16 { append(UInt64(unit).hexadecimalDigit(at: place)) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The last start of a character at or before `limit`, in valid UTF-8.
  fileprivate func scalarBoundary(atMost limit: Int) -> Int {
    guard limit < count else { return count }
    var place = Swift.max(limit, 0)
    while place > 0, self[place] & 0xC0 == 0x80 { place -= 1 }
    return place
  }

  /// Where the next C0 or C1 control, DEL, quote, backslash, U+2028 or U+2029 starts.
  fileprivate func firstToEscape(from start: Int) -> Int {
    var place = start
    while place < count {
      place += plainByteCount(from: place)
      guard place < count else { break }
      let byte = self[place]
      switch byte {
      case 0..<0x20, 0x22, 0x5C, 0x7F: return place
      case 0xC2 where self[place + 1] < 0xA0: return place
      case 0xE2 where self[place + 1] == 0x80 && self[place + 2] & 0xFE == 0xA8: return place
      default: place += 1
      }
    }
    return count
  }

  /// How many bytes from `place` on, in steps of eight, cannot begin what needs an escape.
  private func plainByteCount(from place: Int) -> Int {
    let raw = UnsafeRawBufferPointer(self)
    var end = place
    while end + 8 <= count {
      let bytes = raw.loadUnaligned(fromByteOffset: end, as: UInt64.self)
      guard bytes.isPlainASCII || bytes.isPlain else { break }
      end += 8
    }
    return end - place
  }
}

/// Eight bytes looked at as one word.
///
/// Source: Sean Eron Anderson, "Bit Twiddling Hacks", "Determine if a word has a zero byte" and "…has
/// a byte less than n". SIMD16 would do it in fewer steps, but its masks are not inlined.
extension UInt64 {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Whether none of the bytes begins what needs an escape.
  @inline(__always)
  fileprivate var isPlain: Bool {
    !hasByte(below: 0x20) && !hasByte(0x22) && !hasByte(0x5C) && !hasByte(0x7F) && !hasByte(0xC2)
      && !hasByte(0xE2)
  }

  /// Whether, besides, all of them are ASCII: then one look at their highest bits tells. A borrow or a
  /// carry comes from a byte that tells already.
  @inline(__always)
  fileprivate var isPlainASCII: Bool {
    let quotes = (self ^ UInt64.ones &* 0x22) &- UInt64.ones
    let backslashes = (self ^ UInt64.ones &* 0x5C) &- UInt64.ones
    let controls = self &- UInt64.ones &* 0x20
    let deletes = self &+ UInt64.ones
    return (self | quotes | backslashes | controls | deletes) & UInt64.highBits == 0
  }

  /// For limits up to 128.
  @inline(__always)
  private func hasByte(below limit: UInt8) -> Bool {
    (self &- UInt64.ones &* UInt64(limit)) & ~self & UInt64.highBits != 0
  }

  @inline(__always)
  private func hasByte(_ byte: UInt8) -> Bool {
    (self ^ UInt64.ones &* UInt64(byte)).hasByte(below: 1)
  }
}
