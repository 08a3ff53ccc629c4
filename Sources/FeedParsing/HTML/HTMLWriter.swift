/// Writes HTML in which whatever opens also closes, and knows what is open.
struct HTMLWriter: ~Copyable {
  /// Elements deeper than this lose their tags and keep their text.
  static let depthLimit = 200

  private var output: HTMLBuffer
  private var scratch: [UInt8] = []
  private let elements = HTMLElement.vocabulary
  private let impliedEnds = HTMLWriter.impliedEndsByOpening
  private var open: [HTMLElement] = []
  /// How often each element is open, so that most searches in `open` need not be made.
  private var openCounts = [UInt8](repeating: 0, count: HTMLElement.count)
  /// Those that are open at least once.
  private var openNumbers = SmallNumberSet()
  private var openFormulaCount = 0
  private var openParagraphCount = 0
  /// The last thing written was a line break.
  private var hasJustBroken = false

  init(capacity: Int) {
    output = HTMLBuffer(capacity: capacity)
    open.reserveCapacity(32)
  }

  // MARK: Text

  mutating func write(text: UnsafeBufferPointer<UInt8>, isRaw: Bool) {
    hasJustBroken = false
    if isRaw {
      output.append(escaping: text)
    } else {
      output.append(respelling: text, isAttribute: false, scratch: &scratch)
    }
  }

  /// Keeps words apart where an element between them is left out.
  mutating func space() {
    output.append(UInt8(ascii: " "))
  }

  // MARK: Elements

  /// `attributes` are written as they are: each with a space before it, its value escaped.
  mutating func open(
    _ element: HTMLElement, isSelfClosing: Bool = false,
    attributes: UnsafeBufferPointer<UInt8> = UnsafeBufferPointer(start: nil, count: 0)
  ) {
    guard makeRoom(for: element) else { return }
    closeImplied(by: element)
    hasJustBroken = element.traits.contains(.lineBreak)
    let isVoid = element.traits.contains(.void)
    guard isVoid || open.count < Self.depthLimit else { return }
    output.append(UInt8(ascii: "<"))
    elements.write(nameOf: element, to: &output)
    output.append(attributes)
    output.append(UInt8(ascii: ">"))
    guard !isVoid else { return }
    push(element)
    if isSelfClosing, element.traits.contains(.mathematical) { pop(to: open.count - 1) }
  }

  /// Within a formula there are elements of MathML and text, nothing else, so that no parser can
  /// take one namespace for the other. What must stand outside ends the formula; the tags of other
  /// elements are left out. Returns whether the element's own tags are written.
  private mutating func makeRoom(for element: HTMLElement) -> Bool {
    if element.traits.contains(.mathematical) {
      return (openFormulaCount > 0) != element.traits.contains(.formula)
    }
    guard openFormulaCount > 0 else { return true }
    guard element.traits.contains(.breaksOut) else { return false }
    if let depth = open.firstIndex(where: { $0.traits.contains(.formula) }) { pop(to: depth) }
    return true
  }

  /// Writes a link to a film, outside of formulas. Its address is the text in place of an image:
  /// words of our own are no part of what a publisher wrote.
  mutating func link(to address: String) {
    guard openFormulaCount == 0, open.count < Self.depthLimit else { return }
    var address = address
    address.withUTF8 { address in
      open(.a)
      output.shrink(to: output.count - 1)
      output.append(" href=\"")
      output.append(escaping: address)
      output.append("\" rel=\"nofollow noopener noreferrer\"><img alt=\"")
      output.append(escaping: address)
      output.append("\">")
    }
    close(.a)
  }

  mutating func close(_ element: HTMLElement) {
    if element.traits.contains(.lineBreak) {
      // Browsers read a lone </br> as a break, and <br></br> is how XML writes one.
      if !hasJustBroken { open(element) }
      hasJustBroken = false
      return
    }
    if let last = open.last, last == element { return pop(to: open.count - 1) }
    guard openCounts[element.number] > 0 else { return }
    let isTablePart = element.traits.contains(.tablePart)
    for depth in open.indices.reversed() {
      if open[depth] == element { return pop(to: depth) }
      if open[depth].traits.contains(isTablePart ? .table : .scope) { return }
    }
  }

