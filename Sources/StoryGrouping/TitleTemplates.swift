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

  /// The hashes of the title's words that belong to a template, the changing ones left out; empty for
  /// an ordinary title.
  func fixedWords(of sketch: Sketch) -> Set<UInt32> {
    var runs: [Range<Int>] = []
    forEachFrame(of: sketch) { frame, filler, run in
      let known = fillers[Self.slot(frame)]
      if known != 0, known >> 32 == frame & 0xFFFF_FFFF, known & 0xFFFF_FFFF != filler {
        runs.append(run)
      }
    }
    guard !runs.isEmpty else { return [] }
    // A frame without a word that varies by itself is a template too; only the shortest runs count.
    let shortest = runs.filter { run in
      !runs.contains {
        $0 != run && run.lowerBound <= $0.lowerBound && $0.upperBound <= run.upperBound
      }
    }
    let changing = Set(shortest.flatMap { sketch.titleWords[$0] })
    return Set(sketch.titleWords).subtracting(changing)
  }

  mutating func learn(_ sketch: Sketch) {
    var seen: [(slot: Int, entry: UInt64)] = []
    forEachFrame(of: sketch) { frame, filler, _ in
      seen.append((Self.slot(frame), (frame & 0xFFFF_FFFF) << 32 | filler))
    }
    for (slot, entry) in seen { fillers[slot] = entry }
  }

  private static func slot(_ frame: UInt64) -> Int {
    Int(truncatingIfNeeded: frame >> 46)
  }

  /// Calls `body` with each frame, the hash of its filler (32 bits) and the filler's
  /// place.
  private func forEachFrame(
    of sketch: Sketch, _ body: (_ frame: UInt64, _ filler: UInt64, _ run: Range<Int>) -> Void
  ) {
    let words = sketch.titleWords
    guard words.count > Self.frameMinimum else { return }
    var suffixes = [UInt64](repeating: 0, count: words.count + 1)
    for place in words.indices.reversed() {
      suffixes[place] = StableHash.join(UInt64(words[place]), suffixes[place + 1])
    }
    let telling = words.map(sketch.hasTitleTerm)
    var prefix: UInt64 = 1
    for start in words.indices {
      var filler: UInt64 = 0
      var isTelling = false
      let longest = min(Self.fillerLimit, words.count - start, words.count - Self.frameMinimum)
      for length in stride(from: 1, through: longest, by: 1) {
        let word = words[start + length - 1]
        filler = StableHash.join(filler, UInt64(word))
        isTelling = isTelling || telling[start + length - 1]
        guard isTelling else { continue }
        body(
          StableHash.join(prefix, suffixes[start + length]), filler & 0xFFFF_FFFF | 1,
          start..<start + length)
      }
      prefix = StableHash.join(prefix, UInt64(words[start]))
    }
  }
}

extension TitleTemplates {
  func write(to writer: inout SnapshotWriter) throws { try writer.write(sparse: fillers) }

  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    fillers = try reader.sparseArray(of: UInt64.self, count: Self.slotCount)
  }
}

extension Sketch {
  /// Whether one of the terms kept stands in the title and has this hash.
  fileprivate func hasTitleTerm(_ hash: UInt32) -> Bool {
    var range = terms.startIndex..<terms.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        terms[middle].key.hash < hash
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return terms[range.lowerBound...].prefix { $0.key.hash == hash }
      .contains { $0.key.kinds.contains(.title) }
  }
}
