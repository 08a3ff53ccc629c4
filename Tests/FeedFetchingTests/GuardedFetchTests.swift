import FeedFetching
import LoopbackServer
import Testing

/// The address guard where it stands: at the moment of connecting.
@Suite struct GuardedFetchTests {
  private func closed(_ url: String) -> FetchRequest {
    var request = FetchRequest.loopback(url)
    request.allowsPrivateAddresses = false
    return request
  }

  @Test func `no spelling of a private address is connected to`() async throws {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    for host in [
      "127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "localhost.",
      "LOCALHOST", "0.0.0.0", "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
      "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "100.64.0.1", "[fd00::1]",
      "[fe80::1]", "10.0.0.1", "192.168.0.1", "224.0.0.1", "255.255.255.255",
    ] {
      let failure = try await transport.fetch(closed("http://\(host):\(server.port)/")).failure
      // Some resolvers know no name with a full stop at its end.
      let isUnknown = host.hasSuffix(".") && failure.kind == .dns
      #expect(failure.kind == .blockedAddress || isUnknown, "\(host): \(failure)")
    }
    #expect(server.connectionCount == 0)
  }

  @Test func `a name is judged by the address it resolves to`() async throws {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    var settings = TransportSettings()
    settings.resolutions = ["news.test:\(server.port):127.0.0.1"]
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    let url = "http://news.test:\(server.port)/"
    let failure = try await transport.fetch(closed(url)).failure
    #expect(failure.kind == .blockedAddress && failure.detail.contains("127.0.0.1"))
    #expect(server.connectionCount == 0)
    _ = try await transport.fetch(.loopback(url)).document
  }

  @Test func `of a name's addresses the open one is used`() async throws {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    var settings = TransportSettings()
    settings.resolutions = ["two.test:\(server.port):0.0.0.0,127.0.0.1"]
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    // 0.0.0.0 is never open and would reach the same server.
    _ = try await transport.fetch(.loopback("http://two.test:\(server.port)/")).document
    #expect(server.connectionCount == 1)
  }

  @Test func `a connection opened with more rights is not used with fewer`() async throws {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var allowed = FetchRequest.loopback(server.url())
    allowed.keepsConnection = true
    _ = try await transport.fetch(allowed).document
    #expect(try await transport.fetch(closed(server.url())).failure.kind == .blockedAddress)
    #expect(server.requests.count == 1)
  }

  @Test func `ports of other protocols are not connected to, private addresses open or not`()
    async throws
  {
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    for port in [25, 6379] {
      let failure = try await transport.fetch(.loopback("http://127.0.0.1:\(port)/")).failure
      #expect(failure.kind == .blockedAddress && failure.detail.contains("\(port)"))
    }
  }

  @Test func `a redirect to a closed port is refused`() async throws {
    let fetched = try await Fetching.fetch { _ in .redirect(302, to: "http://127.0.0.1:25/") }
    #expect(try fetched.result.failure.kind == .blockedAddress)
  }
}
