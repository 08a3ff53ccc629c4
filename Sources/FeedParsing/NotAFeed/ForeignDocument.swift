internal import Syndication

/// What XML of another kind than a feed is.
enum ForeignDocument {
  /// `root` is the name of the first element, with its prefix.
  static func error(root: String, of input: ByteScan) -> FeedParsingError {
    let local = (root.split(separator: ":").last.map { String($0) } ?? root).lowercased()
    let head = Array(input.slice(0..<min(input.count, headByteLimit)))[...]
    switch local {
    case "opml", "outline":
      let count = occurrences(of: "xmlurl", in: input)
      return FeedParsingError(.opml, "an OPML list that names \(count) feeds, not a feed itself")
    case "sitemapindex", "urlset":
      return FeedParsingError(.sitemap, "a sitemap, not a feed")
    case "error", "errors", "fault", "exception", "response", "result":
      let words = text(of: "message", in: head) ?? text(of: "faultstring", in: head)
      return FeedParsingError(
        .xml, "an error message of a server\(words.map { ", “\($0)”" } ?? ""), not a feed")
    default:
      guard let name = names[local] else {
        return FeedParsingError(.xml, "XML with the root '\(root)', not a feed")
      }
      return FeedParsingError(local == "svg" ? .image : .xml, "\(name), not a feed")
    }
  }

  private static let headByteLimit = 16 << 10

  private static let names = [
    "svg": "an SVG image", "envelope": "a SOAP message", "plist": "a property list",
    "kml": "a KML map", "gpx": "a GPX track", "stylesheet": "an XSL style sheet",
    "transform": "an XSL style sheet", "schema": "an XML schema",
    "definitions": "a WSDL description",
    "opensearchdescription": "an OpenSearch description", "manifest": "a manifest",
    "project": "a project file", "xbel": "an XBEL list of bookmarks", "tt": "TTML subtitles",
    "mpd": "a DASH playlist", "playlist": "a playlist", "asx": "a playlist",
    "ncx": "a table of contents",
    "html": "an HTML page", "wml": "a WML page", "service": "an AtomPub service document",
    "categories": "an AtomPub category document", "methodresponse": "an XML-RPC answer",
    "xrd": "an XRD description", "rsd": "an RSD description", "tei": "a TEI text",
    "docbook": "a DocBook text", "vcalendar": "a calendar", "oai-pmh": "an OAI-PMH answer",
    "listbucketresult": "a listing of a storage server",
  ]

  private static func occurrences(of word: StaticString, in input: ByteScan) -> Int {
    var rest = Array(input.slice(0..<input.count))[...]
    var count = 0
    while let found = rest.firstRange(ofIgnoringCase: word) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }

  /// What stands in the first element of this name.
  private static func text(of element: StaticString, in head: ArraySlice<UInt8>) -> String? {
    guard let name = head.firstRange(ofIgnoringCase: element),
      let start = head[name.upperBound...].firstIndex(of: UInt8(ascii: ">")),
      let end = head[start...].firstIndex(of: UInt8(ascii: "<"))
    else { return nil }
    let words = String(decoding: head[(start + 1)..<end].prefix(400), as: UTF8.self)
    return PlainText.line(ofHTML: words).nonBlank.map { String($0.prefix(120)) }
  }
}
