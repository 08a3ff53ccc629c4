/// A headline or a sentence or two: few enough words to look for each among another's.
///
/// Readers find two headlines alike by the words that answer each other: "Egypt" and "Egyptian", "wins"
/// and "winning". Rarity tells less there than in a long text, for every word was chosen.
struct WordPhrase: Sendable {
  /// Words of a story that is compared as a phrase: bounds the work, which grows with the square.
  static let wordLimit = 24

  private let words: [PhraseWord]
  /// Of each word; nil where it is not known.
  private let meanings: [MeaningTable.Direction?]
  private let pairs: [(hash: UInt64, weight: Double)]
  private let numbers: Set<UInt64>
  private let countries: Set<UInt8>

  /// nil for more words than are compared, for none, and for scripts without spaces, whose pairs of
  /// characters have no spelling.
  init?(_ words: [PhraseWord]) {
    guard 1...WordPhrase.wordLimit ~= words.count, !words.contains(where: \.isDense) else {
      return nil
    }
    self.words = words
    meanings = words.map { MeaningTable.direction(of: $0.stem) }
    pairs = zip(words, words.dropFirst()).map { left, right in
      (StableHash.join(left.stem, right.stem), (left.rarity + right.rarity + 0.5).squareRoot())
    }
    numbers = Set(words.filter(\.isNumber).map(\.stem))
    countries = Set(words.compactMap { CountryTable.country($0.stem) })
  }

  var wordCount: Int { words.count }

  /// How alike two phrases are, on a scale where 0 is nothing in common and 1 the same statement.
  func grade(_ other: WordPhrase) -> Double {
    let (own, others) = (answers(from: other), other.answers(from: self))
    let longer = Double(max(wordCount, other.wordCount))
    let lacking = (own.lacking, others.lacking)
    return Parameters.phraseBias
      + Parameters.phraseAnswered * (own.spelled + others.spelled) / 2
      + Parameters.phraseMeant * (own.meant + others.meant) / 2
      + Parameters.phrasePairs * sharedPairs(other)
      + Parameters.phraseOtherNumbers * otherNumbers(than: other)
      + Parameters.phraseOtherCountries * (hasOtherCountries(than: other) ? 1 : 0)
      + Parameters.phraseLackingMore * max(lacking.0, lacking.1)
      + Parameters.phraseLackingLess * min(lacking.0, lacking.1)
      + Parameters.phraseLackingNames * min(own.lackingName, others.lackingName)
      + Parameters.phraseLength * Logarithm.natural(1 + longer)
  }

  /// What the other phrase has to say to each word of this one.
  private struct Answers {
    /// The part of the words, by weight, that the other phrase answers with a word spelled alike, or
    /// with one that is spelled or meant alike, 0…1.
    var spelled = 0.0
    var meant = 0.0
    /// The greatest weight of a word that is not answered with one spelled alike, and of a word that
    /// has a capital.
    var lacking = 0.0
    var lackingName = 0.0
  }

  private func answers(from other: WordPhrase) -> Answers {
    var (all, answers) = (0.0, Answers())
    for (place, word) in words.enumerated() where !words[..<place].contains(word) {
      let spelled = other.words.map(word.likeness).max() ?? 0
      let lack = word.weight * (1 - spelled)
      all += word.weight
      answers.spelled += word.weight * spelled
      answers.meant += word.weight * max(spelled, likeness(ofMeaningAt: place, in: other))
      answers.lacking = max(answers.lacking, lack)
      if word.isCapital { answers.lackingName = max(answers.lackingName, lack) }
    }
    guard all > 0 else { return Answers() }
    answers.spelled /= all
    answers.meant /= all
    return answers
  }

  /// How much a word means what some word of the other phrase means, 0…1.
  private func likeness(ofMeaningAt place: Int, in other: WordPhrase) -> Double {
    guard let meaning = meanings[place] else { return 0 }
    let nearest = other.meanings.compactMap { $0.map { MeaningTable.cosine(meaning, $0) } }.max()
    let floor = Parameters.meantFloor
    return max(0, ((nearest ?? 0) - floor) / (1 - floor))
  }

