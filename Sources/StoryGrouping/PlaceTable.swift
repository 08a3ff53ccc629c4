/// A map from 32-bit keys that are hashes already to 32-bit places, 8 bytes a slot.
///
/// Swift's dictionary would hash the hashes again, seeded anew in every process, at three times the
/// memory.
struct PlaceTable: Sendable {
  /// key << 32 | place + 1, modulo 2^32; never 0, since `UInt32.max` is no place.
  private var table = SlotTable<UInt64>()
  /// What found no room in the table: empty unless keys were made to meet there. Nobody can do that to a
  /// dictionary.
  private var crowded: [UInt32: UInt32] = [:]

  /// The place kept for a key.
  @inline(__always)
  subscript(key: UInt32) -> UInt32? {
    switch search(key) {
    case .entry(let slot): Self.place(table.slots[slot])
    case .room: nil
    case .crowded: crowded[key]
    }
  }

  /// Begins to bring what `subscript` will look at into the caches.
  @inline(__always)
  func prefetch(_ key: UInt32) { table.prefetch(Self.hash(key)) }

  /// Where what `subscript` looks at lies now, by `hash`.
  var foresight: SlotForesight { table.foresight }

  /// Keeps a place, not `UInt32.max`, for a key.
  mutating func update(_ key: UInt32, to place: UInt32) {
    if table.isFull() {
      for entry in table.grow() where entry != 0 { put(Self.key(entry), Self.place(entry)) }
      let homeless = sortedCrowd
      crowded = [:]
      for (key, place) in homeless { put(key, place) }
    }
    put(key, place)
  }

  private mutating func put(_ key: UInt32, _ place: UInt32) {
    switch search(key) {
    case .entry(let slot), .room(let slot):
      table.put(UInt64(key) << 32 | UInt64(place + 1), at: slot)
    case .crowded: crowded[key] = place
    }
  }

  /// Calls `body` with every key and its place, in an order that is the same on every machine.
  func forEach(_ body: (UInt32, UInt32) -> Void) {
    for entry in table.slots where entry != 0 { body(Self.key(entry), Self.place(entry)) }
    for (key, place) in sortedCrowd { body(key, place) }
  }

  private var sortedCrowd: [(key: UInt32, value: UInt32)] { crowded.sorted { $0.key < $1.key } }

  @inline(__always)
  private func search(_ key: UInt32) -> SlotTable<UInt64>.End {
    table.search(Self.hash(key)) { entry, _ in Self.key(entry) == key }
  }

  @inline(__always)
  private static func key(_ entry: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: entry >> 32) }

  @inline(__always)
  private static func place(_ entry: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: entry) &- 1 }

  /// The high bits of a multiplication: keys may share their low bits.
  @inline(__always)
  static func hash(_ key: UInt32) -> UInt64 {
    (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 32
  }
}

extension PlaceTable {
  func write(to writer: inout SnapshotWriter) throws {
    try table.write(to: &writer)
    try writer.write(sortedCrowd.map { UInt64($0.key) << 32 | UInt64($0.value) })
  }

  /// Throws unless every key is found where it stands. Places are the owner's to look at.
  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    table = try SlotTable(from: &reader)
    for (slot, entry) in table.slots.enumerated() where entry != 0 {
      guard Self.place(entry) != .max, case .entry(slot) = search(Self.key(entry)) else {
        throw .damaged
      }
    }
    for entry in try reader.array(of: UInt64.self) {
      let key = Self.key(entry)
      guard case .crowded = search(key), crowded[key] == nil,
        UInt32(truncatingIfNeeded: entry) != .max
      else { throw .damaged }
      crowded[key] = UInt32(truncatingIfNeeded: entry)
    }
  }
}
