/// Adds up what clusters share with a story, and picks those that share most; in memory that is lent for
/// one story.
struct CandidateTally {
  /// The clusters in the order met, and their sums.
  private let places: UnsafeMutablePointer<UInt32>
  private let sums: UnsafeMutablePointer<Float>
  /// One more than an index of `places`, by hash; 0 where empty.
  private let slots: UnsafeMutablePointer<UInt16>
  private var count = 0

  /// A power of two, over twice the clusters that are tallied: few enough to stay in the nearest cache.
  private static let slotCount = 512
  /// Sums that are told apart at first.
  private static let bucketCount = 257
  private static let bucketsPerUnit: Float = 256

  /// Calls `body` with an empty tally, which must not outlive the call.
  @inline(__always)
  static func withEmptyTally<Result>(_ body: (inout CandidateTally) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Parameters.postingBudget) { places in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Parameters.postingBudget) { sums in
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: slotCount) { slots in
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

  /// Adds to a cluster's sum. At most `Parameters.postingBudget` times.
  @inline(__always)
  mutating func add(_ weight: Float, to place: UInt32) {
    var slot = Int(truncatingIfNeeded: (UInt64(place) &* 0x9E37_79B9_7F4A_7C15) >> 55)
    while true {
      let entry = Int(slots[slot])
      if entry == 0 { break }
      if places[entry &- 1] == place {
        sums[entry &- 1] += weight
        return
      }
      slot = (slot &+ 1) & (Self.slotCount &- 1)
    }
    precondition(count < Parameters.postingBudget, "a posting names one cluster")
    places[count] = place
    sums[count] = weight
    count &+= 1
    slots[slot] = UInt16(truncatingIfNeeded: count)
  }

  /// The clusters with the largest sums of those that are wanted, at most `limit`: the largest first, of
  /// equals the newest. Before any is asked about, `prefetch` is told of it and of some more.
  @inline(__always)
  func heaviest(_ limit: Int, prefetch: (UInt32) -> Void, isWanted: (UInt32) -> Bool) -> [UInt32] {
    var found: [UInt32] = []
    found.reserveCapacity(limit)
    let histogram = histogram()
    let sizes = histogram.span
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { ranked in
      var floor = Self.bucketCount
      while found.count < limit, floor > 0 {
        let ceiling = floor
        var met = 0
        while floor > 0, met < limit - found.count {
          floor -= 1
          met += Int(sizes[floor])
        }
        var next = take(floor..<ceiling, into: ranked)
        for number in next { prefetch(UInt32(truncatingIfNeeded: number)) }
        next.sort(by: >)
        for number in next where found.count < limit {
          let place = UInt32(truncatingIfNeeded: number)
          if isWanted(place) { found.append(place) }
        }
      }
    }
    return found
  }

  /// How many sums there are of each size.
  @inline(__always)
  private func histogram() -> InlineArray<257, UInt16> {
    var histogram = InlineArray<257, UInt16>(repeating: 0)
    for index in 0..<count { histogram[Self.bucket(sums[index])] += 1 }
    return histogram
  }

  @inline(__always)
  private static func bucket(_ sum: Float) -> Int { Int(min(sum, 1) * bucketsPerUnit) }

  /// The sums of some sizes with their clusters, set down in `ranked`.
  @inline(__always)
  private func take(
    _ sizes: Range<Int>, into ranked: UnsafeMutableBufferPointer<UInt64>
  ) -> UnsafeMutableBufferPointer<UInt64> {
    // No sum is in a bucket above the last.
    let above =
      sizes.upperBound == Self.bucketCount
      ? Float.infinity : Float(sizes.upperBound) / Self.bucketsPerUnit
    let least = Float(sizes.lowerBound) / Self.bucketsPerUnit
    var taken = 0
    for index in 0..<count where sums[index] >= least && sums[index] < above {
      // Sums are positive, so their bits have their order.
      let number = UInt64(sums[index].bitPattern) << 32 | UInt64(places[index])
      ranked.initializeElement(at: taken, to: number)
      taken += 1
    }
    return UnsafeMutableBufferPointer(rebasing: ranked[..<taken])
  }
}
