import Foundation
import LoopbackServer
import Testing

/// What the program does in the network, as it is built.
@Suite struct NetworkTests {
  private let program: Program

  init() throws {
    program = try Program()
  }

  private static func rss(_ inside: String) -> String {
    "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Quay</title>"
      + "\(inside)</channel></rss>"
  }

  @Test func `nothing that a feed points to is fetched`() throws {
    defer { program.remove() }
    let inside = try LoopbackServer { _ in .answer(text: "secret") }
    defer { inside.stop() }
    let place = inside.url("/")
    let server = try LoopbackServer { _ in
      .answer(
        text: "<?xml version='1.0'?><?xml-stylesheet href='\(place)'?>"
          + "<!DOCTYPE rss SYSTEM '\(place)' [<!ENTITY x SYSTEM '\(place)'>]>"
          + Self.rss(
            """
            <link>\(place)</link><docs>\(place)</docs><image><url>\(place)</url></image>
            <cloud domain='127.0.0.1' port='\(inside.port)' path='/' registerProcedure='' protocol='xml-rpc'/>
            <atom:link rel='self' href='\(place)'/><atom:link rel='hub' href='\(place)'/>
            <atom:link rel='prev-archive' href='\(place)'/><atom:link rel='next' href='\(place)'/>
            <item><guid>1</guid><title>Tide &x;</title><link>\(place)</link><comments>\(place)</comments>
            <enclosure url='\(place)' type='audio/mpeg' length='1'/>
            <description>&lt;img src="\(place)"&gt;&lt;iframe src="\(place)"&gt;</description></item>
            """))
    }
    defer { server.stop() }
    try program.file(
      "feeds.conf", "host 127.0.0.1 allow-private=yes\n\(server.url("/rss"))\n")
    let fetch = try program.run("fetch", "--storage", "archive")
    #expect(fetch.status == 0 || fetch.errors.contains("127.0.0.1"), "\(fetch.errors)")
    for format in ["html", "markdown", "atom"] {
      _ = try program.run("export", "--storage", "archive", "--format", format)
    }
    #expect(server.requests.map(\.target) == ["/rss"])
    #expect(inside.connectionCount == 0)
  }

