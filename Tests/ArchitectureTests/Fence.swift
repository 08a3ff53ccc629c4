/// A rule about what may be written where.
struct Fence: Sendable {
  /// The rule in a few words, for the message.
  let rule: String
  /// The places in a file that break the rule, as (line, what stands there).
  let breaches: @Sendable (SourceFile) -> [(line: Int, found: String)]

  /// One sentence for each breach: `file:line: what: rule`.
  func breaches(in files: [SourceFile]) -> [String] {
    files.flatMap { file in
      breaches(file).map { "\(file.path):\($0.line): \($0.found): \(rule)" }
    }
  }
}

extension Fence {
  /// `module` may be imported only by the files that `isInside` accepts.
  static func door(
    _ module: String, rule: String, isInside: @escaping @Sendable (SourceFile) -> Bool
  ) -> Fence {
    Fence(rule: rule) { file in
      guard file.mentions(module), !isInside(file) else { return [] }
      return file.imports.filter { $0.module == module }.map { ($0.line, "import \($0.module)") }
    }
  }

  /// None of `phrases` stands in the code of a file, comments aside, unless `isInside` accepts it.
  static func ban(
    _ phrases: [String], rule: String,
    isInside: @escaping @Sendable (SourceFile) -> Bool = { _ in false }
  ) -> Fence {
    Fence(rule: rule) { file in
      let mentioned = phrases.filter(file.mentions)
      guard !mentioned.isEmpty, !isInside(file) else { return [] }
      return file.code.flatMap { line, text in places(of: mentioned, in: text, line) }
    }
  }

  /// None of `phrases` stands anywhere in a file, comments included.
  static func silence(_ phrases: [String], rule: String) -> Fence {
    Fence(rule: rule) { file in
      let mentioned = phrases.filter(file.mentions)
      guard !mentioned.isEmpty else { return [] }
      return file.lines.enumerated().flatMap { places(of: mentioned, in: $1, $0 + 1) }
    }
  }

  /// A phrase counts where no letter, digit, dot, slash or `_` runs into its beginning, so that
  /// `Date()` is not seen in `CivilDate()` nor a path in an address; and where none runs into its
  /// end, if it ends in a letter.
  private static func places(
    of phrases: [String], in text: Substring, _ line: Int
  ) -> [(line: Int, found: String)] {
    phrases.filter { phrase in
      text.ranges(of: phrase).contains { range in
        let startsFreely = text[..<range.lowerBound].last.map { !continuesWord($0) } ?? true
        let endsInWord = phrase.last?.isLetter ?? false
        let endsFreely = text[range.upperBound...].first.map { !$0.isLetter } ?? true
        return (startsFreely || phrase.first == ".") && (endsFreely || !endsInWord)
      }
    }.map { (line, $0) }
  }

  private static func continuesWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "_./".contains(character)
  }
}
