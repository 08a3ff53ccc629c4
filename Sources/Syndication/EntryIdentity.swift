internal import Checksums

/// What tells one entry of a feed from another: the first rung of a fixed ladder that the entry
/// stands on.
///
/// Must never change, for the reason that `StoryID` gives. The rungs:
/// 1. the GUID, when no entry of the document with another permalink carries it;
/// 2. the GUID together with the permalink, when several entries share the GUID;
/// 3. the permalink, when there is no GUID;
/// 4. a hash of title and text, when there is neither.
///
/// A GUID that is an address is compared without its scheme's `s`: publishers that move to https
/// re-scheme their GUIDs (NetNewsWire issue 324), and the stories are not new.
package enum EntryIdentity: Hashable, Sendable {
  case guid(String)
  case sharedGUID(String, permalink: String)
  case permalink(String)
  case content(hash: UInt64)

  /// The identity of each entry of a document, in document order.
  package static func ladder(of entries: [Entry]) -> [EntryIdentity] {
    var links: [String: Set<String>] = [:]
    for entry in entries {
      if let guid = entry.guid?.nonBlank {
        links[guid, default: []].insert(entry.permalink ?? contentKey(entry))
      }
    }
    return entries.map { entry in
      guard let guid = entry.guid?.nonBlank else { return withoutGUID(entry) }
      guard links[guid]?.count == 1 else {
        return .sharedGUID(guid, permalink: entry.permalink ?? contentKey(entry))
      }
      return .guid(guid)
    }
  }

  var rung: String {
    switch self {
    case .guid: "guid"
    case .sharedGUID: "guid+link"
    case .permalink: "link"
    case .content: "content"
    }
  }

  var key: String {
    switch self {
    case .guid(let guid): guid.withoutSecureScheme
    case .sharedGUID(let guid, let link): guid.withoutSecureScheme + "\n" + link.withoutSecureScheme
    case .permalink(let link): link.withoutSecureScheme
    case .content(let hash): hash.hexadecimal
    }
  }

  private static func withoutGUID(_ entry: Entry) -> EntryIdentity {
    if let link = entry.permalink?.nonBlank { return .permalink(link) }
    return .content(hash: contentHash(entry))
  }

  private static func contentKey(_ entry: Entry) -> String {
    contentHash(entry).hexadecimal
  }

  private static func contentHash(_ entry: Entry) -> UInt64 {
    var hasher = SHA256Hasher()
    for part in [entry.title, entry.summary, entry.content] {
      hasher.update(part?.value ?? "")
      hasher.update("\n")
    }
    return hasher.finalize().prefix
  }
}

extension String {
  /// The text without white space at its ends, or nil when nothing is left.
  package var nonBlank: String? {
    guard utf8.contains(where: { !$0.isASCIISpace }) else { return nil }
    guard let first = utf8.first, let last = utf8.last, first.isASCIISpace || last.isASCIISpace
    else { return self }
    let start = utf8.firstIndex { !$0.isASCIISpace } ?? startIndex
    let end = utf8.lastIndex { !$0.isASCIISpace } ?? startIndex
    return String(self[start...end])
  }

  fileprivate var withoutSecureScheme: String {
    utf8.starts(with: "https://".utf8) ? "http" + dropFirst(5) : self
  }
}

extension UInt8 {
  /// Space, tab, line feed, vertical tab, form feed or carriage return.
  package var isASCIISpace: Bool {
    self == 0x20 || 0x09...0x0D ~= self
  }
}
