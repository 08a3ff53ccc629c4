internal import CRarityTable

/// Headlines that recur with one place changed: "The weather on Friday in X".
///
/// Every way to cut a run of a few words out of a title leaves a frame; a frame that was seen before
/// around other words is a template, and then its own words prove nothing. A table of fixed size
/// remembers for each frame what stood in it last.
struct TitleTemplates: Sendable {
  private static let slotCount = 1 << 18
  /// Names and words that may stand in the changing place: what hyphens join is one, and the function words
  /// between them are none ("Neustadt an der Aisch").
  private static let fillerLimit = 3
  /// Words that may stand there altogether: bounds the frames of a title.
  private static let runLimit = 8
  /// Words that a frame must have.
  private static let frameMinimum = 3

  /// The low half of a frame's hash << 32 | what last stood in it; 0 where empty.
  private var fillers = [UInt64](repeating: 0, count: slotCount)

  /// A way to cut a run of words out of a title.
  struct Frame {
    /// The hash of what is left.
    fileprivate var hash: UInt64
    /// What was cut out: 16 bits of the hash of its first name or word, then 16 of its last.
    fileprivate var filler: UInt64
    /// Where that stood.
    fileprivate var run: Range<Int>

    fileprivate var slot: Int { Int(truncatingIfNeeded: hash >> 46) }

    /// Whether the frame is `known`, and another beginning and another end stood in it: what begins or ends
    /// alike has a shorter run that differs, or is one title with a word put before it.
    fileprivate func varies(from known: UInt64) -> Bool {
      let change = known ^ filler
      return known != 0 && known >> 32 == hash & 0xFFFF_FFFF && change & 0xFFFF != 0
        && change & 0xFFFF_0000 != 0
    }
  }

  /// The hashes of a title's words that belong to a template, the changing ones left out; empty for an
  /// ordinary title. `frames` are those of `words`.
  func fixedWords(of words: [TitleWord], _ frames: [Frame]) -> Set<UInt32> {
    var runs: [Range<Int>] = []
    for frame in frames where frame.varies(from: fillers[frame.slot]) { runs.append(frame.run) }
    guard !runs.isEmpty else { return [] }
    // A frame without a word that varies by itself is a template too; only the shortest runs count.
    let shortest = runs.filter { run in
      !runs.contains {
        $0 != run && run.lowerBound <= $0.lowerBound && $0.upperBound <= run.upperBound
      }
    }
    let changing = Set(shortest.flatMap { words[$0].map(\.hash) })
    return Set(words.map(\.hash)).subtracting(changing)
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
      suffixes[place] = StableHash.join(UInt64(words[place].hash), suffixes[place + 1])
    }
    // What changes is a name or a number, which shows where capitals are in use.
    let changing: TitleWord.Traits = words.contains { $0.has(.capital) } ? .capital : .telling
    var frames: [Frame] = []
    frames.reserveCapacity(words.count * fillerLimit)
    var prefix: UInt64 = 1
    for start in words.indices {
      defer { prefix = StableHash.join(prefix, UInt64(words[start].hash)) }
      guard !words[start].has(.joined) else { continue }
      var run = Run()
      let longest = min(runLimit, words.count - start, words.count - frameMinimum)
      for end in start + 1..<start + 1 + longest {
        run.append(words[end - 1])
        guard run.nameCount <= fillerLimit else { break }
        run.mayChange = run.mayChange || words[end - 1].has(changing)
        guard run.mayChange, end == words.count || !words[end].has(.joined) else { continue }
        frames.append(
          Frame(
            hash: StableHash.join(prefix, suffixes[end]), filler: run.filler, run: start..<end))
      }
    }
    return frames
  }

  /// Words on end, as they are cut out.
  private struct Run {
    /// The hashes of the first and of the last name or word.
    private var first: UInt64 = 0
    private var last: UInt64 = 0
    /// Names and words, function words between them left out.
    private(set) var nameCount = 0
    private var isFirst = true
    var mayChange = false

    mutating func append(_ word: TitleWord) {
      let goesOn = nameCount > 0 && word.has(.joined)
      last = StableHash.join(goesOn ? last : 0, UInt64(word.hash))
      if nameCount == 0 || goesOn && isFirst { first = last } else { isFirst = false }
      if nameCount == 0 || !goesOn && word.has(.telling) { nameCount += 1 }
    }

    var filler: UInt64 { (first & 0xFFFF) << 16 | last & 0xFFFF }
  }
}

extension TitleTemplates {
  func write(to writer: inout SnapshotWriter) throws { try writer.write(sparse: fillers) }

  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    fillers = try reader.sparseArray(of: UInt64.self, count: Self.slotCount)
  }
}
