/// What a reader sees of a text, without its mark-up.
///
/// Characters that do not belong into plain text are dropped on the way: controls (C0, C1), soft
/// hyphens, byte order marks, bidirectional overrides and isolates; every kind of white space
/// becomes a space, and several become one.
package enum PlainText {
  /// The text of an HTML fragment. Blocks are lines, separated by one line feed each; list items
  /// begin with a bullet; the lines of preformatted text stay as they are.
  package static func text(ofHTML html: String) -> String {
    convert(html, isSingleLine: false)
  }

  /// The text of an HTML fragment on one line.
  package static func line(ofHTML html: String) -> String {
    convert(html, isSingleLine: true)
  }

  /// Text that is no HTML, on one line.
  package static func line(ofText text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      var writer = PlainTextWriter(capacity: bytes.count, isSingleLine: true)
      writer.write(bytes, decoding: false)
      return writer.finish()
    }
  }

  /// A text on one line that its format calls plain and its publisher may have written as HTML all
  /// the same: a name, a category.
  package static func line(ofGuessed text: String) -> String {
    HTMLGuess.looksLikeHTML(ArraySlice(text.utf8)) ? line(ofHTML: text) : line(ofText: text)
  }

  private static func convert(_ html: String, isSingleLine: Bool) -> String {
    var html = html
    return html.withUTF8 { bytes in
      convert(bytes, isSingleLine: isSingleLine, hidesHidden: true)
        ?? convert(bytes, isSingleLine: isSingleLine, hidesHidden: false) ?? ""
    }
  }

  /// Nil when what is hidden never ends, or is all there is: then it had better be shown.
  private static func convert(
    _ bytes: UnsafeBufferPointer<UInt8>, isSingleLine: Bool, hidesHidden: Bool
  ) -> String? {
    var writer = PlainTextWriter(capacity: bytes.count, isSingleLine: isSingleLine)
    var tokenizer = HTMLTokenizer(bytes)
    var dropped = DroppedContent([.dropped, .unseen])
    var hasHidden = false
    while let token = tokenizer.next() {
      switch token {
      case .text(let range, let isRaw):
        if dropped.isActive { continue }
        writer.write(UnsafeBufferPointer(rebasing: bytes[range]), decoding: !isRaw)
      case .startTag(let element, let isSelfClosing):
        let isHidden =
          hidesHidden && !tokenizer.attributes.isEmpty && element.traits.contains(.hideable)
          && HiddenElement.isHidden(element, tokenizer.attributes, in: bytes)
        if isHidden { hasHidden = true }
        if dropped.swallows(startTag: element, isSelfClosing: isSelfClosing, isHidden: isHidden) {
          continue
        }
        writer.open(element)
      case .endTag(let element):
        if !dropped.swallows(endTag: element) { writer.close(element) }
      }
    }
    if hasHidden, dropped.isActive || writer.isEmpty { return nil }
    return writer.finish()
  }
}