  mutating func finish() -> String {
    pop(to: 0)
    return output.text
  }

  private mutating func push(_ element: HTMLElement) {
    open.append(element)
    openCounts[element.number] += 1
    openNumbers.insert(element.number)
    if element.traits.contains(.formula) { openFormulaCount += 1 }
    if element.traits.contains(.paragraph) { openParagraphCount += 1 }
  }

  private mutating func pop(to depth: Int) {
    while open.count > depth {
      let element = open.removeLast()
      openCounts[element.number] -= 1
      if openCounts[element.number] == 0 { openNumbers.remove(element.number) }
      if element.traits.contains(.formula) { openFormulaCount -= 1 }
      if element.traits.contains(.paragraph) { openParagraphCount -= 1 }
      output.append(UInt8(ascii: "<"))
      output.append(UInt8(ascii: "/"))
      elements.write(nameOf: element, to: &output)
      output.append(UInt8(ascii: ">"))
    }
  }

  // MARK: Implied ends

  private struct ImpliedEnd {
    var opening: [Int]
    var closes: SmallNumberSet
    /// The search for an open element stops at these.
    var within: SmallNumberSet

    init(_ opening: String, closes: String, within: String) {
      self.opening = (0..<HTMLElement.count).filter(HTMLElement.numbers(opening).contains)
      self.closes = HTMLElement.numbers(closes)
      self.within = HTMLElement.numbers(within)
    }
  }

  /// HTML standard, section 13.1.2.4: the end tags that may be left out.
  private static let impliedEndRules = [
    ImpliedEnd("li", closes: "li", within: "ul ol menu dir table td th caption button"),
    ImpliedEnd("dd dt", closes: "dd dt", within: "dl table td th caption button"),
    ImpliedEnd("option optgroup", closes: "option", within: "select datalist table"),
    ImpliedEnd("optgroup", closes: "optgroup", within: "select table"),
    ImpliedEnd("rb rt rtc rp", closes: "rb rt rp", within: "ruby rtc table"),
    ImpliedEnd("td th", closes: "td th", within: "tr table"),
    ImpliedEnd("tr", closes: "tr", within: "table"),
    ImpliedEnd("tbody thead tfoot", closes: "tbody thead tfoot caption colgroup", within: "table"),
    ImpliedEnd("caption colgroup tr td th", closes: "caption colgroup", within: "table"),
    ImpliedEnd("a", closes: "a", within: "table td th caption button"),
    ImpliedEnd("button", closes: "button", within: "table td th caption"),
    ImpliedEnd("form", closes: "form", within: ""),
    ImpliedEnd("select", closes: "select", within: "table"),
  ]

  /// The rules by the number of the element that opens.
  private static let impliedEndsByOpening: [[ImpliedEnd]] = {
    var rules = [[ImpliedEnd]](repeating: [], count: HTMLElement.count)
    for rule in impliedEndRules {
      for number in rule.opening { rules[number].append(rule) }
    }
    return rules
  }()

  private mutating func closeImplied(by element: HTMLElement) {
    guard !open.isEmpty else { return }
    if element.traits.contains(.endsParagraph) { closeParagraph() }
    if element.traits.contains(.heading), open.last?.traits.contains(.heading) == true {
      pop(to: open.count - 1)
    }
    guard element.traits.contains(.impliesEnds) else { return }
    for rule in impliedEnds[element.number] where rule.closes.intersects(openNumbers) {
      // The outermost: what an inner one of another name left open would be closed by the next reading.
      var found: Int?
      for depth in open.indices.reversed() {
        if rule.closes.contains(open[depth].number) { found = depth }
        if rule.within.contains(open[depth].number) { break }
      }
      if let found { pop(to: found) }
    }
  }

  private mutating func closeParagraph() {
    guard openParagraphCount > 0 else { return }
    for depth in open.indices.reversed() {
      if open[depth].traits.contains(.paragraph) { return pop(to: depth) }
      if open[depth].traits.contains(.scope) { return }
    }
  }
}
