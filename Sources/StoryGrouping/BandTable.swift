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
  /// Stories taken over from the former table for each that comes: several, so that all are long before
  /// this one is full.
  private static let takeoverCount = 2

  /// tag << 24 | story + 1.
  private var table = SlotTable<UInt32>()
  /// What the table was before it doubled, while not all of its stories are taken over: no story waits
  /// for all the others.
  private var former: Former?

  private struct Former {
    var table: SlotTable<UInt32>
    /// The stories that are not taken over yet.
    var stories: Range<UInt32>
  }

  /// Begins to bring what looking up these bands will read into the caches.
  func prefetch(_ bins: CopySignature.Bins) {
    let keys = bins.bandKeys
    for band in 0..<CopySignature.bandCount {
      let hash = Self.hash(keys[band])
      table.prefetch(hash)
      former?.table.prefetch(hash)
    }
  }

  /// Calls `body` with the stories that share a band, some of them again for further bands.
  @inline(__always)
  func forEachStory(sharing bins: CopySignature.Bins, _ body: (UInt32) -> Void) {
    let keys = bins.bandKeys
    for band in 0..<CopySignature.bandCount {
      Self.forEachStory(of: keys[band], in: table, body)
      guard let former else { continue }
      Self.forEachStory(of: keys[band], in: former.table) {
        if former.stories.contains($0) { body($0) }
      }
    }
  }

  @inline(__always)
  private static func forEachStory(
    of key: UInt32, in table: SlotTable<UInt32>, _ body: (UInt32) -> Void
  ) {
    let tag = tag(key)
    _ = table.search(hash(key), limit: probeLimit) { entry, _ in
      if entry >> 24 == tag { body(entry & 0xFF_FFFF - 1) }
      return false
    }
  }

  /// Takes in the newest story, the last of `signatures`, which are those of all stories by number.
  mutating func insert(_ signatures: [CopySignature.Bins]) {
    let newest = UInt32(signatures.count - 1)
    if table.isFull(for: CopySignature.bandCount) {
      while former != nil { takeOver(signatures) }
      former = Former(table: table, stories: 0..<newest)
      _ = table.grow()
    }
    if former != nil { takeOver(signatures) }
    insert(newest, signatures[Int(newest)])
  }

  /// Takes over the next stories of the former table.
  private mutating func takeOver(_ signatures: [CopySignature.Bins]) {
    guard let stories = former?.stories else { return }
    let next = stories.prefix(Self.takeoverCount)
    for story in next {
      insert(story, signatures[Int(story)])
      // By the next time the slots are at hand.
      let later = Int(story) + Self.takeoverCount
      if later < signatures.count { prefetch(signatures[later]) }
    }
    former?.stories = next.endIndex..<stories.endIndex
    if next.endIndex == stories.endIndex { former = nil }
  }

  private mutating func insert(_ story: UInt32, _ bins: CopySignature.Bins) {
    guard story < Self.storyLimit, !bins.isWordless else { return }
    let keys = bins.bandKeys
    for band in 0..<CopySignature.bandCount { insert(story, keys[band]) }
  }

  /// The oldest story of a full bucket makes room, and of all that were met when nothing is empty near,
  /// unless this one is older still.
  private mutating func insert(_ story: UInt32, _ key: UInt32) {
    let tag = Self.tag(key)
    let number = story + 1
    var oldest = (slot: 0, number: UInt32.max)
    var oldestOfBucket = oldest
    var count = 0
    let end = table.search(Self.hash(key), limit: Self.probeLimit) { entry, slot in
      let other = entry & 0xFF_FFFF
      if other < oldest.number { oldest = (slot, other) }
      guard entry >> 24 == tag else { return false }
      count += 1
      if other < oldestOfBucket.number { oldestOfBucket = (slot, other) }
      return count == Parameters.bucketLimit
    }
    let place =
      switch end {
      case .room(let slot): (slot: slot, number: UInt32(0))
      case .entry: oldestOfBucket
      case .crowded: oldest
      }
    if place.number < number { table.put(tag << 24 | number, at: place.slot) }
  }

  @inline(__always)
  private static func tag(_ key: UInt32) -> UInt32 { key & 0xFF }

  @inline(__always)
  private static func hash(_ key: UInt32) -> UInt64 {
    (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 24
  }
}

extension BandTable {
  func write(to writer: inout SnapshotWriter) throws {
    try table.write(to: &writer)
    try writer.write(UInt64(former?.stories.lowerBound ?? 0))
    try writer.write(UInt64(former?.stories.upperBound ?? 0))
    try former?.table.write(to: &writer)
  }

  /// Throws when a slot names none of the `storyCount` stories.
  init(from reader: inout SnapshotReader, storyCount: Int) throws(SnapshotError) {
    table = try SlotTable(from: &reader)
    let (next, end) = (try reader.number(), try reader.number())
    guard next <= end, end <= UInt64(storyCount), Self.isSound(table, storyCount) else {
      throw .damaged
    }
    guard end > 0 else { return }
    let former = Former(
      table: try SlotTable(from: &reader), stories: UInt32(next)..<UInt32(end))
    guard next < end, Self.isSound(former.table, storyCount) else { throw .damaged }
    self.former = former
  }

  private static func isSound(_ table: SlotTable<UInt32>, _ storyCount: Int) -> Bool {
    table.slots.allSatisfy { $0 == 0 || 1...max(1, storyCount) ~= Int($0 & 0xFF_FFFF) }
      && (storyCount > 0 || table.used == 0)
  }
}
