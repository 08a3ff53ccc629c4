import TestNumbers
import Testing

@testable import StoryGrouping

@Suite struct TermChoiceTests {
  @Test(arguments: 0..<40 as Range<UInt64>)
  func `the weightiest of each kind are chosen, of equals the earlier`(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let count = numbers.within(0...600)
    let greatest = numbers.within(1...TermChoice.weightLimit - 1)
    let terms = (0..<count).map { _ in
      (weight: numbers.within(0...greatest - 1), isPair: numbers.isTrue(0.4))
    }
    var choice = TermChoice()
    let noted = terms.map { choice.note($0.weight, isPair: $0.isPair) }
    choice.settle()
    let chosen = noted.indices.filter { choice.takes(noted[$0]) == 1 }

    func best(_ limit: Int, isPair: Bool) -> [Int] {
      let places = terms.indices.filter { terms[$0].isPair == isPair && terms[$0].weight > 0 }
      let sorted = places.sorted { (terms[$1].weight, $0) < (terms[$0].weight, $1) }
      return Array(sorted.prefix(limit))
    }
    let expected =
      best(Parameters.singleTermLimit, isPair: false) + best(Parameters.pairTermLimit, isPair: true)
    #expect(chosen == expected.sorted(), "seed \(seed)")
  }
}
