extension String {
  /// How many columns of a terminal the text takes.
  package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

  /// Lines of at most `columns` columns, broken at blanks and between wide characters. A word longer
  /// than a line is broken, unless it is an address.
  package func wrapped(columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var width = 0
    for word in split(separator: " ") {
      for piece in word.pieces(columns: columns) {
        let blank = piece.startIndex == word.startIndex && !line.isEmpty ? 1 : 0
        let pieceWidth = String(piece).displayWidth
        if !line.isEmpty, width + blank + pieceWidth > columns {
          lines.append(line)
          (line, width) = (String(piece), pieceWidth)
        } else {
          line += (blank == 1 ? " " : "") + piece
          width += blank + pieceWidth
        }
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }
}

extension Substring {
  /// The parts between which a line may be broken.
  fileprivate func pieces(columns: Int) -> [Substring] {
    let isAddress = hasPrefix("https://") || hasPrefix("http://")
    let isBreakable =
      String(self).displayWidth > columns || contains(where: { $0.displayWidth == 2 })
    guard isBreakable, !isAddress else { return [self] }
    var pieces: [Substring] = []
    var start = startIndex
    var width = 0
    for place in indices {
      let characterWidth = self[place].displayWidth
      let follows = place > start
      let isBreak =
        follows && (width + characterWidth > columns || characterWidth == 2 && !self[place].clings)
      if isBreak {
        pieces.append(self[start..<place])
        (start, width) = (place, 0)
      }
      width += characterWidth
    }
    return pieces + [self[start...]]
  }
}

extension Character {
  /// 2 for wide and full-width characters (UAX #11) and emoji, 0 for what only joins, else 1.
  package var displayWidth: Int {
    var widest = 0
    for scalar in unicodeScalars { widest = max(widest, scalar.displayWidth) }
    let isEmoji = unicodeScalars.contains("\u{FE0F}") || unicodeScalars.contains("\u{20E3}")
    return isEmoji ? 2 : widest
  }

  /// No line begins with closing punctuation.
  fileprivate var clings: Bool { "、。，．：；！？）」』】〉》〕］｝・ー".contains(self) }
}

extension Unicode.Scalar {
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615,
    0x2648...0x2653, 0x26A1...0x26A1, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26D4...0x26D4,
    0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728, 0x274C...0x274C, 0x2753...0x2757,
    0x2795...0x2797, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F1E6...0x1F1FF, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
    0x1F7E0...0x1F7EB, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
  ]

  fileprivate var displayWidth: Int {
    guard value >= 0x300 else { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return Unicode.Scalar.wide.contains { $0.contains(value) } ? 2 : 1
    }
  }
}
