import Foundation
import LoopbackServer
import Synchronization
import Testing

/// Permanent redirects of a server, met by the built program over days.
@Suite final class MovedFeedTests {
  private let program: Program
  private let server: LoopbackServer

  private static func rss(_ count: Int) -> String {
    let items = (1...count).map { "<item><guid>\($0)</guid><title>Story \($0)</title></item>" }
    return "<rss version='2.0'><channel><title>Quay</title>\(items.joined())</channel></rss>"
  }

  init() throws {
    program = try Program()
    server = try LoopbackServer { request in
      switch request.target {
      case "/old", "/older": .redirect(301, to: "/new")
      case "/away": .redirect(302, to: "/new")
      case "/page": .redirect(308, to: "/parked")
      case "/parked": .answer("200 OK", ["Content-Type: text/html"], text: "<html>Buy me</html>")
      default: .answer("200 OK", text: Self.rss(3))
      }
    }
  }

  deinit {
    server.stop()
    program.remove()
  }

  private let head = "set update-moved yes\r\nhost 127.0.0.1 allow-private=yes gap=1s\r\n"

  /// Runs `fetch` on each of these days.
  private func fetch(_ days: Int..., storage: String = "Storage") throws -> String {
    try days.map { day in
      let run = try program.run(
        ["fetch", "--force", "--storage", storage],
        environment: ["AGGREGATOR_CLOCK_SHIFT": "+\(day)d"])
      return run.output + run.errors
    }.joined()
  }

  private func text(_ name: String = "feeds.conf") throws -> String {
    String(
      decoding: try Data(contentsOf: URL(filePath: program.folder + "/" + name)), as: UTF8.self)
  }

  private func stories() throws -> Int {
    try program.run(
      "export", "--since", "1970-01-01", "--until", "2100-01-01", "--format", "jsonl", "--group",
      "none"
    ).output.split(separator: "\n").count
  }

  @Test func `feeds_conf says the new address after three days, and nothing else changes`() throws {
    let feeds =
      "[Quay]\r\n\(server.url("/old"))    title=\"Quay\"   # ours\r\n  keep title ~ /S/\r\n"
    try program.file("feeds.conf", head + feeds)
    let before = try text()
    #expect(try !fetch(1, 2).contains("moved for good: feeds.conf"))
    #expect(try text() == before)
    let said = try fetch(4)
    #expect(said.contains("moved for good: feeds.conf says \(server.url("/new")) now"), "\(said)")
    #expect(try text() == before.replacing("/old", with: "/new"))
    #expect(try fetch(5).contains("Quay: nothing new"))
    #expect(server.requests.last?.target == "/new" && server.requests.count == 7)
    #expect(try stories() == 3)
    #expect(try program.run("status").status == 0)
  }

