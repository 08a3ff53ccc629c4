internal import CRarityTable

/// Headlines that recur with one place changed: "The weather on Friday in X".
///
/// Every way to cut a run of a few words out of a title leaves a frame; a frame that was seen before
/// around other words is a template, and then its own words prove nothing. A table of fixed size
/// remembers for each frame what stood in it last.
struct TitleTemplates: Sendable {
  private static let slotCount = 1 << 18
  /// Words that may stand in the changing place.
  private static let fillerLimit = 3
  /// Words that a frame must have.
  private static let frameMinimum = 3

  /// The low half of a frame's hash << 32 | the hash of what last stood in it; 0 where empty.
  private var fillers = [UInt64](repeating: 0, count: slotCount)

  /// A way to cut a run of words out of a title.
  struct Frame {
    /// The hash of what is left.
    fileprivate var hash: UInt64
    /// The hash of what was cut out, of 32 bits.
    fileprivate var filler: UInt64
    /// Where that stood.
    fileprivate var run: Range<Int>

    fileprivate var slot: Int { Int(truncatingIfNeeded: hash >> 46) }
  }

  /// The hashes of a title's words that belong to a template, the changing ones left out; empty for an
  /// ordinary title. `frames` are those of `words`.
  func fixedWords(of words: [UInt32], _ frames: [Frame]) -> Set<UInt32> {
    var runs: [Range<Int>] = []
    for frame in frames {
      let known = fillers[frame.slot]
      if known != 0, known >> 32 == frame.hash & 0xFFFF_FFFF, known & 0xFFFF_FFFF != frame.filler {
        runs.append(frame.run)
      }
    }
    guard !runs.isEmpty else { return [] }
    // A frame without a word that varies by itself is a template too; only the shortest runs count.
    let shortest = runs.filter { run in
      !runs.contains {
        $0 != run && run.lowerBound <= $0.lowerBound && $0.upperBound <= run.upperBound
      }
    }
    let changing = Set(shortest.flatMap { words[$0] })
    return Set(words).subtracting(changing)
  }

  /// Begins to bring what is known of frames into the caches.
  func prefetch(_ frames: [Frame]) {
    fillers.withUnsafeBufferPointer { fillers in
      for frame in frames { memory_prefetch(fillers.baseAddress.map { $0 + frame.slot }) }
    }
  }

  mutating func learn(_ frames: [Frame]) {
    for frame in frames { fillers[frame.slot] = (frame.hash & 0xFFFF_FFFF) << 32 | frame.filler }
  }

  /// The frames of a story's title.
  static func frames(of sketch: Sketch) -> [Frame] {
    let words = sketch.titleWords
    guard words.count > frameMinimum else { return [] }
    var suffixes = [UInt64](repeating: 0, count: words.count + 1)
    for place in words.indices.reversed() {
      suffixes[place] = StableHash.join(UInt64(words[place]), suffixes[place + 1])
    }
    let terms = sketch.terms.filter { $0.key.kinds.contains(.title) }
    let telling = words.map { word in terms.contains { $0.key.hash == word } }
    var frames: [Frame] = []
    frames.reserveCapacity(words.count * fillerLimit)
    var prefix: UInt64 = 1
    for start in words.indices {
      var filler: UInt64 = 0
      var isTelling = false
      let longest = min(fillerLimit, words.count - start, words.count - frameMinimum)
      for length in stride(from: 1, through: longest, by: 1) {
        filler = StableHash.join(filler, UInt64(words[start + length - 1]))
        isTelling = isTelling || telling[start + length - 1]
        guard isTelling else { continue }
        frames.append(
          Frame(
            hash: StableHash.join(prefix, suffixes[start + length]),
            filler: filler & 0xFFFF_FFFF | 1, run: start..<start + length))
      }
      prefix = StableHash.join(prefix, UInt64(words[start]))
    }
    return frames
  }
}

extension TitleTemplates {
  func write(to writer: inout SnapshotWriter) throws { try writer.write(sparse: fillers) }

  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    fillers = try reader.sparseArray(of: UInt64.self, count: Self.slotCount)
  }
}
