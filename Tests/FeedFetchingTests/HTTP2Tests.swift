import FeedFetching
import LoopbackServer
import Syndication
import TestServers
import Testing

@Suite(.enabled(if: NginxServer.isAvailable, "needs the programs nginx and openssl"))
struct HTTP2Tests {
  private static let answers = "location / { return 200 '<rss/>'; }"

  private func transport(_ authority: CertificateAuthority, _ server: NginxServer) -> CurlTransport
  {
    var settings = TransportSettings()
    settings.certificateAuthorityPath = authority.certificatePath
    settings.resolutions = [server.resolution]
    settings.idleConnectionSeconds = 3600
    return Fetching.transport(settings)
  }

  private func request(_ server: NginxServer, _ target: String) -> FetchRequest {
    var request = FetchRequest.loopback(server.url(target))
    request.keepsConnection = true
    return request
  }

  private func fetchAll(_ requests: [FetchRequest], on transport: CurlTransport) async
    -> [FetchResult]
  {
    await withTaskGroup(of: FetchResult.self) { group in
      for request in requests { group.addTask { await transport.fetch(request) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test func `several feeds of a host share one connection, one after another and side by side`()
    async throws
  {
    let authority = try CertificateAuthority()
    let server = try NginxServer(authority, locations: Self.answers)
    defer { server.stop() }
    let transport = transport(authority, server)
    defer { transport.shutDown() }
    for number in 1...5 { _ = try await transport.fetch(request(server, "/\(number)")).document }
    let results = await fetchAll((6...25).map { request(server, "/\($0)") }, on: transport)
    #expect(try results.allSatisfy { try $0.document.0.isWhole })
    let requests = server.requests
    #expect(requests.count == 25 && requests.allSatisfy { $0.version == "HTTP/2.0" })
    #expect(Set(requests.map(\.connection)).count == 1)
  }

  @Test func `a stream that hangs holds up no other of its connection`() async throws {
    let upstream = try LoopbackServer { _ in Script([.hang]) }
    defer { upstream.stop() }
    let authority = try CertificateAuthority()
    let server = try NginxServer(
      authority,
      locations: "location /hang { proxy_pass \(upstream.url("/")); } \(Self.answers)")
    defer { server.stop() }
    let transport = transport(authority, server)
    defer { transport.shutDown() }
    _ = try await transport.fetch(request(server, "/first")).document
    async let hanging = transport.fetch(request(server, "/hang"))
    let results = await fetchAll((1...5).map { request(server, "/\($0)") }, on: transport)
    #expect(try results.allSatisfy { try $0.document.0.isWhole })
    transport.shutDown()
    #expect(try await hanging.failure.kind == .cancelled)
    #expect(Set(server.requests.map(\.connection)).count == 1)
  }

  @Test func `a server that says goodbye is met again over a new connection`() async throws {
    let authority = try CertificateAuthority()
    let server = try NginxServer(
      authority, directives: "keepalive_requests 2;", locations: Self.answers)
    defer { server.stop() }
    let transport = transport(authority, server)
    defer { transport.shutDown() }
    for number in 1...6 { _ = try await transport.fetch(request(server, "/\(number)")).document }
    #expect(server.requests.map(\.target) == (1...6).map { "/\($0)" }, "each was asked for once")
    #expect(Set(server.requests.map(\.connection)).count == 3)
  }

  @Test func `a stream reset in the middle leaves a document that is not whole`() async throws {
    let upstream = try LoopbackServer { _ in
      Script([
        .send(
          Script.bytes(head: ["HTTP/1.1 200 OK", "Content-Length: 5000", "ETag: \"cut\""])
            + Array("<rss><channel>".utf8)), .pause(.milliseconds(100)), .close,
      ])
    }
    defer { upstream.stop() }
    let authority = try CertificateAuthority()
    let server = try NginxServer(
      authority, directives: "proxy_buffering off;",
      locations: "location /cut { proxy_pass \(upstream.url("/")); } \(Self.answers)")
    defer { server.stop() }
    let transport = transport(authority, server)
    defer { transport.shutDown() }
    let (document, facts) = try await transport.fetch(request(server, "/cut")).document
    #expect(!document.isWhole && document.bytes == Array("<rss><channel>".utf8))
    #expect(facts.validators.isEmpty)
    _ = try await transport.fetch(request(server, "/whole")).document
    #expect(Set(server.requests.map(\.connection)).count == 1, "only the stream was reset")
  }

  @Test func `a proxy behind TLS is trusted by the operator's authorities`() async throws {
    let authority = try CertificateAuthority()
    let server = try NginxServer(authority, locations: Self.answers)
    defer { server.stop() }
    var settings = TransportSettings()
    settings.resolutions = [server.resolution]
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    var request = FetchRequest.loopback("http://feeds.invalid/a")
    request.network.proxy = try ProxyAddress(server.url(""))
    #expect(try await transport.fetch(request).failure.kind == .tls)
    request.network.authorities = .path(authority.certificatePath)
    _ = try await transport.fetch(request).document
    #expect(server.requests.map(\.target) == ["/a"])
  }
}
