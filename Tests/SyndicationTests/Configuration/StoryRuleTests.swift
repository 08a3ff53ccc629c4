import Syndication
import Testing

@Suite struct StoryRuleTests {
  private let story = Story(
    id: StoryID(bits: 1), seen: Timestamp(milliseconds: 0), feed: "f", source: "S",
    link: "https://a.example/sport/1", title: "Harbour festival opens",
    categories: ["Sport", "City"],
    text: "The festival opened.\nRain fell.")

  private func feed(_ rules: String) -> Feed? {
    let text = "https://a.example/\n" + rules
    return FeedsConfigurationParser.parse(Array(text.utf8), file: "f") { _, _ in [] }.0.feeds.first
  }

  @Test(arguments: [
    ("", true),
    ("  ignore title ~ /festival/", false),
    ("  ignore title ~ /FESTIVAL/", true),
    ("  ignore title ~ /FESTIVAL/i", false),
    ("  ignore title = \"Harbour festival\"", true),
    ("  ignore category = City", false),
    ("  ignore category != City", true),
    ("  ignore author ~ /./", true),
    ("  ignore link ~ /\\/sport\\//", false),
    ("  keep category = World", false),
    ("  keep category = World\n  keep text ~ /^Rain|Rain fell/", true),
    ("  keep category = Sport\n  ignore summary = \"\"", false),
    ("  keep language !~ /^de/", true),
  ])
  func `a story is wanted unless a rule says otherwise`(rules: String, isWanted: Bool) throws {
    #expect(try #require(feed(rules)).wants(story) == isWanted)
  }
}
