/// Makes a publisher's HTML safe to show in a page of one's own.
///
/// The output is built anew: only elements and attributes on an allow-list are written, every text
/// and value is escaped again, every element that opens closes. What the input's own parser would
/// have made of it therefore does not matter. The allow-list is feedparser's, without `style`,
/// `noscript` and what addresses a form, and with ruby, pictures and tracks.
///
/// Sanitising what was sanitised changes nothing.
package struct HTMLSanitizer {
  private let base: HTMLAddressBase?

  /// Relative addresses are resolved against `base`, an absolute address; without it they stay.
  package init(base: String?) {
    self.init(sharing: base.map(HTMLAddressBase.init))
  }

  /// The same with a base that was read before.
  init(sharing base: HTMLAddressBase?) {
    self.base = base
  }

  package func sanitize(_ html: String) -> String {
    var html = html
    return html.withUTF8(sanitize)
  }

  /// `html` is UTF-8.
  package func sanitize(_ html: UnsafeBufferPointer<UInt8>) -> String {
    var pass = SanitizingPass(html, base: base)
    var tokenizer = HTMLTokenizer(html)
    while let token = tokenizer.next() {
      switch token {
      case .text(let range, let isRaw): pass.write(range, isRaw: isRaw)
      case .startTag(let element, let isSelfClosing):
        pass.open(element, tokenizer.attributes, isSelfClosing: isSelfClosing)
      case .endTag(let element): pass.close(element)
      }
    }
    return pass.finish()
  }
}

/// One text on its way through the sanitiser.
private struct SanitizingPass: ~Copyable {
  private let html: UnsafeBufferPointer<UInt8>
  private var writer: HTMLWriter
  private var attributes: HTMLAttributeFilter
  private var dropped = DroppedContent(.dropped)
  /// How many elements are open that stand for an image where no script runs.
  private var fallbackDepth = 0
  /// The attributes of the image before them.
  private var lastImage: [UInt8] = []

  init(_ html: UnsafeBufferPointer<UInt8>, base: HTMLAddressBase?) {
    self.html = html
    writer = HTMLWriter(capacity: html.count + html.count / 8)
    attributes = HTMLAttributeFilter(
      addresses: HTMLAddressResolver(base: base, textByteCount: html.count))
  }

  mutating func write(_ text: Range<Int>, isRaw: Bool) {
    guard !dropped.isActive else { return }
    writer.write(text: UnsafeBufferPointer(rebasing: html[text]), isRaw: isRaw)
  }

  mutating func open(
    _ element: HTMLElement, _ given: ArraySlice<HTMLTokenizer.Attribute>, isSelfClosing: Bool
  ) {
    guard !dropped.swallows(startTag: element, isSelfClosing: isSelfClosing) else { return }
    guard element.traits.contains(.kept) else { return openUnkept(element, given) }
    guard attributes.filter(given, of: element, in: html) else { return }
    if element.traits.contains(.image), isRepeatedImage() { return }
    writer.open(element, isSelfClosing: isSelfClosing, attributes: attributes.written)
  }

  /// An element whose tags are left out.
  private mutating func openUnkept(
    _ element: HTMLElement, _ given: ArraySlice<HTMLTokenizer.Attribute>
  ) {
    if element.traits.contains(.drawing) { writer.space() }
    if element.traits.contains(.fallback) { fallbackDepth += 1 }
    guard element.traits.contains(.frame),
      let video = attributes.address(of: given, in: html).flatMap(VideoFrame.page)
    else { return }
    writer.link(to: video)
  }

  mutating func close(_ element: HTMLElement) {
    guard !dropped.swallows(endTag: element) else { return }
    guard !element.traits.contains(.kept) else { return writer.close(element) }
    if element.traits.contains(.drawing) { writer.space() }
    if element.traits.contains(.fallback), fallbackDepth > 0 { fallbackDepth -= 1 }
  }

  mutating func finish() -> String {
    writer.finish()
  }

  /// Whether the image was shown just before, by the element that a script would have filled.
  private mutating func isRepeatedImage() -> Bool {
    let address = attributes.imageAddress
    if fallbackDepth > 0, !address.isEmpty, lastImage.elementsEqual(address) { return true }
    if !address.isEmpty || fallbackDepth == 0 { lastImage = Array(address) }
    return false
  }
}
