/// Makes a publisher's HTML safe to show in a page of one's own.
///
/// The output is built anew: only elements and attributes on an allow-list are written, every text
/// and value is escaped again, every element that opens closes. What the input's own parser would
/// have made of it therefore does not matter. The allow-list is feedparser's, without `style`,
/// `noscript` and what addresses a form, and with ruby, pictures and tracks.
///
/// Sanitising what was sanitised changes nothing.
package struct HTMLSanitizer {
  private let base: String?

  /// Relative addresses are resolved against `base`, an absolute address; without it they stay.
  package init(base: String?) {
    self.base = base
  }

  package func sanitize(_ html: String) -> String {
    var html = html
    return html.withUTF8(sanitize)
  }

  /// `html` is UTF-8.
  package func sanitize(_ html: UnsafeBufferPointer<UInt8>) -> String {
    var writer = HTMLWriter(capacity: html.count + html.count / 8)
    var attributes = HTMLAttributeFilter(
      addresses: HTMLAddressResolver(base: base, textByteCount: html.count))
    var tokenizer = HTMLTokenizer(html)
    var dropped = DroppedContent(.dropped)
    while let token = tokenizer.next() {
      switch token {
      case .text(let range, let isRaw):
        if dropped.isActive { continue }
        writer.write(text: UnsafeBufferPointer(rebasing: html[range]), isRaw: isRaw)
      case .startTag(let element, let isSelfClosing):
        guard !dropped.swallows(startTag: element, isSelfClosing: isSelfClosing) else { continue }
        if element.traits.contains(.drawing) { writer.space() }
        guard element.traits.contains(.kept),
          attributes.filter(tokenizer.attributes, of: element, in: html)
        else { continue }
        writer.open(element, isSelfClosing: isSelfClosing, attributes: attributes.written)
      case .endTag(let element):
        guard !dropped.swallows(endTag: element) else { continue }
        if element.traits.contains(.drawing) { writer.space() } else { writer.close(element) }
      }
    }
    return writer.finish()
  }
}
