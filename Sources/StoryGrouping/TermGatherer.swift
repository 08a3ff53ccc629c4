/// Counts the one- and two-word shingles of one story and keeps the weightiest.
struct TermGatherer {
  fileprivate struct Count {
    var stem: UInt64
    var kinds: TermKey.Kinds
    var level: UInt8
    var mentions: UInt8
    /// Where the first mention stands, in bytes of the title if it is there, else of the text.
    var range: Range<Int32>
  }

  /// Slots of `places`; a power of two, twice the distinct terms that are counted.
  private static let slotCount = 4096

  private var counts: [Count] = []
  /// One more than an index of `counts`, by hash; 0 where empty.
  private var places = [UInt16](repeating: 0, count: slotCount)
  /// Of the text alone, for a reprint may have another headline.
  private var copies = CopySignatureBuilder()
  /// The words of the title and of the text's beginning, for stories too short to go without a title.
  private var firstWords: [UInt64] = []
  private var previous: (stem: UInt64, level: UInt8, isName: Bool, word: Int, start: Int)?
  private(set) var wordCount = 0
  private(set) var titleHash: UInt32 = 0
  private(set) var titleWords: [UInt32] = []

  init() {
    counts.reserveCapacity(512)
  }

  mutating func read(title: UnsafeBufferPointer<UInt8>) {
    var reader = WordReader(title.prefixBuffer(Parameters.titleByteLimit))
    var whole: UInt64 = 0
    while wordCount < Parameters.titleWordLimit, let word = reader.next() {
      whole = StableHash.join(whole, word.exact)
      if titleWords.count < Parameters.frameWordLimit {
        titleWords.append(TermKey(stem: word.stem, kinds: []).hash)
      }
      // Capitals say little in a title: many outlets capitalise every word.
      take(word, kinds: .title, namesShow: false)
    }
    if wordCount > 0 { titleHash = UInt32(truncatingIfNeeded: whole) | 1 }
    previous = nil
  }

  mutating func read(text: UnsafeBufferPointer<UInt8>) {
    var reader = WordReader(text.prefixBuffer(Parameters.textByteLimit))
    let start = wordCount
    while wordCount - start < Parameters.wordLimit, let word = reader.next() {
      take(word, kinds: wordCount - start < Parameters.leadWordCount ? .lead : [], namesShow: true)
    }
  }

  private mutating func take(_ word: Word, kinds: TermKey.Kinds, namesShow: Bool) {
    wordCount += 1
    if !kinds.contains(.title) { copies.append(word.exact) }
    if firstWords.count < Parameters.titleWordLimit + Self.shortTextWordCount {
      firstWords.append(word.exact)
    }
    let isNumber = word.traits.contains(.number)
    guard word.letterCount > 1 || isNumber else { return }
    let isName =
      namesShow && word.traits.contains(.capital) && !word.traits.contains(.first)
    var kinds = kinds
    if isNumber { kinds.insert(.number) }
    if isName { kinds.insert(.name) }
    let level =
      isNumber ? Parameters.level(ofDigits: word.letterCount) : nil
    let known = count(word.stem, kinds: kinds, level: level, range: word.range)
    guard known < Parameters.contentLevelLimit else { return }
    pair(word, level: known, isName: isName, kinds: kinds)
  }

  /// Counts the two-word shingle of this and the content word before it.
  private mutating func pair(
    _ word: Word, level: UInt8, isName: Bool, kinds: TermKey.Kinds
  ) {
    defer { previous = (word.stem, level, isName, wordCount, word.range.lowerBound) }
    guard let previous, wordCount - previous.word <= Parameters.pairReach else { return }
    var kinds = kinds.subtracting([.number, .name])
    kinds.insert(.pair)
    if isName && previous.isName { kinds.insert(.name) }
    count(
      StableHash.join(previous.stem, word.stem), kinds: kinds,
      level: Parameters.level(ofPair: previous.level, level),
      range: previous.start..<word.range.upperBound)
  }

