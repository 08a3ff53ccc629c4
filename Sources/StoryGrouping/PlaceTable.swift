internal import CRarityTable

/// An open hash table from 32-bit keys that are hashes already to 32-bit places, 8 bytes a slot.
///
/// Swift's dictionary would hash the hashes again, seeded anew in every process, at three times the
/// memory.
struct PlaceTable: Sendable {
  /// key << 32 | place + 1; 0 where empty.
  private var slots = [UInt64](repeating: 0, count: 1024)
  private var used = 0

  /// The place kept for a key.
  @inline(__always)
  subscript(key: UInt32) -> UInt32? {
    let found = slots[slot(of: key)]
    return found == 0 ? nil : UInt32(truncatingIfNeeded: found) &- 1
  }

  /// Begins to bring what `subscript` will look at into the caches.
  @inline(__always)
  func prefetch(_ key: UInt32) {
    slots.withUnsafeBufferPointer { slots in
      memory_prefetch(slots.baseAddress.map { $0 + home(of: key) })
    }
  }

  /// Keeps a place for a key and returns the one kept before.
  mutating func update(_ key: UInt32, to place: UInt32) -> UInt32? {
    if used * 4 >= slots.count * 3 { grow() }
    let slot = slot(of: key)
    let old = slots[slot]
    slots[slot] = UInt64(key) << 32 | UInt64(place &+ 1)
    guard old == 0 else { return UInt32(truncatingIfNeeded: old) &- 1 }
    used += 1
    return nil
  }

  func forEachKey(_ body: (UInt32) -> Void) {
    for entry in slots where entry != 0 { body(UInt32(truncatingIfNeeded: entry >> 32)) }
  }

  @inline(__always)
  private func slot(of key: UInt32) -> Int {
    var slot = home(of: key)
    while slots[slot] != 0, UInt32(truncatingIfNeeded: slots[slot] >> 32) != key {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  /// The slot where the search for a key begins.
  @inline(__always)
  private func home(of key: UInt32) -> Int {
    // The high bits of a multiplication: keys may share their low bits.
    Int(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots.count - 1)
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    for entry in old where entry != 0 {
      slots[slot(of: UInt32(truncatingIfNeeded: entry >> 32))] = entry
    }
  }
}

extension PlaceTable {
  func write(to writer: inout SnapshotWriter) throws {
    try writer.write(UInt64(used))
    try writer.write(slots)
  }

  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    used = Int(truncatingIfNeeded: try reader.number())
    slots = try reader.array(of: UInt64.self)
  }
}
