import DigestExport
import Foundation
import Syndication
import Testing

/// The section on feeds that need a person.
@Suite struct FeedNoticeTests {
  private func notice(_ name: String, sentence: String = "http-404 since 2026-11-18") -> FeedNotice
  {
    FeedNotice(
      name: name, address: "https://gazette.example/rss", health: "broken",
      since: Sample.dayBefore, sentence: sentence, advice: "find its new address")
  }

  private func digest(_ notices: FeedNotice...) -> Digest {
    var digest = Sample.harbour
    digest.notices = notices
    return digest
  }

  @Test func `markdown, HTML and text end with the feeds that need a person`() {
    let digest = digest(notice("Gazette"))
    #expect(
      Sample.text(digest, .markdown).hasSuffix(
        """

        ## Feeds that need attention

        - **Gazette** (broken): http-404 since 2026-11-18; find its new address

        """))
    #expect(
      Sample.text(digest, .text).hasSuffix(
        """

        FEEDS THAT NEED ATTENTION
        =========================

        * Gazette (broken): http-404 since 2026-11-18; find its new address

        """))
    #expect(
      Sample.text(digest, .html).hasSuffix(
        """
        <h2>Feeds that need attention</h2>
        <ul>
        <li><b><bdi>Gazette</bdi></b> <em>broken</em><br>http-404 since 2026-11-18; find its new \
        address</li>
        </ul>
        </main>
        </body>
        </html>

        """))
  }

  @Test func `the front says it, so that it is looked for`() {
    #expect(Sample.text(digest(notice("A")), .text).contains("outlets; 1 feed needs attention\n"))
    let two = digest(notice("A"), notice("A", sentence: "moved for good"), notice("B"))
    #expect(Sample.text(two, .markdown).contains("outlets; 2 feeds need attention\n"))
    #expect(!Sample.text(Sample.harbour, .text).contains("attention"))
  }

  @Test func `JSON has every notice whole, and always the member`() throws {
    let notices = (0..<30).map { notice("Feed \($0)") }
    var digest = Sample.harbour
    digest.notices = notices
    let data = Data(Sample.text(digest, .json).utf8)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let list = try #require(object["attention"] as? [[String: Any]])
    #expect(list.count == 30)
    #expect(
      Set(list[0].keys) == ["name", "address", "health", "since", "sentence", "advice"])
    let rest = Sample.text(digest, .markdown)
    #expect(rest.contains("Feed 19") && !rest.contains("Feed 20"))
    #expect(rest.hasSuffix("- and 10 more: aggregator status --failing\n"))
  }

  @Test(arguments: [DigestFormat.jsonl, .atom, .jsonfeed, .mbox, .tsv])
  func `formats for other programs' stories stay as they are`(format: DigestFormat) {
    let with = Sample.text(digest(notice("Gazette")), format)
    #expect(!with.contains("Gazette (broken)") && !with.contains("http-404"))
  }

  @Test func `a hostile title is text and one line`() {
    let hostile = digest(notice(Sample.hostileText, sentence: Sample.hostileText))
    let html = Sample.text(hostile, .html)
    #expect(!html.contains("<script>"))
    let items = Sample.text(hostile, .markdown).split(separator: "\n").filter {
      $0.hasPrefix("- **")
    }
    #expect(items.last?.contains("\\](javascript") == true)
    for format in [DigestFormat.markdown, .html, .text, .json] {
      let text = Sample.text(hostile, format)
      #expect(!text.unicodeScalars.contains { $0.isHidden && $0 != "\n" }, "\(format)")
    }
  }
}
