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

  /// For each slot what is known of a frame, as `Known`; 0 where empty.
  private var fillers = [UInt64](repeating: 0, count: slotCount)

  /// A way to cut a run of words out of a title.
  struct Frame {
    /// The hash of what is left.
    fileprivate var hash: UInt64
    /// What was cut out: 16 bits of the hash of its first name or word, then 16 of its last.
    fileprivate var filler: UInt32
    /// Where that stood.
    fileprivate var run: Range<Int>
    /// Whether all other words are to be the same. If not, other numbers may stand in it, and what it was cut out of
    /// may be no name; then one other filling may be another desk's wording.
    fileprivate var isExact: Bool

    fileprivate init(_ hash: UInt64, _ run: Run, _ place: Range<Int>, isExact: Bool) {
      self.hash = hash
      filler = run.filler
      self.run = place
      self.isExact = isExact
    }

    fileprivate var slot: Int { Int(truncatingIfNeeded: hash >> 46) }
  }

  /// What is known of a frame: 26 bits of its hash, 6 of what stood in it before the last, 0 for nothing, and 32 of
  /// what last did.
  private struct Known {
    var bits: UInt64

    private var filler: UInt32 { UInt32(truncatingIfNeeded: bits) }
    private var earlier: UInt64 { bits >> 32 & 0x3F }

    func isOf(_ frame: Frame) -> Bool { bits != 0 && bits >> 38 == frame.hash & 0x3FF_FFFF }

    /// Whether another beginning and another end stood in the frame: what begins or ends alike has a shorter run
    /// that differs, or is one title with a word put before it.
    func varies(from frame: Frame) -> Bool {
      let change = filler ^ frame.filler
      return isOf(frame) && change & 0xFFFF != 0 && change & 0xFFFF_0000 != 0
    }

    /// Whether two others stood there.
    func variesTwice(from frame: Frame) -> Bool {
      varies(from: frame) && earlier != 0 && earlier != Self.mark(of: frame.filler)
    }

    /// What is known once a frame was seen again, or for the first time.
    func learning(_ frame: Frame) -> Known {
      let before =
        varies(from: frame) ? Self.mark(of: filler) : isOf(frame) ? earlier : 0
      return Known(bits: frame.hash << 38 | before << 32 | UInt64(frame.filler))
    }

    /// 1…63.
    private static func mark(of filler: UInt32) -> UInt64 {
      max(1, UInt64((filler &* 0x9E37_79B1) >> 26))
    }
  }

  /// What of a title is a template's.
  struct Template {
    /// The hashes of the words that belong to it, the changing ones left out; empty for an ordinary title.
    var fixedWords: Set<UInt32> = []
    /// Whether two others filled it otherwise.
    var isKnown = false
  }

  /// `frames` are those of `words`.
  func template(of words: [TitleWord], _ frames: [Frame]) -> Template {
    var template = Template()
    var runs: [Range<Int>] = []
    for frame in frames {
      let known = Known(bits: fillers[frame.slot])
      guard known.varies(from: frame) else { continue }
      if known.variesTwice(from: frame) { template.isKnown = true }
      if frame.isExact { runs.append(frame.run) }
    }
    template.fixedWords = Self.fixedWords(of: words, runs)
    return template
  }

  private static func fixedWords(of words: [TitleWord], _ runs: [Range<Int>]) -> Set<UInt32> {
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
    for frame in frames {
      fillers[frame.slot] = Known(bits: fillers[frame.slot]).learning(frame).bits
    }
  }

  /// The frames of a story's title.
  static func frames(of sketch: Sketch) -> [Frame] {
    let words = sketch.titleWords
    guard words.count > frameMinimum else { return [] }
    // What changes is a name or a number, which shows where capitals are in use.
    let changing: TitleWord.Traits = words.contains { $0.has(.capital) } ? .capital : .telling
    let hasNumber = words.contains { $0.has(.number) }
    let (exact, loose) = (Rest(words) { $0.hash }, Rest(words) { $0.has(.number) ? 0 : $0.hash })
    var frames: [Frame] = []
    frames.reserveCapacity(words.count * fillerLimit)
    forEachRun(of: words) { place, run in
      let cut = words[place]
      let isName = cut.contains { $0.has(changing) }
      if isName { frames.append(Frame(exact.hash(without: place), run, place, isExact: true)) }
      let isAtEdge = place.lowerBound == 0 || place.upperBound == words.count
      guard isAtEdge || isName && hasNumber, cut.contains(where: \.isWord) else { return }
      frames.append(Frame(~loose.hash(without: place), run, place, isExact: false))
    }
    return frames
  }

  /// Calls `body` with every run that may be cut out.
  private static func forEachRun(of words: [TitleWord], _ body: (Range<Int>, Run) -> Void) {
    for start in words.indices where !words[start].has(.joined) {
      var run = Run()
      let longest = min(runLimit, words.count - start, words.count - frameMinimum)
      for end in start + 1..<start + 1 + longest {
        run.append(words[end - 1])
        guard run.nameCount <= fillerLimit else { break }
        guard end == words.count || !words[end].has(.joined) else { continue }
        body(start..<end, run)
      }
    }
  }

  /// What is left of a title without a run of its words.
  private struct Rest {
    private var prefixes: [UInt64] = [1]
    private var suffixes: [UInt64]

    init(_ words: [TitleWord], _ hash: (TitleWord) -> UInt32) {
      suffixes = [UInt64](repeating: 0, count: words.count + 1)
      prefixes.reserveCapacity(words.count)
      for place in words.indices.reversed() {
        suffixes[place] = StableHash.join(UInt64(hash(words[place])), suffixes[place + 1])
      }
      for word in words.dropLast() {
        prefixes.append(StableHash.join(prefixes[prefixes.count - 1], UInt64(hash(word))))
      }
    }

    func hash(without run: Range<Int>) -> UInt64 {
      StableHash.join(prefixes[run.lowerBound], suffixes[run.upperBound])
    }
  }

  /// Words on end, as they are cut out.
  fileprivate struct Run {
    /// The hashes of the first and of the last name or word.
    private var first: UInt64 = 0
    private var last: UInt64 = 0
    /// Names and words, function words between them left out.
    private(set) var nameCount = 0
    private var isFirst = true

    mutating func append(_ word: TitleWord) {
      let goesOn = nameCount > 0 && word.has(.joined)
      last = StableHash.join(goesOn ? last : 0, UInt64(word.hash))
      if nameCount == 0 || goesOn && isFirst { first = last } else { isFirst = false }
      if nameCount == 0 || !goesOn && word.has(.telling) { nameCount += 1 }
    }

    var filler: UInt32 {
      UInt32(truncatingIfNeeded: (first & 0xFFFF) << 16 | last & 0xFFFF)
    }
  }
}

extension TitleTemplates {
  func write(to writer: inout SnapshotWriter) throws { try writer.write(sparse: fillers) }

  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    fillers = try reader.sparseArray(of: UInt64.self, count: Self.slotCount)
  }
}
