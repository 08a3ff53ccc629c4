internal import CRarityTable

/// The distinct shingles of one story with their mentions, in memory that is lent for one story.
struct TermTable {
  struct Count {
    var stem: UInt64
    /// Where the first mention stands, in bytes of the title if it is there, else of the text.
    var range: Range<Int32>
    var kinds: TermKey.Kinds
    var level: UInt8
    var mentions: UInt8
  }

  /// Slots of `places`; a power of two, twice the distinct terms that are counted.
  private static let slotCount = 4096

  private let counts: UnsafeMutableBufferPointer<Count>
  /// One more than an index of `counts`, by hash; 0 where empty.
  private let places: UnsafeMutableBufferPointer<UInt16>
  private var used = 0

  /// Calls `body` with an empty table, which must not outlive the call.
  static func withEmptyTable<Result>(_ body: (TermTable) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: Count.self, capacity: Parameters.distinctTermLimit) {
      counts in
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: slotCount) { places in
        places.initialize(repeating: 0)
        return body(TermTable(counts: counts, places: places))
      }
    }
  }

  private init(
    counts: UnsafeMutableBufferPointer<Count>, places: UnsafeMutableBufferPointer<UInt16>
  ) {
    self.counts = counts
    self.places = places
  }

  /// The shingles in the order they were met.
  var terms: UnsafeBufferPointer<Count> {
    UnsafeBufferPointer(rebasing: counts[..<used])
  }

  /// Counts a term, whose level is asked for when it is new, and returns the level.
  @inline(__always)
  mutating func count(
    _ stem: UInt64, kinds: TermKey.Kinds, range: Range<Int>, level: () -> UInt8
  ) -> UInt8 {
    var slot = Int(truncatingIfNeeded: stem) & (Self.slotCount &- 1)
    while places[slot] != 0 {
      let index = Int(places[slot]) &- 1
      if counts[index].stem == stem {
        counts[index].mentions &+= counts[index].mentions < 255 ? 1 : 0
        counts[index].kinds.formUnion(kinds)
        return counts[index].level
      }
      slot = (slot &+ 1) & (Self.slotCount &- 1)
    }
    let level = level()
    guard used < Parameters.distinctTermLimit else { return level }
    let (start, end) = (range.lowerBound, range.upperBound)
    counts.initializeElement(
      at: used,
      to: Count(
        stem: stem,
        range: Range(
          uncheckedBounds: (Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: end))),
        kinds: kinds, level: level, mentions: 1))
    used &+= 1
    places[slot] = UInt16(truncatingIfNeeded: used)
    return level
  }
}

extension TermTable.Count {
  @inline(__always)
  var strength: UInt8 {
    Parameters.strength(mentions: Int(mentions), inTitle: kinds.contains(.title))
  }

  /// What the term would weigh in an empty archive, for choosing only: 0 for a function word, else
  /// below `TermChoice.weightLimit`. `rarity` is that of each level.
  @inline(__always)
  func weight(_ rarity: UnsafeBufferPointer<UInt16>) -> Int {
    guard level < Parameters.contentLevelLimit else { return 0 }
    return Int(strength) * Int(rarity[Int(level)]) / 16
  }
}
