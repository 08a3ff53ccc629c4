internal import CRarityTable

/// What becomes of a code point inside a word: the table folds case and diacritics, the same for the
/// words of an index and those of a query.
enum Letters {
  /// Not part of any word.
  static let separator: UInt32 = 0
  /// Passed over: combining accents, soft hyphens, joiners.
  static let dropped: UInt32 = 1

  /// The folded letter or digit, as a code point.
  @inline(__always)
  static func folded(_ point: UInt32) -> UInt32 {
    if point < 0x10000 { return UInt32(folding_unit(UInt16(truncatingIfNeeded: point))) }
    // Ideographs of the supplementary planes stand for themselves.
    return 0x20000..<0x34000 ~= point ? point : separator
  }

  /// The folded letter or digit of an ASCII byte; 0 or 1 for any other ASCII byte.
  @inline(__always)
  static func foldedPlain(_ byte: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: folding_unit(UInt16(byte)))
  }

  @inline(__always)
  static func isDigit(_ letter: UInt32) -> Bool { 0x30...0x39 ~= letter }

  /// Whether the letter belongs to a script that does not put spaces between words (or, as Korean, not
  /// between words and their endings): Thai, Lao, Myanmar, Khmer, kana, ideographs, Hangul.
  @inline(__always)
  static func isDense(_ letter: UInt32) -> Bool {
    guard letter >= 0x0E00 else { return false }
    switch letter {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3005...0x3007, 0x3040...0x30FF,
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0x20000...0x33FFF:
      return true
    default: return false
    }
  }
}
