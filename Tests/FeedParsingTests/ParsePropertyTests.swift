import FeedParsing
import TestNumbers
import Testing

/// Documents that nobody would publish, made from good ones; the fuzz target `parse` asks for the same
/// promises.
@Suite struct ParsePropertyTests {
  private static let pieces: [String] = [
    "<item>", "</item>", "<entry>", "</channel>", "<title>", "</title>", "<![CDATA[", "]]>", "<!--",
    "-->", "&amp;", "&lt;script&gt;", "&#0;", "&nbsp;", "&", "<", ">", "\"", "'", "<?x", "?>",
    "\u{0}",
    "\u{8}", "é", "\u{FFFE}", " xml:base='javascript:x'", " xmlns:a='", "<a href='data:x'>",
    "<svg>",
    "{", "}", "[", "]", ",", "\\u0000", "\\ud800", "1e999", "javascript:x", "<img src=x onerror=y>",
    "<description>", "<content type='xhtml'><div>", "<link href='vbscript:x'/>", "</rss>", "<rss>",
  ]

  private static let documents =
    TruncationTests.documents + [
      """
      <rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:georss="http://www.georss.org/georss">
      <channel><title>Quay</title><link>/</link><image><url>i.png</url></image><cloud domain="c"/><item>
      <media:group><media:content url="a.mp4"/><media:thumbnail url="t.png"/></media:group><enclosure url="e.mp3" length="1" type="audio/mpeg"/>
      <itunes:duration>1:02</itunes:duration><georss:point>1 2</georss:point><category domain="d">C</category>
      <description>&lt;img src="a.png" onload="x"&gt;&lt;p&gt;Fog&lt;script&gt;x&lt;/script&gt;</description><pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate>
      </item></channel></rss>
      """,
      """
      {"version":"https://jsonfeed.org/version/1.1","feed_url":"https://quay.test/f","authors":[{"name":"N","url":"u"}],"items":[
      {"id":3,"url":"a","content_html":"<p onclick='x'>Fog</p>","tags":["t"],"attachments":[{"url":"e.mp3","mime_type":"audio/mpeg"}],"date_published":"2026-11-21T08:00:00Z"}]}
      """,
    ]

  @Test(arguments: [1, 2026, 0xFEED] as [UInt64])
  func `whatever is done to a document, every promise is kept`(seed: UInt64) {
    var noise = Noise(seed: seed)
    for _ in 0..<80 {
      var bytes = Array(Self.documents[noise.next(below: Self.documents.count)].utf8)
      for _ in 0...noise.next(below: 5) { noise.damage(&bytes, with: Self.pieces) }
      let (first, second) = (noise.next(below: 256), noise.next(below: 256))
      let request = ParsePromises.request(UInt8(first), UInt8(second))
      #expect(
        ParsePromises.broken(by: bytes, request) == [],
        "seed \(seed), request \(first) \(second): \(String(decoding: bytes, as: UTF8.self))")
    }
  }

  private struct Noise {
    private var numbers: SeededNumbers

    init(seed: UInt64) {
      numbers = SeededNumbers(seed: seed)
    }

    mutating func next(below bound: Int) -> Int { numbers.next(below: bound) }

    /// Changes a byte, or removes, doubles or adds a piece.
    mutating func damage(_ bytes: inout [UInt8], with pieces: [String]) {
      guard !bytes.isEmpty else { return }
      let place = next(below: bytes.count)
      let end = min(bytes.count, place + next(below: 40))
      switch next(below: 5) {
      case 0: bytes[place] = UInt8(next(below: 256))
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: next(below: bytes.count))
      default: bytes.insert(contentsOf: pieces[next(below: pieces.count)].utf8, at: place)
      }
    }
  }
}
