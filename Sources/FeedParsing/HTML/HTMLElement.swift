/// An element that this program knows by name, and what it knows about it.
struct HTMLElement: Equatable {
  struct Traits: OptionSet {
    let rawValue: UInt32

    /// Survives sanitising.
    static let kept = Traits(rawValue: 1 << 0)
    static let void = Traits(rawValue: 1 << 1)
    /// Stands on lines of its own in plain text.
    static let block = Traits(rawValue: 1 << 2)
    /// Ends an open paragraph.
    static let endsParagraph = Traits(rawValue: 1 << 3)
    /// Holds characters and no tags up to its own end tag.
    static let rawText = Traits(rawValue: 1 << 4)
    /// Of raw text: with character references.
    static let decodedText = Traits(rawValue: 1 << 5)
    /// Of raw text: without an end.
    static let plaintext = Traits(rawValue: 1 << 6)
    /// Goes with all that it holds.
    static let dropped = Traits(rawValue: 1 << 7)
    /// Of dropped: ends where an element of HTML proper begins (HTML standard, section 13.2.6.5).
    static let foreign = Traits(rawValue: 1 << 8)
    /// Cannot stand in foreign content.
    static let breaksOut = Traits(rawValue: 1 << 9)
    /// Hides the elements outside it from end tags and implied ends inside it.
    static let scope = Traits(rawValue: 1 << 10)
    static let listItem = Traits(rawValue: 1 << 11)
    /// Stands apart from the words around it by white space.
    static let apart = Traits(rawValue: 1 << 12)
    static let preformatted = Traits(rawValue: 1 << 13)
    static let heading = Traits(rawValue: 1 << 14)
    static let tablePart = Traits(rawValue: 1 << 15)
    /// Of MathML; those that switch back to HTML or load something are not listed.
    static let mathematical = Traits(rawValue: 1 << 16)
    /// Survives sanitising, but browsers do not show it.
    static let unseen = Traits(rawValue: 1 << 17)
  }

  private struct Entry {
    var name: String
    var head: UInt64
    var tail: UInt64
    var traits: Traits
  }

  private static let nameByteLimit = 16

  /// Later rows add to earlier ones.
  private static let rows: [(names: String, traits: Traits)] = [
    (
      """
      a abbr acronym address area article aside audio b bdi bdo big blockquote br button canvas \
      caption center cite code col colgroup command data datagrid datalist dd del details dfn dialog \
      dir div dl dt em event-source fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 \
      header hgroup hr i img input ins kbd keygen label legend li m main map mark menu meter multicol \
      nav nextid ol optgroup option output p picture pre progress q rb rp rt rtc ruby s samp search \
      section select small sound source spacer span strike strong sub summary sup table tbody td \
      textarea tfoot th thead time tr track tt u ul var video wbr
      """, .kept
    ),
    ("area br col command embed hr img input keygen link meta param source track wbr", .void),
    ("base basefont bgsound frame nextid spacer", .void),
    (
      """
      address article aside blockquote body br caption center dd details dialog dir div dl dt \
      fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html \
      legend li listing main menu nav ol optgroup option p pre search section summary table tbody \
      textarea tfoot thead title tr ul xmp
      """, .block
    ),
    (
      """
      address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption \
      figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext \
      pre search section summary table ul xmp
      """, .endsParagraph
    ),
    ("script style xmp textarea title plaintext", .rawText),
    ("textarea title", .decodedText),
    ("plaintext", .plaintext),
    // The drawing of an SVG goes, its texts stay, but for those that only programs read.
    ("script style template annotation-xml metadata", .dropped),
    ("annotation", .unseen),
    ("annotation annotation-xml metadata", .foreign),
    (
      """
      annotation math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts \
      mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover \
      none semantics
      """, [.kept, .mathematical]
    ),
    (
      """
      b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li \
      listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var
      """, .breaksOut
    ),
    ("table td th caption button", .scope),
    ("li", .listItem),
    ("td th svg", .apart),
    ("pre listing xmp textarea", .preformatted),
    ("h1 h2 h3 h4 h5 h6", .heading),
    ("table tbody thead tfoot tr td th caption colgroup", .tablePart),
    (
      "applet base embed frame frameset head html body iframe link meta noembed noframes noscript",
      []
    ),
    ("object param listing nobr marquee blink", []),
  ]

  /// The first entry stands for every name that is not listed.
  private static let entries: [Entry] = {
    var entries = [Entry(name: "", head: 0, tail: 0, traits: [])]
    var places: [String: Int] = [:]
    for (names, traits) in rows {
      for name in names.split(separator: " ").map(String.init) {
        if let place = places[name] {
          entries[place].traits.formUnion(traits)
        } else {
          places[name] = entries.count
          let key = key(name.utf8)
          entries.append(Entry(name: name, head: key.head, tail: key.tail, traits: traits))
        }
      }
    }
    return entries
  }()

  private static let traitsByIndex = entries.map(\.traits)

  private static let indicesByLength: [[UInt8]] = (0...nameByteLimit).map { length in
    entries.indices.filter { $0 > 0 && entries[$0].name.utf8.count == length }.map(UInt8.init)
  }

  static let unknown = HTMLElement(index: 0)

  private let index: UInt8

  /// How many elements there are, the unknown one included.
  static let count = entries.count

  /// Its place among them, from 0.
  var number: Int { Int(index) }

  var traits: Traits { Self.traitsByIndex[Int(index)] }

  /// In lower case; empty when unknown.
  var name: String { Self.entries[Int(index)].name }

  /// The element of that name in any case.
  static func named(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> HTMLElement {
    guard bytes.count <= nameByteLimit else { return unknown }
    let key = key(bytes)
    for index in indicesByLength[bytes.count] {
      let entry = entries[Int(index)]
      if entry.head == key.head, entry.tail == key.tail { return HTMLElement(index: index) }
    }
    return unknown
  }

  /// Two words of eight bytes in lower case.
  private static func key(_ bytes: some Sequence<UInt8>) -> (head: UInt64, tail: UInt64) {
    var (head, tail): (UInt64, UInt64) = (0, 0)
    for (offset, byte) in bytes.enumerated() {
      let lower = UInt64(0x41...0x5A ~= byte ? byte | 0x20 : byte)
      if offset < 8 { head = head << 8 | lower } else { tail = tail << 8 | lower }
    }
    return (head, tail)
  }
}

extension HTMLElement {
  /// The elements of a table in this program; an unlisted name is a mistake of the program.
  static func listed(_ names: String) -> [HTMLElement] {
    names.split(separator: " ").map { HTMLElement(String($0)) }
  }

  private init(_ name: String) {
    var name = name
    self = name.withUTF8 { HTMLElement.named($0[...]) }
    precondition(self != .unknown, "element is not in the table: \(name)")
  }

  static let p = HTMLElement("p")
  static let math = HTMLElement("math")
  static let br = HTMLElement("br")
  static let img = HTMLElement("img")
  static let svg = HTMLElement("svg")
  static let title = HTMLElement("title")
  static let a = HTMLElement("a")
  static let area = HTMLElement("area")
  static let table = HTMLElement("table")
  static let link = HTMLElement("link")
  static let base = HTMLElement("base")
}
