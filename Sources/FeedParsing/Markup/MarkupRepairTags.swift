internal import Syndication

/// An attribute as it stands in the input.
struct AttributeSpan {
  var name: Range<Int>
  /// Nil when there is no `=`.
  var value: Range<Int>?
}

/// Start and end tags, balanced.
extension MarkupRepair {
  /// A start tag as scanned.
  struct StartTag {
    var name: Range<Int>
    /// After the `>`.
    var end: Int
    var isEmpty: Bool
    /// Whether it cannot be copied as it is.
    var needsRewriting: Bool
    /// Whether its attributes are none that XML knows.
    var isMalformed = false {
      didSet { if isMalformed { needsRewriting = true } }
    }
  }

  mutating func startTag() {
    guard place >= tagless, let tag = scanStartTag() else { return bareLessThan() }
    let role = TagRole(input.slice(tag.name))
    if tag.end - place > limits.tagByteLimit || !isUsable(tag.name) {
      tally.note(.limit, "a tag too long or with an unusable name dropped", at: place)
      return drop(to: tag.end)
    }
    if role == .entry, tag.isEmpty,
      open.last(where: { $0.role == .entry || $0.role == .nest })?.role == .entry
    {
      tally.note(.malformed, "an empty entry inside an open one dropped", at: place)
      return drop(to: tag.end)
    }
    closeBefore(role, name: tag.name)
    guard open.count < limits.depth else {
      tally.note(.limit, "elements nested too deep", at: place)
      if !tag.isEmpty, role != .void { overflow += 1 }
      return drop(to: tag.end)
    }
    let declared = countNamespaces(role == .void)
    if tag.isMalformed { tally.note(.malformed, "attributes that are not well-formed", at: place) }
    beginTag()
    if tag.needsRewriting || (role == .void && !tag.isEmpty) || declared.isOver {
      rewrite(tag, isEmpty: tag.isEmpty || role == .void, dropsNamespaces: declared.isOver)
    } else {
      output.appendMarkup(input.slice(place..<tag.end))
    }
    skip(to: tag.end)
    if role == .void, !tag.isEmpty { endVoid(tag.name) }
    if !tag.isEmpty, role != .void {
      namespaces += declared.count
      open.append(
        OpenTag(
          name: tag.name, namespaces: declared.count, role: role,
          isSkeleton: open.last?.isSkeleton ?? true
            && (role == .entry || role == .nest && RootName(input.slice(tag.name)) != nil)))
    } else if open.isEmpty {
      isClosed = true
    }
  }

  /// After the start tag of an element that HTML never ends: XML ends it at once.
  private mutating func endVoid(_ name: Range<Int>) {
    let end = place + 2 + name.count
    if input.matches("</", at: place), input.equals(name, place + 2..<end),
      input[end] == UInt8(ascii: ">")
    {
      skip(to: end + 1)
    } else {
      tally.note(.malformed, "an HTML element without an end", at: place)
    }
  }

  /// What may stand between an end tag's name and its `>`.
  private static let endTagByteLimit = 256

  mutating func endTag() {
    guard input[place + 2].isNameStart else { return bareLessThan() }
    let name = place + 2..<input.endOfName(from: place + 2)
    guard
      let close = input.firstPlace(
        of: UInt8(ascii: ">"), from: name.upperBound,
        before: name.upperBound + MarkupRepair.endTagByteLimit)
    else { return drop(to: name.upperBound) }
    if overflow > 0, TagRole(input.slice(name)) != .entry {
      overflow -= 1
      return drop(to: close + 1)
    }
    guard let depth = openDepth(of: name) else {
      tally.note(.malformed, "an end tag without a start tag", at: place)
      return drop(to: close + 1)
    }
    if depth != open.count - 1 || !input.equals(name, open[depth].name) {
      tally.note(.malformed, "crossed or unclosed tags", at: place)
    }
    if input.skippingSpace(from: name.upperBound) != close {
      tally.note(.malformed, "an end tag with more than a name", at: place)
    }
    closeOpen(downTo: depth)
    skip(to: close + 1)
    isClosed = open.isEmpty
    if isClosed { endDocument() }
  }

  /// Notes what follows the root's end: none of it is read.
  private mutating func endDocument() {
    var place = place
    while true {
      place = input.skippingSpace(from: place)
      if input.matches("<!--", at: place), let end = input.endOfComment(at: place) {
        place = end
      } else if input.matches("<?", at: place),
        let end = input.firstPlace(of: UInt8(ascii: ">"), from: place, before: input.count)
      {
        place = end + 1
      } else {
        break
      }
    }
    if input[place] != 0 {
      tally.note(.malformed, "text after the document's end dropped", at: place)
    }
  }

  private mutating func isUsable(_ name: Range<Int>) -> Bool {
    isPlain(name) && census.admits(name, in: input)
  }

  /// Whether a name is one that formats have: neither beyond ASCII nor with a second colon before what
  /// begins no name. Of some others the parser takes no tag, and of that one less the less it sees at once.
  private func isPlain(_ name: Range<Int>) -> Bool {
    var colons = 0
    for place in name {
      if input[place] >= 0x80 { return false }
      guard input[place] == UInt8(ascii: ":") else { continue }
      colons += 1
      if colons > 1, !input[place + 1].isNameStart { return false }
    }
    return true
  }

