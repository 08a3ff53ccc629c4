internal import Syndication

/// Counts the one- and two-word shingles of one story and keeps the weightiest.
struct TermGatherer {
  private var table: TermTable
  /// Of the text alone, for a reprint may have another headline.
  private var copies = CopySignatureBuilder()
  private(set) var lead = LeadShingles()
  /// The words of the title and of the text's beginning, for stories too short to go without a title.
  private var firstWords: [UInt64] = []
  /// The last content word, nothing at the beginning.
  private var previous = ContentWord(
    stem: 0, level: 0, isName: false, isNumbered: false, number: .min, range: 0..<0)
  private(set) var wordCount = 0
  /// Of these, pairs of characters of a script without spaces.
  private(set) var denseCount = 0
  private(set) var titleHash: UInt32 = 0
  private(set) var titleWords: [TitleWord] = []
  private let foresight: Foresight?

  private struct ContentWord {
    var stem: UInt64
    var level: UInt8
    var isName: Bool
    /// Whether a number right behind it tells which one is meant: Debian 13.
    var isNumbered: Bool
    /// How many words were read with it.
    var number: Int
    /// Where it stands, in bytes.
    var range: Range<Int>
  }

  /// Calls `body` with what was gathered of a story of that time, if one is known; it must not outlive the
  /// call.
  static func withStory<Result>(
    title: String, text: String, time: Timestamp? = nil, foresight: Foresight? = nil,
    _ body: (inout TermGatherer) -> Result
  ) -> Result {
    TermTable.withEmptyTable { table in
      var gatherer = TermGatherer(table, foresight)
      var (title, text) = (title, text)
      title.withUTF8 { gatherer.read(title: $0, time: time) }
      text.withUTF8 { gatherer.read(text: $0) }
      return body(&gatherer)
    }
  }

  private init(_ table: TermTable, _ foresight: Foresight?) {
    self.table = table
    self.foresight = foresight
    firstWords.reserveCapacity(Parameters.titleWordLimit + Self.shortTextWordCount)
    titleWords.reserveCapacity(Parameters.frameWordLimit)
  }

  private mutating func read(title: UnsafeBufferPointer<UInt8>, time: Timestamp?) {
    let bytes = title.prefixBuffer(Parameters.titleByteLimit)
    let title = Headline(bytes, time: time)
    var whole: UInt64 = 0
    for entry in title.entries {
      whole = StableHash.join(whole, entry.word.exact)
      firstWords.append(entry.word.exact)
      let isTelling = take(entry, of: bytes)
      if titleWords.count < Parameters.frameWordLimit {
        titleWords.append(TitleWord(entry, isTelling: isTelling))
      }
    }
    if wordCount > 0 { titleHash = UInt32(truncatingIfNeeded: whole) | 1 }
    previous.number = .min
  }

  /// Takes a word of the title, and returns whether it is none of those that any title may have.
  private mutating func take(_ entry: Headline.Entry, of title: UnsafeBufferPointer<UInt8>) -> Bool
  {
    guard !entry.isDate else {
      wordCount &+= 1
      return true
    }
    // Capitals say little in a title: many outlets capitalise every word.
    let isTelling = take(entry.word, of: title, kinds: .title, namesShow: false)
    // "Port-sur-Mer": what stands on both sides is said in one breath.
    if entry.isJoined, !isTelling, previous.number == wordCount &- 1 { previous.number = wordCount }
    return isTelling
  }

