/// A rule of feeds.conf on what to keep of a feed: `ignore title ~ /sponsored/i`.
package struct StoryRule: Hashable, Sendable {
  package enum Action: String, Hashable, Sendable, CaseIterable {
    case ignore
    case keep
  }

  /// The part of a story that a rule looks at.
  package enum Field: String, Hashable, Sendable, CaseIterable {
    case title
    case summary
    case text
    case author
    case category
    case link
    case language
  }

  package enum Comparison: Hashable, Sendable {
    /// The whole value, letter for letter.
    case equals(String)
    case matches(TextPattern)
  }

  package var action: Action
  package var field: Field
  package var comparison: Comparison
  /// `!=` and `!~`: the rule fits where the comparison does not.
  package var isNegated: Bool

  package init(action: Action, field: Field, comparison: Comparison, isNegated: Bool = false) {
    self.action = action
    self.field = field
    self.comparison = comparison
    self.isNegated = isNegated
  }

  /// Whether the rule fits. Of several categories one is enough; a negated rule wants none to fit.
  package func matches(_ story: Story) -> Bool {
    let fits = values(of: story).contains { value in
      switch comparison {
      case .equals(let wanted): value == wanted
      case .matches(let pattern): pattern.matches(value)
      }
    }
    return fits != isNegated
  }

  private func values(of story: Story) -> [String] {
    switch field {
    case .title: [story.title]
    case .summary: [story.summary ?? ""]
    case .text: [story.text]
    case .author: [story.author ?? ""]
    case .category: story.categories
    case .link: [story.link ?? ""]
    case .language: [story.language ?? ""]
    }
  }
}
