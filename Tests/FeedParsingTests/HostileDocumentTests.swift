import FeedParsing
import Syndication
import Testing

/// Documents made to hurt a parser. Each must end with a feed or an error, in bounded time (the whole
/// suite runs in a second or two) and with output no larger than its input.
@Suite struct HostileDocumentTests {
  @Test func `entities that double nine times expand to nothing`() throws {
    let declarations = (1...9).map { level in
      "<!ENTITY e\(level) \"\(String(repeating: "&e\(level - 1);", count: 10))\">"
    }.joined()
    let feed = try parse(
      "<!DOCTYPE rss [<!ENTITY e0 \"ha\">\(declarations)]>" + rss(item: "<title>A&e9;B</title>"))
    #expect(feed.entries.first?.title?.value == "A&e9;B")
  }

  @Test func `one long entity used often stays within its budget`() throws {
    let text = String(repeating: "x", count: 250)
    let uses = String(repeating: "&long;", count: 100_000)
    let feed = try parse(
      "<!DOCTYPE rss [<!ENTITY long \"\(text)\">]>"
        + rss(item: "<description>\(uses)</description>"))
    let size = try #require(feed.entries.first?.summary?.value.utf8.count)
    #expect(size < 1_048_576 + uses.utf8.count)
  }

  @Test func `external entities are text`() throws {
    let feed = try parse(
      "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/hostname\"><!ENTITY % p SYSTEM \"http://127.0.0.1/\">%p;]>"
        + rss(item: "<title>A&x;B</title>"))
    #expect(feed.entries.first?.title?.value == "A&x;B")
  }

  @Test(arguments: ["div", "rss", "x:y"])
  func `two hundred thousand nested elements are cut at the depth limit`(name: String) throws {
    let deep = String(repeating: "<\(name)>", count: 200_000)
    let feed = try parse(rss(item: "<title>Deep</title><description>\(deep)end</description>"))
    #expect(feed.entries.contains { $0.title?.value == "Deep" })
    #expect(!feed.defects.isEmpty)
  }

