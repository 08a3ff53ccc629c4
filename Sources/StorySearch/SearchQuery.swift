/// What stories are looked for: conditions, and how they are joined.
package struct SearchQuery: Hashable, Sendable {
  /// Conditions joined by and, or, not.
  indirect enum Clause: Hashable, Sendable {
    /// A condition, by its place in `conditions`.
    case condition(Int)
    case not(Clause)
    case all([Clause])
    case any([Clause])
  }

  /// Something that a story fulfils or not.
  enum Condition: Hashable, Sendable {
    /// These words one behind the other in one field; in any field where none is named.
    case words([QueryWord], in: TextField?)
    /// A part of the feed's address or name, in small letters.
    case feed(String)
    /// A tag of feeds.conf, and the feeds that have it, once that is known.
    case tag(String, feeds: Set<String>?)
    /// A language tag or the beginning of one, in small letters.
    case language(String)
  }

  var root: Clause
  var conditions: [Condition]

  /// Reads a query as a person writes it.
  ///
  /// Words are joined by and; `OR` between two, `-` or `NOT` before one, parentheses; `"a phrase"`,
  /// `begin*`, `title:word`, `author:`, `text:`, `category:`, `feed:`, `tag:`, `lang:`.
  /// - Parameters:
  ///   - text: At most 4,096 characters.
  ///   - field: Where words are looked for that name no field.
  /// - Throws: `QueryProblem`, which names the column.
  package init(_ text: String, field: TextField? = nil) throws(QueryProblem) {
    var reader = QueryReader(text, field: field)
    root = try reader.read()
    conditions = reader.conditions
  }

  /// The tags of feeds.conf that the query names.
  package var tags: Set<String> {
    Set(conditions.compactMap { if case .tag(let tag, _) = $0 { tag } else { nil } })
  }

  /// Says which feeds have the tags. Without it no story has any.
  package mutating func resolveTags(_ feeds: (String) -> Set<String>) {
    for place in conditions.indices {
      if case .tag(let tag, _) = conditions[place] {
        conditions[place] = .tag(tag, feeds: feeds(tag))
      }
    }
  }

  /// Requires that a story is of a feed whose address or name contains `text`.
  package mutating func require(feed text: String) {
    require(.feed(text.lowercased()))
  }

  /// Requires that a story is of a feed with the tag.
  package mutating func require(tag: String) {
    require(.tag(tag, feeds: nil))
  }

  private mutating func require(_ condition: Condition) {
    conditions.append(condition)
    root = .all([root, .condition(conditions.count - 1)])
  }

  /// The terms that an index made for this query alone has to have.
  package var wantedTerms: WantedTerms {
    var whole: [[UInt8]] = []
    var beginnings: [[UInt8]] = []
    for case .words(let words, let field) in conditions {
      for word in words {
        let term = word.term(in: field)
        if word.isBeginning { beginnings.append(term) } else { whole.append(term) }
      }
    }
    return WantedTerms(whole: whole, beginnings: beginnings)
  }
}

/// A part of a story in which words are looked for.
package enum TextField: String, Hashable, Sendable, CaseIterable {
  case title, text, author, category
}

/// A word that is looked for.
struct QueryWord: Hashable, Sendable {
  /// Folded, as UTF-8; nothing longer than what counts of a word.
  var letters: [UInt8]
  /// Whether words count that only begin so.
  var isBeginning = false

  func matches(_ word: ArraySlice<UInt8>) -> Bool {
    isBeginning ? word.starts(with: letters) : word.elementsEqual(letters)
  }

  /// The term that a document has to have for it.
  func term(in field: TextField?) -> [UInt8] {
    [(field == .title ? TermKind.title : .word).rawValue] + letters
  }
}
