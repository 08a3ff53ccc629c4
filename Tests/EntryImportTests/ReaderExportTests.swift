import EntryImport
import Foundation
import Syndication
import Testing

@Suite struct ReaderExportTests {
  private static let miniflux = """
    {"total":3,"entries":[
    {"id":888,"user_id":1,"feed_id":42,"status":"read","hash":"aa","title":"Ferry aground & safe",
     "url":"https://courier.example/ferry","comments_url":"https://courier.example/ferry#talk",
     "published_at":"2026-11-18T06:15:00Z","created_at":"2026-11-18T07:00:00Z",
     "content":"<p>Fog off <em>Hallö</em>.</p>","author":"Ola Brandt","starred":false,"reading_time":1,
     "enclosures":[{"id":1,"url":"https://courier.example/ferry.mp3","mime_type":"audio/mpeg","size":99}],
     "feed":{"id":42,"feed_url":"https://courier.example/rss","title":"The Courier"},"tags":["sea"]},
    {"id":889,"title":"Eels","url":"https://notes.example/eels","published_at":"2026-11-17T06:15:00Z",
     "content":"","feed":{"feed_url":"https://notes.example/feed","title":"Notes"}},
    {"id":890,"title":"Market","url":"https://courier.example/market",
     "published_at":"2026-11-16T06:15:00+01:00","content":"Open.",
     "feed":{"feed_url":"https://courier.example/rss","title":"The Courier"}}]}
    """

  private static let freshrss = """
    {"id":"user/-/state/org.freshrss/feed/42","title":"List of The Courier","author":"me","items":[
    {"guid":"courier-1","crawlTimeMsec":"1794990000000","timestampUsec":"1794990000000000",
     "published":1794981300,"title":"Ferry aground &amp; safe",
     "canonical":[{"href":"https://courier.example/ferry"}],
     "alternate":[{"href":"https://courier.example/other","type":"text/html"}],
     "categories":["user/-/state/com.google/reading-list","user/-/label/Mine","sea"],
     "origin":{"streamId":"feed/42","htmlUrl":"https://courier.example","title":"The Courier",
       "feedUrl":"https://courier.example/rss"},
     "content":{"content":"<p>Fog off <em>Hallö</em>.</p>"},"author":"Ola Brandt",
     "enclosure":[{"href":"https://courier.example/ferry.mp3","type":"audio/mpeg","length":99}]},
    {"id":"tag:google.com,2005:reader/item/0001","published":"1794981400","title":"Eels",
     "alternate":[{"href":"https://notes.example/eels"}],"summary":{"content":"Long."},
     "origin":{"streamId":"feed/https://notes.example/feed","title":"Notes"}}]}
    """

  private func feeds(_ text: String, _ format: ImportFormat) throws -> [ImportedFeed] {
    let export = try ReaderExport.read(Array(text.utf8), format, subject: "export.json")
    #expect(export.problem == nil)
    return export.feeds
  }

