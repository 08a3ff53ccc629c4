internal import CRarityTable

/// What becomes of a code point inside a word. The table is built by Benchmarks/grouping/build-tables.py,
/// which folds the words of the rarity table with it.
enum Letters {
  /// Not part of any word.
  static let separator: UInt16 = 0
  /// Passed over: combining accents, soft hyphens, joiners.
  static let dropped: UInt16 = 1

  /// The folded letter, digit or character of a script without spaces.
  @inline(__always)
  static func folded(_ point: UInt32) -> UInt16 {
    if point < 0x10000 { return folding_unit(UInt16(truncatingIfNeeded: point)) }
    // Ideographs of the supplementary planes, brought into the private area: any stable unit will do.
    if 0x20000..<0x34000 ~= point { return 0xE000 | UInt16(truncatingIfNeeded: point & 0x0FFF) }
    return separator
  }

  /// The same of an ASCII byte.
  @inline(__always)
  static func folded(plain byte: UInt8) -> UInt16 { UInt16(folding_plain(byte)) }

  @inline(__always)
  static func isCapital(_ point: UInt32) -> Bool {
    point < 0x10000 && folding_is_capital(UInt16(truncatingIfNeeded: point)) != 0
  }

  @inline(__always)
  static func isDigit(_ unit: UInt16) -> Bool { 0x30...0x39 ~= unit }

  /// Whether the unit belongs to a script that does not put spaces between words (or, as Korean,
  /// not between words and their endings): Thai, Lao, Myanmar, Khmer, kana, ideographs, Hangul.
  @inline(__always)
  static func isDense(_ unit: UInt16) -> Bool {
    guard unit >= 0x0E00 else { return false }
    switch unit {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3005...0x3007, 0x3040...0x30FF,
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xE000...0xEFFF:
      return true
    default: return false
    }
  }

  /// Whether a separator ends a sentence, so that a capital after it says nothing.
  @inline(__always)
  static func endsSentence(_ point: UInt32) -> Bool {
    // Nearly all are spaces.
    if point == 0x20 { return false }
    return switch point {
    case 0x0A, 0x0D, 0x21, 0x22, 0x2E, 0x3A, 0x3F, 0x7C, 0xAB, 0x2014, 0x2018, 0x201C, 0x201E,
      0x2022,
      0x2026, 0x3002:
      true
    default: false
    }
  }
}
