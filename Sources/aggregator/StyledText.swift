internal import DigestExport

/// A line for a person, parts of it in colours.
struct StyledText {
  private var parts: [(text: String, color: Paint.Color?)] = []

  init(_ text: String = "", _ color: Paint.Color? = nil) {
    append(text, color)
  }

  mutating func append(_ text: String, _ color: Paint.Color? = nil) {
    if !text.isEmpty { parts.append((text, color)) }
  }

  /// The line; broken at blanks into several where it is wider than `columns`.
  func lines(columns: Int?, _ paint: Paint) -> [String] {
    let text = parts.map(\.text).joined()
    guard let columns, text.displayWidth > columns else {
      return [parts.map { paint($0.text, $0.color) }.joined()]
    }
    // Breaking drops blanks and changes nothing else, so that the colours are found again.
    var rest = parts.flatMap { part in part.text.unicodeScalars.map { ($0, part.color) } }[...]
    return text.wrapped(columns: columns).map { line in
      var painted = ""
      var run: (text: String, color: Paint.Color?) = ("", nil)
      for scalar in line.unicodeScalars {
        while let next = rest.first, next.0 != scalar { rest = rest.dropFirst() }
        let color = rest.popFirst()?.1
        if color != run.color {
          painted += paint(run.text, run.color)
          run = ("", color)
        }
        run.text.unicodeScalars.append(scalar)
      }
      return painted + paint(run.text, run.color)
    }
  }
}
