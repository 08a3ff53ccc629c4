/// Publishers' text where a terminal, a log or another program's screen will show it.
extension Unicode.Scalar {
  /// What a terminal obeys or a reader cannot see: C0, C1, bidirectional controls, zero width and tag
  /// characters, unassigned and private code points. The joiners stay: Persian and emoji need them.
  package var isHidden: Bool {
    switch value {
    case 0x20...0x7E, 0xA0...0xAC, 0xAE...0x2FF, 0x2010...0x2027, 0x3000...0x9FFC: return false
    default: break
    }
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
