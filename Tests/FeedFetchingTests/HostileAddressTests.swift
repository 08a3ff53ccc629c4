import FeedFetching
import LoopbackServer
import Syndication
import Testing

/// Addresses that are not what they look like, and what a server makes of them.
@Suite struct HostileAddressTests {
  /// A request that may go to 127.0.0.1 and to no other private address.
  private func halfOpen(_ url: String) -> FetchRequest {
    var request = FetchRequest.loopback(url)
    request.allowsPrivateAddresses = false
    request.network.hosts = [HostRule(host: "127.0.0.1", allowsPrivate: true)]
    return request
  }

  @Test func `a redirect from a host that is open to a private one that is not is refused`()
    async throws
  {
    let inside = try LoopbackServer(host: "127.0.0.2") { _ in .answer(text: "<secret/>") }
    defer { inside.stop() }
    for place in [
      inside.url("/"), "http://localhost:\(inside.port)/",
      "http://[::ffff:127.0.0.2]:\(inside.port)/",
      "http://0x7f000002:\(inside.port)/", "//127.0.0.2:\(inside.port)/",
    ] {
      let server = try LoopbackServer { _ in .redirect(302, to: place) }
      defer { server.stop() }
      let transport = Fetching.transport()
      defer { transport.shutDown() }
      let failure = try await transport.fetch(halfOpen(server.url())).failure
      #expect(failure.kind == .blockedAddress, "\(place): \(failure)")
    }
    #expect(inside.connectionCount == 0)
  }

  @Test func `a name is refused whole when every address of it is closed`() async throws {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    var settings = TransportSettings()
    // 192.0.2.1 stands for a public address: nothing in a test may connect to a real one.
    settings.resolutions = [
      "two.test:\(server.port):192.0.2.1,127.0.0.1", "owt.test:\(server.port):127.0.0.1,192.0.2.1",
    ]
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    for name in ["two.test", "owt.test"] {
      let request = halfOpen("http://\(name):\(server.port)/")
      #expect(try await transport.fetch(request).failure.kind == .blockedAddress)
    }
    #expect(server.connectionCount == 0)
  }

  @Test(arguments: [
    ("http://аpple.com/", "xn--pple-43d.com"), ("http://gооgle.com/", "xn--ggle-55da.com"),
    ("http://раypal.com/", "xn--ypal-43d9g.com"),
  ])
  func `a name of look-alike letters shows itself in Punycode`(url: String, host: String) throws {
    let address = try FetchAddress(parsing: url)
    #expect(address.host == host && address.text == "http://\(host)/")
  }

  @Test func `a NUL in a header is no answer, and an ETag ends with its line`() async throws {
    let nul = try await Fetching.fetch { _ in
      Script(raw: "HTTP/1.1 200 OK\nETag: \"a\u{0}b\"\nContent-Length: 6\n\n<rss/>")
    }
    if case .document(_, let facts) = nul.result {
      #expect(facts.validators.isEmpty)
    } else {
      #expect(try nul.result.failure.kind == .protocolError)
    }
    let split = try await Fetching.fetch { _ in
      Script(raw: "HTTP/1.1 200 OK\nETag: \"a\nSet-Cookie: b\"\nContent-Length: 6\n\n<rss/>")
    }
    let (_, facts) = try split.result.document
    #expect(facts.validators == Validators(etag: "\"a"))
  }

  @Test func `an ETag of a megabyte is too large a header`() async throws {
    let fetched = try await Fetching.fetch { _ in
      .answer("200 OK", ["ETag: \"\(String(repeating: "e", count: 1 << 20))\""], text: "<rss/>")
    }
    #expect(try fetched.result.failure.kind == .tooLarge)
  }

  @Test(arguments: [
    "Sat, 01 Jan 2999 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "never", "0",
  ])
  func `a Last-Modified of any time is sent back as it came`(date: String) async throws {
    let server = try LoopbackServer { request in
      request["If-Modified-Since"] == nil
        ? .answer("200 OK", ["Last-Modified: \(date)"], text: "<rss/>") : .head("304 Not Modified")
    }
    defer { server.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(server.url())
    request.validators = try await transport.fetch(request).document.1.validators
    guard case .notModified = await transport.fetch(request) else {
      throw Unexpected(description: "no 304")
    }
    #expect(server.requests.map { $0["If-Modified-Since"] } == [nil, date])
  }
}
