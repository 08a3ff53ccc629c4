internal import CRarityTable

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

  /// tag << 24 | story + 1; 0 where empty.
  private(set) var slots = [UInt32](repeating: 0, count: 1024)
  private var used = 0

  /// Begins to bring what looking up these bands will read into the caches.
  func prefetch(_ bins: CopySignature.Bins) {
    let keys = bins.bandKeys
    slots.withUnsafeBufferPointer { slots in
      for band in 0..<CopySignature.bandCount {
        memory_prefetch(slots.baseAddress.map { $0 + home(keys[band]) })
      }
    }
  }

  /// Calls `body` with the stories that share a band, some of them again for further bands.
  @inline(__always)
  func forEachStory(sharing bins: CopySignature.Bins, _ body: (UInt32) -> Void) {
    let keys = bins.bandKeys
    for band in 0..<CopySignature.bandCount {
      var slot = home(keys[band])
      for _ in 0..<Self.probeLimit {
        let entry = slots[slot]
        if entry == 0 { break }
        if entry >> 24 == Self.tag(keys[band]) { body(entry & 0xFF_FFFF - 1) }
        slot = (slot + 1) & (slots.count - 1)
      }
    }
  }

  /// Takes in the newest story, the last of `signatures`, which are those of all stories by number.
  mutating func insert(_ signatures: [CopySignature.Bins]) {
    if (used + CopySignature.bandCount) * 4 >= slots.count * 3 { grow(signatures) }
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
    var slot = home(key)
    var oldest = (slot: slot, story: UInt32.max)
    var oldestOfBucket = oldest
    var count = 0
    for _ in 0..<Self.probeLimit {
      let entry = slots[slot]
      if entry == 0 {
        used += 1
        slots[slot] = tag << 24 | (story + 1)
        return
      }
      let other = entry & 0xFF_FFFF
      if other < oldest.story { oldest = (slot, other) }
      if entry >> 24 == tag {
        count += 1
        if other < oldestOfBucket.story { oldestOfBucket = (slot, other) }
        if count == Parameters.bucketLimit {
          slots[oldestOfBucket.slot] = tag << 24 | (story + 1)
          return
        }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[oldest.slot] = tag << 24 | (story + 1)
  }

  private mutating func grow(_ signatures: [CopySignature.Bins]) {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    used = 0
    for (story, bins) in signatures.dropLast().enumerated() { insert(UInt32(story), bins) }
  }

  @inline(__always)
  private static func tag(_ key: UInt32) -> UInt32 { key & 0xFF }

  @inline(__always)
  private func home(_ key: UInt32) -> Int {
    Int(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 24) & (slots.count - 1)
  }
}

extension BandTable {
  func write(to writer: inout SnapshotWriter) throws {
    try writer.write(UInt64(used))
    try writer.write(slots)
  }

  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    used = Int(truncatingIfNeeded: try reader.number())
    slots = try reader.array(of: UInt32.self)
  }
}
