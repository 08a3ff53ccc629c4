/// From a band of a signature to the newest stories that have it: locality-sensitive hashing, four
/// bytes a story and band.
///
/// A slot holds a story's number and eight bits of its band's key; a bucket is what is met with these
/// bits before an empty slot. Strangers that are met so are told apart by their signatures.
struct BandTable: Sendable {
  /// Stories that can be told apart: those beyond are not taken in.
  static let storyLimit: UInt32 = 1 << 24 - 1
  /// Slots looked at for one band: bounds the work when stories are made to meet.
  private static let probeLimit = 64
  /// Stories by which prefetching runs ahead of taking in, when the table is made anew.
  private static let prefetchDistance = 6

  /// tag << 24 | story + 1.
  private var table = SlotTable<UInt32>()

  /// Begins to bring what looking up these bands will read into the caches.
  func prefetch(_ bins: CopySignature.Bins) {
    let keys = bins.bandKeys
    for band in 0..<CopySignature.bandCount { table.prefetch(Self.hash(keys[band])) }
  }

  /// Calls `body` with the stories that share a band, some of them again for further bands.
  @inline(__always)
  func forEachStory(sharing bins: CopySignature.Bins, _ body: (UInt32) -> Void) {
    let keys = bins.bandKeys
    for band in 0..<CopySignature.bandCount {
      let tag = Self.tag(keys[band])
      _ = table.search(Self.hash(keys[band]), limit: Self.probeLimit) { entry, _ in
        if entry >> 24 == tag { body(entry & 0xFF_FFFF - 1) }
        return false
      }
    }
  }

  /// Takes in the newest story, the last of `signatures`, which are those of all stories by number.
  mutating func insert(_ signatures: [CopySignature.Bins]) {
    if table.isFull(for: CopySignature.bandCount) {
      _ = table.grow()
      let known = signatures.count - 1
      for story in 0..<known {
        // By then the slots are at hand.
        prefetch(signatures[min(story + Self.prefetchDistance, known)])
        insert(UInt32(story), signatures[story])
      }
    }
    insert(UInt32(signatures.count - 1), signatures[signatures.count - 1])
  }

  private mutating func insert(_ story: UInt32, _ bins: CopySignature.Bins) {
    guard story < Self.storyLimit, bins != CopySignature.none.bins else { return }
    let keys = bins.bandKeys
    for band in 0..<CopySignature.bandCount { insert(story, keys[band]) }
  }

  /// The oldest story of a full bucket makes room, and of all that were met when nothing is empty near.
  private mutating func insert(_ story: UInt32, _ key: UInt32) {
    let tag = Self.tag(key)
    var oldest = (slot: 0, story: UInt32.max)
    var oldestOfBucket = oldest
    var count = 0
    let end = table.search(Self.hash(key), limit: Self.probeLimit) { entry, slot in
      let other = entry & 0xFF_FFFF
      if other < oldest.story { oldest = (slot, other) }
      guard entry >> 24 == tag else { return false }
      count += 1
      if other < oldestOfBucket.story { oldestOfBucket = (slot, other) }
      return count == Parameters.bucketLimit
    }
    let slot =
      switch end {
      case .room(let slot): slot
      case .entry: oldestOfBucket.slot
      case .crowded: oldest.slot
      }
    table.put(tag << 24 | (story + 1), at: slot)
  }

  @inline(__always)
  private static func tag(_ key: UInt32) -> UInt32 { key & 0xFF }

  @inline(__always)
  private static func hash(_ key: UInt32) -> UInt64 {
    (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 24
  }
}

extension BandTable {
  func write(to writer: inout SnapshotWriter) throws { try table.write(to: &writer) }

  /// Throws when a slot names none of the `storyCount` stories.
  init(from reader: inout SnapshotReader, storyCount: Int) throws(SnapshotError) {
    table = try SlotTable(from: &reader)
    let isSound = table.slots.allSatisfy { entry in
      entry == 0 || 1...max(1, storyCount) ~= Int(entry & 0xFF_FFFF)
    }
    guard isSound, storyCount > 0 || table.used == 0 else { throw .damaged }
  }
}
