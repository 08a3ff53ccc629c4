/// Counts the one- and two-word shingles of one story and keeps the weightiest.
struct TermGatherer {
  private var table: TermTable
  /// Of the text alone, for a reprint may have another headline.
  private var copies = CopySignatureBuilder()
  /// The words of the title and of the text's beginning, for stories too short to go without a title.
  private var firstWords: [UInt64] = []
  private var previous: (stem: UInt64, level: UInt8, isName: Bool, word: Int, start: Int)?
  private(set) var wordCount = 0
  private(set) var titleHash: UInt32 = 0
  private(set) var titleWords: [UInt32] = []

  /// Calls `body` with what was gathered of a story, which must not outlive the call.
  static func withStory<Result>(
    title: String, text: String, _ body: (inout TermGatherer) -> Result
  ) -> Result {
    TermTable.withEmptyTable { table in
      var gatherer = TermGatherer(table)
      var (title, text) = (title, text)
      title.withUTF8 { gatherer.read(title: $0) }
      text.withUTF8 { gatherer.read(text: $0) }
      return body(&gatherer)
    }
  }

  private init(_ table: TermTable) {
    self.table = table
    firstWords.reserveCapacity(Parameters.titleWordLimit + Self.shortTextWordCount)
    titleWords.reserveCapacity(Parameters.frameWordLimit)
  }

  private mutating func read(title: UnsafeBufferPointer<UInt8>) {
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

  private mutating func read(text: UnsafeBufferPointer<UInt8>) {
    var reader = WordReader(text.prefixBuffer(Parameters.textByteLimit))
    withUnsafeTemporaryAllocation(of: Word.self, capacity: Self.batchCount) { batch in
      var left = Parameters.wordLimit
      var lead = Parameters.leadWordCount
      var count: Int
      repeat {
        count = 0
        while count < min(left, batch.count), let word = reader.next() {
          RarityTable.prefetch(word.stem)
          batch.initializeElement(at: count, to: word)
          count += 1
        }
        for word in batch[..<count] {
          take(word, kinds: lead > 0 ? .lead : [], namesShow: true)
          lead -= 1
        }
        left -= count
      } while count > 0
    }
  }

  /// Words that are read before the first of them is counted, so that the caches hold by then what is
  /// known of their rarity.
  private static let batchCount = 16

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
    let known = table.count(word.stem, kinds: kinds, level: level, range: word.range)
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
    _ = table.count(
      StableHash.join(previous.stem, word.stem), kinds: kinds,
      level: Parameters.level(ofPair: previous.level, level),
      range: previous.start..<word.range.upperBound)
  }

  /// Where each shingle is first mentioned, by its key's hash: in the title or in the text.
  func mentions() -> [UInt32: (isInTitle: Bool, range: Range<Int>)] {
    var found: [UInt32: (isInTitle: Bool, range: Range<Int>)] = [:]
    for term in table.terms {
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
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: table.terms.count) { weights in
      var choice = TermChoice()
      Parameters.backgroundRarity.withUnsafeBufferPointer { rarity in
        for (place, term) in table.terms.enumerated() {
          let weight = term.weight(rarity)
          choice.note(weight, isPair: term.kinds.contains(.pair))
          weights.initializeElement(at: place, to: UInt16(weight))
        }
      }
      choice.settle()
      // Key << 32 | place.
      var chosen: [UInt64] = []
      chosen.reserveCapacity(Parameters.singleTermLimit + Parameters.pairTermLimit)
      for (place, weight) in weights.enumerated() where choice.mayTake(Int(weight)) {
        let term = table.terms[place]
        guard choice.takes(Int(weight), isPair: term.kinds.contains(.pair)) else { continue }
        let key = TermKey(stem: term.stem, kinds: term.kinds)
        chosen.append(UInt64(key.bits) << 32 | UInt64(place))
      }
      chosen.sortByHash()
      return chosen.map { packed in
        let term = table.terms[Int(truncatingIfNeeded: packed & 0xFFFF_FFFF)]
        return SketchTerm(
          key: TermKey(bits: UInt32(truncatingIfNeeded: packed >> 32)), level: term.level,
          strength: term.strength)
      }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The first bytes, at most `limit` of them.
  fileprivate func prefixBuffer(_ limit: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: prefix(limit))
  }
}
