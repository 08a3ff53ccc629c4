import FeedParsing
import Testing

@Suite struct HTMLFeedDiscoveryTests {
  private func candidates(_ page: String, base: String = "https://news.test/x/") -> [FeedCandidate]
  {
    FeedDiscovery.candidates(inHTML: Array(page.utf8), base: base)
  }

  @Test func `declared feeds come before links`() {
    let found = candidates(
      """
      <head><base href="/site/"><link rel="alternate stylesheet" href=a.css>
      <link rel=alternate type="application/rss+xml" title="News &amp; more" href="rss.xml"></head>
      <a href="/about">About</a> <a href="https://other.test/feed/">Our feed</a>
      """)
    #expect(
      found == [
        FeedCandidate(
          url: "https://news.test/site/rss.xml", title: "News & more", type: "application/rss+xml"),
        FeedCandidate(url: "https://other.test/feed/", title: "Our feed", origin: .linked),
      ])
  }

  @Test(arguments: [
    "<link rel=alternate type=application/atom+xml href=/f>",
    "<LINK HREF='/f' REL='ALTERNATE' TYPE='Application/RSS+XML; charset=utf-8'>",
    "<link rel='alternate' type=application/feed+json href=/f>", "<link rel=feed href=/f>",
    "<link rel=alternate type=text/xml href='feed://news.test/f'>",
    "<a href=/f type=application/rss+xml>x</a>", "<a href='/f'>RSS feed</a>",
    "<a href=/f><b>RSS</b>", "<a href='feed:https://news.test/f'>our news</a>",
    "<a href='feed:https://news.test/f' title=Atom>x</a>",
    "<body><link rel=alternate type=application/rdf+xml href=' /f\n'>",
  ])
  func `a page says in many ways where its feed is`(page: String) {
    #expect(candidates(page).first?.url == "https://news.test/f")
  }

  @Test(arguments: [true, false])
  func `a page in UTF-16 names its feeds too`(isBigEndian: Bool) {
    let page = "\u{FEFF}<html><link rel=alternate type=application/rss+xml title='é' href=/f>"
    let bytes = page.utf16.flatMap { unit in
      let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      return isBigEndian ? pair : pair.reversed()
    }
    let found = FeedDiscovery.candidates(inHTML: bytes, base: "https://news.test/x/")
    #expect(found.map(\.url) == ["https://news.test/f"])
    #expect(found.map(\.title) == ["é"])
  }

  @Test(arguments: [
    "https://a.test/rss", "https://a.test/blog/feed/", "https://a.test/x.rss",
    "https://a.test/index.xml", "https://a.test/?feed=rss2", "https://a.test/my-feed.xml",
    "https://a.test/feed.json",
  ])
  func `a link may look like a feed`(address: String) {
    #expect(candidates("<a href='\(address)'>x</a>").first?.url == address)
  }

  @Test(arguments: [
    "<link rel=stylesheet type=text/css href=/f>", "<link rel=alternate hreflang=de href=/f>",
    "<link rel=alternate type=application/rss+xml>",
    "<a href=/f>About our feeders</a>", "<!-- <link rel=feed href=/f> -->",
    "<script>'<link rel=feed href=/f>'</script>",
    "<link rel=feed href='javascript:f'>", "<link rel=feed href='file:///f'>",
    "<link rel=feed href='data:text/xml,f'>",
  ])
  func `other links are no feeds`(page: String) {
    #expect(candidates(page) == [])
  }

  @Test func `each feed is named once and not too many are`() {
    let same = String(repeating: "<link rel=feed href=/f><a href=/f>RSS</a>", count: 3)
    #expect(candidates(same).count { $0.url == "https://news.test/f" } == 1)
    let many = (0..<500).map { "<link rel=feed href=/f\($0)>" }.joined()
    #expect(candidates(many).count == 64)
    #expect(candidates("", base: "no address").isEmpty)
  }

  @Test(
    arguments: [
      (
        "https://www.youtube.com/channel/UCx",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UCx"
      ),
      (
        "https://www.youtube.com/playlist?list=PLx",
        "https://www.youtube.com/feeds/videos.xml?playlist_id=PLx"
      ),
      ("https://old.reddit.com/", nil),
      ("https://www.reddit.com/r/swift/top", "https://www.reddit.com/r/swift/.rss"),
      ("https://github.com/a/b/issues", "https://github.com/a/b/releases.atom"),
      ("https://github.com/a", nil),
      ("https://desk.substack.com/about", "https://desk.substack.com/feed"),
      ("https://desk.tumblr.com", "https://desk.tumblr.com/rss"),
      ("https://medium.com/@desk?x#y", "https://medium.com/feed/@desk"),
      ("https://news.test/", nil), ("no address", nil), ("", nil),
    ] as [(String, String?)])
  func `some sites are known to have feeds`(page: String, feed: String?) {
    #expect(candidates("", base: page).first?.url == feed)
  }

  @Test func `the page's own address tells of its site too`() {
    let page = "<link rel=canonical href='https://www.youtube.com/channel/UCx'><a href=/feed>x</a>"
    let found = candidates(page, base: "https://www.youtube.com/@desk")
    #expect(found.map(\.origin) == [.site, .linked])
    #expect(found.first?.url == "https://www.youtube.com/feeds/videos.xml?channel_id=UCx")
  }

  @Test func `usual places lie below the page first`() {
    let places = FeedDiscovery.usualPlaces(of: "https://news.test/blog/?x#y").map(\.url)
    #expect(places.first == "https://news.test/blog/feed")
    #expect(places.contains("https://news.test/feed.json"))
    #expect(Set(places).count == places.count)
    #expect(
      FeedDiscovery.usualPlaces(of: "https://news.test").first?.url == "https://news.test/feed")
    #expect(FeedDiscovery.usualPlaces(of: "file:///x").isEmpty)
  }
}
