internal import Checksums

/// What tells one entry of a feed from another: the first rung of a fixed ladder that the entry
/// stands on.
///
/// Must never change, for the reason that `StoryID` gives. The rungs:
/// 1. the GUID; 2. the permalink, when there is no GUID; 3. a hash of the words, when there is neither.
///
/// Entries of one document that meet on a rung and are not the same telling twice are told apart by
/// what they differ in: the permalink beside the GUID, and where that is the same too, a hash of words
/// and date.
///
/// A GUID that is an address is compared without its scheme's `s`: publishers that move to https
/// re-scheme their GUIDs (NetNewsWire issue 324), and the stories are not new.
package enum EntryIdentity: Hashable, Sendable {
  case guid(String)
  case sharedGUID(String, permalink: String)
  case permalink(String)
  case content(hash: UInt64)
  /// One of several tellings on the same rung.
  indirect case telling(EntryIdentity, hash: UInt64)

  /// The identity of each entry of a document, in document order.
  package static func ladder(of entries: [Entry]) -> [EntryIdentity] {
    var identities = entries.indices.map { firstRung(entries.span[$0]) }
    identities = refined(identities, of: entries) { place, identity in
      guard case .guid(let guid) = identity, let link = entries[place].permalink else {
        return identity
      }
      return .sharedGUID(guid, permalink: link)
    }
    return refined(identities, of: entries) { place, identity in
      .telling(identity, hash: tellingHash(entries[place]))
    }
  }

  var rung: String {
    switch self {
    case .guid: "guid"
    case .sharedGUID: "guid+link"
    case .permalink: "link"
    case .content: "content"
    case .telling(let identity, _): identity.rung + "+telling"
    }
  }

  var key: String {
    switch self {
    case .guid(let guid): guid.withoutSecureScheme
    case .sharedGUID(let guid, let link): guid.withoutSecureScheme + "\n" + link.withoutSecureScheme
    case .permalink(let link): link.withoutSecureScheme
    case .content(let hash): hash.hexadecimal
    case .telling(let identity, let hash): identity.key + "\n" + hash.hexadecimal
    }
  }

  /// The identities with `refine` applied to those on which different tellings meet. Few meet, so that
  /// hardly a telling is hashed.
  private static func refined(
    _ identities: [EntryIdentity], of entries: [Entry],
    _ refine: (Int, EntryIdentity) -> EntryIdentity
  ) -> [EntryIdentity] {
    var firstPlaces: [EntryIdentity: Int] = [:]
    firstPlaces.reserveCapacity(identities.count)
    var shared: Set<EntryIdentity> = []
    for (place, identity) in identities.enumerated() {
      guard let first = firstPlaces[identity] else {
        firstPlaces[identity] = place
        continue
      }
      guard !shared.contains(identity) else { continue }
      if tellingHash(entries[first]) != tellingHash(entries[place]) { shared.insert(identity) }
    }
    guard !shared.isEmpty else { return identities }
    return identities.enumerated().map { place, identity in
      shared.contains(identity) ? refine(place, identity) : identity
    }
  }

  private static func firstRung(_ entry: Entry) -> EntryIdentity {
    if let guid = entry.guid?.nonBlank { return .guid(guid) }
    if let link = entry.permalink?.nonBlank { return .permalink(link) }
    return .content(hash: contentHash(entry))
  }

  private static func contentHash(_ entry: Entry) -> UInt64 {
    hash([entry.title, entry.summary, entry.content].map { $0?.value })
  }

  private static func tellingHash(_ entry: Entry) -> UInt64 {
    hash(
      [entry.title, entry.summary, entry.content].map { $0?.value }
        + [entry.permalink, (entry.published ?? entry.created ?? entry.updated)?.rfc3339])
  }

  private static func hash(_ parts: [String?]) -> UInt64 {
    var hasher = SHA256Hasher()
    for part in parts {
      hasher.update(part ?? "", endedBy: "\n")
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
