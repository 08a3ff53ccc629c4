import FeedFetching
import LoopbackServer
import Syndication
import Testing

@Suite struct RedirectTests {
  /// The server's answer for a chain of redirects: `/0` leads to `/1` with the first status, and so on.
  private static func chain(_ statuses: [Int]) -> LoopbackServer.Answer {
    { request in
      let place = Int(request.path.dropFirst()) ?? 0
      return place < statuses.count
        ? .redirect(statuses[place], to: "/\(place + 1)") : .answer(text: "<rss/>")
    }
  }

  @Test(arguments: [
    ([301], true), ([308, 301], true), ([302], false), ([303], false), ([307], false),
    ([301, 302], false), ([302, 301], false), ([301, 301, 301, 301, 301], true),
  ])
  func `permanent redirects alone make a new permanent address`(
    statuses: [Int], isPermanent: Bool
  ) async throws {
    let fetched = try await Fetching.fetch("/0", answer: Self.chain(statuses))
    let (document, facts) = try fetched.result.document
    #expect(document.finalURL.hasSuffix("/\(statuses.count)"))
    #expect(facts.permanentURL == (isPermanent ? document.finalURL : nil))
    #expect(fetched.requests.count == statuses.count + 1)
  }

  @Test func `a sixth redirect is not followed`() async throws {
    let fetched = try await Fetching.fetch(
      "/0", answer: Self.chain([302, 302, 302, 302, 302, 302]))
    #expect(try fetched.result.failure.kind == .tooManyRedirects)
    #expect(fetched.requests.count == 6)
  }

  @Test func `a circle of redirects ends with the first repetition`() async throws {
    let fetched = try await Fetching.fetch("/a") { request in
      .redirect(302, to: request.path == "/a" ? "/b" : "/a#again")
    }
    #expect(
      try fetched.result.failure
        == FetchFailure(
          .tooManyRedirects, "the redirects run in a circle"))
    #expect(fetched.requests.count == 2)
  }

  @Test(arguments: [
    "/b", "b", "./b", "../b", "?x=1", "//127.0.0.1:PORT/b", "/b#part", "/ü", "/a b",
  ])
  func `a relative Location is resolved against the address that answered`(
    location: String
  ) async throws {
    let port = Mutexed(UInt16(0))
    let server = try LoopbackServer { request in
      request.target == "/dir/a"
        ? .redirect(302, to: location.replacing("PORT", with: "\(port.value)"))
        : .answer(text: "<rss/>")
    }
    defer { server.stop() }
    port.value = server.port
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    let (document, _) = try await transport.fetch(.loopback(server.url("/dir/a"))).document
    let expected = [
      "/b": "/b", "b": "/dir/b", "./b": "/dir/b", "../b": "/b", "?x=1": "/dir/a?x=1",
      "//127.0.0.1:PORT/b": "/b", "/b#part": "/b", "/ü": "/%c3%bc",
      "/a b": "/a%20b",
    ]
    #expect(document.finalURL == server.url(expected[location] ?? ""))
  }

  @Test(arguments: [
    "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "dict://127.0.0.1/",
    "ldap://x/",
    "javascript:alert(1)", "http://user:secret@127.0.0.1/", "http:///", "http://[::1/",
    "http://good\\@127.0.0.2/",
  ])
  func `a redirect to anything but a plain http address is refused`(location: String) async throws {
    let fetched = try await Fetching.fetch { _ in .redirect(302, to: location) }
    #expect(try fetched.result.failure.kind == .badRedirect)
    #expect(fetched.requests.count == 1)
    #expect(try !fetched.result.failure.detail.contains("secret"))
  }

  @Test func `a redirect without a Location is refused`() async throws {
    let fetched = try await Fetching.fetch { _ in .answer("301 Moved", text: "gone") }
    #expect(try fetched.result.failure.kind == .badRedirect)
  }

  @Test func `a chain never goes from https back to http`() throws {
    var chain = RedirectChain(start: try FetchAddress(parsing: "https://example.org/"))
    try chain.follow(to: "https://example.org/b", status: 301, limit: 5)
    #expect(throws: FetchFailure.self) {
      try chain.follow(to: "http://example.org/b", status: 301, limit: 5)
    }
    #expect(chain.current.text == "https://example.org/b")
  }

  @Test func `a redirect to a host that is not among those allowed is not asked`() async throws {
    let other = try LoopbackServer(host: "127.0.0.2") { _ in .answer(text: "<rss/>") }
    defer { other.stop() }
    let elsewhere = other.url("/b")
    let fetched = try await Fetching.fetch {
      $0.hosts = ["127.0.0.1"]
    } answer: { request in
      .redirect(302, to: request.path == "/feed.xml" ? "/same" : elsewhere)
    }
    #expect(
      try fetched.result.failure
        == FetchFailure(.badRedirect, "the redirect leads to another host, 127.0.0.2"))
    #expect(fetched.requests.count == 2 && other.connectionCount == 0)
  }

  @Test func `credentials do not come back from a detour`() async throws {
    let home = Mutexed("")
    let other = try LoopbackServer(host: "127.0.0.2") { _ in .redirect(302, to: home.value) }
    defer { other.stop() }
    let elsewhere = other.url("/b")
    let server = try LoopbackServer { request in
      request.path == "/feed.xml" ? .redirect(302, to: elsewhere) : .answer(text: "<rss/>")
    }
    defer { server.stop() }
    home.value = server.url("/delete-all")
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(server.url())
    for credentials in [
      Credentials.basic(user: "reader", password: "s3cret"), .bearer(token: "s3cret"),
    ] {
      request.credentials = credentials
      request.headers = [HeaderField(name: "X-Key", value: "k")]
      _ = try await transport.fetch(request).document
    }
    #expect(server.requests.map { $0["X-Key"] } == ["k", nil, "k", nil])
    #expect(server.requests.map { $0["Authorization"] == nil } == [false, true, false, true])
  }

  @Test func `credentials and the feed's own fields stay at the first origin`() async throws {
    let other = try LoopbackServer(host: "127.0.0.2") { _ in .answer(text: "<rss/>") }
    defer { other.stop() }
    let elsewhere = other.url("/b")
    for credentials in [
      Credentials.basic(user: "reader", password: "s3cret"), .bearer(token: "s3cret"),
    ] {
      let fetched = try await Fetching.fetch { request in
        request.credentials = credentials
        request.headers = [HeaderField(name: "X-Key", value: "k")]
      } answer: { request in
        .redirect(302, to: request.path == "/feed.xml" ? "/same" : elsewhere)
      }
      _ = try fetched.result.document
      #expect(fetched.requests.map { $0["X-Key"] } == ["k", "k"])
      #expect(fetched.requests.allSatisfy { $0["Authorization"] != nil })
    }
    #expect(other.requests.count == 2)
    for request in other.requests {
      #expect(request["Authorization"] == nil && request["X-Key"] == nil)
      #expect(request["Accept"] != nil && request["Referer"] == nil)
    }
  }
}
