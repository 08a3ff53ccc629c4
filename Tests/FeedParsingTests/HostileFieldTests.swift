import FeedParsing
import Syndication
import Testing

/// Single fields made to hurt: what they cost is their own value at most.
@Suite struct HostileFieldTests {
  @Test func `a name of megabytes costs its tag and nothing else`() throws {
    let name = String(repeating: "n", count: 9 << 20)
    for tag in ["<\(name)/>", "<x \(name)='1'/>"] {
      let feed = try parse(rss("<title>Calm</title>\(tag)<guid>after</guid>"))
      #expect(feed.entries.map(\.guid) == ["after"])
      #expect(feed.defects.contains { $0.kind == .limit })
    }
  }

  @Test func `identifiers of XML are not collected`() throws {
    let marked = (0..<200_000).map { "<x xml:id='i\($0)'/>" }.joined()
    let equal = String(repeating: "<x xml:id='i'/>", count: 200_000)
    for marks in [marked, equal] {
      let feed = try parse(rss("\(marks)<title>Calm</title>"))
      #expect(feed.entries.map(\.title?.value) == ["Calm"])
    }
  }

  @Test func `control characters and escapes leave a title, by reference too`() throws {
    let forbidden = (1...0x1F).filter { !(9...13).contains($0) }
    let bytes = forbidden.map { String(UnicodeScalar(UInt8($0))) }.joined()
    let references = (forbidden + [0, 0xFFFE, 0xFFFF, 0xD800, 0x11_0000]).map { "&#\($0);" }
      .joined()
    let feed = try parse(rss("<title>Red \(bytes)sky\(references) at night</title>"))
    #expect(feed.entries.first?.title?.value == "Red sky at night")
  }

