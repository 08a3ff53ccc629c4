internal import Syndication

/// From elements to a `ParsedFeed`: a stack of open elements, a stack of drafts, and one buffer for
/// the text of all open elements.
struct FeedBuilder {
  let request: ParseRequest
  var frames: [Frame] = []
  /// The innermost draft: the feed, the open entry or that one's source.
  var draft = Draft(.feed)
  /// Those around it, the feed first.
  var outerDrafts: [Draft] = []
  /// Entries that ended and were not taken yet, in document order.
  var entries: [Entry] = []
  /// Entries that ended.
  var entryCount = 0
  var text: [UInt8] = []
  var tally = DefectTally()
  var format: ParsedFeed.Format?
  var version = ""
  var isAtom = false
  var image = FeedImage()
  var textInput = TextInput()
  var person = Person()
  /// Seconds of `sy:updatePeriod`, and how often within it.
  var updatePeriod: Int?
  var updateFrequency = 1
  /// Whether the limit of entries was passed: nothing after that counts, and nobody need read on.
  var isFull = false
  /// Elements open inside an element that means nothing here.
  var skipped = 0
  /// Mark-up elements open inside a text construct, innermost last: whether each is written.
  var markup: [Bool] = []
  /// The addresses of the items in the order that the channel of an RDF document lists them.
  var sequence: [String] = []
  /// Whether characters belong to an open element's text.
  var collects = false
  /// Whether the innermost open element's text has passed its limit.
  var isTextCut = false
  let rootBase: String?
  var addresses: DocumentAddresses
  /// The base of the last text, since most texts of a document have the same.
  var textBase: HTMLAddressBase?

  init(_ request: ParseRequest, documentByteCount: Int) {
    addresses = DocumentAddresses(documentByteCount: documentByteCount)
    self.request = request
    rootBase =
      request.contentLocation.flatMap { WebAddress.resolve($0, against: request.url) }
      ?? request.url
    draft.language = request.contentLanguage?.nonBlank
  }

  /// Whether no element was opened yet that decides the format and its version.
  @inline(__always)
  var isUndecided: Bool { format == nil || format == .rdf && version.isEmpty && entryCount == 0 }

  var isSkipping: Bool { skipped > 0 || isFull }

  var isCapturing: Bool { !markup.isEmpty }

  mutating func skip() { skipped += 1 }

  /// Whether an element is mark-up inside a text construct. A call would be made on a copy of everything
  /// here, as of `isUndecided`.
  @inline(__always)
  func takesMarkup(_ field: Field) -> Bool {
    guard !frames.isEmpty else { return false }
    let top = frames.count - 1
    return !markup.isEmpty || frames[top].mode.takesMarkup && frames[top].field.isTextConstruct
  }

  /// The root element: it decides the format, not the content type.
  mutating func root(uri: String?, defaultURI: String?, _ attributes: MarkupAttributes) {
    let uri = uri?.lowercased() ?? ""
    let said = attributes[.version]
    guard format == nil else { return version = FeedBuilder.version(ofRDF: uri) }
    switch frames.last?.field {
    case .feed:
      format = .atom
      version =
        uri.contains("/2005/atom") ? "1.0" : said ?? (uri.contains("purl.org/atom") ? "0.3" : "")
    case .entry where uri.contains("atom"):
      format = .atom
      version = uri.contains("/2005/atom") ? "1.0" : "0.3"
    case .rdf:
      format = .rdf
      version = FeedBuilder.version(ofRDF: defaultURI?.lowercased() ?? "")
    case .channel where frames.count == 1 && uri.contains("purl.org/net/rss1.1"):
      format = .rdf
      version = "1.1"
    case .channel where frames.count == 1:
      format = .cdf
    case .sitemap:
      format = .sitemap
    case nil:
      return
    default:
      format = .rss
      version = said.map { $0.hasPrefix("2.") ? "2.0" : $0 } ?? ""
    }
    isAtom = format == .atom
  }

  /// RDF documents differ in the namespace of their channel and items.
  private static func version(ofRDF uri: String) -> String {
    if uri.contains("purl.org/rss/1.0") { return "1.0" }
    if uri.contains("netscape.com/rdf/simple/0.9") { return "0.90" }
    return uri.contains("purl.org/net/rss1.1") ? "1.1" : ""
  }

  /// Characters of the innermost open element, whole ones; where they are cut from those before
  /// means nothing.
  mutating func characters(_ characters: UnsafeBufferPointer<UInt8>) {
    guard collects, skipped == 0, !isTextCut else { return }
    let room = max(request.limits.textByteLimit - text.count, 0)
    let fitting = UnsafeBufferPointer(rebasing: characters.prefix(room + 1))
    if frames[frames.count - 1].mode == .markup {
      text.append(escaping: fitting)
    } else {
      text.append(contentsOf: fitting)
    }
    if text.count > request.limits.textByteLimit { cutText() }
  }

