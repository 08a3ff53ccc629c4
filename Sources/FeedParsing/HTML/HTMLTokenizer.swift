/// HTML as text and tags, by the rules of the HTML standard's tokenizer (section 13.2.5) in one
/// linear pass over the bytes.
///
/// Comments, declarations and processing instructions are passed over in silence; the markers of
/// CDATA sections too, but not what is between them. Nothing is copied: tokens are ranges.
struct HTMLTokenizer {
  enum Token {
    /// `isRaw`: its character references are none (script, style, plaintext).
    case text(Range<Int>, isRaw: Bool)
    /// The attributes are in `attributes` until the next token.
    case startTag(HTMLElement, isSelfClosing: Bool)
    case endTag(HTMLElement)
  }

  /// The name and the value as written, references and all; the value is empty when there is none.
  struct Attribute {
    var name: Range<Int>
    var value: Range<Int>
  }

  /// Further attributes of one tag are passed over.
  static let attributeLimit = 256

  let bytes: UnsafeBufferPointer<UInt8>
  /// Those of the last start tag come first; what follows is of tags before.
  private var attributeList: [Attribute] = []
  private var attributeCount = 0
  private let elements = HTMLElement.vocabulary
  private var place = 0
  private var rawElement: HTMLElement?
  /// Within an SVG, where `<title>` is an element like others.
  private var isInDrawing = false
  private var isInCDATA = false
  /// Set when a search ran to the end in vain, so that the next one is not run at all.
  private var hasNoMoreTagEnds = false
  private var hasNoMoreCommentEnds = false
  private var hasNoMoreQuotes = false
  private var hasNoMoreApostrophes = false
  /// Where the end of a CDATA section was last found, and an end that is written as text: no stretch
  /// is searched twice.
  private var sectionEnd = -1
  private var escapedSectionEnd = -1

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  /// Those of the last tag.
  var attributes: ArraySlice<Attribute> { attributeList[..<attributeCount] }

  mutating func next() -> Token? {
    if let element = rawElement {
      rawElement = nil
      if let text = rawText(of: element) { return text }
    }
    while place < bytes.count {
      if let token = bytes[place] == UInt8(ascii: "<") ? markup() : text() { return token }
    }
    return nil
  }

  // MARK: Text

  /// From a byte that may be a less-than sign without a meaning to the next one; nil at the end of a
  /// CDATA section.
  private mutating func text() -> Token? {
    let start = place
    var end = find(UInt8(ascii: "<"), from: start + 1) ?? bytes.count
    if isInCDATA, let section = cdataEnd(in: start..<end) {
      guard section > start else {
        isInCDATA = false
        place += 3
        return nil
      }
      end = section
    }
    place = end
    return .text(start..<end, isRaw: false)
  }

  private func cdataEnd(in range: Range<Int>) -> Int? {
    var search = range.lowerBound
    while let bracket = bytes[search..<range.upperBound].firstIndex(of: UInt8(ascii: "]")),
      bracket + 2 < range.upperBound
    {
      if bytes[bracket + 1] == UInt8(ascii: "]"), bytes[bracket + 2] == UInt8(ascii: ">") {
        return bracket
      }
      search = bracket + 1
    }
    return nil
  }

  /// The marker of a section is passed over. Where its end is written as text, so is the marker:
  /// the text speaks of CDATA.
  private mutating func cdataStart() -> Token? {
    let start = place
    place += 9
    if sectionEnd < place { sectionEnd = find("]]>", from: place) }
    if escapedSectionEnd < place { escapedSectionEnd = find("]]&gt;", from: place) }
    if escapedSectionEnd < sectionEnd { return .text(start..<place, isRaw: true) }
    isInCDATA = true
    return nil
  }

  /// Where the next such bytes stand; beyond the end where they do not.
  private func find(_ bracketed: StaticString, from start: Int) -> Int {
    ByteScan(bytes: bytes).firstPlace(of: bracketed, from: start) ?? .max
  }

