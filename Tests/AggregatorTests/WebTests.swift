import Foundation
import LoopbackServer
import Testing

/// `discover` and `parse` of what a server has.
@Suite struct WebTests {
  private let program: Program

  init() throws {
    program = try Program()
  }

  private static let rss =
    "<rss version='2.0'><channel><title>Quay &amp; more</title><item><title>A</title></item></channel></rss>"
  private static let atom =
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>Quay</title><entry><id>1</id></entry></feed>"
  private static let empty = "<rss version='2.0'><channel><title>New</title></channel></rss>"
  private static let json =
    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Quay\",\"items\":[{\"id\":\"1\"}]}"

  /// Runs `command` on an address of a server that has these pages; says which of them were asked for.
  private func run(
    _ command: String..., at target: String = "/", pages: [String: String],
    redirects: [String: String] = [:], status: [String: String] = [:], isAllowed: Bool = true
  ) throws -> (run: Program.Run, origin: String, asked: [String]) {
    try run(
      command, at: target, pages: pages, redirects: redirects, status: status, isAllowed: isAllowed)
  }

  private func run(
    _ command: [String], at target: String = "/", pages: [String: String],
    redirects: [String: String] = [:], status: [String: String] = [:], isAllowed: Bool = true
  ) throws -> (run: Program.Run, origin: String, asked: [String]) {
    defer { program.remove() }
    let server = try LoopbackServer { request in
      if let place = redirects[request.target] { return .redirect(301, to: place) }
      if let status = status[request.target] { return .answer(status, text: "no") }
      guard let page = pages[request.target] else { return .answer("404 Not Found", text: "no") }
      return .answer("200 OK", ["Content-Type: text/html"], text: page)
    }
    defer { server.stop() }
    let access = isAllowed ? ["--allow-private"] : []
    let run = try program.run(command + access + [server.url(target)])
    return (run, server.url(""), server.requests.map(\.target))
  }

