import Syndication
import Testing

@testable import StoryGrouping

/// Another event's report of the same formula may be more alike than the text that a story is a copy of.
@Suite struct FormulaCopyTests {
  private let reported = report("Norway", "Ida Lund", "4.5", ending: firstEnding)
  private let sibling = report("Chile", "Rosa Vial", "5.25", ending: secondEnding)
  private let reprint = report("Norway", "Ida Lund", "4.5", ending: secondEnding)

  private static let firstEnding = """
    Traders in several markets had bet on another step, and shares of lenders fell by one percent after the \
    announcement.
    """
  private static let secondEnding = """
    The next meeting of the board will be held in six weeks, when new forecasts of growth and of prices are due.
    """

  private static func report(
    _ country: String, _ governor: String, _ rate: String, ending: String
  ) -> FormulaTests.Article {
    FormulaTests.Article(
      title: "\(country) central bank holds rates at \(rate) percent",
      text: """
        The central bank of \(country) kept its key interest rate unchanged at \(rate) percent on Thursday, in \
        line with what most economists had expected before the decision. Governor \(governor) said inflation \
        remained too high and that the board saw no reason to lower borrowing costs before the summer, since \
        wages go on rising faster than output and households spend more than they did a year ago. \(ending)
        """)
  }

  @Test func `a reprint is a copy beside a report of another event that is more alike`() {
    var grouper = Grouper()
    let documents = [reported, sibling, reprint].enumerated().map { $1.document($0) }
    let placements = documents.map { grouper.place($0) }
    #expect(placements[1].decision == .starts)
    #expect(placements[2].decision == .copies(original: documents[0].id, cluster: documents[0].id))
  }

  @Test func `a reprint of what was let go is a copy beside a report of another event`() {
    var grouper = Grouper()
    let old = reprint.document(0)
    _ = grouper.place(old)
    grouper.forget(before: old.seen + .seconds(1))
    _ = grouper.place(sibling.document(1))
    let found = grouper.place(reprint.document(2))
    #expect(found.decision == .copies(original: old.id, cluster: old.id))
  }

  @Test func `what was let go and is less alike than a report of another event is one as well`() {
    let common = [
      "people", "years", "time", "good", "work", "part", "world", "long", "day", "place", "home",
    ]
    // Every run of five is another one: 11 and 7 have no common factor, and the steps grow.
    let background = (0..<150).map { common[($0 * 7 + $0 * $0 / 11) % common.count] }
    let otherwise = background.prefix(144) + ["often", "again", "never", "maybe", "still", "today"]
    let old = Self.report("Peru", "Ana Cruz", "6", ending: otherwise.joined(separator: " "))
    let live = Self.report("Chile", "Rosa Vial", "5.25", ending: background.joined(separator: " "))
    let new = Self.report("Norway", "Ida Lund", "4.5", ending: background.joined(separator: " "))
    let documents = [old, live, new].enumerated().map { $1.document($0) }
    var grouper = Grouper()
    _ = grouper.place(documents[1])
    #expect(grouper.place(documents[0]).decision == .starts)
    grouper.forget(before: documents[0].seen + .seconds(1))
    #expect(grouper.sealed.map(\.storyCount) == [1])
    #expect(grouper.place(documents[2]).decision == .starts)
  }
}
