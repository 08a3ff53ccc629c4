/// All words of one story, for laying it beside another one.
///
/// A sketch keeps what finds a story among millions; where two stories are compared by themselves,
/// nothing need be left out.
struct WordBag: Sendable {
  /// A word, and how much the story makes of it.
  private struct Entry {
    var stem: UInt64
    var weight: Double
  }

  /// By ascending stem.
  private let entries: [Entry]
  private let square: Double
  /// What the story is about: the sum of its words' meanings; nil where too few of them are known.
  private let meaning: MeaningTable.Direction?
  /// The story's words in their order; nil when there are too many to be laid beside another's.
  let phrase: WordPhrase?

  init(_ document: GroupingDocument) {
    let words = WordBag.words(document.title, document.text)
    entries = WordBag.count(words)
    square = entries.reduce(0) { $0 + $1.weight * $1.weight }
    meaning = WordBag.meaning(of: entries)
    phrase = WordBag.phrase(document, words)
  }

  /// Short stories are read once more as they might have been spelled.
  private static func phrase(_ document: GroupingDocument, _ words: [PhraseWord]) -> WordPhrase? {
    guard words.count <= WordPhrase.wordLimit, !words.contains(where: \.isDense) else { return nil }
    let language = document.language
    return WordPhrase(
      WordBag.words(
        PlainSpelling.rewritten(document.title, language: language),
        PlainSpelling.rewritten(document.text, language: language)))
  }

  private static func words(_ title: String, _ text: String) -> [PhraseWord] {
    var words: [PhraseWord] = []
    var (title, text) = (title, text)
    title.withUTF8 {
      read($0, Parameters.titleByteLimit, Parameters.titleWordLimit, into: &words)
    }
    text.withUTF8 { read($0, Parameters.textByteLimit, Parameters.wordLimit, into: &words) }
    return words
  }

  /// Whether two stories are about like things, -1…1; nil where either one's words are not known.
  func likeness(ofMeaning other: WordBag) -> Double? {
    guard let meaning, let others = other.meaning else { return nil }
    return MeaningTable.cosine(meaning, others)
  }

  /// Cosine of the words, 0…1; rarity counts by its root, for what makes two texts alike to a reader
  /// is common words too.
  func cosine(_ other: WordBag) -> Double {
    guard square > 0, other.square > 0 else { return 0 }
    var shared = 0.0
    var (left, right) = (0, 0)
    while left < entries.count, right < other.entries.count {
      let (a, b) = (entries[left], other.entries[right])
      if a.stem == b.stem { shared += a.weight * b.weight }
      if a.stem <= b.stem { left += 1 }
      if b.stem <= a.stem { right += 1 }
    }
    return min(1, shared / (square * other.square).squareRoot())
  }

  private static func meaning(of entries: [Entry]) -> MeaningTable.Direction? {
    var sum = MeaningTable.Direction()
    var known = 0
    for entry in entries {
      guard let direction = MeaningTable.direction(of: entry.stem) else { continue }
      sum += direction * Float(entry.weight)
      known += 1
    }
    return known >= Parameters.meantWordMinimum ? sum : nil
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ byteLimit: Int, _ wordLimit: Int,
    into words: inout [PhraseWord]
  ) {
    let bytes = UnsafeBufferPointer(rebasing: bytes.prefix(byteLimit))
    let end = words.count + wordLimit
    var reader = WordReader(bytes)
    while words.count < end, let word = reader.next() {
      let letters = words.count < WordPhrase.wordLimit ? bytes[word.range] : bytes[..<0]
      words.append(PhraseWord(word, bytes: UnsafeBufferPointer(rebasing: letters)))
    }
  }

  private static func count(_ words: [PhraseWord]) -> [Entry] {
    var entries: [Entry] = []
    let sorted = words.map { ($0.stem, $0.level) }.sorted { $0 < $1 }
    for run in sorted.chunked(by: { $0.0 == $1.0 }) {
      let (stem, level) = run[run.startIndex]
      let rarity = Double(Parameters.backgroundRarity[Int(level)]) / 16
      let strength = 1 + Logarithm.natural(Double(run.count))
      entries.append(Entry(stem: stem, weight: strength * rarity.squareRoot()))
    }
    return entries
  }
}

extension Array {
  /// The runs of neighbours that belong together.
  fileprivate func chunked(by belongs: (Element, Element) -> Bool) -> [ArraySlice<Element>] {
    var runs: [ArraySlice<Element>] = []
    var start = startIndex
    for place in indices where place + 1 == endIndex || !belongs(self[place], self[place + 1]) {
      runs.append(self[start...place])
      start = place + 1
    }
    return runs
  }
}
