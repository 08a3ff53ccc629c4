/// Writes HTML in which whatever opens also closes, and knows what is open.
struct HTMLWriter {
  /// Elements deeper than this lose their tags and keep their text.
  static let depthLimit = 200

  private var output: [UInt8]
  private var open: [HTMLElement] = []
  /// How often each element is open, so that most searches in `open` need not be made.
  private var openCounts = [Int](repeating: 0, count: HTMLElement.count)
  /// The last thing written was a line break.
  private var hasJustBroken = false

  init(capacity: Int) {
    output = []
    output.reserveCapacity(capacity)
  }

  // MARK: Text

  mutating func write(text: UnsafeBufferPointer<UInt8>, isRaw: Bool) {
    hasJustBroken = false
    guard !isRaw, text.contains(UInt8(ascii: "&")) else { return output.append(escaping: text) }
    var decoded: [UInt8] = []
    decoded.append(decoding: text, isAttribute: false)
    decoded.withUnsafeBufferPointer { output.append(escaping: $0) }
  }

  /// Keeps words apart where an element between them is left out.
  mutating func space() {
    output.append(UInt8(ascii: " "))
  }

  // MARK: Elements

  /// `attributes` are written as they are: each with a space before it, its value escaped.
  mutating func open(_ element: HTMLElement, isSelfClosing: Bool = false, attributes: [UInt8]) {
    guard makeRoom(for: element) else { return }
    closeImplied(by: element)
    hasJustBroken = element == .br
    let isVoid = element.traits.contains(.void)
    guard isVoid || open.count < Self.depthLimit else { return }
    output.append(UInt8(ascii: "<"))
    output.append(contentsOf: element.name.utf8)
    output.append(contentsOf: attributes)
    output.append(UInt8(ascii: ">"))
    guard !isVoid else { return }
    open.append(element)
    openCounts[element.number] += 1
    if isSelfClosing, element.traits.contains(.mathematical) { pop(to: open.count - 1) }
  }

  /// Within a formula there are elements of MathML and text, nothing else, so that no parser can
  /// take one namespace for the other. What must stand outside ends the formula; the tags of other
  /// elements are left out. Returns whether the element's own tags are written.
  private mutating func makeRoom(for element: HTMLElement) -> Bool {
    let isInFormula = openCounts[HTMLElement.math.number] > 0
    if element.traits.contains(.mathematical) { return isInFormula == (element != .math) }
    guard isInFormula else { return true }
    guard element.traits.contains(.breaksOut) else { return false }
    if let depth = open.firstIndex(of: .math) { pop(to: depth) }
    return true
  }

  mutating func close(_ element: HTMLElement) {
    if element == .br {
      // Browsers read a lone </br> as a break, and <br></br> is how XML writes one.
      if !hasJustBroken { open(.br, attributes: []) }
      hasJustBroken = false
      return
    }
    guard openCounts[element.number] > 0 else { return }
    let isTablePart = element.traits.contains(.tablePart)
    for depth in open.indices.reversed() {
      if open[depth] == element { return pop(to: depth) }
      if isTablePart ? open[depth] == .table : open[depth].traits.contains(.scope) { return }
    }
  }

  mutating func finish() -> String {
    pop(to: 0)
    return String(decoding: output, as: UTF8.self)
  }

  private mutating func pop(to depth: Int) {
    while open.count > depth {
      let element = open.removeLast()
      openCounts[element.number] -= 1
      output.append(contentsOf: [UInt8(ascii: "<"), UInt8(ascii: "/")])
      output.append(contentsOf: element.name.utf8)
      output.append(UInt8(ascii: ">"))
    }
  }

  // MARK: Implied ends

  private struct ImpliedEnd {
    var opening: [HTMLElement]
    var closes: [HTMLElement]
    /// The search for an open element stops at these.
    var within: [HTMLElement]

    init(_ opening: String, closes: String, within: String) {
      self.opening = HTMLElement.listed(opening)
      self.closes = HTMLElement.listed(closes)
      self.within = HTMLElement.listed(within)
    }
  }

  /// HTML standard, section 13.1.2.4: the end tags that may be left out.
  private static let impliedEnds = [
    ImpliedEnd("li", closes: "li", within: "ul ol menu dir table td th caption button"),
    ImpliedEnd("dd dt", closes: "dd dt", within: "dl table td th caption button"),
    ImpliedEnd("option optgroup", closes: "option", within: "select datalist table"),
    ImpliedEnd("optgroup", closes: "optgroup", within: "select table"),
    ImpliedEnd("rb rt rtc rp", closes: "rb rt rp", within: "ruby rtc table"),
    ImpliedEnd("td th", closes: "td th", within: "tr table"),
    ImpliedEnd("tr", closes: "tr", within: "table"),
    ImpliedEnd("tbody thead tfoot", closes: "tbody thead tfoot caption colgroup", within: "table"),
    ImpliedEnd("tr td th colgroup", closes: "caption colgroup", within: "table"),
    ImpliedEnd("a", closes: "a", within: "table td th caption button"),
    ImpliedEnd("button", closes: "button", within: "table td th caption"),
    ImpliedEnd("form", closes: "form", within: ""),
    ImpliedEnd("select", closes: "select", within: "table"),
  ]

  /// The rules by the number of the element that opens.
  private static let impliedEndsByOpening: [[ImpliedEnd]] = {
    var rules = [[ImpliedEnd]](repeating: [], count: HTMLElement.count)
    for rule in impliedEnds {
      for element in rule.opening { rules[element.number].append(rule) }
    }
    return rules
  }()

  private mutating func closeImplied(by element: HTMLElement) {
    guard !open.isEmpty else { return }
    if element.traits.contains(.endsParagraph) { closeParagraph() }
    if element.traits.contains(.heading), open.last?.traits.contains(.heading) == true {
      pop(to: open.count - 1)
    }
    for rule in Self.impliedEndsByOpening[element.number] {
      guard rule.closes.contains(where: { openCounts[$0.number] > 0 }) else { continue }
      for depth in open.indices.reversed() {
        if rule.closes.contains(open[depth]) {
          pop(to: depth)
          break
        }
        if rule.within.contains(open[depth]) { break }
      }
    }
  }

  private mutating func closeParagraph() {
    guard openCounts[HTMLElement.p.number] > 0 else { return }
    for depth in open.indices.reversed() {
      if open[depth] == .p { return pop(to: depth) }
      if open[depth].traits.contains(.scope) { return }
    }
  }
}

extension [UInt8] {
  /// Appends text or an attribute's value with the characters that mean something in HTML escaped.
  mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for place in text.indices {
      guard let escape = Self.escape(text[place]) else { continue }
      append(contentsOf: text[start..<place])
      escape.withUTF8Buffer { append(contentsOf: $0) }
      start = place + 1
    }
    append(contentsOf: text[start...])
  }

  private static func escape(_ byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case 0: ""
    default: nil
    }
  }
}