  /// Ends the text before a tag at `place`.
  private mutating func beginTag() {
    if copied < place, open.last?.isSkeleton == true, !output.isRunOpen,
      input.skippingSpace(from: copied) >= place
    {
      copied = place
    }
    copy(to: place)
    output.endRun()
  }

  /// Writes the end tags of the open tags from the innermost to the one at `depth`.
  private mutating func closeOpen(downTo depth: Int) {
    beginTag()
    // What was dropped stood within what ends here.
    overflow = 0
    while open.count > depth {
      let tag = open.removeLast()
      namespaces -= tag.namespaces
      output.appendMarkup("</")
      output.appendMarkup(input.slice(tag.name))
      output.appendMarkup(UInt8(ascii: ">"))
    }
  }

  /// Closes what a start tag of this role ends by coming.
  private mutating func closeBefore(_ role: TagRole, name: Range<Int>) {
    if role == .entry {
      for depth in open.indices.reversed() {
        if open[depth].role == .nest { return }
        guard open[depth].role == .entry else { continue }
        tally.note(.malformed, "an entry begins inside an open one", at: place)
        return closeOpen(downTo: depth)
      }
    } else if let top = open.last, role.closes(top.role), open.count > 1,
      open[open.count - 2].role == .entry || open[open.count - 2].role == .nest
    {
      tally.note(.malformed, "an element begins inside a text", at: place)
      closeOpen(downTo: open.count - 1)
    }
  }

  /// The depth of the innermost open tag that an end tag closes. An end tag of what lies outside the
  /// open entry closes nothing but the entry's own end and the document's wrappers.
  private func openDepth(of name: Range<Int>) -> Int? {
    guard let top = open.indices.last else { return nil }
    if input.equals(name, open[top].name) { return top }
    for depth in open.indices.reversed() {
      if input.equalsIgnoringCase(name, open[depth].name) { return depth }
    }
    return nil
  }

  private func countNamespaces(_ isVoid: Bool) -> (count: Int, isOver: Bool) {
    guard !isVoid else { return (0, false) }
    var count = 0
    for attribute in attributes where input.matches("xmlns", at: attribute.name.lowerBound) {
      count += 1
    }
    return namespaces + count > MarkupRepair.namespaceLimit ? (0, true) : (count, false)
  }
}

/// Attributes.
extension MarkupRepair {
  /// Scans the start tag at `place` and leaves its attributes in `attributes`; nil when it is no tag.
  private mutating func scanStartTag() -> StartTag? {
    attributes.removeAll(keepingCapacity: true)
    let name = place + 1..<input.endOfName(from: place + 1)
    var tag = StartTag(name: name, end: 0, isEmpty: false, needsRewriting: false)
    var next = name.upperBound
    guard
      input[next].isASCIISpaceOfXML || input[next] == UInt8(ascii: ">")
        || input[next] == UInt8(ascii: "/")
    else { return nil }
    while true {
      let spaced = input.skippingSpace(from: next)
      if spaced - place > limits.tagByteLimit { return overlong(tag, from: next) }
      switch input[spaced] {
      case UInt8(ascii: ">"):
        tag.end = spaced + 1
        return tag
      case UInt8(ascii: "/") where input[input.skippingSpace(from: spaced + 1)] == UInt8(ascii: ">"):
        tag.end = input.skippingSpace(from: spaced + 1) + 1
        tag.isEmpty = true
        if tag.end != spaced + 2 { tag.isMalformed = true }
        return tag
      case UInt8(ascii: "<"), 0:
        tagless = spaced
        return nil
      default:
        if spaced == next { tag.isMalformed = true }
        next = scanAttribute(at: spaced, of: &tag)
      }
    }
  }

  /// A tag beyond the limit ends at its next `>`, whatever quotes are open: it is dropped anyway.
  private func overlong(_ tag: StartTag, from start: Int) -> StartTag {
    let end = input.firstPlace(of: UInt8(ascii: ">"), from: start - 1, before: input.count)
    var tag = tag
    tag.end = end.map { $0 + 1 } ?? input.count
    tag.isEmpty = true
    return tag
  }

  /// Scans one attribute, or skips a byte that begins none; returns the place after it.
  private mutating func scanAttribute(at start: Int, of tag: inout StartTag) -> Int {
    guard input[start].isNameStart, input[start] < 0x80 else {
      tag.isMalformed = true
      return start + 1
    }
    let name = start..<input.endOfName(from: start)
    let equals = input.skippingSpace(from: name.upperBound)
    guard input[equals] == UInt8(ascii: "=") else {
      tag.isMalformed = true
      add(AttributeSpan(name: name, value: nil), to: &tag)
      return name.upperBound
    }
    let opening = input.skippingSpace(from: equals + 1)
    let value: Range<Int>
    let end: Int
    if input[opening] == UInt8(ascii: "\"") || input[opening] == UInt8(ascii: "'") {
      (value, end) = scanQuoted(at: opening, of: &tag)
    } else {
      tag.isMalformed = true
      value = opening..<endOfUnquoted(from: opening)
      end = value.upperBound
    }
    add(AttributeSpan(name: name, value: value), to: &tag)
    return max(end, start + 1)
  }

