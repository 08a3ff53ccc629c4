import DigestExport
import Syndication
import Testing

@Suite struct SummaryTests {
  private func summary(_ summary: String?, text: String, title: String = "Title") -> String? {
    Sample.cluster(Sample.story(1, title: title, text: text, summary: summary)).summary
  }

  @Test func `the publisher's summary comes before the text`() {
    #expect(summary("In short.", text: "At length.") == "In short.")
    #expect(summary(nil, text: "At length.\nAnd more.") == "At length. And more.")
    #expect(summary(" \n", text: "At length.") == "At length.")
  }

  @Test func `what only repeats the headline is no summary`() {
    #expect(summary("Title", text: "Title\nThe news.") == "The news.")
    #expect(summary(nil, text: "Title") == nil)
    #expect(summary(nil, text: "") == nil)
    #expect(summary(nil, text: "Without a title.", title: "") == nil)
  }

  @Test func `a forum's feed that says only Comments has no summary`() {
    #expect(summary("Comments", text: "Comments") == nil)
    #expect(summary(nil, text: "He had no Comments") == "He had no Comments")
  }

  @Test(arguments: [
    "News. [Read more]", "News. Continue reading", "News. The post Title appeared first on Paper.",
    "News. […]",
  ])
  func `what publishing systems append is left out`(text: String) {
    #expect(summary(text, text: "") == "News.")
  }

  @Test func `a long text is cut after a sentence`() {
    let sentence =
      "The harbour master said that Mr. Berg of the U.S. line waits until 3 p.m. today. "
    let text = String(repeating: sentence, count: 20)
    #expect(
      summary(nil, text: text) == String(repeating: sentence, count: 3).dropLast().description)
  }

  @Test func `a long sentence is cut after a word, a word without end anywhere`() throws {
    let cut = try #require(summary(nil, text: String(repeating: "waves, ", count: 100)))
    #expect(cut.hasSuffix("waves…") && 300...320 ~= cut.count)
    #expect(summary(nil, text: String(repeating: "x", count: 400))?.count == 321)
    let snow = String(repeating: "雪が降る。", count: 100)
    #expect(summary(nil, text: snow) == String(repeating: "雪が降る。", count: 64))
  }
}
