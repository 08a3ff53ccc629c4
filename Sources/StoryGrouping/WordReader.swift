internal import Syndication

/// A word as read: what it hashes to and how it stood in the text.
struct Word {
  struct Traits: OptionSet {
    let rawValue: UInt8
    /// Begins with a capital letter, or has one in the second place.
    static let capital = Traits(rawValue: 1)
    /// Digits only.
    static let number = Traits(rawValue: 2)
    /// A pair of characters of a script without spaces.
    static let dense = Traits(rawValue: 4)
    /// Stands first in its sentence.
    static let first = Traits(rawValue: 8)
  }

  /// The hash of the stem, or of the pair of characters.
  var stem: UInt64
  /// The hash of the whole folded word, or of the first character of the pair.
  var exact: UInt64
  var traits: Traits
  /// Letters or digits; 2 for a pair.
  var letterCount: Int
  /// Where the word stands, in bytes.
  var range: Range<Int>
}

/// Reads the words of a text off its UTF-8 bytes.
///
/// A word is a run of letters and digits after folding. Its stem is its first letters, which treats
/// inflection alike in every alphabet (Can et al., "Information retrieval on Turkish texts": as good
/// as stemmers); short words also lose a final s. Scripts without spaces give pairs of characters.
/// Points and commas between digits are dropped: 1,200 is 1200.
struct WordReader {
  /// As in build-tables.py.
  static let stemLetterCount = 7

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var atSentenceStart = true

  /// `bytes` must outlive the reader; malformed UTF-8 separates words.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  @inline(__always)
  mutating func next() -> Word? {
    while position < bytes.count {
      let byte = bytes[position]
      if byte >= 0x80 {
        if let word = nextOfAnyScript() { return word }
        continue
      }
      let letter = Letters.folded(plain: byte)
      if letter > Letters.dropped {
        defer { atSentenceStart = false }
        return plainWord(startingWith: byte) ?? spacedWord(startingWith: UInt32(byte))
      }
      if letter == Letters.separator, Letters.endsSentence(UInt32(byte)) { atSentenceStart = true }
      position &+= 1
    }
    return nil
  }

  /// The word that begins here; nil where none does, which is passed.
  @inline(never)
  private mutating func nextOfAnyScript() -> Word? {
    let (point, length) = bytes.codePoint(at: position)
    let unit = Letters.folded(point)
    if unit > Letters.dropped {
      defer { atSentenceStart = false }
      return Letters.isDense(unit) ? densePair(unit, length) : spacedWord(startingWith: point)
    }
    if unit == Letters.separator, Letters.endsSentence(point) { atSentenceStart = true }
    position += length
    return nil
  }

  /// A word of ASCII letters and digits up to an ASCII separator, as nearly all are in many languages;
  /// nil for another, for one that begins with a digit, and near the text's end.
  @inline(__always)
  private mutating func plainWord(startingWith first: UInt8) -> Word? {
    guard !Letters.isDigit(UInt16(first)), let start = bytes.baseAddress,
      bytes.count &- position >= PlainLetters.byteCount
    else { return nil }
    let letters = PlainLetters(start + position)
    let count = letters.count
    var whole = StableHash()
    letters.combine(count, into: &whole)
    var stem = whole
    var end = position &+ count
    if count > Self.stemLetterCount {
      end &-= count &- Self.stemLetterCount
      while end < bytes.count, let next = plainLetter(at: end) {
        whole.combine(next)
        end &+= 1
      }
    } else if count >= 4, bytes[end &- 1] | 0x20 == UInt8(ascii: "s") {
      stem.takeBack(UInt16(UInt8(ascii: "s")))
    }
    guard end < bytes.count, bytes[end] < 0x80 else { return nil }
    var traits: Word.Traits = atSentenceStart ? .first : []
    // The second letter's too: iPhone.
    if Letters.isCapital(UInt32(first)) || Self.isPlainCapital(start[position &+ 1]) {
      traits.insert(.capital)
    }
    let word = Word(
      stem: stem.value, exact: whole.value, traits: traits, letterCount: end &- position,
      range: Range(uncheckedBounds: (position, end)))
    position = end
    return word
  }

