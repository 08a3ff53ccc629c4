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

  @Test func `another event's report is no copy of what was let go and tells the same formula`() {
    var grouper = Grouper()
    let old = reported.document(0)
    _ = grouper.place(old)
    grouper.forget(before: old.seen + .seconds(1))
    _ = grouper.place(sibling.document(1))
    #expect(grouper.place(reprint.document(2)).decision == .starts)
  }
}
