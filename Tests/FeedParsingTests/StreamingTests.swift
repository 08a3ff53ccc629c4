import FeedParsing
import Syndication
import TestNumbers
import Testing

/// Entries handed over while a document is read.
@Suite struct StreamingTests {
  struct Stop: Error {}

  private static let small = ParseRequest(url: "https://news.example/feed")

  @Test(arguments: 1...40)
  func `an attribute that is no name changes nothing else, however much is read at once`(
    windowByteCount: Int
  ) throws {
    let bytes = Array(
      "<channel><title>Quay</title><site x fog:bell:1\">5</site><image><url>u</url></image></channel>"
        .utf8)
    let whole = try FeedParser.parse(bytes, ParseRequest())
    let other = try FeedParser.parse(
      bytes, ParseRequest(), windowByteCount: windowByteCount, receive: { _ in }
    ).get()
    #expect(other.properties == whole.properties)
    #expect(whole.properties.image?.url == "u")
  }

  @Test func `entries come in document order and the feed after them`() throws {
    let items = (0..<500).map { "<item><title>Item \($0)</title></item>" }.joined()
    let document = "<rss><channel>\(items)<title>Harbour</title></channel></rss>"
    var titles: [String?] = []
    let feed = try FeedParser.parse(
      Array(document.utf8), StreamingTests.small, windowByteCount: 1000
    ) { titles.append($0.title?.value) }.get()
    #expect(titles == (0..<500).map { "Item \($0)" })
    #expect(feed.properties.title?.value == "Harbour")
    #expect(feed.entries.isEmpty)
  }

  @Test func `an error of the receiver ends the reading and is thrown`() {
    let items = (0..<500).map { "<item><title>Item \($0)</title></item>" }.joined()
    var count = 0
    #expect(throws: Stop.self) {
      _ = try FeedParser.parse(
        Array("<rss><channel>\(items)</channel></rss>".utf8), StreamingTests.small,
        windowByteCount: 1000
      ) { _ in
        count += 1
        if count == 7 { throw Stop() }
      }
    }
    #expect(count == 7)
  }

  @Test func `what is no feed gives no entry`() {
    let result = FeedParser.parse(Array("<html><body>x".utf8), ParseRequest()) { _ in
      Issue.record("an entry")
    }
    #expect(throws: FeedParsingError.self) { try result.get() }
  }

  @Test(arguments: TruncationTests.documents + RepairTests.breakages.map(\.document))
  func `the size of the window does not matter`(document: String) {
    for window in [1, 2, 3, 5, 8, 13, 21, 34] { compare(document, window, "window \(window)") }
  }

  /// Pieces of mark-up in random order, read in windows of random sizes, from a printed seed.
  @Test(arguments: [11, 12, 13, 14] as [UInt64])
  func `the size of the window does not matter to noise`(seed: UInt64) {
    let pieces = [
      "<item>", "</item>", "<title>", "</title>", "<description>", "</description>", "<![CDATA[",
      "]]>", "<!-- x -->", "<enclosure url=\"/a.mp3\"/>", "&lt;p&gt;", "&amp;", "& ", "< ",
      "words ",
      "\r\n", "\u{1}", "é", "\u{FFFE}", "<br>", "<guid isPermaLink='false'>", "</guid>",
      "<content type='xhtml'>", "<div>", "</div>", "</content>", "<?x?>", "&nbsp;", "&#150;",
      String(repeating: "long text ", count: 12), "<dc:date>2026-11-01</dc:date>", "</channel>",
      "<unknown:x a='b'>", "</unknown:x>", "<item/>",
    ]
    var generator = SeededNumbers(seed: seed)
    for round in 0..<40 {
      var document =
        round % 2 == 0 ? "<rss><channel>" : "<feed xmlns='http://www.w3.org/2005/Atom'>"
      for _ in 0..<60 { document += pieces[generator.next(below: pieces.count)] }
      for window in [1, 2, generator.next(below: 30) + 3, generator.next(below: 300) + 30] {
        compare(document, window, "seed \(seed), round \(round), window \(window)")
      }
    }
  }

  private func compare(_ document: String, _ window: Int, _ comment: Comment) {
    let bytes = Array(document.utf8)
    for isWhole in [true, false] {
      var request = ParseRequest(url: "https://news.example/feed", isWhole: isWhole)
      request.limits.textByteLimit = 300
      var entries: [Entry] = []
      let streamed = FeedParser.parse(bytes, request, windowByteCount: window) {
        entries.append($0)
      }
      let whole = FeedParser.parse(bytes, request, windowByteCount: bytes.count + 1) { _ in }
      let collected = try? FeedParser.parse(bytes, request)
      #expect(entries == collected?.entries ?? [], comment)
      #expect((try? streamed.get().defects) == (try? whole.get().defects), comment)
      #expect((try? streamed.get().properties) == (try? whole.get().properties), comment)
      #expect((try? streamed.get().version) == collected?.version, comment)
    }
  }
}
