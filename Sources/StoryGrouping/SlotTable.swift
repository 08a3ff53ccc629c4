internal import CRarityTable

/// An open hash table of numbers that say by themselves, or by what stands elsewhere, whose they are;
/// 0 is an empty slot.
///
/// A search ends after `probeLimit` slots: entries made to meet cost no more than others do. What finds
/// no room in as many slots is left to the table's owner.
struct SlotTable<Entry: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>: Sendable
{
  /// Where a search ended.
  enum End {
    /// At an entry that was wanted.
    case entry(at: Int)
    /// At an empty slot: nothing wanted is in the table.
    case room(at: Int)
    /// After `probeLimit` slots that hold something else.
    case crowded
  }

  /// Slots looked at for one hash. Of hashes that are spread evenly, some in a million find no room in
  /// as many while three quarters are used, the most that may be.
  static var probeLimit: Int { 256 }
  private static var smallest: Int { 1024 }

  private(set) var slots = [Entry](repeating: 0, count: smallest)
  private(set) var used = 0

  /// Begins to bring what a search will read first into the caches.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    slots.withUnsafeBufferPointer { slots in
      memory_prefetch(slots.baseAddress.map { $0 + home(of: hash) })
    }
  }

  /// Where the slots lie now.
  var foresight: SlotForesight {
    let start = slots.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    return SlotForesight(
      start: start, mask: UInt(slots.count - 1), stride: UInt(MemoryLayout<Entry>.stride))
  }

  /// Looks for an entry that `isWanted`, which is told its slot too.
  @inline(__always)
  func search(
    _ hash: UInt64, limit: Int = probeLimit, _ isWanted: (_ entry: Entry, _ slot: Int) -> Bool
  ) -> End {
    slots.withUnsafeBufferPointer { slots in
      var slot = home(of: hash)
      for _ in 0..<limit {
        let entry = slots[slot]
        if entry == 0 { return .room(at: slot) }
        if isWanted(entry, slot) { return .entry(at: slot) }
        slot = (slot + 1) & (slots.count - 1)
      }
      return .crowded
    }
  }

  /// Sets a slot that a search ended at; `entry` is not 0.
  @inline(__always)
  mutating func put(_ entry: Entry, at slot: Int) {
    if slots[slot] == 0 { used += 1 }
    slots[slot] = entry
  }

  /// Whether there must be more slots before `count` further entries are put.
  @inline(__always)
  func isFull(for count: Int = 1) -> Bool { (used + count) * 4 > slots.count * 3 }

  /// Doubles the slots, which are empty then, and returns what they held.
  mutating func grow() -> [Entry] {
    let old = slots
    slots = [Entry](repeating: 0, count: old.count * 2)
    used = 0
    return old
  }

  /// The slot where searches for a hash begin: its low bits.
  @inline(__always)
  private func home(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash) & (slots.count - 1)
  }
}

extension SlotTable {
  func write(to writer: inout SnapshotWriter) throws { try writer.write(slots) }

  /// Throws unless the slots are such as `grow` makes, and as many are empty as must be.
  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    slots = try reader.array(of: Entry.self)
    used = slots.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    guard slots.count >= Self.smallest, slots.count & (slots.count - 1) == 0,
      used * 4 <= slots.count * 3
    else { throw .damaged }
  }
}
