/// Adds up what clusters share with a story, and picks those that share most.
struct CandidateTally {
  private var places: [UInt32] = []
  private var sums: [Float] = []
  /// One more than an index of `places`, by hash; 0 where empty.
  private var slots = [UInt16](repeating: 0, count: slotCount)

  /// A power of two, twice the clusters that are tallied.
  private static let slotCount = 16_384

  @inline(__always)
  mutating func add(_ weight: Float, to place: UInt32) {
    var slot = Int(truncatingIfNeeded: (UInt64(place) &* 0x9E37_79B9_7F4A_7C15) >> 50)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if places[index] == place {
        sums[index] += weight
        return
      }
      slot = (slot + 1) & (Self.slotCount - 1)
    }
    guard places.count < Self.slotCount / 2 else { return }
    places.append(place)
    sums.append(weight)
    slots[slot] = UInt16(places.count)
  }

  /// The clusters with the largest sums that are wanted, largest first, of equals the newest.
  func heaviest(_ limit: Int, where isWanted: (UInt32) -> Bool) -> [UInt32] {
    // A heap would sort them all; few are needed, so the rest is cut off by a histogram first.
    var histogram = [Int](repeating: 0, count: 257)
    for sum in sums { histogram[Self.bucket(sum)] += 1 }
    var floor = 256
    var count = histogram[256]
    while floor > 0, count < limit * 4 {
      floor -= 1
      count += histogram[floor]
    }
    let order = places.indices.filter { Self.bucket(sums[$0]) >= floor }
      .sorted { (sums[$0], places[$0]) > (sums[$1], places[$1]) }
    var found: [UInt32] = []
    for index in order where isWanted(places[index]) {
      found.append(places[index])
      if found.count == limit { break }
    }
    return found
  }

  @inline(__always)
  private static func bucket(_ sum: Float) -> Int { min(256, Int(sum * 256)) }
}
