/// How many stories, in all and of each source, hold a term: counts by hash in a table of fixed size.
///
/// Two generations: when the younger is full the older is dropped, so that the counts follow the news.
/// Terms that share a slot seem more common than they are; nothing seems rarer.
struct DocumentFrequencies: Sendable {
  fileprivate struct Generation: Sendable {
    var counts = [UInt16](repeating: 0, count: slotCount)
    var stories = 0
    var storiesOfSource: [UInt32: Int] = [:]

    var address: UInt { counts.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } }
  }

  fileprivate static let slotCount = 1 << 21

  private var younger = Generation()
  private var older: Generation?

  /// Calls `body` with what tells the weights of a story's terms, which must not outlive the call.
  @inline(__always)
  func withRarities<Result>(in source: UInt32, _ body: (Rarities) -> Result) -> Result {
    let known = storiesOfSource(source)
    return Logarithm.withTable { logarithms in
      Parameters.backgroundShare.withUnsafeBufferPointer { background in
        younger.counts.withUnsafeBufferPointer { younger in
          func read(_ older: UnsafeBufferPointer<UInt16>) -> Result {
            body(
              Rarities(
                younger: younger, older: older, background: background, logarithms: logarithms,
                stories: Double(stories), source: source, storiesOfSource: known))
          }
          guard let older else { return read(UnsafeBufferPointer(start: nil, count: 0)) }
          return older.counts.withUnsafeBufferPointer(read)
        }
      }
    }
  }

  /// The weights of one story's terms.
  struct Rarities {
    private let younger: UnsafeBufferPointer<UInt16>
    /// Empty before there is an older generation.
    private let older: UnsafeBufferPointer<UInt16>
    private let background: UnsafeBufferPointer<Double>
    private let logarithms: Logarithm.Table
    private let source: UInt32
    /// What a story is of all, those that the background counts for included.
    private let share: Double
    /// And of those of the source; 0 where that tells nothing.
    private let shareOfSource: Double

    fileprivate init(
      younger: UnsafeBufferPointer<UInt16>, older: UnsafeBufferPointer<UInt16>,
      background: UnsafeBufferPointer<Double>, logarithms: Logarithm.Table, stories: Double,
      source: UInt32, storiesOfSource: Double
    ) {
      self.younger = younger
      self.older = older
      self.background = background
      self.logarithms = logarithms
      self.source = source
      share = 1 / (Parameters.backgroundStories + stories)
      shareOfSource =
        source != 0 && storiesOfSource > 1 ? 1 / (Parameters.sourceStories + storiesOfSource) : 0
    }

    /// How rare a term is in general, in this archive and in this source together. Without a branch that
    /// depends on the term.
    @inline(__always)
    subscript(term: SketchTerm) -> Double {
      let hash = term.key.hash
      let general =
        (Parameters.backgroundStories * background[Int(term.level)] + count(slot(hash))) * share
      let own =
        (Parameters.sourceStories * general + count(slot(hash, source: source))) * shareOfSource
      return max(0, -logarithms.natural(max(general, own)))
    }

    @inline(__always)
    private func count(_ slot: Int) -> Double {
      Double(Int(younger[slot]) + (older.isEmpty ? 0 : Int(older[slot])))
    }
  }

  /// Where the counts of both generations lie; 0 for an older one that is not there.
  var addresses: (younger: UInt, older: UInt) {
    (younger.address, older?.address ?? 0)
  }

  /// Bytes from there to the count of a term in the stories of a source, 0 for all.
  @inline(__always)
  static func offset(_ hash: UInt32, source: UInt32) -> UInt {
    UInt(slot(hash, source: source) * MemoryLayout<UInt16>.stride)
  }

  private func storiesOfSource(_ source: UInt32) -> Double {
    guard source != 0 else { return 0 }
    return Double(
      younger.storiesOfSource[source, default: 0]
        + (older?.storiesOfSource[source, default: 0] ?? 0))
  }

  mutating func count(_ sketch: Sketch) {
    if younger.stories >= Parameters.countGenerationStories {
      older = younger
      younger = Generation()
    }
    younger.stories += 1
    if sketch.source != 0 { younger.storiesOfSource[sketch.source, default: 0] += 1 }
    younger.counts.withUnsafeMutableBufferPointer { counts in
      for term in sketch.terms {
        Self.increment(&counts[slot(term.key.hash)])
        if sketch.source != 0 {
          Self.increment(&counts[slot(term.key.hash, source: sketch.source)])
        }
      }
    }
  }

  /// How far there are too few stories to tell which names are common among them, 0…1.
  var youth: Double { max(0, 1 - Double(stories) / Parameters.youngStories) }

  private var stories: Int { younger.stories + (older?.stories ?? 0) }

  private static func increment(_ count: inout UInt16) {
    if count < UInt16.max { count += 1 }
  }

}

/// The slot of a term in all stories.
@inline(__always)
private func slot(_ hash: UInt32) -> Int { slot(hash, source: 0) }

/// The slot of a term in the stories of a source.
@inline(__always)
private func slot(_ hash: UInt32, source: UInt32) -> Int {
  Int(truncatingIfNeeded: StableHash.finish(UInt64(hash) | UInt64(source) << 32) >> 43)
}

extension DocumentFrequencies {
  func write(to writer: inout SnapshotWriter) throws {
    try younger.write(to: &writer)
    try writer.write(older == nil ? 0 : 1)
    try older?.write(to: &writer)
  }

  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    younger = try Generation(from: &reader)
    switch try reader.number() {
    case 0: break
    case 1: older = try Generation(from: &reader)
    default: throw .damaged
    }
  }
}

extension DocumentFrequencies.Generation {
  fileprivate func write(to writer: inout SnapshotWriter) throws {
    try writer.write(sparse: counts)
    try writer.write(UInt64(stories))
    // In an order that is the same whatever the dictionary's.
    try writer.write(
      storiesOfSource.sorted { $0.key < $1.key }.map { SIMD2(UInt64($0.key), UInt64($0.value)) })
  }

  fileprivate init(from reader: inout SnapshotReader) throws(SnapshotError) {
    counts = try reader.sparseArray(of: UInt16.self, count: DocumentFrequencies.slotCount)
    let stated = try reader.number()
    guard stated <= Parameters.countGenerationStories else { throw .damaged }
    stories = Int(stated)
    for pair in try reader.array(of: SIMD2<UInt64>.self) {
      guard let source = UInt32(exactly: pair.x), source != 0, 1...max(1, stated) ~= pair.y,
        storiesOfSource.updateValue(Int(pair.y), forKey: source) == nil
      else { throw .damaged }
    }
  }
}
