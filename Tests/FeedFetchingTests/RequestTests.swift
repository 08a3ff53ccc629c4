import FeedFetching
import LoopbackServer
import Syndication
import Testing

@Suite struct RequestTests {
  @Test func `a request is one GET that says who asks and what is wanted, and nothing more`()
    async throws
  {
    let target = "/feed.xml?b=2&a=%41%20+&c[]=ü"
    let fetched = try await Fetching.fetch(target) { _ in
      .answer("200 OK", ["Set-Cookie: id=1", "Refresh: 0; url=/other"], text: "<rss/>")
    }
    #expect(fetched.requests.count == 1 && fetched.connectionCount == 1)
    let request = try #require(fetched.requests.first)
    #expect(request.method == "GET")
    #expect(request.target.lowercased() == "/feed.xml?b=2&a=%41%20+&c[]=%c3%bc")
    #expect(
      request.fields.map { $0.name.lowercased() }.sorted()
        == ["accept", "accept-encoding", "host", "user-agent"])
    #expect(request["User-Agent"] == "aggregator-test/1 (+https://example.org/)")
    #expect(request["Accept-Encoding"] == "gzip, deflate, br, zstd")
    for type in ["application/rss+xml", "application/atom+xml", "application/feed+json", "*/*"] {
      #expect(request["Accept"]?.contains(type) == true)
    }
  }

  @Test func `no cookie comes back and no page is named as the one before`() async throws {
    let server = try LoopbackServer { request in
      request.path == "/a"
        ? Script([
          .send(
            Script.bytes(head: [
              "HTTP/1.1 302 Found", "Location: /b", "Set-Cookie: id=1; Path=/", "Content-Length: 0",
            ]))
        ]) : .answer("200 OK", ["Set-Cookie: id=2"], text: "<rss/>")
    }
    defer { server.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    for _ in 1...2 { _ = try await transport.fetch(.loopback(server.url("/a"))).document }
    #expect(server.requests.count == 4)
    #expect(server.requests.allSatisfy { $0["Cookie"] == nil && $0["Referer"] == nil })
  }

  @Test func `without a user agent none is sent, not even the library's`() async throws {
    let fetched = try await Fetching.fetch {
      $0.userAgent = ""
    } answer: { _ in
      .answer(text: "<rss/>")
    }
    #expect(fetched.requests.first?["User-Agent"] == nil)
  }

  @Test func `the feed's own fields replace those of the same name`() async throws {
    let fetched = try await Fetching.fetch { request in
      request.headers = [
        HeaderField(name: "accept", value: "text/xml"), HeaderField(name: "X-Empty", value: ""),
        HeaderField(name: "X-Key", value: "a: b; c"),
      ]
    } answer: { _ in
      .answer(text: "<rss/>")
    }
    let request = try #require(fetched.requests.first)
    #expect(request.fields.filter { $0.name.lowercased() == "accept" }.map(\.value) == ["text/xml"])
    #expect(request["X-Empty"] == "")
    #expect(request["X-Key"] == "a: b; c")
  }

  @Test(arguments: [
    HeaderField(name: "X", value: "a\r\nEvil: 1"), HeaderField(name: "X Y", value: "a"),
    HeaderField(name: "", value: "a"), HeaderField(name: "X:", value: "a"),
    HeaderField(name: "X\n", value: "a"), HeaderField(name: "X", value: "\u{0}"),
  ])
  func `a field that cannot be sent makes no request`(field: HeaderField) async throws {
    let fetched = try await Fetching.fetch {
      $0.headers = [field]
    } answer: { _ in
      .answer(text: "<rss/>")
    }
    #expect(try fetched.result.failure.kind == .address)
    #expect(fetched.connectionCount == 0)
  }

  @Test(arguments: ["http://exa mple.org/", "http://u:p@127.0.0.1/", "ftp://127.0.0.1/", ""])
  func `an address that is none makes no request`(url: String) async throws {
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    #expect(try await transport.fetch(.loopback(url)).failure.kind == .address)
  }

  @Test func `basic credentials are sent at once, digest ones when they are asked for`()
    async throws
  {
    let basic = try await Fetching.fetch {
      $0.credentials = .basic(user: "reader", password: "p:ß")
    } answer: { _ in
      .answer(text: "<rss/>")
    }
    #expect(basic.requests.map { $0["Authorization"] } == ["Basic cmVhZGVyOnA6w58="])
    let digest = try await Fetching.fetch {
      $0.credentials = .digest(user: "reader", password: "p")
    } answer: { request in
      request["Authorization"] == nil
        ? .answer(
          "401 Unauthorized", ["WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\""],
          text: "who?") : .answer(text: "<rss/>")
    }
    #expect(try digest.result.document.0.bytes == Array("<rss/>".utf8))
    #expect(digest.requests.count == 2)
    #expect(digest.requests.last?["Authorization"]?.hasPrefix("Digest username=\"reader\"") == true)
    #expect(digest.requests.allSatisfy { $0["Authorization"]?.contains("p:") != true })
  }

  @Test func `no description of credentials shows a secret`() {
    for credentials in [
      Credentials.basic(user: "u", password: "s3cret"), .digest(user: "u", password: "s3cret"),
      .bearer(token: "s3cret"),
    ] {
      #expect(!"\(credentials)".contains("s3cret"))
      #expect(!String(reflecting: credentials).contains("s3cret"))
      #expect(!String(reflecting: Optional(credentials)).contains("s3cret"))
    }
  }
}
