internal import FeedParsing

/// What a file of another program is.
package enum ImportFormat: String, CaseIterable, Sendable {
  /// Lines of fields between tabs (sfeed(5)), a file a feed.
  case sfeed
  /// `cache.db` of newsboat and newsbeuter.
  case newsboat
  /// What Miniflux' `/v1/entries` answers.
  case miniflux
  /// FreshRSS' export, and what else speaks Google Reader's JSON.
  case freshrss
  /// A document that was a feed once.
  case feed

  /// What the file that begins with `bytes` looks like.
  package static func guess(_ bytes: some Collection<UInt8>) -> ImportFormat {
    if bytes.starts(with: "SQLite format 3\0".utf8) { return .newsboat }
    let text = JSONListing.decoded(Array(bytes)).drop { $0 <= UInt8(ascii: " ") }
    switch text.first {
    case UInt8(ascii: "{"): return Array(text.prefix(headByteCount)).guessOfJSON
    case UInt8(ascii: "<"): return .feed
    default: return isSfeed(bytes) ? .sfeed : .feed
    }
  }

  /// The keys that tell JSON formats apart come early.
  private static let headByteCount = 16 << 10

  /// Whether the first line has sfeed's fields: a number or nothing, then at least six more.
  private static func isSfeed(_ bytes: some Collection<UInt8>) -> Bool {
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    let tab = UInt8(ascii: "\t")
    guard line.lazy.filter({ $0 == tab }).count >= SfeedLine.fieldCountLimit.lowerBound - 1 else {
      return false
    }
    return line.prefix { $0 != tab }
      .allSatisfy { $0 == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}

extension [UInt8] {
  fileprivate var guessOfJSON: ImportFormat {
    let head = String(decoding: self, as: UTF8.self)
    if head.contains("jsonfeed.org/version/") { return .feed }
    if head.contains(#""entries""#) || head.contains(#""feed_url""#) { return .miniflux }
    return head.contains(#""items""#) ? .freshrss : .feed
  }
}