  private mutating func read(text: UnsafeBufferPointer<UInt8>) {
    let text = text.prefixBuffer(Parameters.textByteLimit)
    var reader = WordReader(text)
    var beginning = LeadShingleBuilder(text)
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
        let words = UnsafeBufferPointer(rebasing: batch[..<count])
        if lead > 0 { keep(words, &beginning) } else { keep(words) }
        for word in words {
          take(word, of: text, kinds: lead > 0 ? .lead : [], namesShow: true)
          lead &-= 1
        }
        left &-= count
      } while count > 0
    }
    self.lead = beginning.shingles
  }

  /// Words that are read before the first of them is counted, so that the caches hold by then what is
  /// known of their rarity.
  private static let batchCount = 16

  /// Keeps what tells copies of a text.
  @inline(__always)
  private mutating func keep(_ words: UnsafeBufferPointer<Word>) {
    if copies.wordCount < Self.shortTextWordCount {
      firstWords.append(contentsOf: words.lazy.map(\.exact))
    }
    for word in words { copies.append(word.exact) }
  }

  /// The same of a text's first words.
  private mutating func keep(
    _ words: UnsafeBufferPointer<Word>, _ beginning: inout LeadShingleBuilder
  ) {
    for word in words {
      if copies.wordCount < Self.shortTextWordCount { firstWords.append(word.exact) }
      copies.append(word.exact)
      beginning.append(word, copies.shingle)
    }
  }

  @inline(__always) @discardableResult
  private mutating func take(
    _ word: Word, of text: UnsafeBufferPointer<UInt8>, kinds: TermKey.Kinds, namesShow: Bool
  ) -> Bool {
    wordCount &+= 1
    denseCount &+= word.traits.contains(.dense) ? 1 : 0
    let isNumber = word.traits.contains(.number)
    guard word.letterCount > 1 || isNumber else { return false }
    let isName = namesShow && word.traits.isDisjoint(with: .first) && word.traits.contains(.capital)
    let known: UInt8
    if isNumber {
      let number: TermKey.Kinds = followsName(word, in: text) ? [.number, .name] : .number
      known = table.count(word.stem, kinds: kinds.union(number), range: word.range) {
        foresight?.ask(for: word.stem)
        return Parameters.level(ofDigits: word.letterCount)
      }
    } else {
      known = table.count(word.stem, kinds: isName ? kinds.union(.name) : kinds, range: word.range)
      {
        foresight?.ask(for: word.stem)
        return RarityTable.level(word.stem)
      }
    }
    guard known < Parameters.contentLevelLimit else { return false }
    pair(word, level: known, isName: isName, kinds: kinds)
    return true
  }

  /// Whether such a word stands right before this one, with nothing but a space or a hyphen between them.
  @inline(__always)
  private func followsName(_ word: Word, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    let gap = previous.range.upperBound
    guard previous.isNumbered, previous.number == wordCount &- 1, word.range.lowerBound == gap &+ 1
    else { return false }
    return text[gap] == UInt8(ascii: " ") || text[gap] == UInt8(ascii: "-")
  }

  /// Whether a word is so rare that its capital tells a name even in a title; what begins a sentence must be
  /// rarer.
  @inline(__always)
  private static func isNumbered(_ word: Word, level: UInt8) -> Bool {
    word.traits.contains(.capital)
      && level
        <= (word.traits.contains(.first)
          ? Parameters.numberedLevel.first : Parameters.numberedLevel.inside)
  }

  /// Counts the two-word shingle of this and the content word before it.
  @inline(__always)
  private mutating func pair(
    _ word: Word, level: UInt8, isName: Bool, kinds: TermKey.Kinds
  ) {
    let left = previous
    previous = ContentWord(
      stem: word.stem, level: level, isName: isName,
      isNumbered: Self.isNumbered(word, level: level), number: wordCount,
      range: word.range)
    guard left.number >= wordCount &- Parameters.pairReach else { return }
    let ofNames: TermKey.Kinds = isName && left.isName ? [.pair, .name] : .pair
    let stem = StableHash.join(left.stem, word.stem)
    _ = table.count(
      stem, kinds: kinds.union(ofNames),
      range: Range(uncheckedBounds: (left.range.lowerBound, word.range.upperBound))
    ) {
      foresight?.ask(for: stem)
      return Parameters.level(ofPair: left.level, level)
    }
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
    let terms = table.terms
    return withUnsafeTemporaryAllocation(of: UInt16.self, capacity: terms.count) { weights in
      var choice = TermChoice()
      Parameters.backgroundRarity.withUnsafeBufferPointer { rarity in
        for (place, term) in terms.enumerated() {
          let noted = choice.note(term.weight(rarity), isPair: term.kinds.contains(.pair))
          weights.initializeElement(at: place, to: noted)
        }
      }
      choice.settle()
      return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: TermChoice.limit + 1) {
        chosen in
        var count = 0
        for place in 0..<terms.count {
          chosen.initializeElement(at: count, to: UInt64(place))
          count &+= choice.takes(weights[place])
        }
        for rank in 0..<count {
          let term = terms[Int(truncatingIfNeeded: chosen[rank])]
          chosen[rank] |= UInt64(TermKey(stem: term.stem, kinds: term.kinds).bits) << 32
        }
        let sorted = UnsafeMutableBufferPointer(rebasing: chosen[..<count])
        sorted.sortByHash()
        return sorted.map { packed in
          let term = terms[Int(truncatingIfNeeded: packed & 0xFFFF_FFFF)]
          return SketchTerm(
            key: TermKey(bits: UInt32(truncatingIfNeeded: packed >> 32)), level: term.level,
            strength: term.strength)
        }
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
