/// Adds up what clusters share with a story, and picks those that share most; in memory that is lent for
/// one story.
struct CandidateTally {
  /// The clusters in the order met, and their sums.
  private let places: UnsafeMutablePointer<UInt32>
  private let sums: UnsafeMutablePointer<Float>
  /// One more than an index of `places`, by hash; 0 where empty.
  private let slots: UnsafeMutablePointer<UInt8>
  private var count = 0

  /// A power of two, so many times the clusters that are tallied that two seldom meet, and few enough bytes to stay
  /// in the nearest cache.
  private static let slotCount = 1 << slotBits
  private static let slotBits: UInt64 = 11

  /// Calls `body` with an empty tally, which must not outlive the call.
  @inline(__always)
  static func withEmptyTally<Result>(_ body: (inout CandidateTally) -> Result) -> Result {
    let budget = Parameters.postingBudget
    precondition(budget < 256, "a slot is a byte")
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: budget) { places in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: budget) { sums in
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: slotCount) { slots in
          slots.initialize(repeating: 0)
          guard let places = places.baseAddress, let sums = sums.baseAddress,
            let slots = slots.baseAddress
          else { preconditionFailure("there is room for some clusters") }
          var tally = CandidateTally(places: places, sums: sums, slots: slots)
          return body(&tally)
        }
      }
    }
  }

  /// Adds to a cluster's sum. At most `Parameters.postingBudget` times, which is below 256.
  ///
  /// Nothing foretells whether a cluster was met before, so what is done does not hang on it: what a slot that is
  /// empty leads to is the cluster itself, noted beforehand as the next one.
  @inline(__always)
  mutating func add(_ weight: Float, to place: UInt32) {
    precondition(count < Parameters.postingBudget, "a posting names one cluster")
    places[count] = place
    sums[count] = 0
    let hash = UInt64(place) &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: hash >> (64 - Self.slotBits))
    while true {
      let entry = Int(slots[slot])
      let index = entry == 0 ? count : entry &- 1
      if places[index] == place {
        sums[index] += weight
        count &+= entry == 0 ? 1 : 0
        slots[slot] = UInt8(truncatingIfNeeded: index &+ 1)
        return
      }
      slot = (slot &+ 1) & (Self.slotCount &- 1)
    }
  }

  /// Whether the sum of a cluster that is wanted is at least `least`.
  func reaches(_ least: Float, isWanted: (UInt32) -> Bool) -> Bool {
    (0..<count).contains { sums[$0] >= least && isWanted(places[$0]) }
  }

  /// The clusters with the largest sums of those that are wanted, at most `limit`: the largest first, of
  /// equals the newest. Before any is asked about, `prefetch` is told of it and of some more.
  @inline(__always)
  func heaviest(_ limit: Int, prefetch: (UInt32) -> Void, isWanted: (UInt32) -> Bool) -> [UInt32] {
    var found: [UInt32] = []
    found.reserveCapacity(limit)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: limit + 1) { ranked in
      // Nearly all are wanted, so that one round will do.
      var ceiling = UInt64.max
      repeat {
        let next = largest(limit, below: ceiling, into: ranked)
        for number in next { prefetch(UInt32(truncatingIfNeeded: number)) }
        for number in next where found.count < limit {
          let place = UInt32(truncatingIfNeeded: number)
          if isWanted(place) { found.append(place) }
        }
        guard next.count == limit else { return }
        ceiling = next[limit - 1]
      } while found.count < limit
    }
    return found
  }

  /// The largest sums below a ceiling with their clusters, at most `limit`, the largest first, set down in
  /// `ranked`, which has room for one more.
  @inline(__always)
  private func largest(
    _ limit: Int, below ceiling: UInt64, into ranked: UnsafeMutableBufferPointer<UInt64>
  ) -> Slice<UnsafeMutableBufferPointer<UInt64>> {
    var taken = 0
    var least: UInt64 = 0
    for index in 0..<count {
      // Sums are positive, so their bits have their order.
      let number = UInt64(sums[index].bitPattern) << 32 | UInt64(places[index])
      guard number > least, number < ceiling else { continue }
      var rank = taken
      while rank > 0, ranked[rank &- 1] < number {
        ranked[rank] = ranked[rank &- 1]
        rank &-= 1
      }
      ranked[rank] = number
      taken = min(taken &+ 1, limit)
      if taken == limit { least = ranked[limit &- 1] }
    }
    return ranked[..<taken]
  }
}
