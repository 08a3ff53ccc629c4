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

  @Test(arguments: [
    (1, "4 requests"), (20, "requests"), (25, "2 requests"), (26, "requests"),
    (27, "requests"), (28, "requests"),
  ])
  func `a rude program is found out`(number: Int, seen: String) async throws {
    let behaviour = try #require(Behaviour.all.first { $0.number == number })
    let program = TrialRoom.package.appending(path: "Tests/EtiquetteTests/rude-program").path()
    let verdict = await TrialRoom.verdict(behaviour, on: program)
    #expect(!verdict.isKept)
    #expect(verdict.seen.contains(seen))
  }

  @Test func `all of the list is tried, and no sentence stands twice`() {
    #expect(Behaviour.all.map(\.number) == Array(1...55))
    #expect(Set(Behaviour.all.map(\.sentence)).count == 55)
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