  @Test func `entries of Miniflux keep what they say, under their feeds`() throws {
    let feeds = try feeds(Self.miniflux, .miniflux)
    #expect(
      feeds.map(\.address) == ["https://courier.example/rss", "https://notes.example/feed"])
    #expect(feeds.map(\.entries.count) == [2, 1])
    let ferry = try #require(feeds.first?.entries.first)
    #expect(ferry.title == TextConstruct("Ferry aground & safe"))
    #expect(ferry.permalink == "https://courier.example/ferry")
    #expect(ferry.published?.rfc3339 == "2026-11-18T06:15:00.000Z")
    #expect(ferry.content?.value == "<p>Fog off <em>Hallö</em>.</p>")
    #expect(ferry.content?.kind == .html)
    #expect(ferry.authors == [Person(name: "Ola Brandt")])
    #expect(ferry.categories == [Category(term: "sea")])
    #expect(ferry.enclosures.first?.length == "99")
  }

  @Test func `how many entries Miniflux has is known beside those of the page`() throws {
    let page = #"{"total":5432,"entries":[{"title":"A","url":"https://a.example/"}]}"#
    let export = try ReaderExport.read(Array(page.utf8), .miniflux, subject: "page.json")
    #expect(export.total == 5432)
    #expect(export.feeds.first?.entries.count == 1)
  }

  @Test(arguments: [String.Encoding.utf16, .utf16LittleEndian, .utf32BigEndian])
  func `an export in units of 16 or 32 bits is read as one in UTF-8`(
    encoding: String.Encoding
  ) throws {
    let bytes = Array(try #require(Self.freshrss.data(using: encoding)))
    #expect(ImportFormat.guess(bytes) == .freshrss)
    let export = try ReaderExport.read(bytes, .freshrss, subject: "export.json")
    #expect(export.feeds.map(\.entries.count) == [1, 1])
    #expect(
      export.feeds.first?.entries.first?.content?.value == "<p>Fog off <em>Hallö</em>.</p>")
  }

  @Test func `items of FreshRSS keep GUID and date, and its own marks stay behind`() throws {
    let feeds = try feeds(Self.freshrss, .freshrss)
    #expect(
      feeds.map(\.address) == ["https://courier.example/rss", "https://notes.example/feed"])
    let ferry = try #require(feeds.first?.entries.first)
    #expect(ferry.guid == "courier-1")
    #expect(ferry.permalink == "https://courier.example/ferry")
    #expect(ferry.title?.kind == .html)
    #expect(ferry.published == Timestamp(milliseconds: 1_794_981_300_000))
    #expect(ferry.categories == [Category(term: "sea")])
    let eels = try #require(feeds.last?.entries.first)
    #expect(eels.guid == nil)
    #expect(eels.content?.value == "Long.")
    #expect(eels.published == Timestamp(milliseconds: 1_794_981_400_000))
  }

  @Test(arguments: [(miniflux, ImportFormat.miniflux, 3), (freshrss, .freshrss, 2)])
  func `of an export cut anywhere the whole entries arrive, and that it was cut is said`(
    text: String, format: ImportFormat, whole: Int
  ) {
    let bytes = Array(text.utf8)
    var counts: [Int] = []
    for end in 0..<bytes.count {
      do throws(ImportError) {
        let export = try ReaderExport.read(Array(bytes[..<end]), format, subject: "export.json")
        #expect(export.problem?.problem == "not whole", "\(end)")
        counts.append(export.feeds.reduce(0) { $0 + $1.entries.count })
      } catch {
        #expect(error.subject == "export.json")
        #expect(counts.isEmpty, "\(end): a list that was there is gone")
      }
    }
    #expect(counts == counts.sorted())
    #expect(counts.last == whole)
  }

  @Test(arguments: ["[]", "{}", #"{"entries":{}}"#, "nothing", ""])
  func `what is no list of entries is named`(text: String) {
    let error = #expect(throws: ImportError.self) {
      try ReaderExport.read(Array(text.utf8), .miniflux, subject: "export.json")
    }
    #expect(
      error.map { "\($0)" } == "export.json: not a JSON object with a list “entries”")
  }

  @Test func `values of another kind than they should be say nothing`() throws {
    let feeds = try feeds(
      #"{"entries":[{"title":[],"url":{},"published_at":7,"tags":"x","enclosures":7,"feed":[]},null,7]}"#,
      .miniflux)
    #expect(feeds.first?.address == nil)
    #expect(feeds.first?.entries.first?.published == nil)
  }

  @Test(
    arguments: [
      (miniflux, ImportFormat.miniflux), (freshrss, .freshrss), ("SQLite format 3\0…", .newsboat),
      ("1794981300\tFerry\thttps://x.example\t\t\t\t\t\t\n", .sfeed),
      ("\tFerry\thttps://x.example\t\t\t\t\n", .sfeed), ("<rss/>", .feed),
      ("\u{FEFF}\n <feed/>", .feed),
      (#"{"version":"https://jsonfeed.org/version/1.1","items":[]}"#, .feed), ("Dear diary", .feed),
      ("", .feed),
    ])
  func `a file's beginning says what it is`(text: String, format: ImportFormat) {
    #expect(ImportFormat.guess(Array(text.utf8)) == format)
  }
}
