/// Publishers' text where a terminal, a log or another program's screen will show it.
extension Unicode.Scalar {
  /// What a terminal obeys or a reader cannot see: C0, C1, bidirectional controls, zero width and tag
  /// characters, unassigned and private code points. The joiners stay: Persian and emoji need them.
  package var isHidden: Bool {
    !isSurelyShown && isHiddenByCategory
  }

  /// What most texts are made of, and what every byte of a mislabelled one may become. The look-up
  /// of a category costs 25 ns, on ten million characters more than reading their feed.
  private var isSurelyShown: Bool {
    switch value {
    case 0x20...0x7E, 0xA0...0xAC, 0xAE...0x377: true  // Latin
    case 0x3A3...0x52F, 0x5D0...0x5EA, 0x620...0x6DC: true  // Greek, Cyrillic, Hebrew, Arabic
    case 0xE01...0xE3A, 0xE3F...0xE5B, 0x1E00...0x1F15: true  // Thai, further Latin
    case 0x2010...0x2027, 0x2100...0x218B, 0x2190...0x2429, 0x2460...0x2B73: true  // signs
    case 0x3000...0x303F, 0x3041...0x3096, 0x3099...0x30FF, 0x3131...0x318E: true  // kana
    case 0x3220...0xA48C, 0xAC00...0xD7A3, 0xFF01...0xFFBE, 0xFFFD: true  // Han, Hangul
    default: false
    }
  }

  private var isHiddenByCategory: Bool {
    switch properties.generalCategory {
    case .control, .surrogate, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator:
      return true
    case .format: return self != "\u{200C}" && self != "\u{200D}"
    default: return false
    }
  }

  /// The escape of RFC 8259 section 7: `\uXXXX`, or two of them above U+FFFF.
  package var jsonEscape: String {
    UTF16.encode(self)?.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined() ?? ""
  }
}

extension String {
  /// The text as one line in which hidden characters stand as `\u{…}`.
  package var showingHidden: String {
    replacingHidden { "\\u{\(String($0.value, radix: 16))}" }
  }

  /// JSON of one line in which hidden characters stand as `\uXXXX`; it reads as the same values,
  /// since outside its strings JSON is ASCII.
  package var jsonEscapingHidden: String { replacingHidden(\.jsonEscape) }

  private func replacingHidden(_ replacement: (Unicode.Scalar) -> String) -> String {
    guard unicodeScalars.contains(where: \.isHidden) else { return self }
    return unicodeScalars.map { $0.isHidden ? replacement($0) : String($0) }.joined()
  }
}