  @Test func `a host's pause is put down to the feed that was told so, and spares the others`()
    throws
  {
    defer { program.remove() }
    let server = try LoopbackServer { request in
      request.target == "/a"
        ? .answer("429 Too Many Requests", ["Retry-After: 86400"], text: "slower")
        : .answer(text: Self.rss("<item><guid>1</guid><title>Tide</title></item>"))
    }
    defer { server.stop() }
    let (told, waiting) = (server.url("/a"), server.url("/b"))
    let rule = "host 127.0.0.1 allow-private=yes"
    try program.file("feeds.conf", "\(rule)\n\(told)\n\(waiting)\n")
    let first = try program.run("fetch")
    #expect(first.status == 1, "not all feeds failed: \(first.errors)")
    #expect(first.errors.contains("\(waiting): not asked before "), "\(first.errors)")
    #expect(first.errors.contains(": its host wants to be left alone: \(told) was told so\n"))
    #expect(
      first.errors.contains(
        "→ where other servers answer for its other feeds: host 127.0.0.1 scope=url"))
    #expect(server.requests.map(\.target) == ["/a"])
    try program.file("feeds.conf", "\(rule) scope=url\n\(told)\n\(waiting)\n")
    #expect(try program.run("fetch").output.contains("Quay: 1 new"))
  }

  @Test func `the credentials file signs in to its hosts and to nobody else`() throws {
    defer { program.remove() }
    let server = try LoopbackServer { request in
      request["Authorization"] == nil
        ? .answer("401 Unauthorized", text: "who?")
        : .answer(text: Self.rss("<item><guid>1</guid><title>Members only</title></item>"))
    }
    defer { server.stop() }
    let other = try LoopbackServer(host: "127.0.0.2") { _ in .answer(text: Self.rss("")) }
    defer { other.stop() }
    try program.file("logins", "machine 127.0.0.1 login reader password s3cret\n")
    try program.file(
      "feeds.conf",
      """
      set credentials-file \(program.folder)/logins
      host 127.0.0.1 allow-private=yes
      host 127.0.0.2 allow-private=yes
      \(server.url("/rss"))
      \(other.url("/rss"))
      """)
    for (mode, status) in [(0o640, 78), (0o604, 78), (0o600, 0)] as [(mode_t, Int32)] {
      chmod(program.folder + "/logins", mode)
      for arguments in [["check"], ["fetch", "--storage", "archive"]] {
        let run = try program.run(arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.errors.contains("chmod 600") == (status != 0))
        #expect(!run.errors.contains("s3cret") && !run.output.contains("s3cret"))
      }
    }
    #expect(server.requests.map { $0["Authorization"] } == ["Basic cmVhZGVyOnMzY3JldA=="])
    #expect(other.requests.map { $0["Authorization"] } == [nil])
    let export = try program.run("export", "--storage", "archive", "--format", "text")
    #expect(export.output.contains("Members only"))
  }

  @Test func `a credentials file that is wrong is named without its secrets`() throws {
    defer { program.remove() }
    try program.file("logins", "machine a.example login anna password s3cret word\n")
    chmod(program.folder + "/logins", 0o600)
    try program.file(
      "feeds.conf", "set credentials-file \(program.folder)/logins\nhttps://a.example/\n")
    let run = try program.run("check")
    #expect(run.status == 78 && run.errors.contains("logins:1:1: an unknown word"))
    #expect(!run.errors.contains("s3cret") && !run.errors.contains("word\n"))
    let export = try program.run("export", "--storage", "archive")
    #expect(export.status != 78, "who only exports need not be able to read secrets")
  }

  @Test func `older pages are fetched on request, with their dates, and once`() throws {
    defer { program.remove() }
    let server = try LoopbackServer { request in
      let number = Int(request.path.dropFirst()) ?? 0
      let before = number > 1 ? "<atom:link rel='prev-archive' href='/\(number - 1)'/>" : ""
      return .answer(
        text: Self.rss(
          "\(before)<item><guid>\(number)</guid><title>Number \(number)</title>"
            + "<pubDate>Mon, 02 Jan 200\(number) 15:04:05 GMT</pubDate></item>"))
    }
    defer { server.stop() }
    try program.file(
      "feeds.conf", "host 127.0.0.1 allow-private=yes gap=0s\n\(server.url("/4"))\n")
    let archives = ["fetch", "--storage", "archive", "--archives", "--json", "127.0.0.1"]
    let first = try program.run(archives)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains(#""end":"oldest""#) && first.output.contains(#""pages":3"#))
    #expect(server.requests.map(\.target) == ["/4", "/3", "/2", "/1"])
    let soon = try program.run(archives)
    #expect(soon.output.contains(#""end":"known""#) && server.requests.count == 4)
    let again = try program.run(archives + ["--force"])
    #expect(again.output.contains(#""end":"known""#), "\(again.output)")
    #expect(server.requests.count == 5)
    let export = try program.run("export", "--storage", "archive", "--format", "jsonl")
    #expect(export.output.contains("2001-01-02T15:04:05"))
    let usage = try program.run("fetch", "--archives", "--storage", "archive")
    #expect(usage.status == 64)
  }

  @Test func `an older page that is not to be had is named, lest the feed be taken for broken`()
    throws
  {
    defer { program.remove() }
    let feed = """
      <feed xmlns="http://www.w3.org/2005/Atom"><title>Quay</title><link rel="prev-archive" href="/lost"/>
      <entry><id>urn:1</id><title>Story</title></entry></feed>
      """
    let server = try LoopbackServer { request in
      request.target == "/lost" ? .answer("404 Not Found", text: "") : .answer("200 OK", text: feed)
    }
    defer { server.stop() }
    try program.file(
      "feeds.conf", "host 127.0.0.1 allow-private=yes gap=0s\n\(server.url("/feed"))\n")
    let run = try program.run("fetch", "--archives", "127.0.0.1")
    #expect(run.status == 1, "the feed itself was read")
    #expect(
      run.errors.hasPrefix(
        "aggregator: \(server.url("/feed")): its page \(server.url("/lost")): http-404: "),
      "\(run.errors)")
    #expect(
      try program.run("fetch", "--archives", "--force", "--fail-on", "all", "127.0.0.1").status == 0
    )
    try program.file(
      "feeds.conf", "host 127.0.0.1 allow-private=yes gap=0s\n\(server.url("/lost"))\n")
    #expect(try program.run("fetch", "--archives", "127.0.0.1").status == 69)
  }
}
