import FeedParsing
import Syndication
import Testing

/// Single fields in the spellings that publishers use, and what must not get through them.
@Suite struct FieldTests {
  @Test(arguments: ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-02T03:04:05Z"])
  func `the date of a clock that was never set stands with a defect`(date: String) throws {
    for document in [
      "<rss version='2.0'><channel><item><guid>1</guid><pubDate>\(date)</pubDate></item></channel></rss>",
      "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"date_published\":\"\(date)\"}]}",
    ] {
      let feed = try FeedParser.parse(Array(document.utf8), ParseRequest())
      #expect(feed.entries.first?.published?.isOfUnsetClock == true)
      #expect(feed.defects.map(\.kind) == [.date])
    }
    #expect(Timestamp(rfc3339: "1970-01-01T00:00:01Z")?.isOfUnsetClock == false)
    #expect(Timestamp(rfc3339: "1776-07-04T00:00:00Z")?.isOfUnsetClock == false)
  }

  @Test(
    arguments: [
      ("a@x.example (Ann Lee)", "Ann Lee", "a@x.example"),
      ("Ann Lee &lt;a@x.example&gt;", "Ann Lee", "a@x.example"),
      ("Ann Lee (a@x.example)", "Ann Lee", "a@x.example"),
      ("Ann Lee [a@x.example]", "Ann Lee", "a@x.example"),
      ("(Ann Lee) a@x.example", "Ann Lee", "a@x.example"),
      ("\"Lee, Ann\" &lt;a@x.example&gt;", "Lee, Ann", "a@x.example"),
      ("a@x.example(Ann)", "Ann", "a@x.example"), ("mailto:a@x.example", nil, "a@x.example"),
      ("a+b@x.example (Ann (K.) Lee)", "Ann (K.) Lee", "a+b@x.example"),
      ("Ann Lee", "Ann Lee", nil), ("@ann", "@ann", nil), ("Ann@Home", "Ann@Home", nil),
    ] as [(String, String?, String?)])
  func `a person is split into name and address`(text: String, name: String?, email: String?) throws
  {
    let entry = try entry("<author>\(text)</author>")
    #expect(entry.authors == [Person(name: name, email: email)])
  }

  @Test func `the same name a second time is no second author`() throws {
    let authors = try entry(
      "<author>a@x.example (Ann)</author><dc:creator>Ann</dc:creator><dc:creator>Bo</dc:creator>"
    ).authors
    #expect(authors == [Person(name: "Ann", email: "a@x.example"), Person(name: "Bo")])
  }

  @Test(
    arguments: [
      ("<guid>http://x.example/1</guid>", "http://x.example/1", "http://x.example/1"),
      ("<guid isPermaLink='false'>http://x.example/1</guid>", "http://x.example/1", nil),
      ("<guid isPermaLink='FALSE'>http://x.example/1</guid>", "http://x.example/1", nil),
      ("<guid>\n http://x.example/1\t</guid>", "http://x.example/1", "http://x.example/1"),
      ("<guid>/2026/harbour</guid>", "/2026/harbour", "http://f.example/2026/harbour"),
      ("<guid isPermaLink='true'>urn:uuid:1</guid>", "urn:uuid:1", nil),
      ("<guid>at://did:plc:1/x</guid>", "at://did:plc:1/x", nil),
      ("<guid>g</guid><link>l</link>", "g", "http://f.example/dir/l"),
      ("<guid>http://x.example/1</guid><link/>", "http://x.example/1", "http://x.example/1"),
      ("<guid>a\u{0}b</guid>", "ab", nil),
      ("<guid>javascript:alert(1)</guid>", "javascript:alert(1)", nil),
    ] as [(String, String, String?)])
  func `a GUID is the link where it may be`(markup: String, guid: String, link: String?) throws {
    let entry = try entry(markup)
    #expect(entry.guid == guid)
    #expect(entry.permalink == link)
  }

  /// `javascript:` as it is written to get past those who look for it.
  private static let activeAddresses = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
    "java&#10;script:alert(1)", "&#1;javascript:alert(1)", "javascript&#58;alert(1)",
    "\u{A0}javascript:alert(1)", "vbscript:x", "data:text/html,x", "view-source:http://x.example/",
    "blob:http://x.example/1", "file:///etc/passwd",
  ]

  private static let addressFields = [
    "<link>%</link>", "<link href='%'/>", "<comments>%</comments>",
    "<enclosure url='%' type='a/b'/>",
    "<source url='%'>S</source>", "<media:thumbnail url='%'/>", "<media:content url='%'/>",
    "<media:player url='%'/>", "<itunes:image href='%'/>", "<wfw:commentRss>%</wfw:commentRss>",
    "<podcast:transcript url='%' type='text/html'/>",
    "<podcast:person href='%' img='%'>P</podcast:person>",
    "<atom:link rel='license' href='%'/>",
    "<atom:author><atom:name>N</atom:name><atom:uri>%</atom:uri></atom:author>",
    "<atom:content src='%' type='text/html'/>", "<image><url>%</url><link>%</link></image>",
    "<feedburner:origLink>%</feedburner:origLink>",
    "<creativeCommons:license>%</creativeCommons:license>",
  ]

  @Test(arguments: addressFields)
  func `no address field holds a script`(field: String) throws {
    for address in Self.activeAddresses {
      let entry = try entry(field.replacing("%", with: address))
      let told = String(reflecting: entry).lowercased()
      for scheme in ["javascript", "vbscript", "data", "view-source", "blob", "file"] {
        #expect(!told.contains("\"\(scheme):"), "\(address) in \(field)")
      }
    }
  }

  @Test(
    arguments: [
      ("javascript:alert(1)", nil), (" Java Script:x", nil), ("data:text/html,x", nil),
      ("urn:x:y", "urn:x:y"), ("Syndic8:7", "Syndic8:7"), ("topics", "topics"),
    ] as [(String, String?)])
  func `the scheme of a category is a name and no script`(said: String, scheme: String?) throws {
    let entry = try entry("<category domain='\(said)'>c</category>")
    #expect(entry.categories == [Category(term: "c", scheme: scheme)])
  }

  @Test func `an entry inside foreign content is none and no defect`() throws {
    let text = """
      <feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>
      <content type="application/xml"><list xmlns="u:x"><item/><entry/><title>no</title></list></content>
      <title>One</title></entry></feed>
      """
    let feed = try FeedParser.parse(Array(text.utf8), ParseRequest())
    #expect(feed.entries.map(\.title?.value) == ["One"])
    #expect(feed.defects.isEmpty)
  }

  private func entry(_ markup: String) throws -> Entry {
    let text = "<rss version='2.0'><channel><item>\(markup)</item></channel></rss>"
    let request = ParseRequest(url: "http://f.example/dir/feed.xml")
    return try #require(FeedParser.parse(Array(text.utf8), request).entries.first)
  }
}