  @Test(
    arguments: [
      [0xE9], [0xC0, 0xAF], [0xC0, 0xBC], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xFF, 0xFE],
    ] as [[UInt8]])
  func `bytes that are no UTF-8 join no words and hide no entry`(bytes: [UInt8]) throws {
    let parts = rss("<title>Word | word</title></item><item><title>Next</title>")
      .split(separator: "|").map { Array($0.utf8) }
    let feed = try FeedParser.parse(parts[0] + bytes + parts[1], ParseRequest())
    let title = try #require(feed.entries.first?.title?.value)
    #expect(title.hasPrefix("Word ") && title.hasSuffix(" word"))
    #expect(!title.unicodeScalars.contains { $0.value < 0x20 || $0 == "/" || $0 == "<" })
    #expect(feed.entries.last?.title?.value == "Next")
    #expect(feed.defects.contains { $0.kind == .encoding })
  }

  @Test(arguments: [
    ("A ]]> B", "A ]]> B"), ("<![CDATA[A ]]]]><![CDATA[> B]]>", "A ]]> B"),
    ("<![CDATA[A]]> ]]> B", "A ]]> B"), ("<![CDATA[A <![CDATA[ B ]]> C", "A <![CDATA[ B  C"),
  ])
  func `ends of CDATA in odd places are text`(source: String, title: String) throws {
    let feed = try parse(rss("<title>\(source)</title><guid>1</guid></item><item><guid>2</guid>"))
    #expect(feed.entries.map(\.guid) == ["1", "2"])
    #expect(feed.entries.first?.title?.value == title)
  }

  @Test func `base64 hides no control characters`() throws {
    let feed = try parse(
      "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><info mode='base64'>YQBiDmM=</info></feed>"
    )
    #expect(feed.properties.information?.value == "abc")
  }

  @Test func `the first guid of an entry is its identity`() throws {
    let feed = try parse(
      rss("<guid>https://news.test/1</guid><guid isPermaLink='false'>2</guid><guid/>"))
    #expect(feed.entries.map(\.guid) == ["https://news.test/1"])
    #expect(feed.entries.first?.permalink == "https://news.test/1")
  }

  @Test func `tags in a processing instruction are a defect`() throws {
    let feed = try parse(rss("<title>A<?php b</title></item><item><title>?>C</title><?c d?>"))
    #expect(feed.defects.map(\.kind) == [.malformed])
  }

  @Test func `entries stay apart whatever their guids are`() throws {
    let long = String(repeating: "g", count: 1 << 20)
    let guids = [
      "same", "same", "a", "a\u{0}", "a b", "a  b", "caf\u{E9}", "cafe\u{301}", long, "",
    ]
    let items = guids.enumerated().map { "<title>\($0)</title><guid>\($1)</guid>" }
    let feed = try parse(rss(items.joined(separator: "</item><item>")))
    #expect(feed.entries.map(\.title?.value) == guids.indices.map { "\($0)" })
    #expect(
      feed.entries.map { $0.guid.map { Array($0.utf8) } }
        == guids.map {
          $0.isEmpty ? nil : Array($0.utf8).filter { $0 != 0 }
        })
  }

  @Test func `entries that say nothing are entries`() throws {
    let feed = try parse(
      "<rss><channel><item/><item></item><item><title>A</title></item></channel></rss>")
    #expect(feed.entries.count == 3)
  }

  /// Every place of an address, in RSS and in Atom.
  @Test(arguments: [
    "javascript:alert(1)", " jAva\tscript:alert(1)", "java&#10;script:alert(1)", "vbscript:x",
    "data:text/html,x", "feed:javascript:alert(1)", "javascript&amp;colon;alert(1)",
  ])
  func `no field gives an address that runs`(address: String) throws {
    let parts = ["url", "href", "uri"].map { "\($0)='\(address)'" }.joined(separator: " ")
    let names = [
      "link", "comments", "wfw:comment", "wfw:commentRss", "feedburner:origLink", "source",
      "enclosure", "media:content", "media:thumbnail", "media:player", "itunes:image", "icon",
      "logo", "docs", "cc:license", "itunes:new-feed-url", "generator",
    ]
    let said = names.map { "<\($0) \(parts)>\(address)</\($0)>" }.joined()
    let person = "<author><name>N</name><uri>\(address)</uri></author>"
    let image = "<image><url>\(address)</url><link>\(address)</link></image>"
    let reply = "<thr:in-reply-to ref='r' href='\(address)' source='\(address)'/>"
    let rss = "<rss><channel>\(said)\(image)<item>\(said)\(person)\(reply)</item></channel></rss>"
    let atom =
      "<feed xmlns='http://www.w3.org/2005/Atom'>\(said)\(person)<entry>\(said)\(person)<content src='\(address)'/></entry></feed>"
    for document in [rss, atom] {
      let feed = try parse(document)
      #expect(feed.entries.count == 1)
      let addresses = Self.addresses(of: feed)
      #expect(addresses.filter { !WebAddress.isSafe($0) } == [])
    }
  }

  private static func addresses(of feed: ParsedFeed) -> [String] {
    let (properties, entry) = (feed.properties, feed.entries[0])
    let links = (properties.links + entry.links).map(\.href)
    let media =
      (entry.media?.content ?? []).map(\.url) + (entry.media?.thumbnails ?? []).compactMap(\.url)
    let single = [
      properties.permalink, properties.icon, properties.logo, properties.image?.url,
      properties.image?.link, properties.documentation, properties.generator?.url,
      properties.hints.newAddress, entry.permalink, entry.publishedLink, entry.contentSource,
      entry.comments, entry.commentsFeed, entry.commentsPost, entry.image, entry.media?.player,
      entry.source?.properties.permalink, entry.inReplyTo?.href, entry.inReplyTo?.source,
    ].compactMap(\.self)
    let persons = (properties.authors + entry.authors).compactMap(\.url)
    return links + media + single + persons + entry.enclosures.map(\.url) + entry.licenses
  }

  /// What a story leaves open ends with it, in every kind of feed.
  @Test(arguments: [
    "<b>", "<a href='", "<img alt=\"", "<table><tr><td>", "<!--", "<script>", "<style>",
    "<textarea>", "<xmp>", "<plaintext>", "<select><option>", "<svg><desc>", "<iframe>",
    "</div></body>",
  ])
  func `an open element ends with its story`(html: String) throws {
    let escaped = html.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    let calm = "<description>&lt;p&gt;Calm.&lt;/p&gt;</description>"
    for text in [escaped, "<![CDATA[\(html)]]>"] {
      let feed = try parse(
        rss("<description>Storm. \(text)</description></item><item>\(calm)"),
        ParseRequest(sanitizesHTML: true))
      #expect(feed.entries.count == 2)
      #expect(feed.entries.first?.summary?.value.hasPrefix("Storm.") == true)
      #expect(feed.entries.last?.summary?.value == "<p>Calm.</p>")
    }
  }

  @Test(arguments: [
    "<script>attack()</script>Calm", "<img src=x onerror=attack()>Calm",
    "<b onclick=attack()>Calm</b>",
    "<iframe src=//evil.test></iframe>Calm",
  ])
  func `a title runs nothing and reads as text`(html: String) throws {
    let escaped = html.replacing("<", with: "&lt;")
    for title in [escaped, "<![CDATA[\(html)]]>"] {
      let feed = try parse(rss("<title>\(title)</title>"), ParseRequest(sanitizesHTML: true))
      let title = try #require(feed.entries.first?.title)
      if title.kind == .html { #expect(HTMLStrictMarkup.problems(in: title.value) == []) }
      let line = title.kind == .html ? PlainText.line(ofHTML: title.value) : title.value
      #expect(line.contains("Calm"))
    }
  }

  /// Each of these once took time that grew with the square of its length.
  @Test(arguments: [
    "<author>ann@example.com\(String(repeating: ",", count: 300_000))</author>",
    (0..<999).map { "<category>c\(String(1000 + $0))</category>" }.joined()
      + String(repeating: "<category>c1998</category>", count: 30_000),
  ])
  func `a list that repeats itself is read in one pass`(fields: String) throws {
    let feed = try parse(rss(fields + "<title>Calm</title>"))
    let entry = try #require(feed.entries.first)
    #expect(entry.title?.value == "Calm")
    #expect(entry.authors == [] || entry.authors == [Person(email: "ann@example.com")])
    #expect(Set(entry.categories).count == entry.categories.count)
    #expect(entry.categories.isEmpty || entry.categories.count == 999)
  }

  /// The bases would make sixty megabytes of a hundred kilobytes.
  @Test(arguments: [false, true])
  func `a long base does not stand before every address`(isJSON: Bool) throws {
    let base = "https://news.test/" + String(repeating: "x", count: 30_000) + "/"
    let items = (0..<2000).map {
      isJSON ? "{\"id\":\"\($0)\",\"url\":\"\($0)\"}" : "<item><link>\($0)</link></item>"
    }
    let document =
      isJSON
      ? "{\"feed_url\":\"\(base)\",\"items\":[\(items.joined(separator: ","))]}"
      : "<rss xml:base='\(base)'><channel>\(items.joined())</channel></rss>"
    let feed = try FeedParser.parse(Array(document.utf8), ParseRequest())
    let links = feed.entries.compactMap(\.permalink)
    #expect(links.count == 2000)
    #expect(links.first == base + "0")
    #expect(links.last == "1999")
    #expect(links.reduce(0) { $0 + $1.utf8.count } < 3 << 20)
    #expect(feed.defects.contains { $0.kind == .limit })
  }

  @Test func `a long base does not stand in every text`() throws {
    let base = "https://news.test/" + String(repeating: "x", count: 30_000) + "/"
    let items = String(
      repeating: "<item><description>&lt;img src=a&gt;</description></item>", count: 1000)
    let feed = try parse(
      "<rss xml:base='\(base)'><channel>\(items)</channel></rss>",
      ParseRequest(sanitizesHTML: true))
    let texts = feed.entries.compactMap(\.summary?.value)
    #expect(texts.first == "<img src=\"\(base)a\">")
    #expect(texts.reduce(0) { $0 + $1.utf8.count } < 3 << 20)
  }

  @Test func `a page with a long base names few feeds`() {
    let base = "https://news.test/" + String(repeating: "x", count: 30_000) + "/"
    let links = (0..<20_000).map { "<a href=rss?\($0)>rss</a>" }.joined()
    let found = FeedDiscovery.candidates(
      inHTML: Array("<base href='\(base)'>\(links)".utf8), base: "https://news.test/")
    #expect(!found.isEmpty && found.count <= 64)
  }

  @Test(arguments: ["1e308:1", "1e308:59:59", "inf", "nan", "1e999"])
  func `a chapter begins at a number`(start: String) throws {
    let chapter = "<psc:chapter start='\(start)' title='Pier'/>"
    let feed = try parse(rss("<psc:chapters>\(chapter)</psc:chapters><title>Calm</title>"))
    let chapters = try #require(feed.entries.first?.chapters?.chapters)
    #expect(chapters.filter { !$0.startSeconds.isFinite }.isEmpty)
  }

  private func rss(_ item: String) -> String {
    "<rss version=\"2.0\"><channel><title>T</title><item>\(item)</item></channel></rss>"
  }
}