  /// Cosine of the two-word shingles, 0…1.
  private func sharedPairs(_ other: WordPhrase) -> Double {
    var shared = 0.0
    for pair in pairs {
      if let twin = other.pairs.first(where: { $0.hash == pair.hash }) {
        shared += pair.weight * twin.weight
      }
    }
    let square = pairs.reduce(0) { $0 + $1.weight * $1.weight }
    let otherSquare = other.pairs.reduce(0) { $0 + $1.weight * $1.weight }
    return square > 0 && otherSquare > 0
      ? min(1, shared / (square * otherSquare).squareRoot()) : 0
  }

  /// How many numbers only one of the phrases gives, up to a limit.
  private func otherNumbers(than other: WordPhrase) -> Double {
    Double(min(numbers.symmetricDifference(other.numbers).count, Parameters.phraseNumberLimit))
  }

  /// Whether both name countries, and none is the same.
  private func hasOtherCountries(than other: WordPhrase) -> Bool {
    !countries.isEmpty && !other.countries.isEmpty && countries.isDisjoint(with: other.countries)
  }
}

/// A word with its spelling.
struct PhraseWord: Sendable, Equatable {
  let stem: UInt64
  let level: UInt8
  let isNumber: Bool
  let isDense: Bool
  let isCapital: Bool
  /// The folded letters; empty past the words that a phrase may have.
  private let letters: [UInt16]

  init(_ word: Word, bytes: UnsafeBufferPointer<UInt8>) {
    stem = word.stem
    isNumber = word.traits.contains(.number)
    isDense = word.traits.contains(.dense)
    isCapital = word.traits.contains(.capital)
    level =
      isNumber ? Parameters.level(ofDigits: word.letterCount) : RarityTable.level(word.stem)
    letters = String(decoding: bytes, as: UTF8.self).unicodeScalars.prefix(Self.letterLimit)
      .map { Letters.folded($0.value) }.filter { $0 > Letters.dropped }
  }

  static func == (left: PhraseWord, right: PhraseWord) -> Bool {
    left.stem == right.stem && left.letters == right.letters
  }

  /// Letters of a word that are compared: no word that means something is longer.
  private static let letterLimit = 48

  /// -ln of the chance that a story has the word.
  var rarity: Double { Double(Parameters.backgroundRarity[Int(level)]) / 16 }

  /// What the word counts for in a phrase: as the logarithm of how seldom it is used.
  var weight: Double {
    Double(RarityTable.highestLevel - level) / Double(RarityTable.highestLevel) + 0.02
  }

  /// 1 for the same word, less for one that is spelled alike, 0…1.
  func likeness(_ other: PhraseWord) -> Double {
    if letters == other.letters { return 1 }
    guard !isNumber, !other.isNumber else { return 0 }
    let start = zip(letters, other.letters).prefix { $0 == $1 }.count
    let longest = max(letters.count, other.letters.count)
    let beginning = start >= 3 ? Double(start) / Double(longest) : 0
    let all = max(beginning, sharedLetterPairs(other))
    return all * all.squareRoot()
  }

  /// Dice's measure of the pairs of letters, the word's ends counting as letters; 0 below a half.
  private func sharedLetterPairs(_ other: PhraseWord) -> Double {
    let (own, others) = (letterPairs, other.letterPairs)
    let shared = own.count { others.contains($0) }
    guard 4 * shared >= own.count + others.count else { return 0 }
    return Double(2 * shared) / Double(own.count + others.count)
  }

  /// The different pairs of neighbouring letters.
  private var letterPairs: [UInt32] {
    var pairs: [UInt32] = []
    for (left, right) in zip([1] + letters, letters + [1]) {
      let pair = UInt32(left) << 16 | UInt32(right)
      if !pairs.contains(pair) { pairs.append(pair) }
    }
    return pairs
  }
}
