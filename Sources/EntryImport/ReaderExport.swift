internal import FeedParsing
internal import Syndication

/// A list of entries as JSON, each with the feed that it is of.
package struct ReaderExport {
  private let format: ImportFormat
  private var feeds: [String: ImportedFeed] = [:]
  private var order: [String] = []

  /// What a document of Miniflux or of Google Reader's kind holds, by feeds, in the order in which they
  /// come; with what is wrong with a document that holds more than can be read, and with how many entries
  /// the list is one page of, where it says so.
  ///
  /// - Throws: `ImportError` for what is no such list.
  package static func read(
    _ bytes: [UInt8], _ format: ImportFormat, subject: String
  ) throws(ImportError) -> (feeds: [ImportedFeed], problem: ImportError?, total: Int?) {
    var export = ReaderExport(format: format)
    let list = format == .miniflux ? "entries" : "items"
    guard let listing = JSONListing.read(bytes, list: list, { export.add($0) }) else {
      throw ImportError(subject, "not a JSON object with a list “\(list)”")
    }
    return (
      export.order.compactMap { export.feeds[$0] },
      listing.problem.map { ImportError(subject, "not whole", $0) },
      format == .miniflux ? listing.members["total"]?.text.flatMap { Int($0) } : nil
    )
  }

  private init(format: ImportFormat) {
    self.format = format
  }

  private mutating func add(_ item: JSONValue) {
    let (address, name) = format == .miniflux ? item.minifluxFeed : item.greaderFeed
    let key = address ?? "\n" + (name ?? "")
    if feeds[key] == nil {
      feeds[key] = ImportedFeed(address: address, name: name)
      order.append(key)
    }
    feeds[key]?.entries.append(format == .miniflux ? item.minifluxEntry : item.greaderEntry)
  }
}

extension JSONValue {
  fileprivate var html: TextConstruct? { text.map { TextConstruct($0, kind: .html) } }

  fileprivate func texts(_ key: String) -> [String] { self[key]?.elements.compactMap(\.text) ?? [] }

  /// The first `href` of the list under `key`.
  fileprivate func link(_ key: String) -> String? {
    self[key]?.elements.lazy.compactMap { $0["href"]?.text }.first
  }

  fileprivate func unixTime(_ key: String) -> Timestamp? {
    self[key]?.text.flatMap { Int64($0) }.flatMap(Timestamp.init(unix:))
  }
}

/// Miniflux (miniflux.app/docs/api.html).
extension JSONValue {
  fileprivate var minifluxFeed: (address: String?, name: String?) {
    (self["feed"]?["feed_url"]?.text, self["feed"]?["title"]?.text)
  }

  fileprivate var minifluxEntry: Entry {
    var entry = Entry()
    entry.permalink = self["url"]?.text
    entry.title = self["title"]?.text.map { TextConstruct($0) }
    entry.content = self["content"]?.html
    entry.content?.base = entry.permalink
    entry.published = self["published_at"]?.text.flatMap { WebDate.parse($0) }
    entry.created = self["created_at"]?.text.flatMap { WebDate.parse($0) }
    entry.authors = self["author"]?.text.map { [Person(name: $0)] } ?? []
    entry.categories = texts("tags").map { Category(term: $0) }
    entry.comments = self["comments_url"]?.text
    entry.enclosures = (self["enclosures"]?.elements ?? []).compactMap { enclosure in
      enclosure["url"]?.text.map {
        Enclosure(url: $0, type: enclosure["mime_type"]?.text, length: enclosure["size"]?.text)
      }
    }
    return entry
  }
}

/// Google Reader's JSON, as FreshRSS exports it: with the publisher's GUID and the feed's address.
extension JSONValue {
  fileprivate var greaderFeed: (address: String?, name: String?) {
    let origin = self["origin"]
    let stream = origin?["streamId"]?.text.flatMap {
      $0.hasPrefix("feed/http") ? String($0.dropFirst("feed/".count)) : nil
    }
    return (origin?["feedUrl"]?.text ?? stream, origin?["title"]?.text)
  }

  fileprivate var greaderEntry: Entry {
    var entry = Entry()
    // An identifier of the reader's own says nothing of the publisher's.
    entry.guid =
      self["guid"]?.text
      ?? self["id"]?.text.flatMap { $0.hasPrefix("tag:google.com,2005:reader/") ? nil : $0 }
    entry.permalink = link("canonical") ?? link("alternate")
    entry.title = self["title"]?.html
    let content = self["content"]?["content"]?.html
    let summary = self["summary"]?["content"]?.html
    entry.content = content ?? summary
    entry.summary = content == nil ? nil : summary
    entry.content?.base = entry.permalink
    entry.published = unixTime("published")
    entry.updated = unixTime("updated")
    entry.authors = self["author"]?.text.map { [Person(name: $0)] } ?? []
    entry.categories = texts("categories").filter { !$0.hasPrefix("user/") }
      .map { Category(term: $0) }
    entry.enclosures = (self["enclosure"]?.elements ?? []).compactMap { enclosure in
      enclosure["href"]?.text.map {
        Enclosure(url: $0, type: enclosure["type"]?.text, length: enclosure["length"]?.text)
      }
    }
    return entry
  }
}
