internal import Syndication

/// What stands before a document's root: where the root is, and what the document type declares.
struct DocumentProlog {
  /// How far into a document a root is looked for behind other text, in bytes; white space at the
  /// beginning and document types do not count.
  static let junkByteLimit = 1 << 16

  /// The place of the root's `<`.
  var root: Int
  var entities = DeclaredEntities()
  var defects: [ParseDefect] = []

  /// Throws what the document is instead when no root of a feed is found. Of a document that was cut
  /// (`isWhole` false) nothing is read out of a comment whose end may have been cut off.
  init(_ input: ByteScan, isWhole: Bool) throws(FeedParsingError) {
    var place = 0
    var isHTML = false
    var hasType = false
    var hasJunk = false
    var limit = input.skippingSpace(from: 0) + DocumentProlog.junkByteLimit
    var first: Range<Int>?
    while let next = input.firstPlace(of: UInt8(ascii: "<"), from: place, before: limit) {
      if first == nil, input.skippingSpace(from: place) < next { hasJunk = true }
      place = next + 1
      if input[place] == UInt8(ascii: "?") {
        place = input.endOfProlog(at: next, end: "?>", isWhole: isWhole)
      } else if input.matches("<!--", at: next) {
        place = input.endOfProlog(at: next, end: "-->", isWhole: isWhole)
      } else if input.matchesIgnoringCase("<!doctype", at: next) {
        place = input.endOfDeclaration(at: next)
        limit += place - next
        if !hasType { entities = DeclaredEntities(input, in: next..<place) }
        hasType = true
        let name = input.skippingSpace(from: next + 9)
        isHTML = isHTML || first == nil && input.matchesIgnoringCase("html", at: name)
      } else if input[place].isNameStart {
        let name = place..<input.endOfName(from: place)
        if RootName(input.slice(name)) != nil {
          root = next
          if hasJunk || first != nil {
            defects.append(
              ParseDefect(.leadingJunk, "\(next) bytes before the feed's root dropped"))
          }
          return
        }
        first = first ?? name
        if RootName.isPage(input.slice(name)) && (isHTML || !hasJunk) { break }
      }
    }
    throw NotAFeed.error(of: input, firstTag: first, isHTML: isHTML)
  }
}

extension ByteScan {
  /// The place after `end`. When there is none: after the next `>`, unless it may have been cut off.
  fileprivate func endOfProlog(at place: Int, end: StaticString, isWhole: Bool) -> Int {
    let near = ByteScan(bytes: slice(0..<place + DocumentProlog.junkByteLimit))
    if let found = near.firstPlace(of: end, from: place + 2) {
      return found + end.utf8CodeUnitCount
    }
    if !isWhole, place + DocumentProlog.junkByteLimit >= count { return count }
    return firstPlace(of: UInt8(ascii: ">"), from: place, before: count).map { $0 + 1 } ?? count
  }
}

/// The elements that feeds begin with.
enum RootName: String {
  case rss, rdf, feed, entry, channel, urlset

  /// Nil when the name, with or without a prefix, is none of a feed's root.
  init?(_ name: UnsafeBufferPointer<UInt8>) {
    guard name.count <= 64, let local = name.split(separator: UInt8(ascii: ":")).last else {
      return nil
    }
    self.init(rawValue: String(decoding: local, as: UTF8.self).lowercased())
  }

  /// Whether an element begins an HTML page.
  static func isPage(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    ["html", "head", "body"].contains(String(decoding: name.prefix(8), as: UTF8.self).lowercased())
  }
}
