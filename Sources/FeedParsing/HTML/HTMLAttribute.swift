/// An attribute that this program knows by name, and what becomes of it.
struct HTMLAttribute {
  enum Rule {
    case plain
    /// An address: resolved where the element has one, else kept only when it is empty.
    case address
    case imageCandidates
    /// A name that scripts of the showing page could take for a property of theirs.
    case identifier
    /// A number of pixels.
    case length
    /// Says in a word whether the image is loaded late; otherwise plain.
    case classes
    /// Never written; says whether the element is shown.
    case style
    /// Never written; an address that a script would put into `src`.
    case lateAddress
    /// Never written; candidates that a script would put into `srcset`.
    case lateCandidates
  }

  /// Its place in the table, from 0.
  let number: Int
  let rule: Rule
  /// The numbers of the elements on which an address is followed or loaded by the reader's own
  /// doing, or shown as part of a text.
  let addressedElements: SmallNumberSet
}

extension HTMLAttribute {
  /// The allow-list is feedparser's without `style`, `ping`'s and form addresses' effect.
  private static let rows: [(names: String, rule: Rule)] = [
    (
      """
      abbr accept accept-charset accesskey align aria-hidden alt autocomplete autofocus axis balance bgcolor \
      bgproperties border bordercolor bordercolordark bordercolorlight bottompadding cellpadding \
      cellspacing ch challenge char charoff charset checked choff clear color cols colspan \
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
      """
      accent accentunder alttext close columnalign columnlines columnspacing denomalign depth display \
      displaystyle equalcolumns equalrows fence framespacing largeop linethickness lspace \
      mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits notation numalign \
      rowalign rowlines rowspacing rspace scriptlevel separator separators stretchy symmetric voffset
      """, .plain
    ),
    (
      "action background cite data dynsrc href icon longdesc lowsrc ping poster src usemap",
      .address
    ),
    ("srcset", .imageCandidates),
    ("id name", .identifier),
    ("width height", .length),
    ("class", .classes),
    ("style", .style),
    ("data-src data-lazy-src data-original data-actualsrc data-hi-res-src", .lateAddress),
    ("data-srcset data-lazy-srcset", .lateCandidates),
  ]

  private static let addressed: [String: String] = [
    "href": "a area", "src": "img audio video source track", "cite": "blockquote q del ins",
    "longdesc": "img", "poster": "video", "usemap": "img",
  ]

  struct Vocabulary {
    private let table: HTMLNameTable
    private let attributes: [HTMLAttribute]
    private let spelled: SpelledNames
    /// The numbers of single attributes.
    let href: Int
    let src: Int
    let srcset: Int
    let controls: Int
    let hidden: Int

    fileprivate init(_ rows: [(names: String, rule: Rule)]) {
      var names: [String] = []
      var attributes: [HTMLAttribute] = []
      for row in rows {
        for name in row.names.split(separator: " ").map(String.init) {
          attributes.append(
            HTMLAttribute(
              number: names.count, rule: row.rule,
              addressedElements: HTMLElement.numbers(HTMLAttribute.addressed[name] ?? "")))
          names.append(name)
        }
      }
      self.attributes = attributes
      spelled = SpelledNames(names)
      table = HTMLNameTable(names)
      href = names.firstIndex(of: "href") ?? 0
      src = names.firstIndex(of: "src") ?? 0
      srcset = names.firstIndex(of: "srcset") ?? 0
      controls = names.firstIndex(of: "controls") ?? 0
      hidden = names.firstIndex(of: "hidden") ?? 0
    }

    /// The attribute of that name in any case; nil for one that does not survive.
    @inline(__always)
    func attribute(named bytes: UnsafeBufferPointer<UInt8>) -> HTMLAttribute? {
      table.place(of: bytes).map { attributes[$0] }
    }

    @inline(__always)
    subscript(number: Int) -> HTMLAttribute { attributes[number] }

    @inline(__always)
    func write(nameOf attribute: HTMLAttribute, to output: inout HTMLBuffer) {
      spelled.write(attribute.number, to: &output)
    }
  }

  static let vocabulary = Vocabulary(rows)
}
