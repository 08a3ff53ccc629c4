import FeedParsing
import Syndication
import Testing

/// The JSON form that parsers are compared in.
@Suite struct NormalizedDocumentTests {
  @Test func `a feed is one line of JSON with escaped text`() throws {
    let feed = try parse(
      "<rss version='2.0'><channel><title>A \"b\" \\ \u{1F}c\u{7}</title><ttl>5</ttl><item><title>x\ny</title><guid>1</guid></item></channel></rss>"
    )
    let json = String(decoding: NormalizedDocument.json(of: feed), as: UTF8.self)
    #expect(
      json.hasPrefix(
        "{\"ok\":true,\"bozo\":true,\"format\":\"rss\",\"version\":\"2.0\",\"encoding\":\"utf-8\",")
    )
    #expect(json.contains("\"title\":\"A \\\"b\\\" \\\\ c\",\"title_type\":\"text\""))
    #expect(json.contains("\"ttl\":\"5\""))
    #expect(json.contains("\"items\":[{\"id\":\"1\",\"title\":\"x\\ny\",\"title_type\":\"text\"}]"))
    #expect(!json.contains("\n"))
  }

  @Test func `hidden characters are escaped and read as they were`() throws {
    let feed = try parse(
      "<rss><channel><item><title>a\u{202E}\"b\u{E0041}é</title></item></channel></rss>")
    let json = String(decoding: NormalizedDocument.json(of: feed), as: UTF8.self)
    #expect(json.contains("\"title\":\"a\\u202e\\\"b\\udb40\\udc41é\""))
  }

  @Test func `entries written one by one make the same object`() throws {
    let feed = try parse(
      "<rss version='2.0'><channel><title>A</title><item><title>x</title></item><item><guid>2</guid></item></channel></rss>"
    )
    var document = NormalizedDocument()
    var json: [UInt8] = []
    for entry in feed.entries {
      document.append(entry)
      json += document.take()
    }
    document.end(feed)
    json += document.take()
    #expect(
      String(decoding: json, as: UTF8.self)
        == "{\"ok\":true,\"items\":[{\"title\":\"x\",\"title_type\":\"text\"},{\"id\":\"2\"}],"
        + "\"bozo\":false,\"format\":\"rss\",\"version\":\"2.0\",\"encoding\":\"utf-8\","
        + "\"title\":\"A\",\"title_type\":\"text\"}")
  }

  @Test func `an error is a document too`() {
    let json = NormalizedDocument.json(of: FeedParsingError(.htmlPage, "an \"HTML\" page"))
    #expect(
      String(decoding: json, as: UTF8.self)
        == "{\"ok\":false,\"bozo\":true,\"error\":\"an \\\"HTML\\\" page\",\"kind\":\"html-page\"}")
  }
}