  @inline(__always)
  private static func isPlainCapital(_ byte: UInt8) -> Bool {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
  }

  @inline(__always)
  private func plainLetter(at place: Int) -> UInt16? {
    let byte = bytes[place]
    guard byte < 0x80 else { return nil }
    let letter = Letters.folded(plain: byte)
    return letter > Letters.dropped ? letter : nil
  }

  @inline(never)
  private mutating func spacedWord(startingWith first: UInt32) -> Word {
    let start = position
    var letters = Spelling()
    readOn(&letters)
    var traits: Word.Traits = atSentenceStart ? .first : []
    if letters.areDigits { traits.insert(.number) }
    if Letters.isCapital(first) || hasCapitalInside(after: first, at: start) {
      traits.insert(.capital)
    }
    return Word(
      stem: letters.stem.value, exact: letters.whole.value, traits: traits,
      letterCount: letters.count, range: start..<position)
  }

  /// Whether the word at `start` has a capital in the second place; none that begins with a digit does: 4K.
  @inline(__always)
  private func hasCapitalInside(after first: UInt32, at start: Int) -> Bool {
    guard !Letters.isDigit(Letters.folded(first)) else { return false }
    let second = start + bytes.codePoint(at: start).length
    return second < position && Letters.isCapital(bytes.codePoint(at: second).point)
  }

  /// Reads a word of whatever script.
  @inline(__always)
  private mutating func readOn(_ letters: inout Spelling) {
    while position < bytes.count {
      let (point, length) = bytes.codePoint(at: position)
      let unit = Letters.folded(point)
      if unit > Letters.dropped {
        if Letters.isDense(unit) { break }
        letters.append(unit)
      } else if unit == Letters.separator {
        guard letters.areDigits, bytes.joinsDigits(at: position) else { break }
      }
      position += length
    }
  }

  /// The pair that begins at `position`, of which only the first character is passed; a character
  /// alone when none follows and none came before.
  private mutating func densePair(_ unit: UInt16, _ length: Int) -> Word {
    let start = position
    var single = StableHash()
    single.combine(unit)
    position += length
    var pair = single
    var count = 1
    var end = position
    if position < bytes.count {
      let (point, nextLength) = bytes.codePoint(at: position)
      let next = Letters.folded(point)
      if Letters.isDense(next) {
        pair.combine(next)
        count = 2
        end += nextLength
      }
    }
    return Word(
      stem: pair.value, exact: single.value, traits: atSentenceStart ? [.dense, .first] : .dense,
      letterCount: count, range: start..<end)
  }
}

/// The letters of a word as they are read: the hashes of what may become its stem.
private struct Spelling {
  private(set) var whole = StableHash()
  /// Of the letters before the last, of the first `stemLetterCount`.
  private var allButLast = StableHash()
  /// Of the first `stemLetterCount` letters, once there are as many.
  private var beginning = StableHash()
  private(set) var count = 0
  private var digitCount = 0

  @inline(__always)
  mutating func append(_ unit: UInt16) {
    if count < WordReader.stemLetterCount { allButLast = whole }
    whole.combine(unit)
    count += 1
    if Letters.isDigit(unit) { digitCount += 1 }
    if count == WordReader.stemLetterCount { beginning = whole }
  }

  var areDigits: Bool { digitCount == count }

  var stem: StableHash {
    if areDigits { return whole }
    if count > WordReader.stemLetterCount { return beginning }
    return count >= 4 && endsInS ? allButLast : whole
  }

  private var endsInS: Bool {
    var withS = allButLast
    withS.combine(UInt16(UInt8(ascii: "s")))
    return withS.state == whole.state
  }
}
