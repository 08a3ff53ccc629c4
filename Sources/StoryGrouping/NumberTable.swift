/// The numbers of things whose 64-bit keys stand elsewhere, in four bytes a slot.
struct NumberTable: Sendable {
  /// Number + 1.
  private var table = SlotTable<UInt32>()
  /// What found no room in the table, by key: empty unless keys were made to meet there. Nobody can do
  /// that to a dictionary, which hashes otherwise in every process.
  private var crowded: [UInt64: UInt32] = [:]

  /// The number with this key; `keyOf` tells that of any number.
  @inline(__always)
  func find(_ key: UInt64, _ keyOf: (UInt32) -> UInt64) -> UInt32? {
    switch table.search(StableHash.finish(key), { entry, _ in keyOf(entry - 1) == key }) {
    case .entry(let slot): table.slots[slot] - 1
    case .room: nil
    case .crowded: crowded[key]
    }
  }

  /// Begins to bring what `find` will look at into the caches.
  func prefetch(_ key: UInt64) { table.prefetch(StableHash.finish(key)) }

  /// Takes in the next number, with a key that is not there. Those below it are there.
  mutating func insert(_ number: UInt32, keyOf: (UInt32) -> UInt64) {
    if table.isFull() {
      _ = table.grow()
      crowded = [:]
      for known in 0..<number { place(known, keyOf(known)) }
    }
    place(number, keyOf(number))
  }

  private mutating func place(_ number: UInt32, _ key: UInt64) {
    switch table.search(StableHash.finish(key), { _, _ in false }) {
    case .room(let slot), .entry(let slot): table.put(number + 1, at: slot)
    case .crowded: crowded[key] = number
    }
  }
}
