internal import Syndication

/// Publishers' text, made fit for a reader's screen.
enum DisplayText {
  /// More combining marks than any orthography stacks on one letter.
  private static let markLimit = 4
  /// What is looked at of a text, in Unicode scalars; far more than any format shows.
  private static let scalarLimit = 8192

  /// `text` as one line: without control and hidden characters, white space of every kind as single
  /// blanks, no letter with a tower of marks.
  static func line(_ text: String) -> String {
    if text.utf8.count <= scalarLimit, isPlainLine(text) { return text }
    var line = String.UnicodeScalarView()
    var markCount = 0
    var needsBlank = false
    for scalar in text.unicodeScalars.prefix(scalarLimit) {
      if scalar.isBlank {
        needsBlank = !line.isEmpty
        continue
      }
      if scalar.isHidden { continue }
      markCount = scalar.isMark ? markCount + 1 : 0
      if markCount > markLimit { continue }
      if needsBlank { line.append(" ") }
      needsBlank = false
      line.append(scalar)
    }
    return String(line)
  }

  /// Whether every byte is visible ASCII or a blank between two such: the usual case, seen quickly.
  private static func isPlainLine(_ text: String) -> Bool {
    var previous = UInt8(ascii: " ")
    for byte in text.utf8 {
      guard 0x20..<0x7F ~= byte, byte != 0x20 || previous != 0x20 else { return false }
      previous = byte
    }
    return previous != 0x20 || text.isEmpty
  }

  /// The lines of `text` that have something on them.
  static func paragraphs(_ text: String) -> [String] {
    String(text.unicodeScalars.prefix(scalarLimit)).split(whereSeparator: \.isNewline).map {
      line(String($0))
    }.filter { !$0.isEmpty }
  }
}

extension Unicode.Scalar {
  var isBlank: Bool {
    isASCII ? value == 0x20 || 9...13 ~= value : properties.isWhitespace
  }

  fileprivate var isMark: Bool {
    guard !isASCII else { return false }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return true
    default: return false
    }
  }
}
