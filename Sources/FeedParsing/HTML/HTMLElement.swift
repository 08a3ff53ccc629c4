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
    /// Its start tag may imply the end of what is open.
    static let impliesEnds = Traits(rawValue: 1 << 18)
    static let lineBreak = Traits(rawValue: 1 << 19)
    /// Shows an image that may be loaded late, or count its reader.
    static let image = Traits(rawValue: 1 << 20)
    /// The outermost of MathML.
    static let formula = Traits(rawValue: 1 << 21)
    static let paragraph = Traits(rawValue: 1 << 22)
    static let table = Traits(rawValue: 1 << 23)
    /// The outermost of SVG.
    static let drawing = Traits(rawValue: 1 << 24)
    /// Of raw text: not within a drawing.
    static let drawable = Traits(rawValue: 1 << 25)
    /// Plays something, if there is something to start it with.
    static let player = Traits(rawValue: 1 << 26)
    /// Stands for an image where no script runs.
    static let fallback = Traits(rawValue: 1 << 27)
    /// Holds a page of its own.
    static let frame = Traits(rawValue: 1 << 28)
    /// Has an end tag that nobody leaves out, so that what it hides is known.
    static let hideable = Traits(rawValue: 1 << 29)
  }

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
    ("svg", .drawing),
    ("title", .drawable),
    ("pre listing xmp textarea", .preformatted),
    (
      """
      li dd dt option optgroup rb rt rtc rp td th tr tbody thead tfoot caption colgroup a button form select
      """, .impliesEnds
    ),
    ("br", .lineBreak),
    ("img source", .image),
    ("math", .formula),
    ("audio video", .player),
    ("noscript", .fallback),
    ("iframe", .frame),
    (
      """
      a article aside b blockquote details div em figure footer form h1 h2 h3 h4 h5 h6 header i nav \
      ol pre section small span strong table ul
      """, .hideable
    ),
    ("p", .paragraph),
    ("table", .table),
    ("h1 h2 h3 h4 h5 h6", .heading),
    ("table tbody thead tfoot tr td th caption colgroup", .tablePart),
    (
      "applet base embed frame frameset head html body iframe link meta noembed noframes noscript",
      []
    ),
    ("object param listing nobr marquee blink", []),
  ]

  /// The elements by number; the first stands for every name that is not listed.
  struct Vocabulary {
    private let table: HTMLNameTable
    fileprivate let names: [String]
    fileprivate let traits: [Traits]
    private let spelled: SpelledNames

    fileprivate init(_ rows: [(names: String, traits: Traits)]) {
      var names = [""]
      var traits: [Traits] = [[]]
      for row in rows {
        for name in row.names.split(whereSeparator: \.isWhitespace).map(String.init) {
          if let place = names.firstIndex(of: name) {
            traits[place].formUnion(row.traits)
          } else {
            names.append(name)
            traits.append(row.traits)
          }
        }
      }
      (self.names, self.traits) = (names, traits)
      table = HTMLNameTable(Array(names.dropFirst()))
      spelled = SpelledNames(names)
    }

    /// The element of that name in any case.
    @inline(__always)
    func element(named bytes: UnsafeBufferPointer<UInt8>) -> HTMLElement {
      guard let place = table.place(of: bytes) else { return HTMLElement(number: 0, traits: []) }
      return HTMLElement(number: place + 1, traits: traits[place + 1])
    }

    /// Writes the name in lower case.
    @inline(__always)
    func write(nameOf element: HTMLElement, to output: inout HTMLBuffer) {
      spelled.write(element.number, to: &output)
    }
  }

  static let vocabulary = Vocabulary(rows)

  /// How many elements there are, the unknown one included.
  static let count = vocabulary.names.count

  /// Its place among them, from 0, the unknown one.
  let number: Int
  let traits: Traits

  static let unknown = HTMLElement(number: 0, traits: [])

  static func == (one: HTMLElement, other: HTMLElement) -> Bool {
    one.number == other.number
  }
}

extension HTMLElement {
  /// The numbers of the elements in a table of this program; an unlisted name is a mistake of it.
  static func numbers(_ names: String) -> SmallNumberSet {
    SmallNumberSet(names.split(separator: " ").map { HTMLElement(String($0)).number })
  }

  private init(_ name: String) {
    guard let number = Self.vocabulary.names.firstIndex(of: name) else {
      preconditionFailure("element is not in the table: \(name)")
    }
    self.init(number: number, traits: Self.vocabulary.traits[number])
  }

  static let a = HTMLElement("a")
  static let span = HTMLElement("span")
  static let link = HTMLElement("link")
  static let base = HTMLElement("base")
}
