import FeedParsing
import Syndication
import Testing

/// One small document for each rule of what elements mean.
@Suite struct MappingTests {
  @Test func `a description beside content is the summary, alone it is the only text`() throws {
    let both = try item("<description>Short</description><content:encoded>Long</content:encoded>")
    #expect(both.summary?.value == "Short")
    #expect(both.content?.value == "Long")
    let alone = try item("<description>Short</description>")
    #expect(alone.summary?.value == "Short")
    #expect(alone.content == nil)
  }

  @Test func `a summary that repeats the content is none`() throws {
    let entry = try item("<description>Same</description><content:encoded>Same</content:encoded>")
    #expect(entry.summary == nil)
    #expect(entry.content?.value == "Same")
  }

  @Test(arguments: [
    ("Tom &amp;amp; Jerry", "Tom &amp; Jerry", TextConstruct.Kind.html),
    ("Tom &amp; Jerry", "Tom & Jerry", .text),
    ("&lt;b&gt;Bold&lt;/b&gt;", "<b>Bold</b>", .html),
    ("List&lt;Int&gt; wins", "List<Int> wins", .text),
    ("a &lt;/nosuch&gt;", "a </nosuch>", .text),
    ("Plain", "Plain", .text),
    ("In <em>line</em> &amp; more", "In <em>line</em> &amp; more", .html),
  ])
  func `an RSS title is HTML only when it cannot be text`(
    source: String, value: String, kind: TextConstruct.Kind
  ) throws {
    let title = try item("<title>\(source)</title>").title
    #expect(title?.value == value)
    #expect(title?.kind == kind)
  }

  @Test(arguments: [
    ("type='text'", "a &lt;b&gt;", "a <b>", TextConstruct.Kind.text),
    ("", "a &amp; b", "a & b", .text),
    ("type='html'", "&lt;i&gt;x&lt;/i&gt;", "<i>x</i>", .html),
    (
      "type='xhtml'", "<x:div xmlns:x='http://www.w3.org/1999/xhtml'>1 &lt; 2 <x:i>x</x:i></x:div>",
      "1 &lt; 2 <i>x</i>", .html
    ),
    ("type='text/html' mode='escaped'", "&lt;i&gt;x&lt;/i&gt;", "<i>x</i>", .html),
    ("mode='base64' type='text/html'", "PGk+eDwvaT4=", "<i>x</i>", .html),
    ("type='image/svg+xml'", "<svg><title>t</title></svg>", "<svg><title>t</title></svg>", .html),
  ])
  func `an Atom text is what its type says`(
    attributes: String, source: String, value: String, kind: TextConstruct.Kind
  ) throws {
    let content = try atomEntry("<content \(attributes)>\(source)</content>").content
    #expect(content?.value == value)
    #expect(content?.kind == kind)
  }

  @Test func `mark-up inside a text is never the entry's own`() throws {
    let entry = try atomEntry(
      "<content type='xhtml'><div><title>inner</title><link href='/inner'/><entry/></div></content><title>outer</title>"
    )
    #expect(entry.title?.value == "outer")
    #expect(entry.links == [])
  }

  @Test func `the first alternate link wins, one in other letters after it`() throws {
    let entry = try atomEntry(
      "<link rel='self' href='/s'/><link rel='Alternate' href='/a'/><link href='/b' type='application/pdf'/><link href='/c'/>"
    )
    #expect(entry.permalink == "https://news.example/b")
    #expect(entry.links.map(\.relation) == ["self", "Alternate", nil, nil])
    let loose = try atomEntry("<link rel='self' href='/s'/><link rel='ALTERNATE' href='/a'/>")
    #expect(loose.permalink == "https://news.example/a")
  }

  @Test func `FeedBurner's original address is the permalink`() throws {
    let entry = try item(
      "<link>http://proxy.example/1</link><feedburner:origLink>http://real.example/1</feedburner:origLink>"
    )
    #expect(entry.permalink == "http://real.example/1")
    #expect(entry.publishedLink == "http://proxy.example/1")
  }

