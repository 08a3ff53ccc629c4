/// Adds up what clusters share with a story, and picks those that share most; in memory that is lent for
/// one story.
struct CandidateTally {
  /// The clusters in the order met, and their sums.
  private let places: UnsafeMutablePointer<UInt32>
  private let sums: UnsafeMutablePointer<Float>
  /// One more than an index of `places`, by hash; 0 where empty.
  private let slots: UnsafeMutablePointer<UInt16>
  private var count = 0
  /// How many sums there are of each size.
  private let histogram: UnsafeMutablePointer<UInt16>

  /// A power of two, over twice the clusters that are tallied: few enough to stay in the nearest cache.
  private static let slotCount = 2048
  /// Sums that are told apart at first.
  fileprivate static let bucketCount = 257
  private static let bucketsPerUnit: Float = 256

  /// Calls `body` with an empty tally, which must not outlive the call.
  @inline(__always)
  static func withEmptyTally<Result>(_ body: (inout CandidateTally) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Parameters.postingBudget) { places in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Parameters.postingBudget) { sums in
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: slotCount + bucketCount) { slots in
          slots.initialize(repeating: 0)
          guard let places = places.baseAddress, let sums = sums.baseAddress,
            let slots = slots.baseAddress
          else { preconditionFailure("there is room for some clusters") }
          var tally = CandidateTally(
            places: places, sums: sums, slots: slots, histogram: slots + slotCount)
          return body(&tally)
        }
      }
    }
  }

  /// Adds to a cluster's sum. At most `Parameters.postingBudget` times.
  @inline(__always)
  mutating func add(_ weight: Float, to place: UInt32) {
    var slot = Int(truncatingIfNeeded: (UInt64(place) &* 0x9E37_79B9_7F4A_7C15) >> 53)
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

  /// Takes out the clusters with the largest sums of those that `candidates` has not yet, `count` of them
  /// or a few more while there are any.
  func takeHeaviest(_ count: Int, into candidates: inout CandidateHeap) {
    let ceiling = candidates.floor
    var met = 0
    while candidates.floor > 0, met < count {
      candidates.floor -= 1
      met += Int(histogram[candidates.floor])
    }
    // No sum is in a bucket above the last.
    let above = ceiling == Self.bucketCount ? Float.infinity : Float(ceiling) / Self.bucketsPerUnit
    let least = Float(candidates.floor) / Self.bucketsPerUnit
    for index in 0..<self.count where sums[index] >= least && sums[index] < above {
      // Sums are positive, so their bits have their order.
      candidates.append(UInt64(sums[index].bitPattern) << 32 | UInt64(places[index]))
    }
  }

  /// Counts sums by their size, once all are known; of few clusters more is asked then.
  func settle() {
    for index in 0..<count {
      let bucket = Int(min(sums[index], 1) * Self.bucketsPerUnit)
      histogram[bucket] += 1
    }
  }
}

/// Clusters by their sums, as a heap: few are wanted of many.
struct CandidateHeap {
  /// Sum << 32 | place.
  private var numbers: [UInt64] = []
  /// Everything in the tally's buckets from here on was taken out of it.
  fileprivate(set) var floor = CandidateTally.bucketCount

  /// Whether nothing is left in the tally.
  var isExhausted: Bool { floor == 0 }

  init(capacity: Int) { numbers.reserveCapacity(capacity) }

  var count: Int { numbers.count }

  /// Calls `body` with the clusters from the `first` appended on.
  @inline(__always)
  func forEachPlace(from first: Int, _ body: (UInt32) -> Void) {
    for number in numbers[first...] { body(UInt32(truncatingIfNeeded: number)) }
  }

  /// Drops the clusters from the `first` appended on that are not wanted.
  @inline(__always)
  mutating func filter(from first: Int, _ isWanted: (UInt32) -> Bool) {
    var end = first
    for place in first..<numbers.count where isWanted(UInt32(truncatingIfNeeded: numbers[place])) {
      numbers[end] = numbers[place]
      end += 1
    }
    numbers.removeLast(numbers.count - end)
  }

  @inline(__always)
  fileprivate mutating func append(_ number: UInt64) { numbers.append(number) }

  /// Puts what was appended in order, before the first is popped.
  mutating func settle() {
    for place in stride(from: numbers.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  /// The cluster with the largest sum, of equals the newest.
  mutating func pop() -> UInt32? {
    guard let last = numbers.popLast() else { return nil }
    guard let first = numbers.first else { return UInt32(truncatingIfNeeded: last) }
    numbers[0] = last
    sink(0)
    return UInt32(truncatingIfNeeded: first)
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
