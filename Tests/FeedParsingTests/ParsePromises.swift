import FeedParsing
import Syndication

/// What the parser promises for whatever bytes it is given.
struct ParsePromises {
  private let bytes: [UInt8]
  private let request: ParseRequest
  private(set) var broken: [String] = []

  /// The promises that parsing `bytes` breaks; empty when it keeps them all.
  static func broken(by bytes: [UInt8], _ request: ParseRequest) -> [String] {
    var promises = ParsePromises(bytes: bytes, request: request)
    promises.check()
    return promises.broken
  }

  /// One of the many ways to read a document, chosen by two bytes.
  static func request(_ first: UInt8, _ second: UInt8) -> ParseRequest {
    var request = ParseRequest(
      url: [nil, "https://news.test/dir/feed.xml", "http://[::1]/", "feed:x"][Int(first & 3)],
      contentType: contentTypes[Int(second) % contentTypes.count],
      contentLocation: first & 4 == 0 ? nil : "other/feed.xml",
      contentLanguage: first & 8 == 0 ? nil : "en",
      isWhole: first & 16 != 0, keepsUnfinishedEntry: first & 32 != 0,
      sanitizesHTML: first & 64 != 0)
    guard first & 128 != 0 else { return request }
    request.limits.entryCount = 3
    request.limits.depth = 12
    request.limits.attributesPerTag = 4
    request.limits.tagByteLimit = 200
    request.limits.textByteLimit = 300
    return request
  }

  private static let contentTypes = [
    nil, "application/rss+xml", "text/xml; charset=utf-8", "text/xml; charset=iso-8859-1",
    "application/atom+xml; charset=utf-16", "text/html; charset=windows-1251", "application/json",
    "text/plain; charset=gb2312", "text/xml; charset=shift_jis", "text/xml; charset=utf-7",
    "application/xml; charset=utf-32be", "text/xml; charset=\"no such thing\"",
    "text/xml; charset=iso-2022-jp", "text/xml; charset=euc-kr", "text/xml; charset=utf-16le",
  ]

  private init(bytes: [UInt8], request: ParseRequest) {
    self.bytes = bytes
    self.request = request
  }

  private mutating func check() {
    let feed: ParsedFeed
    do throws(FeedParsingError) {
      feed = try FeedParser.parse(bytes, request)
    } catch {
      checkJSON(NormalizedDocument.json(of: error))
      expect(!error.detail.isEmpty, "a refusal without a reason")
      return
    }
    expect(feed.entries.count <= request.limits.entryCount, "\(feed.entries.count) entries")
    for entry in feed.entries { check(entry) }
    checkJSON(NormalizedDocument.json(of: feed))
    checkWindows(of: feed)
    checkCuts(of: feed)
  }

  private mutating func check(_ entry: Entry) {
    for text in [entry.title, entry.subtitle, entry.summary, entry.content, entry.rights] {
      guard let text else { continue }
      if request.sanitizesHTML {
        guard text.kind == .html else { continue }
        let problems = HTMLStrictMarkup.problems(in: text.value, allowsRelativeAddresses: true)
        expect(problems.isEmpty, "unsafe HTML: \(problems)")
      } else {
        let size = text.value.utf8.count
        // Text between mark-up is escaped after it was counted.
        expect(size <= request.limits.textByteLimit * 6, "a text of \(size) bytes")
      }
    }
    for count in [
      entry.links.count, entry.authors.count, entry.categories.count, entry.enclosures.count,
    ] {
      expect(count <= 1000, "a list of \(count)")
    }
  }

  private static let addressKeys: Set<String> = [
    "link", "original_link", "href", "url", "comments", "comments_feed", "comments_post",
    "content_src", "icon", "logo", "docs", "player", "new_url", "licenses",
  ]

  private mutating func checkJSON(_ json: [UInt8]) {
    guard let read = StrictJSON(json) else {
      broken.append("not JSON: \(String(decoding: json, as: UTF8.self))")
      return
    }
    for (key, value) in read.strings {
      let isClean = value.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control || "\t\n\r".unicodeScalars.contains($0)
      }
      expect(isClean, "a control character in \(key): \(value.debugDescription)")
      guard Self.addressKeys.contains(key) else { continue }
      expect(WebAddress.isSafe(value), "an unsafe address in \(key): \(value.debugDescription)")
    }
  }

  /// What is read does not depend on how much of it is looked at in one go.
  private mutating func checkWindows(of feed: ParsedFeed) {
    var entries: [Entry] = []
    let size = 1 + bytes.count % 97
    let other = FeedParser.parse(bytes, request, windowByteCount: size) { entries.append($0) }
    guard var other = try? other.get() else {
      broken.append("no feed in windows of \(size)")
      return
    }
    other.entries = entries
    other.orderAsListed()
    expect(other.entries == feed.entries, "other entries in windows of \(size)")
    // Once there are entries enough, what follows is read to the end of the window.
    guard feed.entries.count < request.limits.entryCount else { return }
    expect(
      other.properties == feed.properties,
      "in windows of \(size) another feed: \(feed.properties) and \(other.properties)")
    expect(other.defects == feed.defects, "other defects in windows of \(size): \(other.defects)")
  }

  /// A transfer that was cut gives the first of the whole document's entries, none of them halved.
  private mutating func checkCuts(of feed: ParsedFeed) {
    // What is mended may be mended in another way once more of it is known.
    // And a document's own list of its entries may put what was cut off before what was not.
    guard feed.defects.isEmpty, feed.listing.isEmpty else { return }
    var request = request
    request.isWhole = false
    guard let whole = try? FeedParser.parse(bytes, request) else { return }
    for numerator in [1, 2, 3] {
      let length = bytes.count * numerator / 4
      guard let cut = try? FeedParser.parse(Array(bytes[..<length]), request),
        cut.encoding == whole.encoding, cut.format == whole.format
      else { continue }
      let count = cut.entries.count
      expect(
        cut.entries.map(\.guid) == whole.entries.prefix(count).map(\.guid)
          && cut.entries.map(\.title?.value) == whole.entries.prefix(count).map(\.title?.value),
        "cut at \(length): \(count) other entries")
    }
  }

  private mutating func expect(_ holds: Bool, _ complaint: @autoclosure () -> String) {
    if !holds { broken.append(complaint()) }
  }
}
