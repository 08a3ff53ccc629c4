import FeedParsing
import Syndication
import Testing

/// Formats and modules beyond the common ones, and namespaces that publishers get wrong.
@Suite struct VocabularyTests {
  @Test func `RSS 1.1 holds its items in the channel`() throws {
    let feed = try parse(
      """
      <Channel xmlns='http://purl.org/net/rss1.1#' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'
      xmlns:p='http://purl.org/net/rss1.1/payload#' rdf:about='https://news.example/'><title>Tides</title>
      <items rdf:parseType='Collection'><item rdf:about='https://news.example/1'><title>Ebb</title>
      <p:payload rdf:parseType='Literal'><p xmlns='http://www.w3.org/1999/xhtml'>Low water</p></p:payload></item>
      <item rdf:about='https://news.example/2'><title>Flood</title></item></items></Channel>
      """)
    #expect(feed.format == .rdf)
    #expect(feed.version == "1.1")
    #expect(feed.properties.title?.value == "Tides")
    #expect(feed.entries.map(\.guid) == ["https://news.example/1", "https://news.example/2"])
    #expect(feed.entries.first?.content?.value == "<p>Low water</p>")
  }

  @Test(arguments: [
    (["b", "a"], ["b", "a"]), (["b"], ["a", "b"]), ([], ["a", "b"]),
    (["b", "b", "a", "x"], ["b", "a"]),
  ])
  func `the items of an RDF document stand as its channel lists them all`(
    listed: [String], order: [String]
  ) throws {
    let list = listed.map { "<rdf:li rdf:resource='urn:\($0)'/>" }.joined()
    let feed = try parse(
      """
      <rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
      <channel><title>T</title><items><rdf:Seq>\(list)</rdf:Seq></items></channel>
      <item rdf:about='urn:a'><title>a</title></item><item rdf:about='urn:b'><title>b</title></item></rdf:RDF>
      """)
    #expect(feed.entries.map(\.title?.value) == order)
  }