  /// What lies between the tags of an element that holds no markup.
  private mutating func rawText(of element: HTMLElement) -> Token? {
    let start = place
    place = element.traits.contains(.plaintext) ? bytes.count : endTag(of: element) ?? bytes.count
    guard place > start else { return nil }
    return .text(start..<place, isRaw: !element.traits.contains(.decodedText))
  }

  private func endTag(of element: HTMLElement) -> Int? {
    var search = place
    while let found = find(UInt8(ascii: "<"), from: search) {
      var end = found + 2
      while byte(end).isASCIIAlphanumeric { end += 1 }
      if byte(found + 1) == UInt8(ascii: "/"), end > found + 2,
        end >= bytes.count || bytes[end].endsTagName,
        self.element(named: found + 2..<end) == element
      {
        return found
      }
      search = end > bytes.count ? bytes.count : found + 1
    }
    return nil
  }

  // MARK: Markup

  /// At a less-than sign: a tag, text when it opens nothing, or nil after something silent.
  private mutating func markup() -> Token? {
    switch byte(place + 1) {
    case let letter where letter.isASCIILetter: return startTag()
    case UInt8(ascii: "/"):
      if byte(place + 2).isASCIILetter { return endTag() }
      return skipDeclaration()
    case UInt8(ascii: "!"):
      if matches("<!--") { return skipComment() }
      return matches("<![CDATA[") ? cdataStart() : skipDeclaration()
    case UInt8(ascii: "?"): return skipDeclaration()
    default: return text()
    }
  }

  /// A declaration without an end is text: what it hid would be lost otherwise.
  private mutating func skipDeclaration() -> Token? {
    guard !hasNoMoreTagEnds, let end = find(UInt8(ascii: ">"), from: place) else {
      hasNoMoreTagEnds = true
      return text()
    }
    place = end + 1
    return nil
  }

  /// A comment without an end stops at a `>` after two hyphens (feedparser does the same), or else
  /// takes the rest.
  private mutating func skipComment() -> Token? {
    if matches("<!-->") || matches("<!--->") {
      place += matches("<!-->") ? 5 : 6
      return nil
    }
    place = commentEnd(from: place + 4) ?? looseCommentEnd(from: place + 4) ?? bytes.count
    return nil
  }

  private mutating func commentEnd(from start: Int) -> Int? {
    guard !hasNoMoreCommentEnds else { return nil }
    var search = start
    while let hyphen = find(UInt8(ascii: "-"), from: search) {
      if byte(hyphen + 1) == UInt8(ascii: "-") {
        if byte(hyphen + 2) == UInt8(ascii: ">") { return hyphen + 3 }
        if byte(hyphen + 2) == UInt8(ascii: "!"), byte(hyphen + 3) == UInt8(ascii: ">") {
          return hyphen + 4
        }
      }
      search = hyphen + 1
    }
    hasNoMoreCommentEnds = true
    return nil
  }

  private func looseCommentEnd(from start: Int) -> Int? {
    var search = start
    while let hyphen = find(UInt8(ascii: "-"), from: search) {
      if byte(hyphen + 1) == UInt8(ascii: "-") {
        return find(UInt8(ascii: ">"), from: hyphen).map { $0 + 1 }
      }
      search = hyphen + 1
    }
    return nil
  }

  // MARK: Tags

  private mutating func startTag() -> Token? {
    let name = takeName(from: place + 1)
    attributeCount = 0
    guard let isSelfClosing = takeAttributes() else { return nil }
    let element = element(named: name)
    if element.traits.contains(.drawing) {
      isInDrawing = !isSelfClosing
    } else if element.traits.contains(.breaksOut) {
      isInDrawing = false
    }
    if element.traits.contains(.rawText), !isInDrawing || !element.traits.contains(.drawable) {
      rawElement = element
    }
    return .startTag(element, isSelfClosing: isSelfClosing)
  }

  private mutating func endTag() -> Token? {
    let name = takeName(from: place + 2)
    attributeCount = 0
    guard takeAttributes() != nil else { return nil }
    let element = element(named: name)
    if element.traits.contains(.drawing) { isInDrawing = false }
    return .endTag(element)
  }

