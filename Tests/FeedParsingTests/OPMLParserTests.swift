import FeedParsing
import Syndication
import Testing

@Suite struct OPMLParserTests {
  private static let list = """
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- exported <outline xmlUrl="https://comment.example/"/> -->
    <opml version="1.0"><head><title>Mine</title></head><body>
    <outline text="Top" type="rss" xmlUrl="https://top.example/feed"/>
    <outline text="News &amp; more"><outline title="Ferry" text="ignored" xmlUrl="https://sea.example/?a=1&b=2"></outline>
      <OUTLINE text='Local'><outline TEXT="Eels" XMLURL=" http://eels.example/rss "/></OUTLINE>
      <outline text="After" xmlUrl="https://after.example/"/>
    </outline>
    <outline text="No address"/>
    <outline text="Last" xmlUrl="https://last.example/"/></body></opml>
    """

  @Test func `the feeds of a list come with the groups that they stand in`() throws {
    let feeds = try OPMLParser.subscriptions(in: Array(Self.list.utf8))
    #expect(
      feeds == [
        OPMLSubscription(address: "https://top.example/feed", title: "Top"),
        OPMLSubscription(
          address: "https://sea.example/?a=1&b=2", title: "Ferry", groups: ["News & more"]),
        OPMLSubscription(
          address: "http://eels.example/rss", title: "Eels", groups: ["News & more", "Local"]),
        OPMLSubscription(
          address: "https://after.example/", title: "After", groups: ["News & more"]),
        OPMLSubscription(address: "https://last.example/", title: "Last"),
      ])
  }

  @Test func `what is written is read again as it was`() throws {
    let feeds = [
      Feed(url: "https://a.example/?x=1&y=<2>", title: "\"A\" & <B>\n'C'", group: "G & H"),
      Feed(url: "https://b.example/"), Feed(url: "https://c.example/", title: "C", group: "G & H"),
      Feed(
        url: "https://d.example/", title: "\u{1}control\u{FFFF} \u{1F600} &amp;",
        tags: ["sea", "north/coast", "/x", "a&b"]),
    ]
    let document = OPMLWriter.document(of: feeds, title: "A < B")
    #expect(
      try OPMLParser.subscriptions(in: Array(document.utf8)) == [
        OPMLSubscription(
          address: "https://a.example/?x=1&y=<2>", title: "\"A\" & <B> 'C'", groups: ["G & H"]),
        OPMLSubscription(address: "https://c.example/", title: "C", groups: ["G & H"]),
        OPMLSubscription(address: "https://b.example/"),
        OPMLSubscription(
          address: "https://d.example/", title: "control \u{1F600} &amp;",
          tags: ["sea", "north/coast", "/x", "a&b"]),
      ])
  }

  @Test func `the address in a title's stead is no title, and categories are tags`() throws {
    let list = """
      <opml><outline text="HTTPS://a.example" xmlUrl="https://a.example/" category="/News/Sea, ferry,,"/>
      <outline title="https://b.example/" text="B" xmlUrl="https://b.example/"/></opml>
      """
    #expect(
      try OPMLParser.subscriptions(in: Array(list.utf8)) == [
        OPMLSubscription(address: "https://a.example/", tags: ["News/Sea", "ferry"]),
        OPMLSubscription(address: "https://b.example/", title: "B"),
      ])
  }

  @Test func `references to entities are read, those that the list declares too`() throws {
    let list = """
      <!DOCTYPE opml [<!ENTITY quay "Quay &amp; Co"><!ENTITY host "quay.example">
        <!ENTITY file SYSTEM "file:///etc/passwd">]>
      <opml><outline text="&quay; caf&eacute; &#x2014; &file;" xmlUrl="https://&host;/?a=1&amp;b=2"/></opml>
      """
    let feeds = try OPMLParser.subscriptions(in: Array(list.utf8))
    #expect(feeds.map(\.address) == ["https://quay.example/?a=1&b=2"])
    #expect(feeds.map(\.title) == ["Quay & Co café — &file;"])
  }

  @Test func `a list cut anywhere gives feeds of the whole one, or says that it is none`() throws {
    let bytes = Array(Self.list.utf8)
    let whole = try OPMLParser.subscriptions(in: bytes)
    for end in 0..<bytes.count {
      guard let feeds = try? OPMLParser.subscriptions(in: Array(bytes[..<end])) else { continue }
      #expect(feeds.count <= whole.count)
      for (feed, other) in zip(feeds, whole) {
        #expect(other.address.hasPrefix(feed.address), "\(end)")
        #expect(feed.groups == other.groups, "\(end)")
      }
    }
  }

  @Test(arguments: ["", "<rss/>", "{}", "<opm", "just text"])
  func `what is no list is refused`(text: String) {
    #expect(throws: FeedParsingError.self) {
      try OPMLParser.subscriptions(in: Array(text.utf8))
    }
  }

  @Test func `a hundred thousand feeds and as many open groups are read`() throws {
    let many = (0..<100_000).map { "<outline text='\($0)' xmlUrl='https://\($0).example/'/>" }
    let feeds = try OPMLParser.subscriptions(
      in: Array("<opml><body>\(many.joined())</body></opml>".utf8))
    #expect(feeds.count == 100_000)
    let deep = String(repeating: "<outline text='g'>", count: 100_000)
    let nested = try OPMLParser.subscriptions(
      in: Array("<opml>\(deep)<outline xmlUrl='https://deep.example/'/></opml>".utf8))
    #expect(nested.allSatisfy { $0.groups.count <= 64 })
  }
}
