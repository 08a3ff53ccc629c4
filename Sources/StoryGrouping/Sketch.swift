package import Syndication

/// Everything that grouping keeps of a story: about a kilobyte, whatever the story's length.
package struct Sketch: Hashable, Sendable {
  package let id: StoryID
  /// When the story was published, else first seen; nil for a document without any time.
  package let time: Timestamp?
  /// When the story came in: it is forgotten by this, however old it is.
  package let seen: Timestamp
  /// A hash of the source's name; 0 for none.
  let source: UInt32
  /// The weightiest one- and two-word shingles, by ascending key.
  let terms: [SketchTerm]
  /// MinHash values of the word shingles.
  let signature: CopySignature
  /// Of the text's first words.
  let lead: LeadShingles
  /// Words read, title included.
  let wordCount: UInt16
  /// Of these, pairs of characters of a script without spaces.
  let denseCount: UInt16
  /// A hash of the title's words, whatever stands between them; 0 for no title.
  let title: UInt32
  /// The title's first words, in their order.
  let titleWords: [TitleWord]
}

/// A one- or two-word shingle of a story.
struct SketchTerm: Hashable, Sendable {
  /// The shingle's hash and kind.
  var key: TermKey
  /// How common it is in general; see `RarityTable.level`.
  var level: UInt8
  /// How much the story makes of it, in sixteenths: 16 for one mention in the text.
  var strength: UInt8
}

/// A shingle's hash, and in the low bits what kind of shingle it is in the story.
///
/// Keys of the same shingle differ only in kind: compare `hash`.
struct TermKey: Hashable, Sendable {
  struct Kinds: OptionSet, Hashable, Sendable {
    let rawValue: UInt32
    /// Stands in the title.
    static let title = Kinds(rawValue: 1)
    /// A name: a capital letter inside a sentence. Of a number: right behind a rare name.
    static let name = Kinds(rawValue: 2)
    static let number = Kinds(rawValue: 4)
    /// A two-word shingle.
    static let pair = Kinds(rawValue: 8)
    /// Stands among the first words of the text.
    static let lead = Kinds(rawValue: 16)

    /// Whether it is a name and no number behind one.
    var isName: Bool { contains(.name) && !contains(.number) }
  }

  private static let kindBits: UInt32 = 31
  var bits: UInt32

  init(bits: UInt32) {
    self.bits = bits
  }

  init(stem: UInt64, kinds: Kinds) {
    bits = UInt32(truncatingIfNeeded: stem >> 32) & ~TermKey.kindBits | kinds.rawValue
  }

  /// 27 bits, in the high end.
  @inline(__always)
  var hash: UInt32 { bits & ~TermKey.kindBits }

  var kinds: Kinds {
    get { Kinds(rawValue: bits & TermKey.kindBits) }
    set { bits = hash | newValue.rawValue }
  }
}
