import FeedParsing
import Testing

@Suite struct HTMLFeedDiscoveryTests {
  @Test func `declared feeds come before links and usual places`() {
    let page = """
      <head><base href="/site/"><link rel="alternate stylesheet" href=a.css>
      <link rel=alternate type="application/rss+xml" title="News &amp; more" href="rss.xml"></head>
      <a href="/about">About</a> <a href="https://other.test/feed/">Our feed</a>
      """
    let candidates = FeedDiscovery.candidates(inHTML: Array(page.utf8), base: "https://news.test/x")
    #expect(
      candidates.prefix(3).map(\.url) == [
        "https://news.test/site/rss.xml", "https://other.test/feed/", "https://news.test/feed",
      ])
    #expect(candidates.first?.title == "News & more")
  }
}
