import FeedParsing
import Syndication
import Testing

/// Reads a document written in the test.
func parse(_ text: String, _ request: ParseRequest = ParseRequest(url: "https://news.example/feed"))
  throws(FeedParsingError) -> ParsedFeed
{
  try FeedParser.parse(Array(text.utf8), request)
}

@Suite struct FeedParserTests {
  @Test func `an RSS 2.0 feed gives its properties and its items in order`() throws {
    let feed = try parse(
      """
      <?xml version="1.0" encoding="utf-8"?>
      <rss version="2.0"><channel><title>Harbour News</title><link>https://news.example/</link>
      <description>From the quay</description><language>en-GB</language><ttl>45</ttl>
      <item><title>Ferry late</title><link>/late</link><guid isPermaLink="false">a1</guid>
      <pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate><description>&lt;p&gt;Fog.&lt;/p&gt;</description></item>
      <item><title>Crane sold</title><guid>https://news.example/crane</guid></item>
      </channel></rss>
      """)
    #expect(feed.format == .rss)
    #expect(feed.version == "2.0")
    #expect(feed.defects.isEmpty)
    #expect(feed.properties.title?.value == "Harbour News")
    #expect(feed.properties.subtitle?.value == "From the quay")
    #expect(feed.properties.hints.timeToLive == .seconds(2700))
    #expect(feed.entries.map(\.title?.value) == ["Ferry late", "Crane sold"])
    #expect(feed.entries[0].permalink == "https://news.example/late")
    #expect(feed.entries[0].guid == "a1")
    #expect(feed.entries[0].published?.rfc3339 == "2026-11-21T08:00:00.000Z")
    #expect(feed.entries[0].summary?.kind == .html)
    #expect(feed.entries[1].permalink == "https://news.example/crane")
  }

  @Test func `an Atom feed gives typed texts, persons and links`() throws {
    let feed = try parse(
      """
      <feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://tide.example/blog/">
      <title type="html">Tides &amp;amp; Moons</title><id>urn:tide</id>
      <entry><title>Spring tide</title><id>urn:tide:1</id><link href="spring"/>
      <link rel="http://www.iana.org/assignments/relation/enclosure" href="s.mp3" length="9"/>
      <author><name>Ada Low</name><email>ada@tide.example</email></author>
      <updated>2026-11-20T10:00:00+01:00</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">High <b>water</b><br/></div></content>
      </entry></feed>
      """)
    #expect(feed.format == .atom)
    #expect(feed.version == "1.0")
    #expect(
      feed.properties.title
        == TextConstruct("Tides &amp; Moons", kind: .html, base: "https://tide.example/blog/"))
    let entry = try #require(feed.entries.first)
    #expect(entry.permalink == "https://tide.example/blog/spring")
    #expect(entry.enclosures == [Enclosure(url: "https://tide.example/blog/s.mp3", length: "9")])
    #expect(entry.authors == [Person(name: "Ada Low", email: "ada@tide.example")])
    #expect(entry.updated?.rfc3339 == "2026-11-20T09:00:00.000Z")
    #expect(entry.content?.value == "High <b>water</b><br>")
  }

  @Test func `items of RDF stand beside the channel`() throws {
    let feed = try parse(
      """
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="https://stones.example/"><title>Stones</title></channel>
      <item rdf:about="https://stones.example/1"><title>Flint</title><dc:date>2026-11-01</dc:date>
      <dc:creator>P. Dig</dc:creator></item></rdf:RDF>
      """)
    #expect(feed.format == .rdf)
    #expect(feed.version == "1.0")
    #expect(feed.entries.first?.guid == "https://stones.example/1")
    #expect(feed.entries.first?.updated?.rfc3339 == "2026-11-01T00:00:00.000Z")
    #expect(feed.entries.first?.authors == [Person(name: "P. Dig")])
  }

  @Test func `a JSON Feed gives numbers as ids and both kinds of authors`() throws {
    let feed = try parse(
      """
      {"version":"https://jsonfeed.org/version/1.1","title":"Kites","items":[
      {"id":7,"url":"/7","content_text":"Wind < 5","authors":[{"name":"Lu"}],"tags":["air"]},
      {"id":"8","content_html":"<p>Calm</p>","author":{"name":"Mo"},
       "attachments":[{"url":"/8.mp3","mime_type":"audio/mpeg","size_in_bytes":3}]}]}
      """)
    #expect(feed.format == .json)
    #expect(feed.version == "1.1")
    #expect(feed.entries.map(\.guid) == ["7", "8"])
    #expect(feed.entries.map(\.authors) == [[Person(name: "Lu")], [Person(name: "Mo")]])
    #expect(feed.entries[1].enclosures.first?.url == "https://news.example/8.mp3")
  }
}
