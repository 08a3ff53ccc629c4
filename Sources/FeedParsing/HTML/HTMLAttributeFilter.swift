internal import Syndication

/// The attributes that survive sanitising, with their addresses resolved.
struct HTMLAttributeFilter {
  private enum Rule {
    case plain
    /// An address: resolved where the element has one, else kept only when it is empty.
    case address
    case imageCandidates
    /// A name that scripts of the showing page could take for a property of theirs.
    case identifier
    /// A number of pixels.
    case length
  }

  /// The allow-list of feedparser without `style`, `ping`'s and form addresses' effect.
  private static let rules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    for (names, rule) in table {
      for name in names.split(separator: " ") { rules[String(name)] = rule }
    }
    return rules
  }()

  private static let table: [(names: String, rule: Rule)] = [
    (
      """
      abbr accept accept-charset accesskey align alt autocomplete autofocus axis balance bgcolor \
      bgproperties border bordercolor bordercolordark bordercolorlight bottompadding cellpadding \
      cellspacing ch challenge char charoff charset checked choff class clear color cols colspan \
      compact contenteditable controls coords datafld datapagesize datasrc datetime default delay dir \
      disabled draggable enctype end face for form frame galleryimg gutter headers hidden hidefocus \
      high hreflang hspace inputmode ismap keytype kind label lang leftspacing list loop loopcount \
      loopend loopstart low max maxlength media method min multiple nohref noshade nowrap open optimum \
      pattern point-size pqg preload prompt radiogroup readonly repeat-max repeat-min replace required \
      rev reversed rightspacing rows rowspan rules scope selected shape size sizes span srclang start \
      step summary suppress tabindex template title toppadding type unselectable urn valign value \
      variable volume vrml vspace wrap xml:lang
      """, .plain
    ),
    (
      "action background cite data dynsrc href icon longdesc lowsrc ping poster src usemap",
      .address
    ),
    (
      """
      accent accentunder alttext close columnalign columnlines columnspacing denomalign depth display \
      displaystyle equalcolumns equalrows fence framespacing largeop linethickness lspace \
      mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits notation numalign \
      rowalign rowlines rowspacing rspace scriptlevel separator separators stretchy symmetric voffset
      """, .plain
    ),
    ("srcset", .imageCandidates),
    ("id name", .identifier),
    ("width height", .length),
  ]

  /// Where an address is followed or loaded by the reader's own doing, or shown as part of a text.
  private static let addressed: [String: [HTMLElement]] = [
    "href": HTMLElement.listed("a area"), "src": HTMLElement.listed("img audio video source track"),
    "cite": HTMLElement.listed("blockquote q del ins"), "longdesc": HTMLElement.listed("img"),
    "poster": HTMLElement.listed("video"), "usemap": HTMLElement.listed("img"),
  ]

  /// Properties of documents and forms that a named element would hide (DOM clobbering).
  private static let clobbering = Set(
    """
    __proto__ action activeelement addeventlistener all anchors appendchild attributes baseuri body \
    childnodes children constructor contentwindow cookie createelement currentscript \
    defaultview dispatchevent doctype document documentelement domain elements embeds \
    firstchild forms getattribute getelementbyid getelementsbyname hasownproperty head \
    images implementation innerhtml innertext lastchild links localname location method namespaceuri \
    nextsibling nodename nodetype nodevalue open outerhtml ownerdocument parentnode plugins prototype \
    queryselector queryselectorall readystate referrer removechild removeattribute scripts \
    setattribute stylesheets submit tagname target textcontent title tostring url valueof \
    write writeln
    """.split(separator: " ").map(String.init))

  private static let nameByteLimit = 20
  /// Of all attributes of one element together.
  private static let byteLimit = 64 << 10

  private let base: String?
  private var output: [UInt8] = []

  init(base: String?) {
    self.base = base
  }

  /// The attributes to write, each with a space before it; nil when the whole element has to go
  /// because it is a tracking pixel.
  mutating func filter(
    _ attributes: [HTMLTokenizer.Attribute], of element: HTMLElement,
    in bytes: UnsafeBufferPointer<UInt8>
  ) -> [UInt8]? {
    output.removeAll(keepingCapacity: true)
    var seen: [String] = []
    var pixelSides = 0
    var isLink = false
    for attribute in attributes where attribute.name.count <= Self.nameByteLimit {
      let name = String(decoding: bytes[attribute.name], as: UTF8.self).lowercased()
      guard let rule = Self.rules[name], !seen.contains(name) else { continue }
      seen.append(name)
      var value: [UInt8] = []
      value.append(
        decoding: UnsafeBufferPointer(rebasing: bytes[attribute.value]), isAttribute: true)
      if rule == .length, element == .img, value.isPixel { pixelSides += 1 }
      guard let kept = keep(value, of: name, rule: rule, on: element) else { continue }
      if name == "href" { isLink = true }
      write(name, kept)
    }
    guard pixelSides < 2 else { return nil }
    if isLink { output += Array(" rel=\"nofollow noopener noreferrer\"".utf8) }
    return output
  }

  private func keep(
    _ value: [UInt8], of name: String, rule: Rule, on element: HTMLElement
  ) -> [UInt8]? {
    switch rule {
    case .plain, .length: return value
    case .identifier:
      let identifier = String(decoding: value, as: UTF8.self).lowercased()
      return Self.clobbering.contains(identifier) ? nil : value
    case .address:
      let isAddressed = Self.addressed[name]?.contains(element) == true
      guard isAddressed, !value.isEmpty || name == "href" else {
        return value.isEmpty ? value : nil
      }
      return resolve(String(decoding: value, as: UTF8.self)).map { Array($0.utf8) }
    case .imageCandidates:
      let candidates = ImageCandidates.resolve(value, with: resolve)
      return candidates.isEmpty ? nil : candidates
    }
  }

  /// A safe address, absolute when there is a base; nil when it is none.
  private func resolve(_ reference: String) -> String? {
    guard WebAddress.isSafe(reference) else { return nil }
    guard let address = WebAddress.resolve(reference, against: base) else {
      return base == nil ? reference : nil
    }
    return WebAddress.isSafe(address) ? address : nil
  }

  private mutating func write(_ name: String, _ value: [UInt8]) {
    guard output.count + value.count <= Self.byteLimit else { return }
    output.append(UInt8(ascii: " "))
    output.append(contentsOf: name.utf8)
    output.append(contentsOf: [UInt8(ascii: "="), UInt8(ascii: "\"")])
    value.withUnsafeBufferPointer { output.append(escaping: $0) }
    output.append(UInt8(ascii: "\""))
  }
}

extension [UInt8] {
  /// A side of no or one pixel.
  fileprivate var isPixel: Bool {
    let text = String(decoding: self, as: UTF8.self).lowercased()
    let digits = text.hasSuffix("px") ? text.dropLast(2) : text[...]
    return digits == "0" || digits == "1"
  }
}
