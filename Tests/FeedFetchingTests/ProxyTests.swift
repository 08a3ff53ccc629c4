import FeedFetching
import LoopbackServer
import Syndication
import TestServers
import Testing

@Suite struct ProxyTests {
  private static func rules(_ proxy: String, hosts: [HostRule] = []) throws -> NetworkRules {
    NetworkRules(hosts: HostRules(hosts), proxy: try ProxyAddress(proxy))
  }

  /// What comes of a request for `url` under `network` that opens nothing private.
  private func fetch(
    _ url: String, _ network: NetworkRules, settings: TransportSettings = TransportSettings()
  ) async -> FetchResult {
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(url)
    request.allowsPrivateAddresses = false
    request.network = network
    return await transport.fetch(request)
  }

  @Test func `a plain request is handed to an HTTP proxy with the whole address`() async throws {
    let proxy = try LoopbackServer { _ in .answer("200 OK", ["ETag: \"p\""], text: "<rss/>") }
    defer { proxy.stop() }
    let result = await fetch("http://news.invalid/feed?a=1", try Self.rules(proxy.url("/")))
    #expect(try result.document.1.validators.etag == "\"p\"")
    #expect(proxy.requests.map(\.target) == ["http://news.invalid/feed?a=1"])
    #expect(proxy.requests.first?["Host"] == "news.invalid")
  }

  @Test(
    .enabled(if: CertificateAuthority.isAvailable, "needs the openssl program"),
    arguments: [true, false])
  func `TLS goes through a tunnel to the name, which nobody looks up here`(isSOCKS: Bool)
    async throws
  {
    let authority = try CertificateAuthority()
    try authority.publish(
      Script.bytes(head: ["HTTP/1.0 200 OK", "ETag: \"t\""]) + Array("<rss/>".utf8), as: "feed")
    let server = try authority.serve(.good)
    defer { server.stop() }
    let proxy = try TunnelProxy(isSOCKS ? .socks5 : .connect, to: server.port)
    defer { proxy.stop() }
    var settings = TransportSettings()
    settings.certificateAuthorityPath = authority.certificatePath
    let scheme = isSOCKS ? "socks5h" : "http"
    let result = await fetch(
      "https://news.test/feed", try Self.rules("\(scheme)://127.0.0.1:\(proxy.port)"),
      settings: settings)
    let (document, facts) = try result.document
    #expect(document.bytes == Array("<rss/>".utf8) && document.finalURL == "https://news.test/feed")
    #expect(facts.validators.etag == "\"t\"", "the proxy's own header is no part of the answer")
    #expect(proxy.targets == ["news.test:443"])
    #expect(proxy.fields.allSatisfy { !["a-im", "accept"].contains($0.name.lowercased()) })
  }

  @Test func `a host's rule sends it past the proxy, or through another one`() async throws {
    let general = try LoopbackServer { _ in .answer(text: "<general/>") }
    defer { general.stop() }
    let special = try LoopbackServer { _ in .answer(text: "<special/>") }
    defer { special.stop() }
    let server = try LoopbackServer { _ in .answer(text: "<direct/>") }
    defer { server.stop() }
    var direct = HostRule(host: "127.0.0.1", allowsPrivate: true)
    direct.proxy = .direct
    var other = HostRule(host: "other.invalid")
    other.proxy = .through(try ProxyAddress(special.url("")))
    let network = try Self.rules(general.url(""), hosts: [direct, other])
    for (url, answer) in [
      ("http://news.invalid/", "<general/>"), ("http://other.invalid/", "<special/>"),
      (server.url(), "<direct/>"),
    ] {
      let (document, _) = try await fetch(url, network).document
      #expect(String(decoding: document.bytes, as: UTF8.self) == answer, "\(url)")
    }
  }

  @Test func `each hop of a redirect takes its own host's way`() async throws {
    let special = try LoopbackServer { _ in .answer(text: "<special/>") }
    defer { special.stop() }
    let general = try LoopbackServer { _ in .redirect(302, to: "http://other.invalid/b") }
    defer { general.stop() }
    var other = HostRule(host: "other.invalid")
    other.proxy = .through(try ProxyAddress(special.url("")))
    let network = try Self.rules(general.url(""), hosts: [other])
    let (document, _) = try await fetch("http://news.invalid/a", network).document
    #expect(String(decoding: document.bytes, as: UTF8.self) == "<special/>")
    #expect(general.requests.count == 1)
    #expect(special.requests.map(\.target) == ["http://other.invalid/b"])
  }

