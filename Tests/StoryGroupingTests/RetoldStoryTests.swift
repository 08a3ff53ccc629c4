import StoryGrouping
import Syndication
import Testing

/// An outlet that goes on under one address with another event edits its story into another one.
@Suite struct RetoldStoryTests {
  private typealias Article = FormulaTests.Article

  private static let ferry = Article(
    title: "Ferry runs aground off Skerrin",
    text: """
      A passenger ferry with 140 people on board ran aground in fog on rocks off the island of Skerrin early on \
      Tuesday, the coastguard said. Lifeboats from Port Maddock brought everyone ashore by noon. Captain Niall Brodie \
      said that the radar of the MV Harrow had failed.
      """)
  private static let ferryElsewhere = Article(
    title: "All 140 rescued as Skerrin ferry hits rocks",
    text: """
      Everyone aboard the MV Harrow was brought to safety on Tuesday by lifeboats from Port Maddock after the ferry \
      struck rocks off Skerrin in thick fog. Its radar had failed, captain Niall Brodie told the coastguard.
      """)
  private static let council = Article(
    title: "Brennick votes to close four libraries",
    text: """
      The council of Brennick voted by 21 to 17 on Monday night to close four of its nine libraries in spite of a \
      petition signed by 12,000 residents. Councillor Ada Merrow said the cut in central funding left no choice.
      """)
  private static let councilElsewhere = Article(
    title: "Four of nine libraries in Brennick to shut",
    text: """
      Libraries in Brennick lose four of nine branches: councillors decided on Monday by 21 votes to 17, and 12,000 \
      signatures did not help. Central funding had been cut, councillor Ada Merrow said.
      """)

  private var grouper = Grouper()
  private let sketcher = Sketcher()

  private func document(_ number: Int, _ article: Article, after hours: Int) -> GroupingDocument {
    var document = article.document(number)
    document.seen = document.published.map { $0 + .seconds(hours * 3600) } ?? document.seen
    return document
  }

  /// Places articles of an outlet each.
  private mutating func place(_ articles: [Article]) {
    for (number, article) in articles.enumerated() { _ = grouper.place(article.document(number)) }
  }

  /// Edits the story of a number, and returns where it moves to.
  private mutating func edit(_ number: Int, to article: Article) -> Move? {
    let weighed = grouper.weigh(sketcher.sketch(document(number, article, after: 1)))
    let move = grouper.move(ofRetold: weighed)
    grouper.retell(weighed)
    if let move { grouper.move(weighed, to: move.cluster) }
    return move
  }

  /// Places a further article, and returns in which cluster.
  private mutating func placed(_ number: Int, _ article: Article) -> Int? {
    _ = grouper.place(article.document(number))
    return cluster(number)
  }

  private func cluster(_ number: Int) -> Int? {
    grouper.cluster(of: StoryID(bits: UInt64(number + 1))).map { Int($0.bits) - 1 }
  }

  @Test mutating func `a story that tells of a known event by now moves to its cluster`() {
    place([Self.ferry, Self.ferryElsewhere, Self.council])
    #expect(cluster(1) == 0)
    #expect(edit(1, to: Self.councilElsewhere) != nil)
    #expect(cluster(1) == 2)
    #expect(grouper.members(of: StoryID(bits: 1)) == [StoryID(bits: 1)])
    #expect(grouper.members(of: StoryID(bits: 3)) == [StoryID(bits: 3), StoryID(bits: 2)])
  }

  @Test mutating func `a story that tells of an event of its own by now begins a cluster`() {
    place([Self.ferry, Self.ferryElsewhere])
    #expect(edit(1, to: Self.council) == Move(story: StoryID(bits: 2), to: StoryID(bits: 2)))
    #expect(cluster(1) == 1)
    #expect(placed(2, Self.councilElsewhere) == 1)
  }

  @Test mutating func `a story alone is found by what it tells now`() {
    place([Self.ferry])
    #expect(edit(0, to: Self.council) == nil)
    #expect(placed(1, Self.councilElsewhere) == 0)
    #expect(grouper.place(Self.ferryElsewhere.document(2)).decision == .starts)
  }

  @Test mutating func `a story alone joins the event that it tells of now`() {
    place([Self.council, Self.ferry])
    let move = Move(story: StoryID(bits: 2), to: StoryID(bits: 1))
    #expect(edit(1, to: Self.councilElsewhere) == move)
    #expect(cluster(1) == 0)
  }

  @Test mutating func `a story that tells the same event otherwise stays`() {
    place([Self.ferry, Self.ferryElsewhere, Self.council])
    var longer = Self.ferryElsewhere
    longer.text = """
      \(Self.ferryElsewhere.text) Western Lines has stopped all sailings. A tug is to try to refloat the vessel at \
      high tide, but salvage experts fear that its hull is holed in several places below the waterline.
      """
    #expect(edit(1, to: longer) == nil)
    let otherwise = Article(
      title: "Skerrin ferry: radar failed before MV Harrow hit rocks",
      text: """
        Radar on the MV Harrow went dark minutes before the ferry struck rocks off Skerrin, captain Niall Brodie has \
        told the coastguard. All 140 aboard were saved by lifeboats from Port Maddock on Tuesday.
        """)
    #expect(edit(1, to: otherwise) == nil)
    #expect(cluster(1) == 0)
  }

  @Test mutating func `the story that a cluster is named by stays`() {
    place([Self.ferry, Self.ferryElsewhere])
    #expect(edit(0, to: Self.council) == nil)
    #expect(cluster(0) == 0 && cluster(1) == 0)
  }

  @Test mutating func `copies of what a story told once are not its copies`() {
    place([Self.ferry])
    _ = edit(0, to: Self.council)
    #expect(grouper.place(Self.ferry.document(1)).decision == .starts)
  }

  @Test mutating func `who goes on from a snapshot after an edit knows the same`() throws {
    place([Self.ferry, Self.ferryElsewhere, Self.council])
    _ = edit(1, to: Self.councilElsewhere)
    let bytes = try snapshot(grouper)
    let restored = try bytes.withUnsafeBytes { try Grouper(snapshot: $0) }
    #expect(try snapshot(restored) == bytes)
  }

  private func snapshot(_ grouper: Grouper) throws -> [UInt8] {
    let sink = Sink()
    try grouper.writeSnapshot { sink.bytes += $0 }
    return sink.bytes
  }

  private final class Sink {
    var bytes: [UInt8] = []
  }
}
