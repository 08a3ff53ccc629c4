import Syndication
import Testing

@testable import StoryGrouping

/// A story that stands alone is judged once more when others have come.
@Suite struct SecondLookTests {
  private static let aside = report(
    2, "A night of waiting",
    """
    They have not slept since the news of the Birgit came, said Marit Osvald, who keeps the mission's door, \
    hands out soup and blankets and counts the coats of strangers while rain falls on the old tiles.
    """)
  private static let reports = [
    report(
      1, "Ferry strikes Gull Skerry",
      """
      The car ferry Sankt Birgit ran onto Gull Skerry in fog early on Tuesday with two hundred and forty \
      people aboard. Lifeboats from Kelmora took everyone off before the hull began to list, the \
      coastguard said.
      """),
    aside,
    report(
      3, "Sankt Birgit: all aboard are safe in Kelmora",
      """
      All those aboard the Sankt Birgit are safe. Lifeboats brought two hundred and forty people to the \
      harbour hall of Kelmora, where relatives waited and the seamen's mission gave out blankets and soup. \
      The ferry lies on Gull Skerry.
      """),
    report(
      4, "After the grounding: a night in the harbour hall",
      """
      Kelmora's harbour hall was full of relatives, blankets and soup after the ferry Sankt Birgit struck \
      Gull Skerry in fog with two hundred and forty people aboard; the seamen's mission stayed open all \
      night.
      """),
  ]

  private static func report(_ number: UInt64, _ title: String, _ text: String) -> GroupingDocument
  {
    let moment = Timestamp(milliseconds: 1_790_000_000_000 + Int64(number) * 60_000)
    return GroupingDocument(
      id: StoryID(bits: number), title: title, text: text, source: "outlet \(number)",
      published: moment, seen: moment)
  }

  /// Reports of nothing in particular.
  private static func others(_ count: Int) -> [GroupingDocument] {
    (1...count).map { report(UInt64(1000 + $0), "Noon \($0 * 7919)", "") }
  }

  private struct Lived {
    var grouper = Grouper()
    var placements: [Placement] = []
    var sketches: [Sketch] = []

    init(_ documents: [GroupingDocument]) {
      let sketcher = Sketcher()
      for document in documents {
        let sketch = sketcher.sketch(document, time: document.published)
        let placement = grouper.decide(sketch)
        grouper.apply(sketch, placement)
        sketches.append(sketch)
        placements.append(placement)
      }
    }
  }

  private static let moved = Move(story: aside.id, to: reports[0].id)

  @Test func `a story alone joins reports that came after it when its turn comes, and not before`()
  {
    // It was the second, and the story that is placed is not known yet.
    let turn = Parameters.secondLookDistance + 1
    let before = Lived(Self.reports + Self.others(turn - Self.reports.count))
    #expect(before.placements.flatMap(\.moves).isEmpty)
    #expect(before.grouper.cluster(of: Self.aside.id) == Self.aside.id)
    let after = Lived(Self.reports + Self.others(turn + 1 - Self.reports.count))
    #expect(after.placements.last?.moves == [Self.moved])
    #expect(after.grouper.members(of: Self.reports[0].id).count == 4)
  }

  @Test func `its turn is the same whatever was kept and loaded between, and a replay moves it`()
    throws
  {
    let documents = Self.reports + Self.others(Parameters.secondLookDistance)
    let lived = Lived(documents)
    var loaded = try Self.snapshot(Lived(Array(documents.prefix(100))).grouper).withUnsafeBytes {
      try Grouper(snapshot: $0)
    }
    var replayed = Grouper()
    for (place, sketch) in lived.sketches.enumerated() {
      let placement = lived.placements[place]
      replayed.apply(sketch, Placement(placement.decision, similarity: 0))
      replayed.apply(placement.moves)
      guard place >= 100 else { continue }
      #expect(loaded.decide(sketch) == placement)
      loaded.apply(sketch, placement)
    }
    for grouper in [loaded, replayed] {
      let isSame = try Self.snapshot(grouper) == Self.snapshot(lived.grouper)
      #expect(isSame)
    }
  }

  @Test func `a headline stays where it is`() {
    var reports = Self.reports
    reports[1] = Self.report(
      2,
      "The Birgit came, said Marit Osvald of the mission, who hands out soup and blankets and counts the coats",
      "")
    let lived = Lived(reports + Self.others(Parameters.secondLookDistance))
    #expect(lived.grouper.cluster(of: Self.aside.id) == Self.aside.id)
  }

  @Test func `what waits for its turn when the documents end has it then`() {
    var lived = Lived(Self.reports)
    #expect(lived.grouper.endLooking() == [Self.moved])
    #expect(lived.grouper.cluster(of: Self.aside.id) == Self.reports[0].id)
    #expect(lived.grouper.endLooking().isEmpty)
  }

  @Test func `group prints clusters as they stand after the last turn`() throws {
    var filter = GroupFilter()
    for report in Self.reports {
      let words = #""title":"\#(report.title)","text":"\#(report.text)""#
      let origin = #""source":"\#(report.source)","published":"2026-10-11""#
      try filter.read(line: #"{"id":"\#(report.id.bits)",\#(words),\#(origin)}"#.utf8)
    }
    func clusters() -> [String] { filter.answers().map { String($0.prefix(14)) } }
    #expect(clusters()[1] == #"{"cluster":"2""#)
    filter.end()
    #expect(clusters() == Array(repeating: #"{"cluster":"1""#, count: 4))
  }

  private static func snapshot(_ grouper: Grouper) throws -> [UInt8] {
    final class Sink { var bytes: [UInt8] = [] }
    let sink = Sink()
    try grouper.writeSnapshot { sink.bytes += $0 }
    return sink.bytes
  }
}