  /// Counts a term; its level is looked up when it is new and `level` is nil. The level is returned.
  @discardableResult
  private mutating func count(
    _ stem: UInt64, kinds: TermKey.Kinds, level: UInt8?, range: Range<Int>
  )
    -> UInt8
  {
    var slot = Int(truncatingIfNeeded: stem) & (Self.slotCount - 1)
    while places[slot] != 0 {
      let index = Int(places[slot]) - 1
      if counts[index].stem == stem {
        if counts[index].mentions < 255 { counts[index].mentions += 1 }
        counts[index].kinds.formUnion(kinds)
        return counts[index].level
      }
      slot = (slot + 1) & (Self.slotCount - 1)
    }
    let level = level ?? RarityTable.level(stem)
    guard counts.count < Parameters.distinctTermLimit else { return level }
    counts.append(
      Count(
        stem: stem, kinds: kinds, level: level, mentions: 1,
        range: Int32(range.lowerBound)..<Int32(range.upperBound)))
    places[slot] = UInt16(counts.count)
    return level
  }

  /// Where each shingle is first mentioned, by its key's hash: in the title or in the text.
  func mentions() -> [UInt32: (isInTitle: Bool, range: Range<Int>)] {
    var found: [UInt32: (isInTitle: Bool, range: Range<Int>)] = [:]
    for term in counts {
      let range = Int(term.range.lowerBound)..<Int(term.range.upperBound)
      found[TermKey(stem: term.stem, kinds: []).hash] = (term.kinds.contains(.title), range)
    }
    return found
  }

  mutating func signature() -> CopySignature {
    guard copies.wordCount < Self.shortTextWordCount else { return copies.finish() }
    var whole = CopySignatureBuilder()
    for word in firstWords { whole.append(word) }
    return whole.finish()
  }

  /// Words of a text from which its shingles tell a copy.
  private static let shortTextWordCount =
    Parameters.copyShingleMinimum + CopySignatureBuilder.shingleWordCount - 1

  /// The weightiest terms by ascending key.
  func terms() -> [SketchTerm] {
    var chosen: [UInt64] = []
    chosen.reserveCapacity(Parameters.singleTermLimit + Parameters.pairTermLimit)
    let weights = counts.map { UInt16($0.weight) }
    let isPair = counts.map { $0.kinds.contains(.pair) }
    choose(
      Parameters.singleTermLimit, of: zip(weights, isPair).map { $1 ? 0 : $0 }, into: &chosen)
    choose(Parameters.pairTermLimit, of: zip(weights, isPair).map { $1 ? $0 : 0 }, into: &chosen)
    chosen.sort()
    return chosen.map { packed in
      let term = counts[Int(truncatingIfNeeded: packed & 0xFFFF_FFFF)]
      return SketchTerm(
        key: TermKey(stem: term.stem, kinds: term.kinds), level: term.level,
        strength: term.strength)
    }
  }

  /// Appends the weightiest terms of some kinds, as key << 32 | index; of equals the earlier. `weights`
  /// are those of `counts`, 0 for terms of other kinds.
  ///
  /// By a histogram of weights: sorting all terms would take longer than reading them did.
  private func choose(_ limit: Int, of weights: [UInt16], into chosen: inout [UInt64]) {
    let (floor, above) = withUnsafeTemporaryAllocation(
      of: UInt16.self, capacity: Self.weightLimit
    ) { histogram in
      histogram.initialize(repeating: 0)
      for weight in weights { histogram[Int(weight)] += 1 }
      var floor = Self.weightLimit
      var above = 0
      while floor > 1, above + Int(histogram[floor - 1]) <= limit {
        floor -= 1
        above += Int(histogram[floor])
      }
      return (floor, above)
    }
    // Of the terms just below the floor as many as there is room for.
    var spare = limit - above
    for (index, weight) in weights.enumerated() where weight > 0 && Int(weight) >= floor - 1 {
      if Int(weight) < floor {
        guard spare > 0 else { continue }
        spare -= 1
      }
      let key = TermKey(stem: counts[index].stem, kinds: counts[index].kinds)
      chosen.append(UInt64(key.bits) << 32 | UInt64(index))
    }
  }

  /// Above all weights.
  private static let weightLimit = 512
}

extension TermGatherer.Count {
  var strength: UInt8 {
    Parameters.strength(mentions: Int(mentions), inTitle: kinds.contains(.title))
  }

  /// What the term would weigh in an empty archive, for choosing only: 0 for a function word, else
  /// below `weightLimit`.
  var weight: Int {
    guard level < Parameters.contentLevelLimit else { return 0 }
    return Int(strength) * Int(Parameters.backgroundRarity[Int(level)]) / 16
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The first bytes, at most `limit` of them.
  fileprivate func prefixBuffer(_ limit: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: prefix(limit))
  }
}