  @Test func `a sitemap of news is a feed, another one is none`() throws {
    let sitemap = """
      <urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'
      xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'><url><loc>https://news.example/1</loc>
      <n:news><n:publication><n:name>The Herald</n:name></n:publication><n:publication_date>2026-11-20</n:publication_date>
      <n:title>Harbour closed</n:title><n:keywords>ice, ships</n:keywords></n:news>
      <image:image><image:loc>/1.jpg</image:loc></image:image></url></urlset>
      """
    let feed = try parse(sitemap)
    let entry = try #require(feed.entries.first)
    #expect(feed.format == .sitemap)
    #expect(entry.permalink == "https://news.example/1")
    #expect(entry.title?.value == "Harbour closed")
    #expect(entry.published?.rfc3339 == "2026-11-20T00:00:00.000Z")
    #expect(entry.categories.map(\.term) == ["ice", "ships"])
    #expect(entry.image == "https://news.example/1.jpg")
    #expect(throws: FeedParsingError.self) {
      try parse("<urlset><url><loc>https://news.example/about</loc></url></urlset>")
    }
  }

  @Test(arguments: [
    "xmlns:media='http://search.yahoo.com/mrss/index.html'",
    "xmlns:media='https://Search.yahoo.com/mrss'",
    "xmlns:media='urn:wrong'", "",
  ])
  func `a usual prefix means what it usually means`(declaration: String) throws {
    let feed = try parse(
      "<rss \(declaration)><channel><item><media:rating>adult</media:rating></item></channel></rss>"
    )
    #expect(feed.entries.first?.media?.rating == "adult")
  }

  @Test func `a prefix means what it is bound to, on elements and on attributes`() throws {
    let feed = try parse(
      """
      <r:RDF xmlns='http://purl.org/rss/1.0/' xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:m='http://search.yahoo.com/mrss/'
      xmlns:l='http://www.w3.org/1999/xlink' xmlns:o='urn:other'><channel r:about='urn:tides'><title>T</title></channel>
      <item r:about='urn:1' o:about='urn:2'><m:content m:url='/1.mp3' m:type='audio/mpeg'/><description><a l:href='/x' o:title='no'>words</a></description></item></r:RDF>
      """, ParseRequest(url: "https://news.example/feed", sanitizesHTML: true))
    #expect(feed.properties.id == "urn:tides")
    #expect(feed.entries.first?.guid == "urn:1")
    #expect(feed.entries.first?.enclosures.map(\.url) == ["https://news.example/1.mp3"])
    #expect(feed.entries.first?.summary?.value == "<a>words</a>")
  }

  @Test func `what is foreign never passes for RSS itself`() throws {
    let feed = try parse(
      "<rss xmlns:rss='urn:shop' xmlns:s='urn:s'><channel><item><rss:title>No</rss:title><s:link>/no</s:link><title>Yes</title></item></channel></rss>"
    )
    #expect(feed.entries.first?.title?.value == "Yes")
    #expect(feed.entries.first?.links == [])
  }

  @Test func `PRISM, DCMI periods and comment counts are read`() throws {
    let entry = try item(
      """
      <prism:publicationDate>2026-11-02</prism:publicationDate><prism:keyword>cod</prism:keyword>
      <dcterms:valid>start=2026-11-01; end=2026-12-01T00:00Z;</dcterms:valid>
      <atom:link rel='replies' type='text/html' href='/talk' thr:count='4'/>
      """)
    #expect(entry.published?.rfc3339 == "2026-11-02T00:00:00.000Z")
    #expect(entry.categories.map(\.term) == ["cod"])
    #expect(entry.expired?.rfc3339 == "2026-12-01T00:00:00.000Z")
    #expect(entry.comments == "https://news.example/talk")
    #expect(entry.commentCount == 4)
  }

  @Test func `a community's view of a file is read`() throws {
    let entry = try item(
      """
      <media:group><media:community><media:starRating average='3.5' count='12'/><media:statistics views='90' favorites='2'/></media:community>
      <media:status state='Blocked' reason='law'/><media:location><georss:where><gml:Point><gml:pos>45.5 -71.25</gml:pos></gml:Point></georss:where></media:location></media:group>
      """)
    #expect(entry.media?.averageStars == 3.5)
    #expect(entry.media?.starCount == 12)
    #expect(entry.media?.views == 90)
    #expect(entry.media?.favorites == 2)
    #expect(entry.media?.status == "blocked")
    #expect(entry.geo == .point(GeoPosition(longitude: -71.25, latitude: 45.5)))
  }

  @Test func `an envelope is a box and a circle its centre`() throws {
    let box = try item(
      "<gml:Envelope><gml:lowerCorner>1 2</gml:lowerCorner><gml:upperCorner>3 4</gml:upperCorner></gml:Envelope>"
    )
    #expect(
      box.geo
        == .box([GeoPosition(longitude: 2, latitude: 1), GeoPosition(longitude: 4, latitude: 3)]))
    let circle = try item("<georss:circle>1 2 500</georss:circle>")
    #expect(circle.geo == .point(GeoPosition(longitude: 2, latitude: 1)))
  }

  @Test func `other renderings, places and talk of a podcast are read`() throws {
    let entry = try item(
      """
      <podcast:alternateEnclosure type='audio/opus' length='7'><podcast:source uri='/1.opus'/></podcast:alternateEnclosure>
      <podcast:location geo='geo:54.3,10.1'>Kiel</podcast:location><podcast:license url='/licence'>own</podcast:license>
      <podcast:socialInteract uri='https://talk.example/1' protocol='activitypub'/>
      """)
    #expect(
      entry.podcast?.alternates == [
        Enclosure(url: "https://news.example/1.opus", type: "audio/opus", length: "7")
      ])
    #expect(entry.podcast?.location == "Kiel")
    #expect(entry.licenses == ["https://news.example/licence"])
    #expect(entry.comments == "https://talk.example/1")
  }

  @Test func `pictures are read from wherever they are said, and a torrent is an enclosure`() throws
  {
    let feed = try parse(
      "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><image>/logo.png</image><item><itunes:image> https://news.example/1.png </itunes:image></item></channel></rss>"
    )
    #expect(feed.properties.image?.url == "https://news.example/logo.png")
    #expect(feed.entries.first?.image == "https://news.example/1.png")
    let link = "<media:peerLink type='application/x-bittorrent' href='/1.torrent'/>"
    let torrent = try item(link + link)
    #expect(torrent.enclosures.map(\.url) == ["https://news.example/1.torrent"])
  }

  @Test func `an entry's language is its own, else its text's`() throws {
    let feed = try parse(
      "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content xml:lang='nl'>Eb</content></entry><entry xml:lang='da'><content xml:lang='nl'>Eb</content></entry></feed>"
    )
    #expect(feed.entries.map(\.language) == ["nl", "da"])
  }

  @Test func `of several renderings the one in HTML is the content`() throws {
    func content(_ parts: String) throws -> TextConstruct? {
      try parse(
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><content type='multipart/alternative'>\(parts)</content></entry></feed>"
      ).entries.first?.content
    }
    let both = try content(
      "<content type='text/plain'>words</content><content type='text/html' mode='escaped'>&lt;i&gt;words&lt;/i&gt;</content>"
    )
    #expect(both?.value == "<i>words</i>")
    #expect(try content("<content type='text/plain'>words</content>")?.value == "words")
    #expect(try content("words")?.value == "words")
  }

  @Test func `xhtml without an element is text, or the HTML that it looks like`() throws {
    func title(_ text: String) throws -> TextConstruct? {
      try parse(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title type='xhtml'>\(text)</title></feed>"
      ).properties.title
    }
    #expect(try title("a &lt; b")?.kind == .text)
    #expect(try title("<![CDATA[<b>a</b>]]>")?.kind == .html)
    #expect(try title("<div>a &lt;b&gt; <i>c</i></div>")?.value == "a &lt;b&gt; <i>c</i>")
  }

  @Test func `no text is lost where there are more than the fields for it`() throws {
    let long = try item(
      "<description>Short</description><itunes:summary>Much longer</itunes:summary>")
    #expect(long.summary?.value == "Short")
    #expect(long.content?.value == "Much longer")
    let brief = try item(
      "<description>Much longer</description><itunes:summary>Short</itunes:summary>")
    #expect(brief.summary?.value == "Much longer")
    #expect(brief.content == nil)
    #expect(try item("<itunes:subtitle>All</itunes:subtitle>").summary?.value == "All")
    #expect(try item("<itunes:title>Named</itunes:title>").title?.value == "Named")
  }

  @Test func `the first owner counts, and a mail in brackets is no name`() throws {
    let feed = try parse(
      "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:googleplay='http://www.google.com/schemas/play-podcasts/1.0'><channel><itunes:owner><itunes:name>Ann</itunes:name></itunes:owner><googleplay:owner>mail@a.example</googleplay:owner><item><author>Bob (mailto:bob@a.example)</author></item></channel></rss>"
    )
    #expect(feed.properties.publisher == Person(name: "Ann"))
    #expect(feed.entries.first?.authors == [Person(name: "Bob", email: "bob@a.example")])
  }

  @Test func `dates in the future stand as said, and are counted`() throws {
    let now = try #require(WebDate.parse("2026-11-20T12:00:00Z"))
    let feed = try parse(
      "<rss><channel><item><pubDate>2026-11-21T11:00:00Z</pubDate></item><item><pubDate>2036-01-01</pubDate></item><item/></channel></rss>"
    )
    #expect(feed.entries[1].published?.rfc3339 == "2036-01-01T00:00:00.000Z")
    #expect(feed.futureDates(after: now)?.detail == "entries dated in the future: 1")
    #expect(feed.futureDates(after: now + .seconds(400_000_000)) == nil)
  }

  private func item(_ body: String) throws -> Entry {
    let feed = try parse(
      """
      <rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:media='http://search.yahoo.com/mrss/'
      xmlns:georss='http://www.georss.org/georss' xmlns:gml='http://www.opengis.net/gml' xmlns:atom='http://www.w3.org/2005/Atom'
      xmlns:prism='http://prismstandard.org/namespaces/basic/2.0/' xmlns:dcterms='http://purl.org/dc/terms/'
      xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:podcast='https://podcastindex.org/namespace/1.0'>
      <channel><item>\(body)</item></channel></rss>
      """)
    return try #require(feed.entries.first)
  }
}
