internal import Syndication

/// The cache of newsboat (and newsbeuter), a file of SQLite.
package enum NewsboatCache {
  /// What is asked for, and whether every version of the program has kept it.
  private static let columns = [
    ("feedurl", true), ("feed", true), ("guid", true), ("title", true), ("author", true),
    ("url", true), ("pubDate", true), ("content", true), ("enclosure_url", false),
    ("enclosure_type", false), ("base", false),
  ]

  /// What its reader deleted is not asked for; the rest comes feed by feed, the newest entries first.
  private static func query(_ present: Set<String>) -> String {
    let expressions = columns.map { name, isOld in
      if name == "feed" { return "(SELECT title FROM rss_feed WHERE rssurl = feedurl LIMIT 1)" }
      return isOld || present.contains(name) ? name : "NULL"
    }
    let kept = present.contains("deleted") ? "WHERE coalesce(deleted, 0) = 0" : ""
    return """
      SELECT \(expressions.joined(separator: ", ")) FROM rss_item \(kept) \
      ORDER BY feedurl, pubDate DESC, id
      """
  }

  /// Tables alone: a view may be made to count for ever.
  private static let tableQuery =
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('rss_item', 'rss_feed')"

  /// Calls `body` with what the file at `path` holds, a feed at a time, in pieces of at most
  /// `entryLimit` entries.
  ///
  /// - Returns: Why reading ended before the end.
  /// - Throws: What `body` throws.
  package static func read<Failure: Error>(
    at path: String, entryLimit: Int, _ body: (ImportedFeed) throws(Failure) -> Void
  ) throws(Failure) -> ImportError? {
    guard let library = SQLiteLibrary() else {
      return ImportError(
        path, "a cache of newsboat takes the library that newsboat runs with",
        "install libsqlite3-0")
    }
    var tableCount: String?
    var present: Set<String> = []
    let unread =
      library.rows(of: tableQuery, columnCount: 1, inFileAt: path) { tableCount = $0[0] }
      ?? library.rows(of: "PRAGMA table_info(rss_item)", columnCount: 2, inFileAt: path) {
        if let name = $0[1] { present.insert(name) }
      }
    if let unread { return unread }
    guard tableCount == "2" else { return ImportError(path, "no cache of newsboat") }
    var piece = ImportedFeed()
    let problem = try library.rows(
      of: query(present), columnCount: columns.count, inFileAt: path
    ) {
      (row: [String?]) throws(Failure) in
      if piece.address != row[0] || piece.entries.count >= entryLimit {
        if !piece.entries.isEmpty { try body(piece) }
        piece = ImportedFeed(address: row[0], name: row[1]?.nonBlank)
      }
      piece.entries.append(entry(of: row))
    }
    if !piece.entries.isEmpty { try body(piece) }
    return problem ?? damage(of: library, path)
  }

  /// What is broken in the file besides what the rows of interest lie in: a cut end, for one.
  private static func damage(of library: SQLiteLibrary, _ path: String) -> ImportError? {
    var finding: String?
    let problem = library.rows(of: "PRAGMA quick_check(1)", columnCount: 1, inFileAt: path) {
      finding = $0[0]
    }
    return problem ?? (finding == "ok" ? nil : ImportError(path, "damaged", finding))
  }

  private static func entry(of row: [String?]) -> Entry {
    var entry = Entry()
    entry.permalink = row[5]?.nonBlank
    entry.guid = guid(row[2]?.nonBlank, link: entry.permalink)
    if entry.guid == row[3]?.nonBlank { entry.guid = nil }
    entry.title = row[3]?.nonBlank.map { TextConstruct($0) }
    entry.authors = row[4]?.nonBlank.map { [Person(name: $0)] } ?? []
    entry.published = row[6].flatMap { Int64($0) }.flatMap(Timestamp.init(unix:))
    entry.content = row[7]?.nonBlank.map {
      TextConstruct($0, kind: .html, base: row[10]?.nonBlank ?? entry.permalink)
    }
    entry.enclosures =
      row[8]?.nonBlank.map { [Enclosure(url: $0, type: row[9]?.nonBlank)] } ?? []
    return entry
  }

  /// Where a publisher sends no GUID, newsboat makes one of the link and the date as it was written, else
  /// of the link, which stays, else of the title.
  private static func guid(_ guid: String?, link: String?) -> String? {
    guard let guid, let link, guid != link, guid.hasPrefix(link) else { return guid }
    let rest = guid.dropFirst(link.count)
    return WebDate.parse(rest) == nil && !rest.contains(" ") ? guid : nil
  }
}
