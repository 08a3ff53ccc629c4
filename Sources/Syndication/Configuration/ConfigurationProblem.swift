/// One thing that is wrong in a configuration file, and where.
package struct ConfigurationProblem: Hashable, Sendable, Error, CustomStringConvertible {
  /// The file as its reader named it.
  package var file: String
  /// From 1.
  package var line: Int
  /// In characters, from 1.
  package var column: Int
  /// Without control characters; never longer than a line.
  package var message: String

  package init(file: String, line: Int, column: Int, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// What is wrong with a configuration that is otherwise sound and names no feed.
  package static func noFeed(in file: String) -> ConfigurationProblem {
    ConfigurationProblem(file: file, line: 1, column: 1, message: "no feed in it")
  }

  /// `feeds.conf:12:34: not an http, https or file URL: "ftp://…"`
  package var description: String { "\(file):\(line):\(column): \(message)" }
}

/// A problem within one line, before it is known where the line stands.
struct LineProblem: Error, Equatable {
  /// A byte offset into the line.
  var offset: Int
  var message: String
}

extension String {
  /// How a problem shows a piece of the file: in quotation marks, control and format characters
  /// spelled out, and cut to 80 characters.
  var quotedForDisplay: String {
    var shown = ""
    for (count, character) in enumerated() {
      guard count < 80 else { return "\"\(shown)…\"" }
      for scalar in character.unicodeScalars { shown += scalar.shownInProblem }
    }
    return "\"\(shown)\""
  }
}

extension Unicode.Scalar {
  /// Neither visible nor a plain space: controls, format characters (bidirectional overrides, zero
  /// width) and line separators.
  var isUnprintable: Bool {
    if isASCII { return value < 0x20 || value == 0x7F }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
    default: false
    }
  }

  var codePointName: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
  }

  fileprivate var shownInProblem: String {
    isUnprintable ? "\\u{\(String(value, radix: 16))}" : String(self)
  }
}
