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
    // Both generations count the stories once the first is full.
    var frequencies = DocumentFrequencies()
    frequencies.count(sketch)
    let wordless = Self.sketch(of: [], source: source)
    for _ in 1..<Parameters.countGenerationStories { frequencies.count(wordless) }
    frequencies.count(sketch)
    var postings = PlaceTable()
    for (place, term) in sketch.terms.enumerated() {
      postings.update(term.key.hash, to: UInt32(place))
    }

    var foresight = Foresight(counts: frequencies.addresses, postings: postings.foresight)
    foresight.source = source
    var postedCount = 0
    for (stem, term) in zip(stems, sketch.terms) {
      var addresses: [UInt] = []
      foresight.forEachAddress(of: stem) { addresses.append($0) }
      #expect(addresses.count == 5 && Set(addresses).count == 5, "seed \(seed)")
      let counts = addresses.dropLast().map { Self.read(UInt16.self, at: $0) }
      #expect(counts.allSatisfy { $0 > 0 }, "seed \(seed): \(counts)")
      let slot = Self.read(UInt64.self, at: addresses[4])
      if UInt32(slot >> 32) == term.key.hash { postedCount += 1 }
    }
    // A few are pushed to the next slot by those that came before.
    #expect(postedCount > stems.count * 3 / 4, "seed \(seed)")
  }

  private static func sketch(of stems: [UInt64], source: UInt32) -> Sketch {
    Sketch(
      id: StoryID(bits: 1), time: nil, seen: Timestamp(milliseconds: 0), source: source,
      terms: stems.map {
        SketchTerm(key: TermKey(stem: $0, kinds: [.name, .title]), level: 0, strength: 16)
      },
      signature: .none, lead: LeadShingles(), wordCount: 200, denseCount: 0, title: 0,
      titleWords: [])
  }

  private static func read<Number>(_ type: Number.Type, at address: UInt) -> Number {
    UnsafeRawPointer(bitPattern: address)?.load(as: type) ?? { preconditionFailure("a table") }()
  }
}
