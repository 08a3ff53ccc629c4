/// A word of a headline: the hash of its shingle, and in the low bits how it stands there.
struct TitleWord: Hashable, Sendable {
  struct Traits: OptionSet {
    let rawValue: UInt32
    /// Hangs on the word before it by a hyphen or an apostrophe: "Port-sur-Mer" is one name.
    static let joined = Traits(rawValue: 1)
    /// Begins with a capital letter, or is a number or a pair of characters.
    static let capital = Traits(rawValue: 2)
    /// Is not a function word.
    static let telling = Traits(rawValue: 4)
    static let number = Traits(rawValue: 8)
  }

  private let bits: UInt32

  init(stem: UInt64, traits: Traits) {
    bits = TermKey(stem: stem, kinds: []).hash | traits.rawValue
  }

  init(_ entry: Headline.Entry, isTelling: Bool) {
    var traits: Traits = isTelling ? .telling : []
    if entry.isJoined { traits.insert(.joined) }
    if !entry.word.traits.isDisjoint(with: [.capital, .number, .dense]) { traits.insert(.capital) }
    if entry.word.traits.contains(.number) { traits.insert(.number) }
    self.init(stem: entry.word.stem, traits: traits)
  }

  /// As `TermKey.hash`.
  var hash: UInt32 { TermKey(bits: bits).hash }

  /// Whether it says something without being a number.
  var isWord: Bool { has(.telling) && !has(.number) }

  func has(_ trait: Traits) -> Bool { bits & trait.rawValue != 0 }
}
