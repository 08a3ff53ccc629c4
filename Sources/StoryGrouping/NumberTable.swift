/// An open hash table of numbers whose keys stand elsewhere, four bytes a slot.
struct NumberTable: Sendable {
  /// Number + 1; 0 where empty.
  private(set) var slots = [UInt32](repeating: 0, count: 1024)
  private var used = 0

  /// The number with this hash that `isWanted`.
  @inline(__always)
  func find(_ hash: UInt64, _ isWanted: (UInt32) -> Bool) -> UInt32? {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      if isWanted(slots[slot] - 1) { return slots[slot] - 1 }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Takes in a number that is not there; `hash` is that of any number's key.
  mutating func insert(_ number: UInt32, hash: (UInt32) -> UInt64) {
    if used * 4 >= slots.count * 3 { grow(hash) }
    place(number + 1, hash(number))
    used += 1
  }

  private mutating func grow(_ hash: (UInt32) -> UInt64) {
    let old = slots
    slots = [UInt32](repeating: 0, count: old.count * 2)
    for entry in old where entry != 0 { place(entry, hash(entry - 1)) }
  }

  private mutating func place(_ entry: UInt32, _ hash: UInt64) {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = entry
  }
}

extension NumberTable {
  func write(to writer: inout SnapshotWriter) throws {
    try writer.write(UInt64(used))
    try writer.write(slots)
  }

  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    used = Int(truncatingIfNeeded: try reader.number())
    slots = try reader.array(of: UInt32.self)
  }
}
