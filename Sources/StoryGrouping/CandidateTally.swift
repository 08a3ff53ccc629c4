/// Adds up what clusters share with a story, and picks those that share most.
struct CandidateTally {
  private var places: [UInt32] = []
  private var sums: [Float] = []
  /// One more than an index of `places`, by hash; 0 where empty.
  private var slots = [UInt16](repeating: 0, count: slotCount)

  /// A power of two, over twice the clusters that are tallied: few enough to stay in the nearest cache.
  private static let slotCount = 2048

  init() {
    places.reserveCapacity(Parameters.postingBudget)
    sums.reserveCapacity(Parameters.postingBudget)
  }

  /// Adds to a cluster's sum; true for a cluster that had none.
  @inline(__always)
  mutating func add(_ weight: Float, to place: UInt32) -> Bool {
    var slot = Int(truncatingIfNeeded: (UInt64(place) &* 0x9E37_79B9_7F4A_7C15) >> 53)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if places[index] == place {
        sums[index] += weight
        return false
      }
      slot = (slot + 1) & (Self.slotCount - 1)
    }
    precondition(places.count < Parameters.postingBudget, "a posting names one cluster")
    places.append(place)
    sums.append(weight)
    slots[slot] = UInt16(places.count)
    return true
  }

  /// The clusters with the largest sums that are wanted, largest first, of equals the newest. Which may
  /// be is asked of all, which are of few, after `prefetch`.
  func heaviest(
    _ limit: Int, amongThose mayBeWanted: (UInt32) -> Bool, prefetch: (UInt32) -> Void,
    where isWanted: (UInt32) -> Bool
  ) -> [UInt32] {
    // Few are needed: most of the rest is cut off by a histogram.
    var histogram = [Int](repeating: 0, count: 257)
    var buckets = [Int16](repeating: -1, count: places.count)
    for index in places.indices where mayBeWanted(places[index]) {
      let bucket = Self.bucket(sums[index])
      buckets[index] = Int16(bucket)
      histogram[bucket] += 1
    }
    var floor = 256
    var count = histogram[256]
    while floor > 0, count < limit * 4 {
      floor -= 1
      count += histogram[floor]
    }
    let chosen = places.indices.filter { buckets[$0] >= floor }
    for index in chosen { prefetch(places[index]) }
    // Sums are positive, so their bits have their order.
    var heap = CandidateHeap(chosen.map { UInt64(sums[$0].bitPattern) << 32 | UInt64(places[$0]) })
    var found: [UInt32] = []
    found.reserveCapacity(limit)
    while found.count < limit, let next = heap.popLargest() {
      let place = UInt32(truncatingIfNeeded: next)
      if isWanted(place) { found.append(place) }
    }
    return found
  }

  @inline(__always)
  private static func bucket(_ sum: Float) -> Int { min(256, Int(sum * 256)) }
}

/// Numbers of which the largest are wanted, few of many.
private struct CandidateHeap {
  private var numbers: [UInt64]

  init(_ numbers: some Sequence<UInt64>) {
    self.numbers = Array(numbers)
    for place in stride(from: self.numbers.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  mutating func popLargest() -> UInt64? {
    guard let last = numbers.popLast() else { return nil }
    guard let first = numbers.first else { return last }
    numbers[0] = last
    sink(0)
    return first
  }

  private mutating func sink(_ start: Int) {
    numbers.withUnsafeMutableBufferPointer { numbers in
      var place = start
      let number = numbers[place]
      while 2 * place + 1 < numbers.count {
        var child = 2 * place + 1
        if child + 1 < numbers.count, numbers[child + 1] > numbers[child] { child += 1 }
        guard numbers[child] > number else { break }
        numbers[place] = numbers[child]
        place = child
      }
      numbers[place] = number
    }
  }
}
