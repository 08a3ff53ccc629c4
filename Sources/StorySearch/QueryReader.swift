/// Reads a query from left to right.
///
///     any   = all ("OR" all)*
///     all   = part+
///     part  = ("-" | "NOT ") part | "(" any ")" | [field ":"] value
///     value = "\"" … "\"" ["*"] | word ["*"]
struct QueryReader {
  private let characters: [Character]
  private let field: TextField?
  private var place = 0
  private var depth = 0
  private(set) var conditions: [SearchQuery.Condition] = []

  static let characterLimit = 4096
  static let conditionLimit = 64
  static let wordLimit = 64
  static let depthLimit = 16

  private static let openingQuotes: Set<Character> = ["\"", "“", "„"]
  private static let closingQuotes: Set<Character> = ["\"", "”", "“"]

  init(_ text: String, field: TextField?) {
    characters = Array(text.prefix(QueryReader.characterLimit + 1))
    self.field = field
  }

  mutating func read() throws(QueryProblem) -> SearchQuery.Clause {
    guard characters.count <= QueryReader.characterLimit else {
      throw problem("longer than \(QueryReader.characterLimit) characters", at: characters.count)
    }
    let clause = try any()
    guard place == characters.count else { throw problem("no parenthesis is open here") }
    return clause
  }

  private func problem(_ detail: String, at place: Int? = nil) -> QueryProblem {
    QueryProblem(column: (place ?? self.place) + 1, detail: detail)
  }

  // MARK: Clauses

  private mutating func any() throws(QueryProblem) -> SearchQuery.Clause {
    var clauses = [try all()]
    while take(word: "OR") { clauses.append(try all()) }
    return clauses.count == 1 ? clauses[0] : .any(clauses)
  }

  private mutating func all() throws(QueryProblem) -> SearchQuery.Clause {
    var clauses = [try part()]
    while true {
      skipBlanks()
      _ = take(word: "AND")
      guard let next, next != ")", !isAt(word: "OR") else { break }
      clauses.append(try part())
    }
    return clauses.count == 1 ? clauses[0] : .all(clauses)
  }

  private mutating func part() throws(QueryProblem) -> SearchQuery.Clause {
    skipBlanks()
    depth += 1
    defer { depth -= 1 }
    guard depth <= QueryReader.depthLimit else { throw problem("nested too deeply") }
    guard let next, next != ")", !isAt(word: "OR"), !isAt(word: "AND") else {
      throw problem("something to look for is missing")
    }
    if next == "-" || isAt(word: "NOT") {
      place += next == "-" ? 1 : 3
      return .not(try part())
    }
    guard next == "(" else { return try value() }
    let opening = place
    place += 1
    let clause = try any()
    guard self.next == ")" else { throw problem("this parenthesis is not closed", at: opening) }
    place += 1
    return clause
  }

  // MARK: Conditions

  private mutating func value() throws(QueryProblem) -> SearchQuery.Clause {
    let start = place
    guard let name = try takeField() else { return try condition(words(in: field), at: start) }
    if let field = TextField(rawValue: name) { return try condition(words(in: field), at: start) }
    let valueStart = place
    let text = try takeText().text
    guard !text.isEmpty else { throw problem("nothing follows \(name):", at: valueStart) }
    let condition: SearchQuery.Condition =
      switch name {
      case "feed": .feed(text.lowercased())
      case "tag": .tag(text, feeds: nil)
      default: .language(text.lowercased())
      }
    return try self.condition(condition, at: start)
  }

  private mutating func condition(
    _ condition: SearchQuery.Condition, at start: Int
  ) throws(QueryProblem) -> SearchQuery.Clause {
    if let known = conditions.firstIndex(of: condition) { return .condition(known) }
    guard conditions.count < QueryReader.conditionLimit else {
      throw problem("more than \(QueryReader.conditionLimit) conditions", at: start)
    }
    conditions.append(condition)
    return .condition(conditions.count - 1)
  }

  private mutating func words(in field: TextField?) throws(QueryProblem) -> SearchQuery.Condition {
    let start = place
    let (text, isBeginning) = try takeText()
    var words = QueryReader.words(of: text)
    guard !words.isEmpty else {
      throw problem("no letter or digit to look for: \(text)", at: start)
    }
    guard words.count <= QueryReader.wordLimit else {
      throw problem("more than \(QueryReader.wordLimit) words", at: start)
    }
    if isBeginning { words[words.count - 1].isBeginning = true }
    return .words(words, in: field)
  }

  /// The words of a text as an index has them. Of a run of characters without spaces the last pair holds
  /// the last character; one character alone begins a pair.
  private static func words(of text: String) -> [QueryWord] {
    var words: [QueryWord] = []
    var buffer = TermBuffer()
    var shapes: [WordReader.Shape] = []
    var text = text
    text.withUTF8 { bytes in
      var reader = WordReader(bytes)
      while reader.next(&buffer) {
        words.append(QueryWord(letters: Array(buffer.bytes.dropFirst())))
        shapes.append(reader.shape)
      }
    }
    guard shapes.last == .single else { return words }
    if shapes.dropLast().last == .pair {
      words.removeLast()
    } else {
      words[words.count - 1].isBeginning = true
    }
    return words
  }

  // MARK: Text

  private static let fieldNames = TextField.allCases.map(\.rawValue) + ["feed", "tag", "lang"]

  /// The name of a field and its colon. What looks like an address or a time is none.
  private mutating func takeField() throws(QueryProblem) -> String? {
    let name = characters[place...].prefix { $0.isASCII && $0.isLetter }
    let colon = place + name.count
    guard !name.isEmpty, colon + 1 < characters.count, characters[colon] == ":",
      characters[colon + 1] != "/"
    else {
      guard !name.isEmpty, colon + 1 == characters.count, characters[colon] == ":" else {
        return nil
      }
      throw problem("nothing follows \(String(name)):", at: colon)
    }
    guard QueryReader.fieldNames.contains(String(name)) else {
      throw problem(
        "no field is called \(String(name)): there are "
          + QueryReader.fieldNames.joined(separator: ", "))
    }
    place = colon + 1
    return String(name)
  }

  /// A phrase without its quotation marks, or what stands up to a blank or parenthesis; and whether an
  /// asterisk follows.
  private mutating func takeText() throws(QueryProblem) -> (text: String, isBeginning: Bool) {
    let start = place
    var text = ""
    if let next, QueryReader.openingQuotes.contains(next) {
      place += 1
      let end = characters[place...].firstIndex(where: QueryReader.closingQuotes.contains)
      guard let end else { throw problem("this quotation mark is not closed", at: start) }
      text = String(characters[place..<end])
      place = end + 1
    } else {
      while let next, !next.isWhitespace, !"()*\"".contains(next) {
        text.append(next)
        place += 1
      }
    }
    guard next == "*" else { return (text, false) }
    place += 1
    guard next.map({ $0.isWhitespace || $0 == ")" }) ?? true else {
      throw problem("an asterisk ends a word", at: place - 1)
    }
    return (text, true)
  }

  private var next: Character? { place < characters.count ? characters[place] : nil }

  private mutating func skipBlanks() {
    while let next, next.isWhitespace { place += 1 }
  }

  private func isAt(word: String) -> Bool {
    guard characters[place...].starts(with: word) else { return false }
    let end = place + word.count
    return end == characters.count || characters[end].isWhitespace
      || "()".contains(characters[end])
  }

  private mutating func take(word: String) -> Bool {
    skipBlanks()
    guard isAt(word: word) else { return false }
    place += word.count
    return true
  }
}
