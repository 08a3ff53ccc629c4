internal import Syndication

/// Names what bytes are that are no feed, so that the operator need not fetch them to see.
enum NotAFeed {
  /// How many bytes are looked at.
  private static let headByteLimit = 8192

  /// What bytes are by their first ones, before any decoding; nil when they may be text.
  static func error(of bytes: [UInt8]) -> FeedParsingError? {
    guard bytes.contains(where: { !$0.isASCIISpace && $0 != 0 }) else {
      return FeedParsingError(.empty, "the document is empty")
    }
    for (signature, kind, name) in signatures where bytes.starts(with: signature) {
      return FeedParsingError(kind, "\(name), not a feed")
    }
    let head = bytes.prefix(headByteLimit)
    if !head.contains(UInt8(ascii: "<")), !head.contains(UInt8(ascii: "{")),
      head.contains(where: { $0 < 0x09 })
    {
      return FeedParsingError(.binary, "binary data, not a feed")
    }
    return nil
  }

  /// What a text is that has no feed's root.
  static func error(of input: ByteScan, firstTag: Range<Int>?, isHTML: Bool) -> FeedParsingError {
    guard let firstTag else {
      return FeedParsingError(.text, "text without mark-up, not a feed")
    }
    let name = String(decoding: input.slice(firstTag).prefix(40), as: UTF8.self)
    let isPage =
      isHTML || RootName.isPage(input.slice(firstTag)) || pageElements.contains(name.lowercased())
    guard isPage else {
      return FeedParsingError(.xml, "XML with the root '\(name)', not a feed")
    }
    let head = Array(input.slice(0..<headByteLimit))[...]
    if challenges.contains(where: { head.firstRange(ofIgnoringCase: $0) != nil }) {
      return FeedParsingError(
        .challengePage, "a page that asks for proof of a human reader, not a feed")
    }
    return FeedParsingError(.htmlPage, "an HTML page, not a feed")
  }

  private static let pageElements: Set<String> = [
    "script", "meta", "title", "div", "p", "br", "b", "h1", "center", "table", "style", "link", "a",
  ]

  /// What anti-robot pages say of themselves, in lower case.
  private static let challenges: [StaticString] = [
    "cf-browser-verification", "challenge-platform", "cf_chl_", "just a moment...",
    "checking your browser", "ddos protection by", "attention required! | cloudflare", "captcha",
    "enable javascript and cookies to continue", "/_incapsula_resource", "datadome",
  ]

  private static let signatures: [([UInt8], FeedParsingError.Kind, String)] = [
    ([0x89, 0x50, 0x4E, 0x47], .image, "a PNG image"),
    ([0xFF, 0xD8, 0xFF], .image, "a JPEG image"),
    (Array("GIF8".utf8), .image, "a GIF image"),
    (Array("RIFF".utf8), .image, "a RIFF file"),
    ([0x00, 0x00, 0x01, 0x00], .image, "an icon"),
    (Array("BM".utf8) + [0x00], .image, "a bitmap"),
    (Array("%PDF".utf8), .binary, "a PDF file"),
    ([0x1F, 0x8B], .binary, "compressed data"),
    ([0x28, 0xB5, 0x2F, 0xFD], .binary, "compressed data"),
    ([0x50, 0x4B, 0x03, 0x04], .binary, "a ZIP archive"),
    (Array("ID3".utf8), .binary, "an MP3 file"),
  ]
}
