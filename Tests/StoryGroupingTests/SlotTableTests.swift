import Testing

@testable import StoryGrouping

/// Keys whose hashes meet in one slot of any table: what nobody who sends stories may make slow.
@Suite struct SlotTableTests {
  private let count = 20_000

  /// Keys whose `StableHash.finish` has zeros in its lower half.
  private func meetingKeys() -> [UInt64] {
    (1...UInt64(count)).map { Self.unfinished($0 << 32) }
  }

  /// The number that `StableHash.finish` makes `hash` of.
  private static func unfinished(_ hash: UInt64) -> UInt64 {
    var state = hash ^ hash >> 31 ^ hash >> 62
    state = state &* 0x3196_42B2_D24D_8EC3
    state = state ^ state >> 27 ^ state >> 54
    state = state &* 0x96DE_1B17_3F11_9089
    return state ^ state >> 30 ^ state >> 60
  }

  @Test func `a search ends after as many slots as it may look at`() {
    var table = SlotTable<UInt32>()
    var visits = 0
    for entry in 1...UInt32(SlotTable<UInt32>.probeLimit) {
      guard case .room(let slot) = table.search(7, { _, _ in false }) else { break }
      table.put(entry, at: slot)
    }
    #expect(table.used == SlotTable<UInt32>.probeLimit)
    let end = table.search(7) { _, _ in
      visits += 1
      return false
    }
    guard case .crowded = end else {
      Issue.record("there is no room left in reach")
      return
    }
    #expect(visits == SlotTable<UInt32>.probeLimit)
  }

  @Test func `numbers whose keys meet in one slot are all found`() {
    let keys = meetingKeys()
    #expect(keys.allSatisfy { StableHash.finish($0) & 0xFFFF_FFFF == 0 })
    var table = NumberTable()
    for number in keys.indices { table.insert(UInt32(number)) { keys[Int($0)] } }
    for number in keys.indices {
      #expect(table.find(keys[number]) { keys[Int($0)] } == UInt32(number))
    }
    #expect(table.find(Self.unfinished(1 << 52)) { keys[Int($0)] } == nil)
  }

  @Test func `places whose keys meet in one slot are kept, changed and told in one order`() {
    // Multiplied by the inverse of the table's factor, numbers that differ in high bits alone meet.
    let keys = (0..<200_000 as Range<UInt64>).compactMap { number -> UInt32? in
      let key = UInt32(truncatingIfNeeded: number &* 32)
      return (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 32 & 1023 < 24 ? key : nil
    }
    var table = PlaceTable()
    var model: [UInt32: UInt32] = [:]
    for round in 0..<2 as Range<UInt32> {
      for (place, key) in keys.enumerated() {
        table.update(key, to: UInt32(place) + round)
        model[key] = UInt32(place) + round
      }
    }
    for key in keys { #expect(table[key] == model[key]) }
    #expect(table[1] == nil)
    var told: [UInt32: UInt32] = [:]
    table.forEach { told[$0] = $1 }
    #expect(told == model)
  }
}