  private mutating func add(_ attribute: AttributeSpan, to tag: inout StartTag) {
    guard attributes.count < limits.attributesPerTag else {
      tally.note(.limit, "attributes beyond the limit dropped", at: attribute.name.lowerBound)
      tag.needsRewriting = true
      return
    }
    guard isPlain(attribute.name) else {
      tally.note(.malformed, "an unusable attribute dropped", at: attribute.name.lowerBound)
      tag.needsRewriting = true
      return
    }
    guard isAdmitted(attribute) else {
      tally.note(.limit, "names beyond the limit dropped", at: attribute.name.lowerBound)
      tag.needsRewriting = true
      return
    }
    for known in attributes where input.equals(known.name, attribute.name) {
      tally.note(.malformed, "a doubled attribute dropped", at: attribute.name.lowerBound)
      tag.needsRewriting = true
      return
    }
    attributes.append(attribute)
  }

  /// Whether the attribute's name, and the address that it may declare, are within the limit.
  private mutating func isAdmitted(_ attribute: AttributeSpan) -> Bool {
    guard census.admits(attribute.name, in: input) else { return false }
    guard let value = attribute.value, input.matches("xmlns", at: attribute.name.lowerBound)
    else { return true }
    return census.admits(value, in: input)
  }

  /// The value between quotes. A value that swallows mark-up and is not followed by what follows a
  /// value lacks its closing quote, and ends at the tag's end.
  private func scanQuoted(at opening: Int, of tag: inout StartTag) -> (Range<Int>, Int) {
    let start = opening + 1
    let quote = input[opening]
    var hasLessThan = false
    var place = start
    let limit = min(input.count, start + limits.tagByteLimit)
    while place < limit, input[place] != quote {
      let byte = input[place]
      if byte == UInt8(ascii: "<") { hasLessThan = true }
      if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") || byte == 0xEF
        || byte.isForbiddenControl
      {
        tag.needsRewriting = true
      }
      place += 1
    }
    let after = input[place + 1]
    let isClosed =
      place < limit
      && (!hasLessThan || after.isASCIISpaceOfXML || after == UInt8(ascii: ">")
        || after == UInt8(ascii: "/"))
    if hasLessThan { tag.isMalformed = true }
    if isClosed { return (start..<place, place + 1) }
    if place == limit, limit < input.count,
      let end = input.firstPlace(of: quote, from: limit, before: input.count)
    {
      // Longer than any tag may be: the whole tag will be dropped.
      return (start..<end, end + 1)
    }
    tag.isMalformed = true
    let end = input.firstPlace(of: UInt8(ascii: ">"), from: start, before: limit) ?? limit
    return (start..<end, end)
  }

  private func endOfUnquoted(from start: Int) -> Int {
    var place = start
    while place < input.count, !input[place].isASCIISpaceOfXML, input[place] != UInt8(ascii: ">"),
      input[place] != UInt8(ascii: "<")
    {
      if input[place] == UInt8(ascii: "/"), input[place + 1] == UInt8(ascii: ">") { break }
      place += 1
    }
    return place
  }

  /// Writes the scanned tag anew.
  private mutating func rewrite(_ tag: StartTag, isEmpty: Bool, dropsNamespaces: Bool) {
    output.appendMarkup(UInt8(ascii: "<"))
    output.appendMarkup(input.slice(tag.name))
    for attribute in attributes {
      if dropsNamespaces, input.matches("xmlns", at: attribute.name.lowerBound) {
        tally.note(.limit, "namespace declarations beyond the limit dropped", at: place)
        continue
      }
      output.appendMarkup(UInt8(ascii: " "))
      output.appendMarkup(input.slice(attribute.name))
      output.appendMarkup("=\"")
      writeValue(attribute.value ?? attribute.name)
      output.appendMarkup(UInt8(ascii: "\""))
    }
    if isEmpty { output.appendMarkup(UInt8(ascii: "/")) }
    output.appendMarkup(UInt8(ascii: ">"))
  }

  /// Writes an attribute's value with what XML does not allow in it escaped, mended or dropped.
  private mutating func writeValue(_ value: Range<Int>) {
    var place = value.lowerBound
    var written = place
    while place < value.upperBound {
      let byte = input[place]
      guard byte == UInt8(ascii: "&") || byte.isForbiddenControl || byte == 0xEF
      else {
        place += 1
        continue
      }
      if byte == 0xEF, input[place + 1] != 0xBF || input[place + 2] < 0xBE {
        place += 1
        continue
      }
      output.appendMarkup(escaping: input.slice(written..<place))
      if byte == UInt8(ascii: "&") {
        place = referenceInValue(at: place)
      } else {
        tally.note(.forbiddenCharacters, "a control character dropped", at: place)
        place += byte == 0xEF ? 3 : 1
      }
      written = place
    }
    if written < value.upperBound {
      output.appendMarkup(escaping: input.slice(written..<value.upperBound))
    }
  }
}
