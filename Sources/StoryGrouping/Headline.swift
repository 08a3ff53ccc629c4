internal import Syndication

/// The words of a title, with what only shows when they are seen together.
struct Headline {
  struct Entry {
    var word: Word
    /// Hangs on the word before it by a hyphen or an apostrophe.
    var isJoined: Bool
    /// Tells the day of publication or one beside it.
    var isDate: Bool
  }

  private(set) var entries: [Entry] = []

  /// Reads a title of a story of that time; nil where none is known.
  init(_ title: UnsafeBufferPointer<UInt8>, time: Timestamp?) {
    entries.reserveCapacity(Parameters.frameWordLimit)
    var reader = WordReader(title)
    var end = -1
    while entries.count < Parameters.titleWordLimit, let word = reader.next() {
      let start = word.range.lowerBound
      // Pairs of characters overlap.
      let isJoined = 0..<start ~= end && title.joinsWords(end..<start)
      entries.append(Entry(word: word, isJoined: isJoined, isDate: false))
      end = word.range.upperBound
    }
    if let time { markDates(near: time, title) }
  }

  private mutating func markDates(near time: Timestamp, _ title: UnsafeBufferPointer<UInt8>) {
    let parts = entries.map { entry in
      NearDates.Part(
        names: DateTable.names(entry.word.stem), number: title.number(of: entry.word.range))
    }
    guard parts.contains(where: \.mayTell) else { return }
    for (place, isDate) in NearDates(time).told(by: parts).enumerated() {
      entries[place].isDate = isDate
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether what stands between two words makes one name of them: a hyphen or an apostrophe alone.
  fileprivate func joinsWords(_ gap: Range<Int>) -> Bool {
    guard gap.count == 1 || gap.count == 3 else { return false }
    let (point, length) = codePoint(at: gap.lowerBound)
    guard length == gap.count else { return false }
    return switch point {
    case 0x27, 0x2D, 0x2010, 0x2011, 0x2019: true
    default: false
    }
  }

  /// The number that a word's digits give, with an ending of an ordinal or without; nil for another word
  /// and for one of more digits than dates have.
  fileprivate func number(of word: Range<Int>) -> Int? {
    guard isDigit(word.lowerBound) else { return nil }
    var (value, digitCount) = (0, 0)
    var place = word.lowerBound
    while place < word.upperBound, isDigit(place) || joinsDigits(at: place) {
      if isDigit(place) {
        value = value * 10 + Int(self[place] & 15)
        digitCount += 1
      }
      guard digitCount <= Self.dateDigitLimit else { return nil }
      place += 1
    }
    let isOrdinal = digitCount < 3 && word.upperBound - place <= Self.ordinalEndingLimit
    return place == word.upperBound || isOrdinal ? value : nil
  }

  private func isDigit(_ place: Int) -> Bool { 0x30...0x39 ~= self[place] }

  private static var dateDigitLimit: Int { 8 }
  /// Bytes: "11th", "1er".
  private static var ordinalEndingLimit: Int { 3 }
}