  /// Up to the end of the tag; whether a slash stands before it, or nil when the tag has no end.
  private mutating func takeAttributes() -> Bool? {
    var isSelfClosing = false
    while place < bytes.count {
      let next = bytes[place]
      if next == UInt8(ascii: ">") {
        place += 1
        return isSelfClosing
      }
      if next.isHTMLSpace {
        place += 1
      } else if next == UInt8(ascii: "/") {
        place += 1
        isSelfClosing = byte(place) == UInt8(ascii: ">")
      } else {
        takeAttribute()
      }
    }
    return nil
  }

  private mutating func takeName(from start: Int) -> Range<Int> {
    place = start
    while place < bytes.count, !bytes[place].endsTagName { place += 1 }
    return start..<place
  }

  private mutating func takeAttribute() {
    let start = place
    place += 1
    while place < bytes.count, !bytes[place].endsTagName, bytes[place] != UInt8(ascii: "=") {
      place += 1
    }
    let name = start..<place
    if byte(place) != UInt8(ascii: "=") { skipSpaces() }
    var value = place..<place
    if byte(place) == UInt8(ascii: "=") {
      place += 1
      if byte(place).isHTMLSpace { skipSpaces() }
      value = takeValue()
    }
    guard attributeCount < Self.attributeLimit else { return }
    let attribute = Attribute(name: name, value: value)
    if attributeCount < attributeList.count {
      attributeList[attributeCount] = attribute
    } else {
      attributeList.append(attribute)
    }
    attributeCount += 1
  }

  private mutating func takeValue() -> Range<Int> {
    let quote = byte(place)
    let start = place + 1
    if quote == UInt8(ascii: "\""), !hasNoMoreQuotes {
      if let end = find(quote, from: start) { return takeValue(start..<end) }
      hasNoMoreQuotes = true
    } else if quote == UInt8(ascii: "'"), !hasNoMoreApostrophes {
      if let end = find(quote, from: start) { return takeValue(start..<end) }
      hasNoMoreApostrophes = true
    }
    return takeUnquotedValue()
  }

  private mutating func takeValue(_ quoted: Range<Int>) -> Range<Int> {
    place = quoted.upperBound + 1
    return quoted
  }

  /// A quote that is never closed would take the rest of the text with it; the tag's end closes it.
  private mutating func takeUnquotedValue() -> Range<Int> {
    let isQuoted = byte(place) == UInt8(ascii: "\"") || byte(place) == UInt8(ascii: "'")
    let start = isQuoted ? place + 1 : place
    place = start
    while place < bytes.count, bytes[place] != UInt8(ascii: ">"),
      isQuoted || !bytes[place].isHTMLSpace
    {
      place += 1
    }
    return start..<place
  }

  private func element(named name: Range<Int>) -> HTMLElement {
    elements.element(named: UnsafeBufferPointer(rebasing: bytes[name]))
  }

  // MARK: Bytes

  private mutating func skipSpaces() {
    while byte(place).isHTMLSpace { place += 1 }
  }

  @inline(__always)
  private func byte(_ place: Int) -> UInt8 {
    place < bytes.count ? bytes[place] : 0
  }

  @inline(__always)
  private func find(_ byte: UInt8, from start: Int) -> Int? {
    ByteScan(bytes: bytes).firstPlace(of: byte, from: start, before: bytes.count)
  }

  private func matches(_ prefix: StaticString) -> Bool {
    ByteScan(bytes: bytes).matches(prefix, at: place)
  }
}

extension UInt8 {
  /// Tab, line feed, form feed, carriage return or space.
  var isHTMLSpace: Bool {
    self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D || self == 0x0C
  }

  var isASCIILetter: Bool { 0x61...0x7A ~= self | 0x20 }

  fileprivate var endsTagName: Bool {
    isHTMLSpace || self == UInt8(ascii: "/") || self == UInt8(ascii: ">")
  }
}
