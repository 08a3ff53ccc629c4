/// A text as a publisher wrote it (RFC 4287 section 3.1): plain text, or HTML.
package struct TextConstruct: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Characters to show as they are.
    case text
    /// An HTML fragment: exactly what the publisher sent, or sanitised, as the parse was asked for.
    case html
  }

  package var value: String
  package var kind: Kind
  /// A language tag (BCP 47) from `xml:lang`, inherited.
  package var language: String?
  /// The address that relative addresses inside the HTML are relative to.
  package var base: String?

  package init(_ value: String, kind: Kind = .text, language: String? = nil, base: String? = nil) {
    self.value = value
    self.kind = kind
    self.language = language
    self.base = base
  }
}
