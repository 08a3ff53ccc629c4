import TestNumbers
import Testing

@testable import StoryGrouping

@Suite struct CandidateTallyTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `the clusters with the largest sums that are wanted come first`(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let clusters = numbers.within(1...Parameters.postingBudget)
    let postings = (0..<numbers.within(0...Parameters.postingBudget)).map { _ in
      // Few different weights, so that sums are often equal.
      (place: UInt32(numbers.next(below: clusters)), weight: Float(numbers.within(1...3)) / 8)
    }
    let share = numbers.fraction()
    let wanted = (0..<clusters).map { _ in numbers.isTrue(share) }
    let limit = numbers.within(1...20)

    var sums: [UInt32: Float] = [:]
    for posting in postings { sums[posting.place, default: 0] += posting.weight }
    let expected = sums.filter { wanted[Int($0.key)] }
      .sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(limit).map(\.key)

    var told: Set<UInt32> = []
    let found = CandidateTally.withEmptyTally { tally in
      for posting in postings { tally.add(posting.weight, to: posting.place) }
      return tally.heaviest(limit) {
        told.insert($0)
      } isWanted: { place in
        #expect(told.contains(place), "\(place) was not told of before it was asked about")
        return wanted[Int(place)]
      }
    }
    #expect(found == expected, "seed \(seed)")
  }
}
