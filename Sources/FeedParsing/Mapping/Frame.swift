/// An open element.
struct Frame {
  /// Whose properties the child elements are.
  enum Scope { case none, draft, image, textInput, person }

  var field: Field
  var scope: Scope
  /// The address that relative ones are relative to, and the language, inherited.
  var base: String?
  var language: String?
  var mode = TextMode.none
  /// The media type of a text construct, where it says one.
  var type: String?
  /// Where the element's text begins in the builder's buffer.
  var textStart = 0
  /// Kept where the end of the element needs them.
  var attributes: MarkupAttributes?
  /// Whether the element's end ends a draft.
  var endsDraft = false
}

/// How an element's characters become text.
enum TextMode {
  /// They do not.
  case none
  /// Plain text.
  case plain
  /// Plain text unless it looks like HTML, since the format does not say (RSS).
  case guessed
  /// HTML, escaped.
  case html
  /// The element's own child elements are the mark-up, and characters are written escaped.
  case markup
  case base64
  /// Elements like itself, one for each rendering (multipart/alternative), or plain text.
  case parts

  /// Whether child elements of a text construct are mark-up.
  var takesMarkup: Bool { self != .none && self != .parts }

  /// The mode of a text construct (RFC 4287 section 3.1; Atom 0.3 section 3.1; RSS by custom).
  init(_ field: Field, type: String?, mode: String?, isAtom: Bool) {
    if mode?.lowercased() == "base64" {
      self = .base64
      return
    }
    switch type?.lowercased() {
    case nil: self = TextMode.usual(field, isAtom: isAtom)
    case "text", "plain", "text/plain": self = isAtom ? .plain : .guessed
    case "html", "text/html": self = .html
    // Without a child element it is no mark-up, whatever it says.
    case "xhtml": self = .guessed
    case let type? where type.hasPrefix("multipart/"): self = .parts
    case let type? where type.hasSuffix("xml"): self = .markup
    case let type? where type.hasPrefix("text/") || !type.contains("/"): self = .plain
    default: self = .base64
    }
  }

  private static func usual(_ field: Field, isAtom: Bool) -> TextMode {
    switch field {
    case .description, .dcDescription, .encoded, .mediaDescription: .html
    case .body: .markup
    default: isAtom ? .plain : .guessed
    }
  }
}
