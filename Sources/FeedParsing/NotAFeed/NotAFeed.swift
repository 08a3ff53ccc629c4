internal import Syndication

/// Names what bytes are that are no feed, so that the operator need not fetch them to see.
enum NotAFeed {
  /// What bytes are by their first ones, before any decoding; nil when they may be text.
  static func error(of bytes: [UInt8]) -> FeedParsingError? {
    guard !bytes.isEmpty else {
      return FeedParsingError(.empty, "the document is empty")
    }
    guard bytes.contains(where: { !$0.isASCIISpace && $0 != 0 }) else {
      return FeedParsingError(.empty, "the document is empty but for white space")
    }
    if let signature = FileSignature(of: bytes) {
      return FeedParsingError(signature.kind, "\(signature.name), not a feed")
    }
    let head = bytes.prefix(8192)
    if !head.contains(UInt8(ascii: "<")), !head.contains(UInt8(ascii: "{")),
      head.contains(where: { $0 < 0x09 })
    {
      return FeedParsingError(.binary, "binary data, not a feed")
    }
    return nil
  }

  /// What a text is that has no feed's root. `firstTag` is the name of its first tag.
  static func error(of input: ByteScan, firstTag: Range<Int>?, isHTML: Bool) -> FeedParsingError {
    guard let firstTag else {
      return isHTML ? WebPage(input).error : textError(of: input)
    }
    let name = PlainText.line(
      ofText: String(decoding: input.slice(firstTag).prefix(40), as: UTF8.self))
    if isHTML || RootName.isPage(input.slice(firstTag))
      || WebPage.elements.contains(name.lowercased())
    {
      return WebPage(input).error
    }
    guard
      input.firstPlace(of: UInt8(ascii: ">"), from: firstTag.upperBound, before: input.count) != nil
    else {
      return FeedParsingError(.xml, "mark-up that breaks off inside its first tag, '\(name)'")
    }
    return ForeignDocument.error(root: name, of: input)
  }

  /// What a document is whose feed's root at `root` turned out to be none.
  static func error(ofRootAt root: Int, in input: ByteScan) -> FeedParsingError {
    guard input.firstPlace(of: UInt8(ascii: ">"), from: root, before: input.count) == nil else {
      let name = input.slice(root + 1..<input.endOfName(from: root + 1))
      return RootName(name) == .urlset
        ? FeedParsingError(.sitemap, "a sitemap without news, not a feed")
        : FeedParsingError(.xml, "XML without a feed's root")
    }
    return FeedParsingError(.xml, "a feed that breaks off inside its first tag")
  }

  private static func textError(of input: ByteScan) -> FeedParsingError {
    let start = input.skippingSpace(from: 0)
    if input.matches("<?xml", at: start) || input.matches("<!--", at: start)
      || input.matchesIgnoringCase("<!doctype", at: start)
    {
      return FeedParsingError(.xml, "mark-up that breaks off before its first element")
    }
    let words = PlainText.line(
      ofText: String(decoding: input.slice(start..<min(start + 400, input.count)), as: UTF8.self))
    let beginning = String(words.prefix(60))
    return FeedParsingError(
      .text,
      "text without mark-up, not a feed: “\(beginning)\(beginning.count < words.count ? "…" : "")”")
  }
}