  @Test func `the file that names it is changed, through its link, with its owner and mode`() throws
  {
    try program.file("feeds.conf", head + "include feeds.d/*.conf\r\n")
    try program.file("feeds.d/a.conf", "# first\n\(server.url("/new?else"))\n")
    try program.file("real/b.conf", "\(server.url("/old")) paused=no")
    let folder = program.folder
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/feeds.d/b.conf", withDestinationPath: "../real/b.conf")
    #expect(chmod(folder + "/real/b.conf", 0o640) == 0)
    if getuid() == 0 { #expect(chown(folder + "/real/b.conf", 65_534, 65_534) == 0) }
    let others = try (text(), text("feeds.d/a.conf"))
    _ = try fetch(1, 2, 4)
    #expect(try text("real/b.conf") == "\(server.url("/new")) paused=no")
    #expect(try (text(), text("feeds.d/a.conf")) == others)
    var status = stat()
    #expect(lstat(folder + "/feeds.d/b.conf", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(folder + "/real/b.conf", &status) == 0 && status.st_mode & 0o777 == 0o640)
    if getuid() == 0 { #expect(status.st_uid == 65_534 && status.st_gid == 65_534) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/real") == ["b.conf"])
  }

  @Test func `every file that names it is changed, or none`() throws {
    let line = "\(server.url("/old"))\n"
    try program.file("feeds.conf", head + "include feeds.d/*.conf\r\n" + line)
    try program.file("feeds.d/a.conf", line)
    // What only some of the files could say would be two feeds.
    try program.file("feeds.d/b.conf", "\(line)# \(server.url("/new"))\n")
    _ = try fetch(1, 2, 4)
    for name in ["feeds.conf", "feeds.d/a.conf", "feeds.d/b.conf"] {
      #expect(try !text(name).contains("/old") && text(name).contains("/new"), "\(name)")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: program.folder + "/feeds.d")
    #expect(left.sorted() == ["a.conf", "b.conf"])
    #expect(try fetch(6).contains("Quay: nothing new"))
  }

  @Test(arguments: ["/away", "/page"])
  func `a redirect for now, or to a page, changes nothing`(path: String) throws {
    try program.file("feeds.conf", head + server.url(path) + "\n")
    let before = try text()
    #expect(try !fetch(1, 2, 4, 6).contains("feeds.conf says"))
    #expect(try text() == before)
  }

  @Test func `unless it is asked for, status and the digest say what to write`() throws {
    try program.file("feeds.conf", "host 127.0.0.1 allow-private=yes\n\n" + server.url("/old"))
    let before = try text()
    _ = try fetch(1, 2, 4)
    #expect(try text() == before)
    let status = try program.run("status", environment: ["COLUMNS": "200"])
    #expect(status.status == 1)
    #expect(
      status.output.contains("→ write \(server.url("/new")) in place of it at ./feeds.conf:3"))
    let digest = try program.run(
      "export", environment: ["AGGREGATOR_CLOCK_SHIFT": "+4d"]
    ).output
    #expect(digest.contains("## Feeds that need attention") && digest.contains("(moved)"))
    // The person does what it says, and no story comes twice, although the state is lost thereafter.
    try program.file("feeds.conf", before.replacing("/old", with: "/new"))
    _ = try fetch(6)
    try FileManager.default.removeItem(atPath: program.folder + "/Storage/state")
    _ = try fetch(8)
    #expect(try stories() == 3)
  }

  @Test func `what another line follows already is left to the person`() throws {
    let feeds = "\(server.url("/old"))\n\(server.url("/new")) title=Own\n"
    try program.file("feeds.conf", head + feeds)
    let said = try fetch(1, 2, 4)
    #expect(!said.contains("feeds.conf says"))
    #expect(try text() == head + feeds)
    let status = try program.run("status", environment: ["COLUMNS": "200"]).output
    #expect(status.contains("→ remove ./feeds.conf:3: ./feeds.conf:4 follows it there"))
  }

  @Test func `two feeds that move to one address leave one of them`() throws {
    try program.file(
      "feeds.conf", head + "\(server.url("/old"))\n\(server.url("/older")) title=Other\n")
    let said = try fetch(1, 2, 4, 5)
    #expect(said.components(separatedBy: "feeds.conf says").count == 2, "\(said)")
    #expect(try text().components(separatedBy: "/new").count == 2)
    #expect(try program.run("check").status == 0)
  }

  @Test func `a credential does not follow a feed to another server`() throws {
    let other = try LoopbackServer { _ in .answer("200 OK", text: Self.rss(2)) }
    defer { other.stop() }
    let target = other.url("/feed")
    let first = try LoopbackServer { _ in .redirect(301, to: target) }
    defer { first.stop() }
    try program.file("feeds.conf", head + "\(first.url("/")) header=\"X-Key: s3cret\"\n")
    let before = try text()
    let said = try fetch(1, 2, 4)
    #expect(said.contains("its credential or headers would go to another server"), "\(said)")
    #expect(try text() == before)
    #expect(other.requests.allSatisfy { $0["X-Key"] == nil } && !other.requests.isEmpty)
  }
}
