internal import Syndication

/// Text constructs: plain, escaped, in mark-up, in base64.
extension FeedBuilder {
  mutating func openMarkup(_ name: String, _ markup: [UInt8], base: String?) {
    let top = frames.count - 1
    if frames[top].mode != .markup {
      // An element that says it holds escaped mark-up, wrapped in one `div` that is none of it.
      if frames[top].mode == .html, name == "div", self.markup.isEmpty {
        return self.markup.append(false)
      }
      becomeMarkup(at: top)
    }
    if self.markup.isEmpty, let base,
      let resolved = resolve(base, against: frames[top].base)
    {
      frames[top].base = resolved
    }
    self.markup.append(true)
    append(markup)
  }

  mutating func closeMarkup(_ name: String) {
    guard let isWritten = markup.popLast(), isWritten, !name.isEmpty,
      !FeedBuilder.voids.contains(name.lowercased())
    else { return }
    append(Array("</\(name)>".utf8))
  }

  private mutating func append(_ markup: [UInt8]) {
    guard !isTextCut else { return }
    guard text.count + markup.count <= request.limits.textByteLimit else { return cutText() }
    text.append(contentsOf: markup)
  }

  /// Elements without an end tag in HTML (HTML Standard section 13.1.2).
  private static let voids: Set<String> = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
  ]

  /// What came before the first child element was text; now it is mark-up.
  private mutating func becomeMarkup(at top: Int) {
    if frames[top].mode != .html {
      let plain = Array(text[frames[top].textStart...])
      text.removeLast(plain.count)
      plain.withUnsafeBufferPointer { text.append(escaping: $0) }
    }
    frames[top].mode = .markup
    if text.count > request.limits.textByteLimit { cutText() }
  }

  mutating func endText(_ frame: Frame) {
    undoDoubleEncoding(from: frame.textStart)
    guard let construct = construct(frame) else { return }
    switch frame.scope {
    case .image:
      if frame.field == .title || frame.field == .dcTitle { image.title = construct.value }
      if frame.field == .description { image.description = construct.value }
    case .textInput:
      if frame.field == .title || frame.field == .dcTitle { textInput.title = construct.value }
      if frame.field == .description { textInput.description = construct.value }
    case .draft: store(construct, of: frame)
    case .person, .none: break
    }
  }

  private mutating func store(_ construct: TextConstruct, of frame: Frame) {
    switch frame.field {
    case .title: draft.title = draft.title ?? construct
    case .dcTitle: draft.dcTitle = draft.dcTitle ?? construct
    case .itunesTitle: draft.itunesTitle = draft.itunesTitle ?? construct
    case .mediaTitle: draft.mediaTitle = draft.mediaTitle ?? construct
    case .subtitle: draft.subtitle = draft.subtitle ?? construct
    case .itunesSubtitle: draft.itunesSubtitle = draft.itunesSubtitle ?? construct
    case .description, .abstract: draft.description = draft.description ?? construct
    case .dcDescription: draft.dcDescription = draft.dcDescription ?? construct
    case .mediaDescription: draft.mediaDescription = draft.mediaDescription ?? construct
    case .summary: draft.summary = draft.summary ?? construct
    case .itunesSummary: draft.itunesSummary = draft.itunesSummary ?? construct
    case .content, .encoded, .body: storeContent(construct, of: frame)
    case .rights: draft.rights = draft.rights ?? construct
    default: draft.information = draft.information ?? construct
    }
  }

  private mutating func storeContent(_ construct: TextConstruct, of frame: Frame) {
    if frame.field == .content {
      // Of the renderings of multipart/alternative the one in HTML.
      let isAlternative = frames.last?.mode == .parts && construct.kind == .html
      guard draft.content == nil || isAlternative else { return }
      draft.content = construct
      draft.contentType = frame.type ?? (construct.kind == .html ? "text/html" : "text/plain")
    } else if draft.encoded == nil {
      draft.encoded = construct
      let usual = frame.field == .body ? "application/xhtml+xml" : "text/html"
      draft.contentType = draft.contentType ?? frame.type ?? usual
    }
  }

  /// The text of a construct that ends, or nil when it is blank.
  private mutating func construct(_ frame: Frame) -> TextConstruct? {
    let slice = text[frame.textStart...].trimmed
    guard !slice.isEmpty else { return nil }
    var construct = TextConstruct("", language: frame.language, base: frame.base)
    switch frame.mode {
    case .base64:
      let decoded = Base64Text.decoded(slice)
      let isText = frame.type == nil || frame.type?.hasPrefix("text/plain") == true
      if let decoded, !isText {
        fill(&construct, withHTML: ArraySlice(decoded.utf8))
      } else {
        construct.value = decoded ?? String(checkedUTF8: slice)
      }
    case .html: fill(&construct, withHTML: slice)
    case .markup: fill(&construct, withHTML: slice.withoutWrapper)
    case .guessed where HTMLGuess.looksLikeHTML(slice): fill(&construct, withHTML: slice)
    case .guessed, .plain, .parts, .none:
      construct.value = String(checkedUTF8: slice)
    }
    return construct.value.isEmpty ? nil : construct
  }

  /// Sanitises HTML where that was asked for. What claims to be HTML but is a text with a `<` that
  /// begins no tag is taken at its word as text.
  private mutating func fill(_ construct: inout TextConstruct, withHTML html: ArraySlice<UInt8>) {
    let isText =
      html.first == UInt8(ascii: "<") && html.dropFirst().first?.isASCIILetter == true
      && !html.contains(UInt8(ascii: ">"))
    construct.kind = isText ? .text : .html
    if isText || !request.sanitizesHTML {
      construct.value = String(checkedUTF8: html)
    } else {
      let base = addresses.base(ofText: construct.base)
      if base == nil, construct.base != nil {
        tally.note(.limit, DocumentAddresses.spentDefect)
      }
      let sanitizer = HTMLSanitizer(sharing: base.map { textBase(of: $0) })
      let safe = html.withUnsafeBufferPointer(sanitizer.sanitize)
      construct.value = safe.nonBlank ?? ""
    }
  }

  private mutating func textBase(of address: String) -> HTMLAddressBase {
    if let textBase, textBase.address == address { return textBase }
    let read = HTMLAddressBase(address)
    textBase = read
    return read
  }
}

extension ArraySlice<UInt8> {
  /// Without the one `div` around everything that Atom's xhtml requires (RFC 4287 section 3.1.1.3).
  var withoutWrapper: ArraySlice<UInt8> {
    guard starts(with: "<div".utf8), count > 11, suffix(6).elementsEqual("</div>".utf8),
      let end = firstIndex(of: UInt8(ascii: ">")),
      !self[(startIndex + 5)...].containsDivision(before: self.endIndex - 6)
    else { return self }
    let isDiv =
      self[startIndex + 4] == UInt8(ascii: ">") || self[startIndex + 4] == UInt8(ascii: " ")
    return isDiv ? self[(end + 1)..<(endIndex - 6)].trimmed : self
  }

  /// Whether a `div` ends before `end`: then the first one may not be around everything.
  fileprivate func containsDivision(before end: Int) -> Bool {
    let inner = self[startIndex..<end]
    return inner.firstRange(ofIgnoringCase: "</div>") != nil
  }
}
