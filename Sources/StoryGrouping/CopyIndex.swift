internal import Syndication

/// From a band of a signature to the newest stories that have it: locality-sensitive hashing for
/// copies, over the whole retention.
struct CopyIndex: Sendable {
  struct Entry: Sendable {
    var story: StoryID
    var source: UInt32
    var title: UInt32
    var signature: CopySignature
    /// The story that this one is a copy of, itself when of none.
    var original: StoryID
  }

  private var entries: [Entry] = []
  private var places: [StoryID: UInt32] = [:]
  /// One more than the place of the newest story with the band, chained through `older`.
  private var newest: [UInt64: UInt32] = [:]
  /// For each story and band, the next older story of the same bucket.
  private var older: [UInt32] = []

  func entry(of story: StoryID) -> Entry? {
    places[story].map { entries[Int($0)] }
  }

  mutating func insert(_ sketch: Sketch, original: StoryID) {
    guard places[sketch.id] == nil else { return }
    let place = UInt32(entries.count)
    places[sketch.id] = place
    entries.append(
      Entry(
        story: sketch.id, source: sketch.source, title: sketch.title, signature: sketch.signature,
        original: original))
    for band in 0..<Parameters.bandCount {
      guard let key = Self.key(sketch.signature, band) else {
        older.append(0)
        continue
      }
      older.append(newest.updateValue(place + 1, forKey: key) ?? 0)
    }
  }

  /// The stories that share a band with `signature`, at most `Parameters.bucketLimit` a band.
  func candidates(_ signature: CopySignature) -> [Entry] {
    var found: Set<UInt32> = []
    for band in 0..<Parameters.bandCount {
      guard let key = Self.key(signature, band) else { continue }
      var place = newest[key] ?? 0
      var read = 0
      while place != 0, read < Parameters.bucketLimit {
        found.insert(place - 1)
        place = older[Int(place - 1) * Parameters.bandCount + band]
        read += 1
      }
    }
    return found.sorted().map { entries[Int($0)] }
  }

  private static func key(_ signature: CopySignature, _ band: Int) -> UInt64? {
    guard !signature.bins.isEmpty else { return nil }
    var key = UInt64(band)
    for row in 0..<Parameters.rowCount {
      key = StableHash.join(key, UInt64(signature.bins[band * Parameters.rowCount + row]))
    }
    return key
  }
}
