import Checksums
import DigestExport
import Foundation
import Syndication
import Testing

@Suite struct DigestRendererTests {
  @Test func `markdown reads like a letter`() {
    #expect(
      Sample.text(Sample.harbour, .markdown) == """
        # News digest

        Friday 20 November 2026, 08:00, to Saturday 21 November 2026, 08:00 UTC  
        2 stories from 4 reports of 4 outlets

        ## Reported by several outlets

        ### [New breakwater approved: work begins in May](https://www.gazette.example/2)

        After a night of talks the council approved the breakwater.

        2 independent sources, 1 reprint:

        - **Harbour**, 21 Nov 03:00: [Council votes for the new breakwater](https://www.harbour.example/1)
        - **Gazette**, 21 Nov 04:00: [New breakwater approved: work begins in May](https://www.gazette.example/2)
        - **Wire**, 21 Nov 04:40: [Council votes for the new breakwater](https://www.wire.example/3) *(reprint of Harbour)*

        ## Reported by one outlet

        ### [Ferry line to the islands reopens](https://www.islands.example/4)

        Twice a day, weather permitting.

        **Islands**, 21 Nov 07:30

        """)
  }

  @Test func `text is wrapped and shows every address whole`() {
    #expect(
      String(
        decoding: DigestRenderer.render(
          Sample.harbour, as: .text, options: DigestOptions(title: "Harbour news", columns: 50)),
        as: UTF8.self) == """
          Harbour news
          Friday 20 November 2026, 08:00, to Saturday 21
          November 2026, 08:00 UTC
          2 stories from 4 reports of 4 outlets

          REPORTED BY SEVERAL OUTLETS
          ===========================

           1. New breakwater approved: work begins in May

              After a night of talks the council approved
              the breakwater.

              2 independent sources, 1 reprint:
              * Harbour, 21 Nov 03:00: Council votes for the
                new breakwater
                https://www.harbour.example/1
              * Gazette, 21 Nov 04:00
                https://www.gazette.example/2
              * Wire, 21 Nov 04:40 (reprint of Harbour):
                Council votes for the new breakwater
                https://www.wire.example/3

          REPORTED BY ONE OUTLET
          ======================

           2. Ferry line to the islands reopens

              Twice a day, weather permitting.

              * Islands, 21 Nov 07:30
                https://www.islands.example/4

          """)
  }

  @Test func `wide characters, emoji and marks are measured as a terminal shows them`() throws {
    let title =
      String(repeating: "大雪", count: 30) + " 📰📰 e\u{301}te\u{301} "
      + String(repeating: "z", count: 90)
    let text = Sample.text(Sample.digest(Sample.cluster(Sample.story(1, title: title))), .text)
    let lines = text.split(separator: "\n").filter { $0.contains { "大雪📰z".contains($0) } }
    #expect(lines.count == 4)
    for line in lines {
      let width = line.reduce(0) { $0 + ("大雪📰".contains($1) ? 2 : 1) }
      #expect(width <= 80)
    }
    #expect(lines[0].contains(String(repeating: "大雪", count: 19)))
  }

  @Test func `an address in a summary is not broken, another long word is`() {
    let address = "https://a.example/" + String(repeating: "x", count: 90)
    let story = Sample.story(1, text: "See \(address) \(String(repeating: "y", count: 90))")
    let text = Sample.text(Sample.digest(Sample.cluster(story)), .text)
    #expect(text.contains("\n    See\n    \(address)\n    \(String(repeating: "y", count: 76))\n"))
  }

  @Test func `HTML has every source, its link and its time`() {
    let html = Sample.text(Sample.harbour, .html)
    #expect(
      html.contains(
        """
        <article id="c-0000000000000001">
        <h3 lang="en" dir="auto"><a href="https://www.gazette.example/2" \
        rel="noopener noreferrer nofollow">New breakwater approved: work begins in May</a></h3>
        <p lang="en" dir="auto">After a night of talks the council approved the breakwater.</p>
        <p class="count">2 independent sources, 1 reprint</p>
        <ul>
        <li><b><bdi>Harbour</bdi></b> <time datetime="2026-11-21T03:00:00.000Z">21 Nov 03:00</time><br>\
        <span lang="en" dir="auto"><a href="https://www.harbour.example/1" \
        rel="noopener noreferrer nofollow">Council votes for the new breakwater</a></span></li>

        """))
    #expect(html.contains("<em>reprint of Harbour</em>"))
    #expect(html.hasSuffix("</article>\n</main>\n</body>\n</html>\n"))
  }

  @Test func `the policy of the page allows its own style sheet and nothing else`() throws {
    let html = Sample.text(Sample.harbour, .html)
    let style = try #require(html.firstMatch(of: /<style>([^<]*)<\/style>/)?.1)
    let hash = SHA256(style.utf8).hexadecimal
    let policy = try #require(
      html.firstMatch(of: /"default-src 'none'; style-src 'sha256-([^']+)'; base-uri/)?.1)
    let allowed = try #require(Data(base64Encoded: String(policy)))
    #expect(allowed.map { String(format: "%02x", $0) }.joined() == hash)
    #expect(!style.contains("url(") && !style.contains("@import"))
  }

  @Test func `JSON and JSON Lines hold the same clusters with documented members in order`() throws
  {
    let lines = Sample.text(Sample.harbour, .jsonl).split(separator: "\n")
    #expect(lines.count == 2)
    let json = Sample.text(Sample.harbour, .json)
    #expect(
      json == """
        {"version":1,"since":"2026-11-20T08:00:00.000Z","until":"2026-11-21T08:00:00.000Z","clusters":[
        \(lines[0]),
        \(lines[1])
        ],"attention":[]}

        """)
    #expect(
      lines[1] == """
        {"id":"0000000000000004","headline":"Ferry line to the islands reopens",\
        "summary":"Twice a day, weather permitting.","link":"https://www.islands.example/4",\
        "source":"Islands","published":"2026-11-21T07:30:00.000Z","sources":1,"reports":[{\
        "id":"0000000000000004","copyOf":null,"outlet":"islands.example",\
        "title":"Ferry line to the islands reopens","published":"2026-11-21T07:30:00.000Z",\
        "source":"Islands","lang":"en","revision":0,"seen":"2026-11-21T07:30:00.000Z",\
        "updated":null,"feed":"https://islands.example/feed","guid":null,\
        "link":"https://www.islands.example/4","author":null,"categories":["Harbour"],\
        "enclosures":[{"url":"https://islands.example/a.mp3","type":"audio/mpeg","length":"12"}],\
        "summary":"Twice a day, weather permitting."}]}
        """)
    #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
  }

  @Test func `stories without clusters are one line each, with their text`() throws {
    let stories = [Sample.story(7, text: "One.\nTwo.\u{2028}"), Sample.story(3)]
    let lines = DigestRenderer.renderStories(stories).split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 2)
    let first = try JSONSerialization.jsonObject(with: Data(lines[0])) as? [String: Any]
    #expect(first?["id"] as? String == "0000000000000007")
    #expect(first?["text"] as? String == "One.\nTwo.\u{2028}")
    #expect(String(decoding: lines[0], as: UTF8.self).contains(#"One.\nTwo.\u2028"#))
  }

  @Test(arguments: DigestFormat.allCases)
  func `an empty digest says so in every format`(format: DigestFormat) {
    let text = Sample.text(Sample.digest(), format)
    switch format {
    case .json: #expect(text.hasSuffix("\"clusters\":[\n],\"attention\":[]}\n"))
    case .jsonl, .mbox: #expect(text.isEmpty)
    case .jsonfeed: #expect(text.hasSuffix("\"items\":[\n]}\n"))
    case .atom: #expect(text.hasSuffix("</author>\n</feed>\n"))
    case .tsv: #expect(text.hasPrefix("cluster\tsources\t"))
    case .markdown, .html, .text: #expect(text.contains("Nothing was reported in this time."))
    }
  }

  @Test func `without clusters of several outlets there are no sections`() {
    let single = Sample.digest(Sample.cluster(Sample.story(1)))
    for format in [DigestFormat.markdown, .html, .text] {
      #expect(!Sample.text(single, format).lowercased().contains("reported by"))
    }
  }

  @Test func `a window from the beginning of time or within one day is named shortly`() {
    let all = Digest(since: Timestamp(milliseconds: 0), until: Sample.morning, clusters: [])
    #expect(
      Sample.text(all, .text).contains("Everything until Saturday 21 November 2026, 08:00 UTC\n"))
    let hour = Digest(since: Sample.morning - .seconds(3600), until: Sample.morning, clusters: [])
    #expect(Sample.text(hour, .text).contains("Saturday 21 November 2026, 07:00 to 08:00 UTC\n"))
    let ends = Digest(
      since: Timestamp(milliseconds: .min), until: Timestamp(milliseconds: .max), clusters: [])
    #expect(!Sample.text(ends, .text).isEmpty)
  }

  @Test(arguments: DigestFormat.allCases)
  func `a sink that throws ends the writing`(format: DigestFormat) {
    struct Full: Error {}
    var pieceCount = 0
    #expect(throws: Full.self) {
      try DigestRenderer.write(Sample.harbour, as: format) { (_: [UInt8]) throws(Full) in
        pieceCount += 1
        if pieceCount == 2 { throw Full() }
      }
    }
    #expect(pieceCount == 2)
  }
}