  @Test func `unknown elements that never end take no later entry with them`() throws {
    let unclosed = (0..<1000).map { "<u\($0)>x" }.joined()
    let items =
      "<item><title>One</title>\(unclosed)</item>"
      + "<item><title>Two</title><guid>2</guid><description>D</description></item>"
    let feed = try parse("<rss><channel>\(items)<title>Quay</title></channel></rss>")
    #expect(feed.entries.map(\.title?.value) == ["One", "Two"])
    #expect(feed.entries.map(\.guid) == [nil, "2"])
    #expect(feed.entries.last?.summary?.value == "D")
    #expect(feed.properties.title?.value == "Quay")
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `more names than there may be cost the names, not the entries`() throws {
    let names = (0..<20_000).map { "<n\($0) a\($0)='x'>x</n\($0)>" }.joined()
    let items =
      "<item><title>One</title><guid>1</guid>\(names)</item>"
      + "<item><title>Two</title><guid>2</guid></item>"
    let feed = try parse("<rss><channel>\(items)</channel></rss>")
    #expect(feed.entries.map(\.title?.value) == ["One", "Two"])
    #expect(feed.entries.map(\.guid) == ["1", "2"])
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `items that never end are items one after the other`() throws {
    let items = String(repeating: "<item><title>Again</title>", count: 10_000)
    let feed = try parse("<rss><channel>\(items)</channel></rss>")
    #expect(feed.entries.count == 10_000)
    #expect(feed.defects.map(\.kind) == [.malformed, .malformed])
  }

  @Test func `forty thousand attributes on a tag are cut at their limit`() throws {
    let attributes = (0..<40_000).map { " a\($0)=''" }.joined()
    let feed = try parse(
      rss(item: "<title>Kept</title><enclosure url='/a.mp3'\(attributes)/><guid>1</guid>"))
    #expect(feed.entries.map(\.title?.value) == ["Kept"])
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `a hundred thousand namespaces are cut at their limit`() throws {
    let nested = (0..<2000).map { number in
      "<a" + (0..<50).map { " xmlns:p\(number)x\($0)='urn:\(number):\($0)'" }.joined() + ">"
    }.joined()
    let feed = try parse(rss(item: "<title>Kept</title><description>\(nested)</description>"))
    #expect(feed.entries.first?.title?.value == "Kept")
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `an attribute of twenty megabytes costs its tag and nothing else`() throws {
    let huge = String(repeating: "x", count: 20 << 20)
    let feed = try parse(
      rss(item: "<title>Kept</title><enclosure url=\"/\(huge)\"/><guid>after</guid>"))
    #expect(feed.entries.first?.guid == "after")
    #expect(feed.entries.first?.enclosures == [])
  }

  /// Each makes a careless scanner read on to the end of the document, again and again.
  @Test(arguments: [
    "</c", "<?x>", "<a b=\"<a \" ", "<a b='", "<a b ", "<!x '", "<![CDATA[", "&", "]]", "<!--",
  ])
  func `what never ends is not looked for twice`(piece: String) throws {
    let feed = try parse(
      rss(item: "<title>Kept</title><description>" + String(repeating: piece, count: 30_000)))
    #expect(feed.entries.first?.title?.value == "Kept")
  }

  @Test func `names without end are cut at their limit`() throws {
    let elements = (0..<20_000).map { "<n\($0) a\($0)='1'/>" }.joined()
    let feed = try parse(rss(item: elements + "<title>Kept</title>"))
    #expect(feed.entries.first?.title?.value == "Kept")
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `a list without end is cut at its limit`() throws {
    let authors = (0..<3000).map { "<author>A\($0)</author>" }.joined()
    let feed = try parse(rss(item: authors))
    #expect(feed.entries.first?.authors.count == 1000)
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `a text beyond its limit is cut with a defect`() throws {
    var request = ParseRequest()
    request.limits.textByteLimit = 1000
    let long = String(repeating: "long ", count: 1000)
    let feed = try parse(
      rss(item: "<description>\(long)</description><title>Short</title>"), request)
    #expect(feed.entries.first?.title?.value == "Short")
    #expect(feed.entries.first?.summary?.value == String(long.prefix(999)))
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `a text is cut before the character and the reference that reach beyond the limit`()
    throws
  {
    var request = ParseRequest()
    request.limits.textByteLimit = 10
    let feed = try parse(
      "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>123456789é</title>"
        + "<summary type='application/xml'>1234567&amp;8</summary><rights>after</rights></entry></feed>",
      request)
    #expect(feed.entries.first?.title?.value == "123456789")
    #expect(feed.entries.first?.summary?.value == "1234567")
    #expect(feed.entries.first?.rights?.value == "after")
  }

  @Test(arguments: [
    "<media:content url='/NUMBER.jpg'/>", "<media:thumbnail url='/NUMBER.jpg'/>",
    "<media:credit>NUMBER</media:credit>", "<podcast:person>NUMBER</podcast:person>",
    "<podcast:transcript url='/NUMBER'/>", "<podcast:funding url='/NUMBER'/>",
    "<psc:chapter start='NUMBER'/>", "<category>NUMBER</category>", "<link href='/NUMBER'/>",
    "<enclosure url='/NUMBER'/>",
  ])
  func `every list ends at its limit`(element: String) throws {
    let number = 3000
    let elements = (0..<number).map { element.replacing("NUMBER", with: String($0)) }.joined()
    let feed = try parse(rss(item: elements + "<title>Kept</title>"))
    let entry = try #require(feed.entries.first)
    #expect(entry.title?.value == "Kept")
    let longest = [
      entry.media?.content.count, entry.media?.thumbnails.count, entry.media?.credits.count,
      entry.podcast?.participants.count, entry.podcast?.transcripts.count,
      entry.podcast?.funding.count, entry.chapters?.chapters.count, entry.categories.count,
      entry.links.count, entry.enclosures.count,
    ].compactMap { $0 }.max()
    #expect(longest == 1000)
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `entries beyond the limit are dropped with a defect`() throws {
    var request = ParseRequest()
    request.limits.entryCount = 3
    let items = (0..<10).map { "<item><title>\($0)</title></item>" }.joined()
    let feed = try parse("<rss><channel>\(items)</channel></rss>", request)
    #expect(feed.entries.count == 3)
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `NUL and control characters vanish and the words around them stay`() throws {
    let feed = try FeedParser.parse(
      Array(
        rss(item: "<title>A\u{0}B\u{8}C&#0;D&#xB;E&#xFFFE;F\u{FFFF}G</title><guid>g\u{0}1</guid>")
          .utf8),
      ParseRequest())
    #expect(feed.entries.first?.title?.value == "ABCDEFG")
    #expect(feed.entries.first?.guid == "g1")
    #expect(feed.defects.contains { $0.kind == .forbiddenCharacters })
  }

  @Test func `a million processing instructions and comments are nothing`() throws {
    let noise = String(repeating: "<?p?><!---->", count: 250_000)
    let feed = try parse(rss(item: "<title>A\(noise)B</title>"))
    #expect(feed.entries.first?.title?.value == "AB")
  }

  @Test func `digits in text are not taken for the tokens that stand for text`() throws {
    let feed = try parse(rss(item: "<title>0;1;2;</title><guid>3;</guid><category>7;</category>"))
    #expect(feed.entries.first?.title?.value == "0;1;2;")
    #expect(feed.entries.first?.guid == "3;")
    #expect(feed.entries.first?.categories == [Category(term: "7;")])
  }

  @Test func `nested arrays of JSON end at the depth limit`() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: FeedParsingError.self) {
      try parse("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":\(deep)")
    }
  }

  @Test func `the first of two equal keys of JSON counts, and huge numbers stay text`() throws {
    let feed = try parse(
      "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"One\",\"title\":\"Two\",\"items\":[{\"id\":1e999}]}"
    )
    #expect(feed.properties.title?.value == "One")
    #expect(feed.entries.first?.guid == "1e999")
  }

  @Test func `addresses with a scheme that runs code are dropped`() throws {
    let feed = try parse(
      rss(
        item:
          "<link> jAva\tscript:alert(1)</link><guid>javascript:alert(2)</guid><enclosure url='vbscript:x'/>"
      ))
    #expect(feed.entries.first?.permalink == nil)
    #expect(feed.entries.first?.enclosures == [])
    #expect(feed.defects.contains { $0.kind == .address })
  }

  /// Every document that differs from a good one in one byte, for bytes that mean something.
  @Test func `a document with one wrong byte is read or refused`() throws {
    let good = Array(
      "<?xml version=\"1.0\"?><rss version='2.0'><channel><item a=\"b\"><title>A &amp; <![CDATA[B]]></title></item></channel></rss>"
        .utf8)
    for place in good.indices {
      for byte in [
        0x00, 0x0A, 0x22, 0x26, 0x27, 0x2F, 0x3B, 0x3C, 0x3D, 0x3E, 0x5D, 0x80, 0xEF, 0xFF,
      ] as [UInt8] {
        var bytes = good
        bytes[place] = byte
        let feed = try? FeedParser.parse(bytes, ParseRequest())
        #expect((feed?.entries.count ?? 0) <= 2)
      }
    }
  }

  /// A linear congruential generator: the same documents on every machine.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `random mark-up is read or refused`(seed: UInt64) {
    let pieces = [
      "<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<![CDATA[", "]]>", "<!--",
      "-->",
      "<a href=\"", "\"", "'", ">", "<", "&", "&lt;", "&#", "x", " ", "<?", "?>", "<!DOCTYPE", "[",
      "]",
      "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<content type='xhtml'>", "</div>",
      "xmlns:a='",
    ]
    var state = seed
    for _ in 0..<2000 {
      var text = "<rss><channel>"
      for _ in 0..<40 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int((state >> 33) % UInt64(pieces.count))]
      }
      let request = ParseRequest(isWhole: state & 1 == 0, sanitizesHTML: state & 2 == 0)
      let feed = try? parse(text, request)
      #expect((feed?.entries.count ?? 0) <= 40, "seed \(seed): \(text)")
    }
  }

  private func rss(item: String) -> String {
    "<rss version=\"2.0\"><channel><title>T</title><item>\(item)</item></channel></rss>"
  }
}