  /// Cuts the text at its limit, before a character or a reference that reaches beyond it. What the
  /// element has after it is dropped.
  mutating func cutText() {
    tally.note(.limit, "a text cut at its limit")
    isTextCut = true
    var end = min(request.limits.textByteLimit, text.count)
    while end > 0, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
    if frames.last?.mode == .markup,
      let reference = text[..<end].suffix(FeedBuilder.referenceByteLimit).lastIndex(
        of: UInt8(ascii: "&")), !text[reference..<end].contains(UInt8(ascii: ";"))
    {
      end = reference
    }
    text.removeLast(text.count - end)
  }

  /// Of a reference that escaping writes, less its semicolon.
  private static let referenceByteLimit = 5

  /// Whether the innermost draft is the feed.
  var isInFeed: Bool { outerDrafts.isEmpty }

  /// Begins a draft within the innermost one. Drafts are large: they move, and are never copied.
  mutating func beginDraft(_ kind: Draft.Kind) {
    var outer = Draft(kind)
    swap(&outer, &draft)
    outerDrafts.append(outer)
  }

  /// Ends the innermost draft, which is not the feed.
  mutating func endDraft() -> Draft {
    var ended = outerDrafts.removeLast()
    swap(&ended, &draft)
    return ended
  }

  mutating func open(_ field: Field, _ attributes: MarkupAttributes) {
    var frame = Frame(field: field, scope: .none)
    // Whole frames are dear to copy.
    if frames.isEmpty {
      frame.base = rootBase
      frame.language = draft.language
    } else {
      let parent = frames.count - 1
      frame.scope = frames[parent].scope
      frame.base = frames[parent].base ?? rootBase
      frame.language = frames[parent].language
    }
    frame.textStart = text.count
    inherit(attributes, into: &frame)
    if !prepare(&frame, attributes) {
      skipped = 1
      return
    }
    collects = frame.mode != .none
    frames.append(frame)
  }

  /// The absolute address that a reference means; nil when it is none, and for a relative one where
  /// the document's bases have added up to too much.
  mutating func resolve(_ reference: String, against base: String?) -> String? {
    let wasSpent = addresses.isSpent
    let resolved = addresses.resolve(reference, against: base)
    if addresses.isSpent, !wasSpent {
      tally.note(.limit, DocumentAddresses.spentDefect)
    }
    return resolved
  }

  private mutating func inherit(_ attributes: MarkupAttributes, into frame: inout Frame) {
    guard !attributes.isEmpty else { return }
    if let base = attributes[.base], let resolved = resolve(base, against: frame.base),
      WebAddress.isSafe(resolved)
    {
      frame.base = resolved
    }
    if attributes.has(.lang) {
      frame.language = attributes[.lang]?.replacing("_", with: "-")
    }
  }

  mutating func close() {
    if skipped > 0 {
      skipped -= 1
      return
    }
    guard let frame = frames.popLast() else { return }
    // Its text is its parent's.
    guard frame.field != .transparent else { return }
    end(frame)
    text.removeLast(text.count - min(frame.textStart, text.count))
    isTextCut = false
    collects = !frames.isEmpty && frames[frames.count - 1].mode != .none
  }

  /// The text of the element that ends, trimmed; nil when blank.
  mutating func ownText(_ frame: Frame) -> String? {
    undoDoubleEncoding(from: frame.textStart)
    return text[frame.textStart...].trimmedText
  }

  /// Mends the text of the element that ends where it was encoded twice, or read as Latin-1 where it was
  /// windows-1252.
  mutating func undoDoubleEncoding(from start: Int) {
    guard text[start...].firstBeyondASCII != nil else { return }
    let slice = text[start...]
    var meant = DoubleUTF8.undone(slice)
    meant = (meant?[...] ?? slice).withUnsafeBufferPointer(ControlCharacters.asWindows1252) ?? meant
    guard let meant else { return }
    noteWrongPage()
    text.replaceSubrange(start..., with: meant)
  }

  mutating func noteWrongPage() {
    tally.note(.encoding, "a text that was encoded as UTF-8 twice or from a wrong page")
  }
}

/// The end of the document.
extension FeedBuilder {
  /// The feed without its entries, or nil when the document had none. What is still open is closed; an open entry is
  /// kept only when the document is whole: a half title under the real GUID would hide the whole one
  /// for ever.
  mutating func finish(encoding: String) -> ParsedFeed? {
    let isCut = !isFull && (!frames.isEmpty || skipped > 0)
    if isCut, !request.keepsOpenEntry, let open = frames.firstIndex(where: { $0.endsDraft }) {
      frames.removeLast(frames.count - open)
      while !isInFeed { _ = endDraft() }
    }
    skipped = 0
    while !markup.isEmpty { closeMarkup("") }
    while !frames.isEmpty { close() }
    guard let format else { return nil }
    if format == .sitemap, entryCount == 0 { return nil }
    var feed = ParsedFeed(format: format, version: version, encoding: encoding)
    feed.defects = tally.defects
    if isCut {
      let what = request.isWhole ? "the document ends inside an element" : "the transfer was cut"
      feed.defects.append(ParseDefect(.truncated, what))
    }
    feed.properties = draft.properties()
    feed.listing = sequence
    return feed
  }
}
