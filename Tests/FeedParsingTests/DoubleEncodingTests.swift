import FeedParsing
import Syndication
import Testing

/// Text that was encoded as UTF-8 twice, and text that only looks so.
@Suite struct DoubleEncodingTests {
  @Test(arguments: [
    ("Ã©tÃ©", "été"), ("Itâ€™s", "It’s"), ("30 Â°C", "30 °C"), ("&#226;&#128;&#166;", "…"),
    ("ÐœÐ¸Ñ€", "Мир"), ("æ—¥æœ¬", "日本"), ("ðŸ˜€", "😀"),
  ])
  func `text that was encoded twice is what it was before`(published: String, meant: String) throws
  {
    let feed = try parse(published)
    #expect(feed.properties.title?.value == meant)
    #expect(feed.defects.map(\.kind) == [.encoding])
  }

  @Test(arguments: [
    "CAFÉ®", "CAFÉ® or CAFÉ®, never CAFÉ®", "CAFÉ”", "MANHÃ…", "É–", "été", "Â l’été", "«É»", "Ñ¿",
  ])
  func `text of a Latin script is left alone`(title: String) throws {
    let feed = try parse(title)
    #expect(feed.properties.title?.value == title)
    #expect(feed.defects.isEmpty)
  }

  private func parse(_ title: String) throws -> ParsedFeed {
    let text = "<rss><channel><title>\(title)</title></channel></rss>"
    return try FeedParser.parse(Array(text.utf8), ParseRequest())
  }
}
