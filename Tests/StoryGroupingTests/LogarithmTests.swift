import Glibc
import Testing

@testable import StoryGrouping

@Suite struct LogarithmTests {
  @Test func `logarithms are those of the library, but for the last digits`() {
    var value = 1e-9
    while value < 1e9 {
      let (own, library) = (Logarithm.natural(value), log(value))
      #expect(abs(own - library) <= 4e-15 * max(1, abs(library)), "\(value)")
      value *= 1.000_37
    }
  }

  @Test func `around every kept logarithm the curve has no step`() {
    for step in 0...128 {
      for offset in -3...3 {
        // Ends, and the middles where one gives way to the next.
        let value = 1 + Double(step) / 128 + Double(offset) / 512
        #expect(abs(Logarithm.natural(value) - log(value)) <= 1e-15, "\(value)")
      }
    }
  }

  @Test func `what is certain weighs nothing`() {
    #expect(Logarithm.natural(1) == 0)
    #expect(Logarithm.natural((1.0).nextDown) < 0)
    #expect(Logarithm.natural((1.0).nextUp) > 0)
  }
}
