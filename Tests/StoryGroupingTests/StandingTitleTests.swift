import StoryGrouping
import Syndication
import Testing

/// Titles that stand above something else each day, with or without a few words below.
@Suite struct StandingTitleTests {
  /// How many clusters the titles make that come in `hours` apart, of as many outlets in turn; and how many copies.
  private func clusters(
    of stories: [(title: String, text: String)], hours: Int, outlets: Int = 1
  ) -> (count: Int, copies: Int) {
    var grouper = Grouper()
    var (leads, copies): (Set<StoryID>, Int) = ([], 0)
    for (number, story) in stories.enumerated() {
      let time = Timestamp(milliseconds: 1_790_000_000_000) + .seconds(number * hours * 3600)
      let id = StoryID(bits: UInt64(number + 1))
      let placement = grouper.place(
        GroupingDocument(
          id: id, title: story.title, text: story.text, source: "outlet \(number % outlets)",
          published: time, seen: time))
      leads.insert(placement.cluster(of: id))
      if case .copies = placement.decision { copies += 1 }
    }
    return (leads.count, copies)
  }

  @Test(arguments: [
    "Photo of the day", "Daily briefing", "Weekly open thread", "Das Foto des Tages", "Untitled",
    "Le dessin du jour de Kelmora", "きょうの運勢",
  ])
  func `what an outlet puts under one title on several days are stories of their own`(title: String)
  {
    let found = clusters(of: Array(repeating: (title, ""), count: 4), hours: 24)
    #expect(found.count == 4)
    #expect(found.copies == 0)
  }

  @Test func `so are forecasts that tell their day, and letters with one sentence below`() {
    // 22 September 2026 and the days after it.
    let forecasts = ["Tuesday 22", "Wednesday 23", "Thursday 24"].map {
      (
        "Horoscope for \($0) September",
        "Aries: slow down. Taurus: listen to a friend. Gemini: wait for news. Leo: tidy your desk."
      )
    }
    #expect(clusters(of: forecasts, hours: 24).count == 3)
    let letters = Array(
      repeating: ("Morning letter", "All you need to know in five minutes. Sign up here."), count: 3
    )
    #expect(clusters(of: letters, hours: 24).count == 3)
  }

  @Test func `what an outlet sends twice in an hour is a copy`() {
    let twice = Array(repeating: ("Ferry runs aground off Kelmora", ""), count: 2)
    let found = clusters(of: twice, hours: 1)
    #expect(found.count == 1)
    #expect(found.copies == 1)
  }

  @Test func `one headline in two outlets is a copy, unless it says nothing`() {
    let telling = Array(repeating: ("Senate passes the harbour bill", ""), count: 2)
    #expect(clusters(of: telling, hours: 20, outlets: 2).copies == 1)
    let empty = Array(repeating: ("Photo of the day", ""), count: 2)
    let found = clusters(of: empty, hours: 1, outlets: 2)
    #expect(found.copies == 0)
    #expect(found.count == 2)
  }

  @Test func `an explanation says that one outlet used the title twice`() {
    let documents = (0..<2).map { number in
      let time = Timestamp(milliseconds: 1_790_000_000_000) + .seconds(number * 86_400)
      return GroupingDocument(
        id: StoryID(bits: UInt64(number)), title: "Weekly open thread of the harbour", text: "",
        source: "Harbour Post", published: time, seen: time)
    }
    let explanation = Grouper.explain(documents[0], documents[1])
    #expect(explanation.relation == .different)
    #expect(explanation.against.contains("one outlet put both under one title, on two days"))
  }
}