  @Test func `a guid is the link unless it says it is not, or there is a link`() throws {
    #expect(try item("<guid>https://a.example/1</guid>").permalink == "https://a.example/1")
    #expect(try item("<guid isPermaLink='false'>https://a.example/1</guid>").permalink == nil)
    #expect(try item("<guid>tag:a,1</guid>").permalink == nil)
    #expect(
      try item("<guid>https://a.example/1</guid><link>/2</link>").permalink
        == "https://news.example/2")
  }

  @Test func `dates keep their meanings`() throws {
    let entry = try item(
      "<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate><dc:date>2026-11-21</dc:date><expirationDate>2027-01-01</expirationDate>"
    )
    #expect(entry.published?.rfc3339 == "2026-11-20T10:00:00.000Z")
    #expect(entry.updated?.rfc3339 == "2026-11-21T00:00:00.000Z")
    #expect(entry.expired?.rfc3339 == "2027-01-01T00:00:00.000Z")
    let unreadable = try parse(rss("<pubDate>soon</pubDate>"))
    #expect(unreadable.defects.map(\.kind) == [.date])
  }

  @Test(arguments: [
    ("ann@a.example (Ann)", "Ann", "ann@a.example"),
    ("Ann &lt;ann@a.example&gt;", "Ann", "ann@a.example"),
    ("Ann (ann@a.example)", "Ann", "ann@a.example"), ("Ann", "Ann", ""),
    ("ann@a.example", "", "ann@a.example"),
    ("Ann @ home", "Ann @ home", ""),
  ])
  func `an author's line is split into name and mail`(line: String, name: String, mail: String)
    throws
  {
    #expect(
      try item("<author>\(line)</author>").authors == [
        Person(name: name.nonBlank, email: mail.nonBlank)
      ])
  }

  @Test func `a feed's author is not copied, a source's is`() throws {
    let feed = try parse(
      "<feed xmlns='http://www.w3.org/2005/Atom'><author><name>Feed</name></author><entry/><entry><source><title>S</title><author><name>Source</name></author></source></entry></feed>"
    )
    #expect(feed.properties.authors == [Person(name: "Feed")])
    #expect(feed.entries.map(\.authors) == [[], [Person(name: "Source")]])
    #expect(feed.entries[1].source?.properties.title?.value == "S")
  }

  @Test func `categories keep term, scheme and label, and comma lists stay one term`() throws {
    let entry = try item(
      "<category domain='d'>a, b</category><category domain='d'>a, b</category><dc:subject>s</dc:subject><itunes:category text='Arts'><itunes:category text='Books'/></itunes:category><itunes:keywords>x, y</itunes:keywords>"
    )
    #expect(entry.categories.map(\.term) == ["a, b", "s", "Arts", "Books", "x", "y"])
    #expect(entry.categories.first?.scheme == "d")
  }

  @Test func `bases and languages are inherited`() throws {
    let feed = try parse(
      "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de' xml:base='/x/'><entry xml:base='y/'><link href='z'/><content xml:lang='en_GB'>t</content></entry></feed>"
    )
    #expect(feed.properties.language == "de")
    #expect(feed.entries.first?.language == "de")
    #expect(feed.entries.first?.permalink == "https://news.example/x/y/z")
    #expect(feed.entries.first?.content?.language == "en-GB")
    #expect(feed.entries.first?.content?.base == "https://news.example/x/y/")
  }

  @Test(arguments: [
    ("<category><p>Fish</p> &amp; <b>chips</b></category>", ["Fish & chips"]),
    ("<category domain='d'/>", [""]),
    ("<category/>", []),
  ])
  func `a category keeps the text of mark-up inside it, and a scheme alone`(
    body: String, terms: [String]
  ) throws {
    #expect(try item(body).categories.map(\.term) == terms)
  }

  @Test func `a name is kept as published and read as HTML where it looks like it`() throws {
    let entry = try item(
      "<dc:creator>&lt;a href='/ann'&gt;Ann&lt;/a&gt; &amp;amp; Bob</dc:creator>")
    #expect(entry.authors == [Person(name: "<a href='/ann'>Ann</a> &amp; Bob")])
    #expect(entry.authors.first?.name.map(PlainText.line(ofGuessed:)) == "Ann & Bob")
    #expect(PlainText.line(ofGuessed: "R&D <team>") == "R&D <team>")
  }

  @Test func `without an address of its own a document stands where it says it does`() throws {
    let feed = try parse(
      "<rss><channel><link>https://site.example/news/</link><item><link>1.html</link></item></channel></rss>",
      ParseRequest())
    #expect(feed.entries.first?.permalink == "https://site.example/news/1.html")
    let json = try parse(
      "{\"version\":\"https://jsonfeed.org/version/1.1\",\"feed_url\":\"https://site.example/f.json\",\"items\":[{\"id\":1,\"url\":\"/1\"}]}",
      ParseRequest())
    #expect(json.entries.first?.permalink == "https://site.example/1")
  }

  @Test(arguments: [
    ("&#206;&#145;&#206;&#184;", "Αθ", true),
    ("caf&#195;&#169; &#226;&#128;&#166;", "café …", true),
    ("&#226;&#8364;&#8482;s", "’s", true), ("&#195;&#8364; la carte", "À la carte", true),
    ("caf&#233;", "café", false), ("S&#195;O &#195;&#169;", "SÃO Ã©", false),
    ("&#195;&#169; Αθ", "Ã© Αθ", false),
  ])
  func `a text that was encoded twice is mended as a whole or not at all`(
    source: String, value: String, isMended: Bool
  ) throws {
    let feed = try parse(rss("<title>\(source)</title>"))
    #expect(feed.entries.first?.title?.value == value)
    #expect(feed.defects.contains { $0.kind == .encoding } == isMended)
  }

  @Test func `only Apple's yes blocks a podcast`() throws {
    #expect(try item("<itunes:block>Yes</itunes:block>").itunes?.block == true)
    #expect(try item("<itunes:block>true</itunes:block>").itunes?.block == false)
  }

  @Test func `a position in space keeps its height`() throws {
    let entry = try item(
      "<gml:Point xmlns:gml='http://www.opengis.net/gml' srsDimension='3'><gml:pos>45.5 -71.25 12</gml:pos></gml:Point>"
    )
    #expect(entry.geo == .point(GeoPosition(longitude: -71.25, latitude: 45.5, altitude: 12)))
  }

  @Test func `Content-Location is the base of a document`() throws {
    var request = ParseRequest(url: "https://news.example/feed")
    request.contentLocation = "/mirror/feed"
    let feed = try parse(rss("<link>story</link>"), request)
    #expect(feed.entries.first?.permalink == "https://news.example/mirror/story")
  }

  @Test func `media, places and podcasts are read`() throws {
    let entry = try item(
      """
      <media:group><media:content url='/v.mp4' type='video/mp4' fileSize='9'/><media:thumbnail url='/t.jpg' width='5'/>
      <media:credit role='author'>Ann</media:credit><media:rating>nonadult</media:rating></media:group>
      <georss:point>45.5 -71.25</georss:point><itunes:duration>1:02</itunes:duration><itunes:explicit>clean</itunes:explicit>
      <psc:chapters version='1.2'><psc:chapter start='00:01:02.5' title='One'/></psc:chapters>
      """)
    let film = Enclosure(url: "https://news.example/v.mp4", type: "video/mp4", length: "9")
    #expect(entry.media?.content.map(\.url) == [film.url])
    #expect(entry.enclosures == [film])
    #expect(entry.image == "https://news.example/t.jpg")
    #expect(entry.media?.thumbnails.first?.width == 5)
    #expect(entry.media?.credits == [Media.Credit(role: "author", content: "Ann")])
    #expect(entry.geo == .point(GeoPosition(longitude: -71.25, latitude: 45.5)))
    #expect(entry.itunes?.duration == "1:02")
    #expect(entry.itunes?.explicit == false)
    #expect(entry.chapters?.chapters.map(\.startSeconds) == [62.5])
  }

  @Test func `the podcast namespace is read`() throws {
    let entry = try item(
      """
      <podcast:season>3</podcast:season><itunes:episode>7</itunes:episode><itunes:episodeType>Full</itunes:episodeType>
      <podcast:transcript url='/7.vtt' type='text/vtt'/><podcast:chapters url='/7.json' type='application/json+chapters'/>
      <podcast:person role='guest' href='https://ann.example/'>Ann</podcast:person><slash:comments>12</slash:comments>
      """)
    #expect(entry.podcast?.season == "3")
    #expect(entry.podcast?.episode == "7")
    #expect(entry.podcast?.episodeType == "full")
    #expect(
      entry.podcast?.transcripts == [Enclosure(url: "https://news.example/7.vtt", type: "text/vtt")]
    )
    #expect(entry.podcast?.chapterDocuments.map(\.url) == ["https://news.example/7.json"])
    #expect(entry.podcast?.participants.map(\.role) == ["guest"])
    #expect(entry.commentCount == 12)
  }

  @Test func `what a feed asks of its readers is understood`() throws {
    let feed = try parse(
      """
      <rss xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><ttl>60</ttl><skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>99</hour></skipHours>
      <skipDays><day>Sunday</day><day>Someday</day></skipDays><sy:updateFrequency>2</sy:updateFrequency><sy:updatePeriod>hourly</sy:updatePeriod>
      <itunes:new-feed-url>https://moved.example/feed</itunes:new-feed-url><cloud domain='c.example' port='80'/></channel></rss>
      """)
    let hints = feed.properties.hints
    #expect(hints.timeToLive == .seconds(3600))
    #expect(hints.skipHours == [0, 7])
    #expect(hints.skipDays == [0])
    #expect(hints.updateInterval == .seconds(1800))
    #expect(hints.newAddress == "https://moved.example/feed")
    #expect(feed.properties.cloud?.port == "80")
  }

  @Test func `a channel of CDF says in attributes what others say in elements`() throws {
    let feed = try parse(
      "<CHANNEL HREF='http://c.example/' LASTMOD='2026-11-01T10:00'><TITLE>C</TITLE><ITEM HREF='/1'><TITLE>One</TITLE><ABSTRACT>A</ABSTRACT></ITEM></CHANNEL>"
    )
    #expect(feed.format == .cdf)
    #expect(feed.properties.permalink == "http://c.example/")
    #expect(feed.entries.first?.permalink == "https://news.example/1")
    #expect(feed.entries.first?.summary?.value == "A")
  }

  @Test func `HTML is sanitised and its addresses resolved only when asked`() throws {
    let document = rss("<description>&lt;a href='x' onclick='y'&gt;z&lt;/a&gt;</description>")
    let raw = try parse(document)
    #expect(raw.entries.first?.summary?.value == "<a href='x' onclick='y'>z</a>")
    let safe = try parse(
      document, ParseRequest(url: "https://news.example/feed", sanitizesHTML: true))
    let summary = try #require(safe.entries.first?.summary?.value)
    #expect(summary.contains("https://news.example/x"))
    #expect(!summary.contains("onclick"))
  }

  private func item(_ body: String) throws -> Entry {
    try #require(try parse(rss(body)).entries.first)
  }

  private func rss(_ body: String) -> String {
    """
    <rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'
    xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:media='http://search.yahoo.com/mrss/'
    xmlns:georss='http://www.georss.org/georss' xmlns:psc='http://podlove.org/simple-chapters'
    xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel><item>\(body)</item></channel></rss>
    """
  }

  private func atomEntry(_ body: String) throws -> Entry {
    try #require(
      try parse("<feed xmlns='http://www.w3.org/2005/Atom'><entry>\(body)</entry></feed>").entries
        .first)
  }
}
