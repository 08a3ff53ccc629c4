import StoryGrouping
import Syndication
import Testing

/// Most feeds publish the first sentence or two of the same report.
@Suite struct CutCopyTests {
  private typealias Article = FormulaTests.Article

  private static let report = Article(
    title: "Council of Brennick votes to close four libraries",
    text: """
      The council of Brennick voted by 21 to 17 on Monday night to close four of its nine libraries, in spite of a \
      petition signed by 12,000 residents. Councillor Ada Merrow said the decision had been unavoidable given the \
      cut in central funding. The libraries at Overy, Stanmoor, Cotley and Pell Street will shut their doors at the \
      end of March, and thirty members of staff will be offered other posts. Opponents said that they would take the \
      matter to court, and a group of writers has announced a reading on the steps of the town hall on Saturday. The \
      council hopes to save 1.2 million a year by the measure, which had been debated for more than two years.
      """)

  /// The report as a feed cuts it off after some characters.
  private static func cut(_ length: Int, _ ending: String) -> Article {
    Article(title: report.title, text: report.text.prefix(length) + ending)
  }

  private func placements(of articles: [Article], outlets: Int = 2) -> [Placement] {
    var grouper = Grouper()
    return documents(articles, outlets: outlets).map { grouper.place($0) }
  }

  private func documents(_ articles: [Article], outlets: Int = 2) -> [GroupingDocument] {
    articles.enumerated().map { number, article in
      var document = article.document(number)
      document.source = "outlet \(number % outlets)"
      return document
    }
  }

  private func isCopy(_ placement: Placement) -> Bool {
    if case .copies = placement.decision { true } else { false }
  }

  @Test(
    arguments: [120, 150, 200, 300],
    [
      "", "…", "...", "… [+2300 chars]", "… Read more",
      "… Continue reading Council of Brennick votes to close four libraries →",
      " […] The post Council of Brennick votes to close four libraries appeared first on Brennick Post.",
    ])
  func `a report and how it begins are copies, whichever comes first`(length: Int, ending: String) {
    let short = Self.cut(length, ending)
    for articles in [[Self.report, short], [short, Self.report]] {
      #expect(isCopy(placements(of: articles)[1]))
      let stories = documents(articles).map { ComparedStory($0, time: $0.published) }
      #expect(compare(stories[0], stories[1]).relation == .duplicate)
    }
  }

  @Test func `a beginning is found beside another report of the event`() {
    let other = Article(
      title: "Brennick council to shut libraries",
      text: """
        Four libraries in Brennick will close after councillors voted 21 to 17 for the cut on Monday, ignoring \
        12,000 signatures from residents.
        """)
    let found = placements(of: [other, Self.report, Self.cut(150, "…")], outlets: 3)
    #expect(found.map(isCopy) == [false, false, true])
    #expect(found[2].cluster(of: StoryID(bits: 3)) == StoryID(bits: 1))
  }

  @Test func `a beginning is found by who goes on from a snapshot`() throws {
    let documents = documents([Self.report, Self.cut(150, "…")])
    var grouper = Grouper()
    _ = grouper.place(documents[0])
    var bytes: [UInt8] = []
    try grouper.writeSnapshot { bytes += $0 }
    var restored = try bytes.withUnsafeBytes { try Grouper(snapshot: $0) }
    #expect(isCopy(restored.place(documents[1])))
  }

  private static let strangers: [[Article]] = [
    // One sentence in common, then each goes on by itself.
    [
      Article(
        title: "Council votes to close libraries",
        text: """
          The council of Brennick voted by 21 to 17 on Monday night to close four of its nine libraries. Residents \
          reacted with dismay: outside the Overy branch, pensioner Joan Tarn said she would miss her Thursdays.
          """),
      Article(
        title: "Brennick to close four of nine libraries",
        text: """
          The council of Brennick voted by 21 to 17 on Monday night to close four of its nine libraries. Finance \
          chief Hugh Bell put the savings at 1.2 million a year and promised a mobile service from April.
          """),
    ],
    // Both quote the captain.
    [
      Article(
        title: "Captain blames radar for Skerrin grounding",
        text: """
          "The radar went dark four minutes before we struck and there was nothing but fog around the Harrow," \
          captain Niall Brodie said after his ferry ran onto rocks off Skerrin. Western Lines has stopped all sailings.
          """),
      Article(
        title: "Skerrin ferry: 140 rescued from rocks",
        text: """
          Lifeboats from Port Maddock saved 140 people off Skerrin. "The radar went dark four minutes before we \
          struck and there was nothing but fog around the Harrow," said captain Niall Brodie.
          """),
    ],
    // What stands at the head of every such story, and nothing else.
    [
      Article(
        title: "Ferry runs aground off Skerrin with 140 aboard",
        text: """
          This is a breaking news story and will be updated as soon as we learn more. Please check back for the \
          latest on this developing story. A passenger ferry with 140 people on board ran aground in fog on rocks \
          off the island of Skerrin early on Tuesday, the coastguard said.
          """),
      Article(
        title: "Ferry runs aground off Skerrin, 140 rescued",
        text: """
          This is a breaking news story and will be updated as soon as we learn more. Please check back for the \
          latest on this developing story.
          """),
    ],
  ]

  @Test(arguments: 0..<3)
  func `reports with a sentence in common are no copies`(pair: Int) {
    let articles = Self.strangers[pair]
    for articles in [articles, articles.reversed()] {
      #expect(!isCopy(placements(of: articles)[1]))
      let stories = documents(articles).map { ComparedStory($0, time: $0.published) }
      #expect(compare(stories[0], stories[1]).relation != .duplicate)
    }
  }

  @Test func `what an outlet has under two titles with one beginning are two stories`() {
    var short = Self.cut(150, "…")
    short.title = "Brennick libraries: what closes, and when"
    #expect(!isCopy(placements(of: [Self.report, short], outlets: 1)[1]))
  }
}