  @Test func `discover reads every feed that a page names, the best first`() throws {
    let page = """
      <link rel=alternate type=application/rss+xml title='Comments' href=/comments/feed>
      <link rel=alternate type=application/rss+xml title=New href=new.xml>
      <link rel=alternate type=application/rss+xml title=Gone href=/gone>
      <link rel='alternate feed' type=application/feed+json href='//HOST/feed.json'>
      <link rel=alternate type=application/atom+xml href='javascript:x'>
      <base href=/dir/><a href=../rss>Our RSS</a><a href=/about>About us</a>
      """
    let (run, origin, asked) = try run(
      "discover",
      pages: [
        "/": page, "/comments/feed": Self.rss, "/dir/new.xml": Self.empty, "/new.xml": Self.empty,
        "/rss": Self.rss, "/gone": "<html>no feed</html>",
      ])
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.output == """
        \(origin)/rss\tQuay & more\trss 2.0\t1
        \(origin)/new.xml\tNew\trss 2.0\t0
        \(origin)/comments/feed\tQuay & more\trss 2.0\t1

        """)
    #expect(asked.first == "/" && !asked.contains("/about") && !asked.contains("/feed"))
  }

  @Test func `discover prints an object a feed`() throws {
    let (run, origin, _) = try run(
      "discover", "--json", pages: ["/": "<link rel=feed href=/a>", "/a": Self.atom])
    #expect(
      run.output == """
        {"entries":1,"format":"atom","origin":"declared","title":"Quay","url":"\(origin)/a","version":"1.0"}

        """)
  }

  @Test func `what a page names at a private host is not asked for, though feeds conf opens it`()
    throws
  {
    let inside = try LoopbackServer(host: "127.0.0.2") { _ in .answer(text: Self.rss) }
    defer { inside.stop() }
    try program.file(
      "feeds.conf",
      "host 127.0.0.1 allow-private=yes\nhost 127.0.0.2 allow-private=yes\n\(inside.url())\n")
    let config = ["--config", program.folder + "/feeds.conf"]
    let (run, _, _) = try run(
      ["discover"] + config, pages: ["/": "<link rel=feed href='\(inside.url())'>"],
      isAllowed: false)
    #expect(run.status != 0 && inside.connectionCount == 0)
    #expect(run.errors.contains("where no other host may lead"), "\(run.errors)")
  }

  @Test func `what is a feed itself is the feed, where permanent redirects lead`() throws {
    let (run, origin, asked) = try run(
      "discover", "--json", at: "/old", pages: ["/new": Self.json], redirects: ["/old": "/new"])
    #expect(run.output.contains("\"origin\":\"itself\""))
    #expect(run.output.contains("\"url\":\"\(origin)/new\""))
    #expect(asked == ["/old", "/new"])
  }

  @Test func `usual places are tried one by one where a page names no feed`() throws {
    // Its error pages are said to be pages.
    let places = ["/feed", "/rss.xml", "/atom.xml"]
    var pages = ["/": "<html><a href=/about>About</a></html>", "/feed.xml": Self.rss]
    for place in places { pages[place] = "<html><title>Not found</title></html>" }
    let (run, origin, asked) = try run("discover", pages: pages)
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("\(origin)/feed.xml\t"))
    #expect(asked == ["/"] + places + ["/feed.xml"])
  }

  @Test func `what a page names and is no feed is listed with the reason`() throws {
    let page = "<link rel=alternate type=text/xml href=/a?key=hunter2><a href=/b>RSS</a>"
    let (run, origin, _) = try run(
      "discover", pages: ["/": page, "/a?key=hunter2": "<html><title>Gone</title></html>"],
      status: ["/b": "403 Forbidden"])
    #expect(run.status == 65)
    #expect(
      run.errors.contains("\(origin)/a?key=***: an HTML page titled “Gone”, not a feed"),
      "\(run.errors)")
    #expect(run.errors.contains("\(origin)/b: the server answered 403"))
    #expect(!run.errors.contains("hunter2"))
  }

  @Test func `a server that asks for peace gets it`() throws {
    let (run, _, asked) = try run(
      "discover", pages: ["/": "<html></html>"],
      status: ["/feed": "429 Too Many Requests", "/rss.xml": "200 OK"])
    #expect(run.status == 65)
    #expect(run.errors.contains("no feed found"))
    #expect(asked == ["/", "/feed"])
  }

  @Test(arguments: ["discover", "parse"])
  func `private addresses are closed unless they are opened`(command: String) throws {
    let (closed, _, asked) = try run(command, pages: ["/": Self.rss], isAllowed: false)
    #expect(closed.status == 69)
    #expect(closed.errors.contains("blocked-address") && closed.errors.contains("--allow-private"))
    #expect(asked.isEmpty)
  }

  @Test func `nobody is told to open what nothing opens`() throws {
    defer { program.remove() }
    let run = try program.run("parse", "http://127.0.0.1:25/feed")
    #expect(run.status == 69 && run.errors.contains("correct the port"))
    #expect(!run.errors.contains("--allow-private"))
  }

  @Test func `feeds.conf opens its hosts to parse and discover`() throws {
    defer { program.remove() }
    let server = try LoopbackServer { _ in .answer("200 OK", text: Self.rss) }
    defer { server.stop() }
    try program.file(
      "feeds.conf",
      "set user-agent desk/1\nhost 127.0.0.1 allow-private=yes\nhttps://desk.example/f\n")
    #expect(try program.run("parse", server.url()).status == 0)
    #expect(try program.run("discover", server.url()).status == 0)
    #expect(server.requests.allSatisfy { $0["User-Agent"] == "desk/1" })
  }

  @Test func `parse reads an address with what its server says of it`() throws {
    let page = "<rss version='2.0'><channel><item><link>late</link></item></channel></rss>"
    let (run, origin, _) = try run(
      "parse", "--json", at: "/old", pages: ["/dir/feed": page], redirects: ["/old": "/dir/feed"])
    #expect(run.status == 0)
    #expect(run.output.contains("\"link\":\"\(origin)/dir/late\""))
  }

  @Test func `parse of a page says which feed it names`() throws {
    let (run, origin, _) = try run("parse", "--json", pages: ["/": "<link rel=feed href=/f>"])
    #expect(run.status == 65)
    #expect(run.output.contains("\"ok\":false"))
    #expect(run.output.contains("it names the feed \(origin)/f"))
    #expect(run.errors.contains("an HTML page"))
  }

  @Test(arguments: ["discover", "parse"])
  func `what cannot be had is said with its cause`(command: String) throws {
    let (missing, origin, _) = try run(command, at: "/x?token=s3cret", pages: [:])
    #expect(missing.status == 69)
    #expect(missing.errors.contains("\(origin)/x?token=***: http: "))
    #expect(missing.errors.contains("404"))
    let bad = try Program()
    defer { bad.remove() }
    #expect(try bad.run(command, "http://u:p@example.org/").status == 64)
    #expect(try bad.run(command, "http://good\\@127.0.0.2/").status == 64)
  }

  @Test func `discover of a file asks nobody`() throws {
    defer { program.remove() }
    try program.file("page.html", "<link rel=feed href=/f title=Quay>")
    let page = try program.run("discover", "--url", "https://quay.example/x", "page.html")
    #expect(page.output == "https://quay.example/f\tQuay\n")
    let feed = try program.run("discover", input: Self.rss)
    #expect(feed.output == "-\tQuay & more\trss 2.0\t1\n")
    let none = try program.run("discover", input: "<html></html>")
    #expect(none.status == 65)
    #expect(none.errors.contains("standard input: no feed found"))
  }
}
