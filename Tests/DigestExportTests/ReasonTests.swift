import DigestExport
import Syndication
import Testing

/// `--explain`: why a report is in its story.
@Suite struct ReasonTests {
  /// The harbour's digest, with a reason for each report that names both.
  private var explained: Digest {
    var digest = Sample.harbour
    digest.addReasons { "\($0.source) beside \($1.source): *one* <event>" }
    return digest
  }

  @Test func `each report but the lead is explained, a copy beside what it copies`() {
    let members = explained.clusters[0].members
    #expect(explained.clusters[0].lead.id == StoryID(bits: 2))
    #expect(
      members.map(\.reason) == [
        "Harbour beside Gazette: *one* <event>", nil, "Wire beside Harbour: *one* <event>",
      ])
    #expect(explained.clusters[1].members.map(\.reason) == [nil])
  }

  @Test(arguments: [
    (DigestFormat.markdown, "\n  - Why: Wire beside Harbour: \\*one\\* \\<event>\n"),
    (.text, "\n      Why: Wire beside Harbour: *one* <event>\n"),
    (.mbox, "Why: Wire beside Harbour: *one* <event>\n"),
    (.html, "<small dir=\"auto\">Why: Wire beside Harbour: *one* &lt;event&gt;</small>"),
    (.json, "\"why\":\"Wire beside Harbour: *one* <event>\""),
    (.jsonl, "\"why\":\"Wire beside Harbour: *one* <event>\""),
    (.atom, "Why: Wire beside Harbour: *one* "), (.jsonfeed, "Why: Wire beside Harbour: *one* "),
  ])
  func `the reason stands with its report`(format: DigestFormat, words: String) {
    #expect(Sample.text(explained, format).contains(words), "\(Sample.text(explained, format))")
    #expect(!Sample.text(Sample.harbour, format).lowercased().contains("why"))
  }

  @Test func `a reason is one line without what a terminal obeys`() {
    var digest = Sample.harbour
    digest.addReasons { _, _ in Sample.hostileText }
    let line = Sample.text(digest, .text).split(separator: "\n").first { $0.contains("Why: ") }
    #expect(line?.contains("\u{1B}") == false)
    #expect(!Sample.text(digest, .html).contains("<script>"))
  }
}
