extension ConfigurationLine {
  /// `ignore` or `keep` has been taken: `FIELD = "value"` or `FIELD ~ /pattern/i`.
  mutating func storyRule(
    _ action: StoryRule.Action
  ) throws(LineProblem) -> StoryRule {
    let name = try word("what to look at (title, text, category …)")
    guard let field = StoryRule.Field(rawValue: name.text) else {
      throw LineProblem.unknown(
        "part of a story", name.text, at: name.offset, known: StoryRule.Field.allCases)
    }
    let sign = try word("=, !=, ~ or !~")
    let comparison: StoryRule.Comparison
    switch sign.text {
    case "=", "!=": comparison = .equals(try word("a value").text)
    case "~", "!~": comparison = .matches(try textPattern())
    default:
      throw LineProblem(
        offset: sign.offset, message: "none of =, !=, ~ and !~: \(sign.text.quotedForDisplay)")
    }
    try expectEnd()
    return StoryRule(
      action: action, field: field, comparison: comparison, isNegated: sign.text.hasPrefix("!"))
  }

  private mutating func textPattern() throws(LineProblem) -> TextPattern {
    skipBlanks()
    guard take("/") else {
      throw LineProblem(offset: offset, message: "no regular expression between slashes, /…/")
    }
    let source = try pattern()
    let flags = peekFlags()
    guard flags.text.isEmpty || flags.text == "i" else {
      throw LineProblem(
        offset: flags.offset, message: "the only flag is i: \(flags.text.quotedForDisplay)")
    }
    _ = try value()
    do throws(TextPattern.Problem) {
      return try TextPattern(source.text, ignoringCase: flags.text == "i")
    } catch {
      throw LineProblem(offset: source.offset, message: error.message)
    }
  }

  private func peekFlags() -> Word {
    let flags = bytes[place...].prefix { !ConfigurationLine.isBlank($0) }
    return Word(text: String(decoding: flags, as: UTF8.self), offset: offset)
  }
}
