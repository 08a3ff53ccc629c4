internal import Syndication

/// The linear pass before the XML parser: from a document's text to well-formed, harmless XML and
/// the text that was lifted out of it.
///
/// libxml2 in recovery mode drops words at bare ampersands, stops at NUL and at a bare `<`, and takes
/// minutes over hostile attributes and entities. This pass leaves it nothing to recover from:
/// - comments, processing instructions and the document type are cut, with everything they declare;
/// - references become characters, those of HTML included; bare `&` and `<` are text;
/// - characters that XML forbids are dropped;
/// - tags are balanced: what an end tag leaves open is closed, a stray end tag is dropped, a new
///   item closes the open one;
/// - attributes are quoted and unique; tags, attributes, depth and namespaces are capped.
///
/// What is still open at the end of the document stays open: that is for the reader to judge.
struct MarkupRepair {
  /// Namespace declarations in scope at once; libxml2 searches them one after the other.
  static let namespaceLimit = 512

  let input: ByteScan
  let limits: ParseLimits
  let entities: DeclaredEntities
  var output: LiftedStretch
  var tally = DefectTally()
  /// Text before this place is in the output or was dropped.
  var copied: Int
  var place: Int
  var open: [OpenTag] = []
  /// Open tags beyond the depth limit, which were dropped.
  var overflow = 0
  var namespaces = 0
  /// Whether the root's end tag was seen.
  var isClosed = false
  var attributes: [AttributeSpan] = []
  /// Before this place every `<` is text: a scan for the end of a tag found none.
  var tagless = 0
  /// Whether a processing instruction was found to have no end: then none after it has.
  private var lacksInstructionEnd = false
  var census = NameCensus()
  /// Bytes that declared entities produced so far.
  var expanded = 0

  /// A start tag whose end tag is to come.
  struct OpenTag {
    var name: Range<Int>
    var namespaces: Int
    var role: TagRole
  }

  /// `root` is the place of the root's `<`.
  init(_ input: ByteScan, root: Int, entities: DeclaredEntities, limits: ParseLimits) {
    self.input = input
    self.limits = limits
    self.entities = entities
    copied = root
    place = root
    output = LiftedStretch(byteCount: min(input.count - root, FeedParser.windowByteCount))
  }

  /// Whether all was repaired.
  var isDone: Bool { isClosed || place >= input.count }

  /// Repairs the next stretch, of `byteCount` bytes of input and up to the end of what it cuts.
  mutating func run(byteCount: Int) {
    let end = min(place + byteCount, input.count)
    while !isClosed {
      place = input.nextSpecial(from: place)
      guard place < input.count else { break }
      switch input[place] {
      case UInt8(ascii: "<"): markup()
      case UInt8(ascii: "&"): reference()
      default: forbiddenCharacter()
      }
      if place >= end { break }
    }
    copy(to: place)
  }

  /// Copies the text from where the last copy ended to `end`.
  @inline(__always)
  mutating func copy(to end: Int) {
    if end > copied { output.appendText(copied..<end, of: input) }
    copied = max(copied, end)
  }

  /// Leaves the input from `place` to `end` out.
  mutating func drop(to end: Int) {
    copy(to: place)
    skip(to: end)
  }

  mutating func skip(to end: Int) {
    place = min(max(end, place + 1), input.count)
    copied = place
  }

  private mutating func markup() {
    let next = input[place + 1]
    if next.isNameStart {
      startTag()
    } else if next == UInt8(ascii: "/") {
      endTag()
    } else if next == UInt8(ascii: "!") {
      declaration()
    } else if next == UInt8(ascii: "?") {
      instruction()
    } else {
      bareLessThan()
    }
  }

  /// Drops a processing instruction; one without an end ends at the next `>`.
  private mutating func instruction() {
    if !lacksInstructionEnd, let end = input.firstPlace(of: "?>", from: place + 2) {
      return drop(to: end + 2)
    }
    lacksInstructionEnd = true
    let end = input.firstPlace(of: UInt8(ascii: ">"), from: place, before: input.count)
    drop(to: end.map { $0 + 1 } ?? input.count)
  }

  mutating func bareLessThan() {
    tally.note(.bareMarkup, "a bare < taken as text", at: place)
    place += 1
  }

  private mutating func declaration() {
    if input.matchesIgnoringCase("<![cdata[", at: place) {
      characterSection()
    } else if input.matches("<!--", at: place) {
      let end = input.endOfComment(at: place)
      if end == nil { tally.note(.malformed, "a comment without an end", at: place) }
      drop(to: end ?? input.count)
    } else if input[place + 2].isASCIILetter {
      tally.note(.malformed, "a declaration inside the document", at: place)
      drop(to: input.endOfDeclaration(at: place))
    } else {
      bareLessThan()
    }
  }

  /// Copies a CDATA section; one without an end ends with the document.
  private mutating func characterSection() {
    drop(to: place + 9)
    while true {
      place = input.nextSpecialOfCDATA(from: place)
      guard place < input.count else { break }
      if input[place] != UInt8(ascii: "]") {
        forbiddenCharacter()
      } else if input.matches("]]>", at: place) {
        return drop(to: place + 3)
      } else {
        place += 1
      }
    }
    tally.note(.malformed, "a CDATA section without an end", at: place)
    // What a cut left of the end mark must not become text.
    var end = place
    while end > copied, input[end - 1] == UInt8(ascii: "]") { end -= 1 }
    copy(to: end)
    copied = place
  }

  /// At a control character, or at a byte 0xEF that may begin U+FFFE or U+FFFF. A carriage return is
  /// a line break (XML 1.0 section 2.11).
  mutating func forbiddenCharacter() {
    if input[place] == 0x0D {
      copy(to: place)
      if input[place + 1] != 0x0A { output.appendMade(0x0A) }
      skip(to: place + 1)
    } else if input[place] != 0xEF {
      tally.note(.forbiddenCharacters, "a control character dropped", at: place)
      drop(to: place + 1)
    } else if input[place + 1] == 0xBF, input[place + 2] >= 0xBE {
      tally.note(.forbiddenCharacters, "a non-character dropped", at: place)
      drop(to: place + 3)
    } else {
      place += 1
    }
  }
}

extension ByteScan {
  /// The place after the comment that begins at `place`, or nil when nothing ends it.
  func endOfComment(at place: Int) -> Int? {
    firstPlace(of: "-->", from: place + 4).map { $0 + 3 }
  }

  /// The place after the declaration that begins at `place`, with its internal subset.
  func endOfDeclaration(at place: Int) -> Int {
    var place = place + 2
    var brackets = 0
    while place < count {
      switch self[place] {
      case UInt8(ascii: "["): brackets += 1
      case UInt8(ascii: "]"): brackets = Swift.max(0, brackets - 1)
      case UInt8(ascii: ">") where brackets == 0: return place + 1
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        place = firstPlace(of: self[place], from: place + 1, before: count) ?? place
      case UInt8(ascii: "<") where brackets > 0 && matches("<!--", at: place):
        place = (endOfComment(at: place) ?? count) - 1
      default: break
      }
      place += 1
    }
    return count
  }
}
