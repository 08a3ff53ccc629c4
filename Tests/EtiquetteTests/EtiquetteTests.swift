import Etiquette
import Foundation
import Testing

@Suite struct EtiquetteTests {
  @Test(arguments: Behaviour.all) func `the program behaves`(behaviour: Behaviour) async {
    let verdict = await TrialRoom.verdict(behaviour, on: TrialRoom.program)
    #expect(verdict.isKept, "\(behaviour.number): \(behaviour.sentence) \(verdict.seen)")
  }

  @Test(arguments: Behaviour.all)
  func `a program that asks nobody passes no trial`(behaviour: Behaviour) async {
    let verdict = await TrialRoom.verdict(behaviour, on: "/bin/true")
    #expect(!verdict.isKept, "\(behaviour.number): \(behaviour.sentence) \(verdict.seen)")
  }

  @Test func `the numbers rise and no sentence stands twice`() {
    let numbers = Behaviour.all.map(\.number)
    #expect(numbers == Set(numbers).sorted())
    #expect(Set(Behaviour.all.map(\.sentence)).count == numbers.count)
    #expect(Behaviour.all.allSatisfy { $0.sentence.hasSuffix(".") })
  }

  @Test func `the documentation lists these behaviours, each of them kept`() throws {
    let page = try String(
      contentsOf: TrialRoom.package.appending(path: "Documentation/etiquette.md"), encoding: .utf8)
    let heading = try #require(VerdictTable.markdown.heading)
    #expect(page.hasPrefix(heading + "\n"))
    let rows = page.dropFirst(heading.count).split(separator: "\n").filter { $0.hasPrefix("|") }
    let promised = Behaviour.all.map { behaviour in
      VerdictTable.markdown.line(Verdict(behaviour: behaviour, isKept: true, seen: "-")).split(
        separator: " | ")
    }
    #expect(rows.count == promised.count)
    for (row, cells) in zip(rows, promised) {
      #expect(row.hasPrefix(cells[0] + " | " + cells[1] + " | "))
      #expect(row.hasSuffix(" | ok |"))
    }
  }
}

extension Behaviour: CustomTestStringConvertible {
  /// Its number.
  public var testDescription: String { "\(number)" }
}
