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
  /// Whether a comment was found to have no end.
  private var lacksCommentEnd = false
  /// The end mark after which the search of a CDATA section's own end ended, 0 before any search.
  private var sectionMark = 0
  var census = NameCensus()
  /// Bytes that declared entities produced so far.
  var expanded = 0

  /// A start tag whose end tag is to come.
  struct OpenTag {
    var name: Range<Int>
    var namespaces: Int
    var role: TagRole
    /// Whether it is an entry or what entries stand in: text directly in it is nobody's.
    var isSkeleton: Bool
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

  /// Drops a processing instruction; one without an end ends at the next `>`, one without a name is
  /// text. Tags within one may have been meant for tags.
  private mutating func instruction() {
    guard input[place + 2].isNameStart || input[place + 2] == UInt8(ascii: "=") else {
      return bareLessThan()
    }
    if !lacksInstructionEnd, let end = input.firstPlace(of: "?>", from: place + 2) {
      if input.firstPlace(of: UInt8(ascii: "<"), from: place + 2, before: end) != nil {
        tally.note(.malformed, "tags in a processing instruction", at: place)
      }
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
      comment()
    } else if let end = endOfStrayDeclaration() {
      tally.note(.malformed, "a declaration inside the document", at: place)
      drop(to: end)
    } else {
      bareLessThan()
    }
  }

  /// The place after a declaration where none belongs. Quotes mean nothing in one that is no document
  /// type: an apostrophe in a text would hide all entries up to the next one.
  private func endOfStrayDeclaration() -> Int? {
    guard input[place + 2].isASCIILetter else { return nil }
    if input.matchesIgnoringCase("<!doctype", at: place) {
      return input.endOfDeclaration(at: place)
    }
    let next = input.firstPlace(of: UInt8(ascii: "<"), from: place + 2, before: input.count)
    return input.firstPlace(of: UInt8(ascii: ">"), from: place + 2, before: next ?? input.count)
      .map { $0 + 1 }
  }

  /// Drops a comment; one without an end ends before the end tag of the element that it is in.
  private mutating func comment() {
    if !lacksCommentEnd, let end = input.endOfComment(at: place) { return drop(to: end) }
    if !lacksCommentEnd { tally.note(.malformed, "a comment without an end", at: place) }
    lacksCommentEnd = true
    drop(to: placeOfOwnEndTag(from: place, before: input.count) ?? input.count)
  }

  /// Copies a CDATA section. One whose end is missing or misspelt ends before the end tag of the
  /// element that it is in, or else with the document.
  private mutating func characterSection() {
    drop(to: place + 9)
    let start = place
    if start < sectionMark, let end = forgottenEnd(from: start, before: sectionMark) {
      return copySection(to: end)
    }
    while true {
      place = input.nextSpecialOfCDATA(from: place)
      guard place < input.count else { break }
      if input[place] != UInt8(ascii: "]") {
        forbiddenCharacter()
      } else if input.matches("]]>", at: place) {
        if endSection(from: start) { return }
        return drop(to: place + 3)
      } else if let end = endOfMisspeltMark(at: place) {
        tally.note(.malformed, "a CDATA section with a misspelt end", at: place)
        return drop(to: end)
      } else {
        place += 1
      }
    }
    if endSection(from: start) { return }
    tally.note(.malformed, "a CDATA section without an end", at: place)
    // What a cut left of the end mark must not become text.
    var end = place
    while end > copied, input[end - 1] == UInt8(ascii: "]") { end -= 1 }
    copy(to: end)
    copied = place
  }

  /// At the first end mark after `start`, or at the document's end: ends the section where its own end
  /// was forgotten. Later sections before the same mark need not look for it again.
  private mutating func endSection(from start: Int) -> Bool {
    guard let end = forgottenEnd(from: start, before: place), end >= copied else { return false }
    sectionMark = place
    place = max(copied, start)
    copySection(to: end)
    return true
  }

  private mutating func copySection(to end: Int) {
    tally.note(.malformed, "a CDATA section without an end", at: end)
    let section = ByteScan(bytes: input.slice(0..<end))
    while true {
      place = section.nextSpecialOfCDATA(from: place)
      guard place < end else { break }
      if input[place] == UInt8(ascii: "]") { place += 1 } else { forbiddenCharacter() }
    }
    place = end
    copy(to: end)
  }

  /// Where a section that begins at `start` ought to have ended, when the end mark at `mark` belongs to
  /// a later section or is the document's end.
  private func forgottenEnd(from start: Int, before mark: Int) -> Int? {
    guard
      let limit = input.placeOfSection(from: start, before: mark)
        ?? (mark == input.count ? mark : nil)
    else { return nil }
    return placeOfOwnEndTag(from: start, before: limit)
  }

  /// The place after what was meant as `]]>` at a `]`, when the element's end tag follows: `]>`, `]] >`
  /// and `]]&gt;`.
  private func endOfMisspeltMark(at place: Int) -> Int? {
    var end = input.skippingSpace(from: place + 1)
    if input[end] == UInt8(ascii: "]") { end = input.skippingSpace(from: end + 1) }
    if input.matches("&gt;", at: end) {
      end += 4
    } else if input[end] == UInt8(ascii: ">") {
      end += 1
    }
    end = input.skippingSpace(from: end)
    return isOwnEndTag(at: end) ? end : nil
  }

  /// Whether the end tag of the innermost open element stands at `place`.
  private func isOwnEndTag(at place: Int) -> Bool {
    guard input.matches("</", at: place), let name = open.last?.name else { return false }
    let end = place + 2 + name.count
    return input.slice(place + 2..<end).elementsEqual(input.slice(name)) && !input[end].isNameByte
  }

  private func placeOfOwnEndTag(from start: Int, before limit: Int) -> Int? {
    var place = start
    while let found = input.firstPlace(of: UInt8(ascii: "<"), from: place, before: limit) {
      if isOwnEndTag(at: found) { return found }
      place = found + 1
    }
    return nil
  }

  /// At a control character, or at a byte 0xEF that may begin U+FFFE or U+FFFF. A carriage return is
  /// a line break (XML 1.0 section 2.11).
  mutating func forbiddenCharacter() {
    if input[place] == 0x0D {
      copy(to: place)
      if input[place + 1] != 0x0A { output.appendMade(0x0A) }
      skip(to: place + 1)
    } else if input[place] == 0x0B || input[place] == 0x0C {
      // White space everywhere but in XML.
      tally.note(.forbiddenCharacters, "a control character taken as a space", at: place)
      copy(to: place)
      output.appendMade(0x20)
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
    var place = place + 4
    while let dashes = firstPlace(of: "--", from: place) {
      if self[dashes + 2] == UInt8(ascii: ">") { return dashes + 3 }
      // As HTML has it.
      if matches("!>", at: dashes + 2) { return dashes + 4 }
      place = dashes + 1
    }
    return nil
  }

  /// The place of a CDATA section that begins in a range.
  func placeOfSection(from start: Int, before limit: Int) -> Int? {
    var place = start
    while let mark = firstPlace(of: UInt8(ascii: "!"), from: place, before: limit) {
      if matchesIgnoringCase("<![cdata[", at: mark - 1) { return mark - 1 }
      place = mark + 1
    }
    return nil
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