  /// The stranger is on the other side of a proxy: what this machine could reach by itself is private.
  @Test func `no stranger's redirect reaches a private host that is open to its own feeds`()
    async throws
  {
    let inside = try LoopbackServer { request in
      request.target == "/feed.xml" ? .redirect(302, to: "/b") : .answer(text: "<inside/>")
    }
    defer { inside.stop() }
    let target = inside.url("/b")
    let stranger = try LoopbackServer { _ in .redirect(302, to: target) }
    defer { stranger.stop() }
    var open = HostRule(host: "127.0.0.1", allowsPrivate: true)
    open.proxy = .direct
    let network = try Self.rules(stranger.url(""), hosts: [open])
    let failure = try await fetch("http://news.invalid/a", network).failure
    #expect(failure.kind == .blockedAddress)
    #expect(
      failure.detail
        == "news.invalid leads to 127.0.0.1, a loopback address, where no other host may lead: tell "
        + "its publisher; if the feed there is your own, follow it at its own address, which “host "
        + "127.0.0.1 allow-private=yes” in feeds.conf opens")
    #expect(stranger.requests.count == 1 && inside.connectionCount == 0)
    _ = try await fetch(inside.url(), network).document
    #expect(inside.requests.map(\.target) == ["/feed.xml", "/b"])
  }

  @Test func `what a stranger names is judged as if it had redirected there`() async throws {
    let inside = try LoopbackServer { _ in .answer(text: "<inside/>") }
    defer { inside.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(inside.url())
    request.allowsPrivateAddresses = false
    request.network.hosts = [HostRule(host: "127.0.0.1", allowsPrivate: true)]
    request.credentials = .basic(user: "reader", password: "s3cret")
    _ = try await transport.fetch(request).document
    request.ledFrom = "http://news.invalid/"
    #expect(try await transport.fetch(request).failure.kind == .blockedAddress)
    request.allowsPrivateAddresses = true
    _ = try await transport.fetch(request).document
    #expect(inside.requests.map { $0["Authorization"] == nil } == [false, true])
  }

  @Test(arguments: [
    "127.0.0.1", "2130706433", "0x7f.1", "localhost", "LOCALHOST.", "feeds.localhost", "[::1]",
    "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254", "10.0.0.1", "100.64.0.1",
    "[fd00::1]", "0.0.0.0", "127.0.0.1.",
  ])
  func `what an address itself says to be private is refused through a proxy too`(host: String)
    async throws
  {
    let proxy = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { proxy.stop() }
    let network = try Self.rules(proxy.url(""))
    let failure = try await fetch("http://\(host)/", network).failure
    #expect(failure.kind == .blockedAddress, "\(failure)")
    #expect(proxy.connectionCount == 0)
  }

  @Test func `a private address is asked of a proxy where its rule opens it`() async throws {
    let proxy = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { proxy.stop() }
    let network = try Self.rules(
      proxy.url(""), hosts: [HostRule(host: "10.0.0.1", allowsPrivate: true)])
    _ = try await fetch("http://10.0.0.1/", network).document
    #expect(try await fetch("http://10.0.0.2/", network).failure.kind == .blockedAddress)
    #expect(try await fetch("http://10.0.0.1:25/", network).failure.kind == .blockedAddress)
    #expect(proxy.requests.map(\.target) == ["http://10.0.0.1/"])
  }

  @Test func `a proxy that is away, unknown or unwilling is named`() async throws {
    let gone = try LoopbackServer { _ in Script([.close]) }
    gone.stop()
    let refused = try await fetch(
      "http://news.invalid/", try Self.rules("http://127.9.8.6:\(gone.port)")
    ).failure
    #expect(refused.kind == .proxy && refused.detail.contains("127.9.8.6"))
    let name = String(repeating: "a", count: 70)
    let unknown = try await fetch(
      "http://news.invalid/", try Self.rules("http://\(name).invalid:3128")
    ).failure
    #expect(unknown.kind == .proxy && unknown.detail.contains(name))
    for (status, words) in [(407, "wants credentials"), (403, "it answers 403")] {
      let proxy = try TunnelProxy(.refusing(status: status), to: 1)
      defer { proxy.stop() }
      let failure = try await fetch(
        "https://news.invalid/", try Self.rules("http://127.0.0.1:\(proxy.port)")
      ).failure
      #expect(failure.kind == .proxy && failure.detail.contains(words), "\(failure)")
    }
  }

  @Test func `the credentials of a proxy go to the proxy, those of the feed to its server`()
    async throws
  {
    let proxy = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { proxy.stop() }
    let logins = try Logins(
      reading: Array("machine 127.0.0.1 login hop password over".utf8), file: "logins")
    var network = try Self.rules(proxy.url(""))
    network.logins = logins
    _ = try await fetch("http://news.invalid/", network).document
    let request = try #require(proxy.requests.first)
    #expect(request["Proxy-Authorization"] == "Basic aG9wOm92ZXI=")
    #expect(request["Authorization"] == nil)
  }

  @Test func `the environment's proxies and their exceptions count for nothing`() async throws {
    // Fetching.transport puts proxies that lead nowhere into the environment, and no_proxy=.invalid.
    let server = try LoopbackServer { _ in .answer(text: "<direct/>") }
    defer { server.stop() }
    let rule = HostRule(host: "127.0.0.1", allowsPrivate: true)
    _ = try await fetch(server.url(), NetworkRules(hosts: [rule])).document
    #expect(server.requests.map(\.target) == ["/feed.xml"])
    let proxy = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { proxy.stop() }
    _ = try await fetch("http://news.invalid/", try Self.rules(proxy.url(""))).document
    #expect(proxy.requests.count == 1)
  }
}
