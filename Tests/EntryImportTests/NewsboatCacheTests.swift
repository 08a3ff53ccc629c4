import EntryImport
import Foundation
import LoopbackServer
import Synchronization
import Syndication
import Testing

@Suite struct NewsboatCacheTests {
  private static let program = "/usr/bin/sqlite3"

  /// The tables as newsboat makes them, of what an import looks at.
  private static let tables = """
    CREATE TABLE rss_feed (rssurl VARCHAR(1024) PRIMARY KEY NOT NULL, url VARCHAR(1024) NOT NULL,
      title VARCHAR(1024) NOT NULL);
    CREATE TABLE rss_item (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, guid VARCHAR(64) NOT NULL,
      title VARCHAR(1024) NOT NULL, author VARCHAR(1024) NOT NULL, url VARCHAR(1024) NOT NULL,
      feedurl VARCHAR(1024) NOT NULL, pubDate INTEGER NOT NULL, content VARCHAR(65535) NOT NULL,
      unread INTEGER(1) NOT NULL, enclosure_url VARCHAR(1024), enclosure_type VARCHAR(1024),
      enqueued INTEGER(1) NOT NULL DEFAULT 0, flags VARCHAR(52), deleted INTEGER(1) NOT NULL DEFAULT 0,
      base VARCHAR(128) NOT NULL DEFAULT "");
    """

  private static func item(
    _ guid: String, feed: String = "https://courier.example/rss", date: Int = 1_794_981_300,
    isDeleted: Bool = false
  ) -> String {
    """
    INSERT INTO rss_item (guid, title, author, url, feedurl, pubDate, content, unread, deleted)
    VALUES ('\(guid)', 'Title of \(guid)', 'Ola Brandt', 'https://courier.example/ferry', '\(feed)',
    \(date), '<p>Fog.</p>', 1, \(isDeleted ? 1 : 0));
    """
  }

  private func cache(_ statements: [String]) throws -> URL {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "newsboat-\(UUID().uuidString).db")
    let process = Process()
    process.executableURL = URL(filePath: Self.program)
    process.arguments = [file.path, Self.tables + statements.joined()]
    try Sockets.inheritance.withLock { _ in try process.run() }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return file
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: program), "sqlite3 is not installed"))
  func `a cache is read feed by feed, the newest first, without what was deleted`() throws {
    let file = try cache([
      "INSERT INTO rss_feed VALUES ('https://courier.example/rss', '', 'The Courier');",
      Self.item("old", date: 1_794_000_000), Self.item("new"), Self.item("gone", isDeleted: true),
      Self.item("eels", feed: "exec:~/bin/eels"),
      Self.item("https://courier.example/ferryWed, 18 Nov 2026 06:15:00 +0000"),
    ])
    defer { try? FileManager.default.removeItem(at: file) }
    var feeds: [ImportedFeed] = []
    #expect(NewsboatCache.read(at: file.path, entryLimit: 100) { feeds.append($0) } == nil)
    #expect(feeds.map(\.address) == ["exec:~/bin/eels", "https://courier.example/rss"])
    #expect(feeds.last?.name == "The Courier")
    let entries = try #require(feeds.last?.entries)
    #expect(entries.map(\.guid) == ["new", nil, "old"])
    #expect(entries.first?.published == Timestamp(milliseconds: 1_794_981_300_000))
    #expect(entries.first?.content?.value == "<p>Fog.</p>")
    #expect(entries.first?.authors == [Person(name: "Ola Brandt")])
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: program), "sqlite3 is not installed"))
  func `an entry without GUID, link and date is its words alone`() throws {
    let file = try cache([
      """
      INSERT INTO rss_item (guid, title, author, url, feedurl, pubDate, content, unread)
      VALUES ('Fog', 'Fog', '', '', 'https://courier.example/rss', 0, 'Off Hallö.', 1);
      """
    ])
    defer { try? FileManager.default.removeItem(at: file) }
    var entries: [Entry] = []
    #expect(NewsboatCache.read(at: file.path, entryLimit: 9) { entries += $0.entries } == nil)
    var words = Entry()
    words.title = TextConstruct("Fog")
    words.content = TextConstruct("Off Hallö.", kind: .html)
    #expect(entries == [words])
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: program), "sqlite3 is not installed"))
  func `a large feed comes in pieces`() throws {
    let file = try cache((1...7).map { Self.item("\($0)") })
    defer { try? FileManager.default.removeItem(at: file) }
    var counts: [Int] = []
    #expect(
      NewsboatCache.read(at: file.path, entryLimit: 3) { counts.append($0.entries.count) } == nil)
    #expect(counts == [3, 3, 1])
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: program), "sqlite3 is not installed"))
  func `a cache cut anywhere is refused or read, and never more than it held`() throws {
    let file = try cache((1...40).map { Self.item("\($0)") })
    defer { try? FileManager.default.removeItem(at: file) }
    let bytes = try Data(contentsOf: file)
    for end in stride(from: 0, to: bytes.count, by: 997) {
      try bytes.prefix(end).write(to: file)
      var count = 0
      let problem = NewsboatCache.read(at: file.path, entryLimit: 10) { count += $0.entries.count }
      #expect(problem != nil, "\(end) of \(bytes.count) bytes")
      #expect(count <= 40)
    }
  }

  @Test func `a file that is no cache is named`() throws {
    let problem = NewsboatCache.read(at: "/nonexistent/cache.db", entryLimit: 1) { _ in }
    #expect(problem?.subject == "/nonexistent/cache.db")
  }
}
