internal import Syndication

/// Reads the words of a text off its UTF-8 bytes.
///
/// A word is a run of letters and digits after folding. Scripts without spaces give every pair of
/// neighbouring characters, and the last character of a run alone. Points and commas between digits
/// are dropped: 1,200 is 1200.
struct WordReader {
  enum Shape {
    case word
    /// Two characters of a script without spaces; only the first is passed.
    case pair
    /// The last character of a run of such.
    case single
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// Where the word stands, in bytes.
  private(set) var range = 0..<0
  private(set) var shape = Shape.word

  /// `bytes` must outlive the reader; malformed UTF-8 separates words.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  /// Reads the next word into `term`; false at the end.
  @inline(__always)
  mutating func next(_ term: inout TermBuffer) -> Bool {
    while position < bytes.count {
      let (point, length) = bytes.codePoint(at: position)
      let letter = Letters.folded(point)
      if letter > Letters.dropped {
        term.clear()
        if Letters.isDense(letter) {
          readPair(letter, length, &term)
        } else {
          readWord(&term)
        }
        return true
      }
      position += length
    }
    return false
  }

  @inline(__always)
  private mutating func readWord(_ term: inout TermBuffer) {
    let start = position
    shape = .word
    // Most words are ASCII letters to their end.
    while position < bytes.count, bytes[position] < 0x80 {
      let letter = Letters.foldedPlain(bytes[position])
      guard letter > 1, !Letters.isDigit(UInt32(letter)) else { break }
      term.append(plain: letter)
      position += 1
    }
    let isAtPlainEnd =
      position == bytes.count || bytes[position] < 0x80 && Letters.foldedPlain(bytes[position]) == 0
    if !isAtPlainEnd || position == start { readOn(from: start, &term) }
    range = start..<position
  }

  /// Reads the letters and digits that follow, of whatever script.
  @inline(never)
  private mutating func readOn(from start: Int, _ term: inout TermBuffer) {
    var areDigits = position == start
    while position < bytes.count {
      let (point, length) = bytes.codePoint(at: position)
      let letter = Letters.folded(point)
      if letter > Letters.dropped {
        if Letters.isDense(letter) { return }
        areDigits = areDigits && Letters.isDigit(letter)
        term.append(letter)
      } else if letter == Letters.separator {
        guard areDigits, bytes.joinsDigits(at: position) else { return }
      }
      position += length
    }
  }

  private mutating func readPair(_ letter: UInt32, _ length: Int, _ term: inout TermBuffer) {
    let start = position
    term.append(letter)
    position += length
    range = start..<position
    shape = .single
    guard let next = denseLetter(at: position) else { return }
    term.append(next.letter)
    range = start..<next.end
    shape = .pair
  }

  /// The letter of a script without spaces that follows, behind what is dropped.
  private func denseLetter(at start: Int) -> (letter: UInt32, end: Int)? {
    var place = start
    while place < bytes.count {
      let (point, length) = bytes.codePoint(at: place)
      let letter = Letters.folded(point)
      place += length
      if letter == Letters.dropped { continue }
      return Letters.isDense(letter) ? (letter, place) : nil
    }
    return nil
  }
}
