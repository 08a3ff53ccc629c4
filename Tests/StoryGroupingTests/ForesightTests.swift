import Syndication
import TestNumbers
import Testing

@testable import StoryGrouping

@Suite struct ForesightTests {
  @Test(arguments: 0..<8 as Range<UInt64>)
  func `what is asked for ahead is where shingles are counted and posted`(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let source = UInt32(truncatingIfNeeded: numbers.next()) | 1
    let stems = (0..<200).map { _ in numbers.next() }
    let sketch = Self.sketch(of: stems, source: source)
    var frequencies = DocumentFrequencies()
    frequencies.count(sketch)
    var postings = PlaceTable()
    for (place, term) in sketch.terms.enumerated() {
      postings.update(term.key.hash, to: UInt32(place))
    }

    let counts = frequencies.addresses.younger
    let counted = sketch.terms.filter { term in
      Self.read(UInt16.self, at: counts + DocumentFrequencies.offset(term.key.hash, source: 0)) > 0
        && Self.read(
          UInt16.self, at: counts + DocumentFrequencies.offset(term.key.hash, source: source)) > 0
    }
    #expect(counted.count == sketch.terms.count, "seed \(seed)")
    #expect(frequencies.addresses.older == 0)
    let posted = sketch.terms.filter { term in
      let address = postings.foresight.address(PlaceTable.hash(term.key.hash))
      return UInt32(Self.read(UInt64.self, at: address) >> 32) == term.key.hash
    }
    // A few are pushed to the next slot by those that came before.
    #expect(posted.count > sketch.terms.count * 3 / 4, "seed \(seed)")
  }

  private static func sketch(of stems: [UInt64], source: UInt32) -> Sketch {
    Sketch(
      id: StoryID(bits: 1), time: nil, seen: Timestamp(milliseconds: 0), source: source,
      terms: stems.map { SketchTerm(key: TermKey(stem: $0, kinds: []), level: 0, strength: 16) },
      signature: .none, lead: LeadShingles(), wordCount: 200, denseCount: 0, title: 0,
      titleWords: [])
  }

  private static func read<Number>(_ type: Number.Type, at address: UInt) -> Number {
    UnsafeRawPointer(bitPattern: address)?.load(as: type) ?? { preconditionFailure("a table") }()
  }
}
