package import Syndication

/// Says of a story, by its words themselves, whether a query means it, and where the words stand.
package struct StoryMatcher {
  private let query: SearchQuery

  package init(_ query: SearchQuery) {
    self.query = query
  }

  /// Whether the query means the story. A copy has to have its original's text.
  package func matches(_ story: Story) -> Bool {
    var texts = StoryTexts(story)
    return holds(query.root, &texts)
  }

  /// Where in `text`, in bytes of UTF-8, words stand that the query asks for in that field; in order,
  /// without overlap.
  package func places(in text: String, _ field: TextField) -> [Range<Int>] {
    let words = FieldWords(text)
    var isFound = [Bool](repeating: false, count: words.count)
    for number in StoryMatcher.wanted(by: query.root) {
      guard case .words(let wanted, let where_) = query.conditions[number],
        where_ == nil || where_ == field
      else { continue }
      for start in words.places(of: wanted) {
        for place in start..<start + wanted.count { isFound[place] = true }
      }
    }
    return words.ranges(where: isFound)
  }

  /// The conditions that are not denied.
  private static func wanted(by clause: SearchQuery.Clause) -> Set<Int> {
    switch clause {
    case .condition(let number): [number]
    case .not: []
    case .all(let clauses), .any(let clauses):
      clauses.reduce(into: []) { $0.formUnion(wanted(by: $1)) }
    }
  }

  private func holds(_ clause: SearchQuery.Clause, _ texts: inout StoryTexts) -> Bool {
    switch clause {
    case .condition(let number): return holds(query.conditions[number], &texts)
    case .not(let clause): return !holds(clause, &texts)
    case .all(let clauses):
      for clause in clauses where !holds(clause, &texts) { return false }
      return true
    case .any(let clauses):
      for clause in clauses where holds(clause, &texts) { return true }
      return false
    }
  }

  private func holds(_ condition: SearchQuery.Condition, _ texts: inout StoryTexts) -> Bool {
    switch condition {
    case .words(let words, let field): texts.contain(words, in: field)
    case .feed(let part): texts.story.isOf(feed: part)
    case .tag(_, let feeds): feeds?.contains(texts.story.feed) ?? false
    case .language(let tag): texts.story.language?.isLanguage(tag) ?? false
    }
  }
}

extension Story {
  fileprivate func isOf(feed part: String) -> Bool {
    IndexLabel.feed(of: self).isOf(feed: part)
  }
}

extension IndexLabel {
  /// Whether a feed's address or name contains `part`, which is in small letters.
  func isOf(feed part: String) -> Bool {
    text.split(separator: "\n", omittingEmptySubsequences: false).contains {
      $0.lowercased().contains(part)
    }
  }
}

extension String {
  /// Whether it is the language tag `tag`, which is in small letters, or one below it (RFC 4647
  /// section 3.3.1).
  func isLanguage(_ tag: String) -> Bool {
    let own = lowercased().map { $0 == "_" ? "-" : $0 }
    return own.starts(with: tag) && (own.count == tag.count || own[tag.count] == "-")
  }
}

/// The texts of a story, each read once, when it is first asked for.
private struct StoryTexts {
  let story: Story
  private var words: [TextField: [FieldWords]] = [:]

  init(_ story: Story) {
    self.story = story
  }

  mutating func contain(_ wanted: [QueryWord], in field: TextField?) -> Bool {
    for field in field.map({ [$0] }) ?? TextField.allCases
    where read(field).contains(where: { $0.contains(wanted) }) {
      return true
    }
    return false
  }

  private mutating func read(_ field: TextField) -> [FieldWords] {
    if let known = words[field] { return known }
    let texts: [String] =
      switch field {
      case .title: [story.title]
      case .text: [story.text, story.summary ?? ""]
      case .author: [story.author ?? ""]
      case .category: story.categories
      }
    let read = texts.filter { !$0.isEmpty }.map(FieldWords.init)
    words[field] = read
    return read
  }
}

/// The words of one text.
private struct FieldWords {
  private var letters: [UInt8] = []
  private var ends: [Int] = []
  private var ranges: [Range<Int>] = []

  init(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var buffer = TermBuffer()
      var reader = WordReader(bytes)
      while reader.next(&buffer) {
        letters += buffer.bytes.dropFirst()
        ends.append(letters.count)
        ranges.append(reader.range)
      }
    }
  }

  var count: Int { ends.count }

  private func word(_ number: Int) -> ArraySlice<UInt8> {
    letters[(number > 0 ? ends[number - 1] : 0)..<ends[number]]
  }

  func contains(_ wanted: [QueryWord]) -> Bool { firstPlace(of: wanted, from: 0) != nil }

  func places(of wanted: [QueryWord]) -> [Int] {
    var places: [Int] = []
    while let place = firstPlace(of: wanted, from: places.last.map { $0 + 1 } ?? 0) {
      places.append(place)
    }
    return places
  }

  private func firstPlace(of wanted: [QueryWord], from first: Int) -> Int? {
    guard first + wanted.count <= count else { return nil }
    for start in first...count - wanted.count
    where wanted.indices.allSatisfy({ wanted[$0].matches(word(start + $0)) }) {
      return start
    }
    return nil
  }

  /// Where the chosen words stand; what overlaps or touches is one.
  func ranges(where isChosen: [Bool]) -> [Range<Int>] {
    var chosen: [Range<Int>] = []
    for place in ranges.indices where isChosen[place] {
      if let last = chosen.last, last.upperBound >= ranges[place].lowerBound {
        let end = max(last.upperBound, ranges[place].upperBound)
        chosen[chosen.count - 1] = last.lowerBound..<end
      } else {
        chosen.append(ranges[place])
      }
    }
    return chosen
  }
}
