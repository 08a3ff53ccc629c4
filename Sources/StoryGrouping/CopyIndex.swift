internal import Syndication

/// From a band of a signature to the newest stories that have it: locality-sensitive hashing for
/// copies, over the whole retention.
struct CopyIndex: Sendable {
  struct Entry: Sendable {
    var story: StoryID
    var source: UInt32
    var title: UInt32
    var time: Timestamp?
    var signature: CopySignature
    /// The story that this one is a copy of, itself when of none.
    var original: StoryID
  }

  private var entries: [Entry] = []
  /// The place of the newest story with a band.
  private var newest = PlaceTable()
  /// For each story and band one more than the place of the next older story of the same bucket.
  private var older: [UInt32] = []

  mutating func insert(_ sketch: Sketch, original: StoryID) {
    let place = UInt32(entries.count)
    entries.append(
      Entry(
        story: sketch.id, source: sketch.source, title: sketch.title, time: sketch.time,
        signature: sketch.signature,
        original: original))
    for band in 0..<Parameters.bandCount {
      guard let key = Self.key(sketch.signature, band) else {
        older.append(0)
        continue
      }
      older.append(newest.update(key, to: place).map { $0 + 1 } ?? 0)
    }
  }

  /// Begins to bring what `candidates` will read into the caches.
  func prefetch(_ signature: CopySignature) {
    for band in 0..<Parameters.bandCount {
      if let key = Self.key(signature, band) { newest.prefetch(key) }
    }
  }

  /// The stories that share a band with `signature`, at most `Parameters.bucketLimit` a band, the
  /// oldest first.
  func candidates(_ signature: CopySignature) -> [Entry] {
    var found: [UInt32] = []
    for band in 0..<Parameters.bandCount {
      guard let key = Self.key(signature, band), let head = newest[key] else { continue }
      var place = head + 1
      var read = 0
      while place != 0, read < Parameters.bucketLimit {
        if !found.contains(place - 1) { found.append(place - 1) }
        place = older[Int(place - 1) * Parameters.bandCount + band]
        read += 1
      }
    }
    return found.sorted().map { entries[Int($0)] }
  }

  @inline(__always)
  private static func key(_ signature: CopySignature, _ band: Int) -> UInt32? {
    guard !signature.bins.isEmpty else { return nil }
    var key = UInt64(band)
    for row in 0..<Parameters.rowCount {
      key = key &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(signature.bins[band * Parameters.rowCount + row])
    }
    return UInt32(truncatingIfNeeded: StableHash.finish(key) >> 32)
  }
}
