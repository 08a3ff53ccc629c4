import FeedFetching
import LoopbackServer
import TestServers
import Testing

@Suite(.enabled(if: CertificateAuthority.isAvailable, "needs the openssl program"))
struct TLSTests {
  private func fetch(
    _ kind: CertificateAuthority.Server, _ name: String = "feed", trusting isTrusted: Bool = true,
    host: String = "127.0.0.1"
  ) async throws -> FetchResult {
    let authority = try CertificateAuthority()
    try authority.publish(
      Script.bytes(head: ["HTTP/1.0 200 OK", "ETag: \"t\""]) + Array("<rss/>".utf8), as: "feed")
    try authority.publish(
      Script.bytes(head: ["HTTP/1.0 302 Found", "Location: http://127.0.0.1/"]), as: "down")
    let server = try authority.serve(kind)
    defer { server.stop() }
    var settings = TransportSettings()
    settings.resolutions = ["\(host):\(server.port):127.0.0.1"]
    if isTrusted { settings.certificateAuthorityPath = authority.certificatePath }
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    return await transport.fetch(.loopback("https://\(host):\(server.port)/\(name)"))
  }

  @Test func `a certificate that holds lets the document through`() async throws {
    let (document, facts) = try await fetch(.good, host: "news.test").document
    #expect(document.bytes == Array("<rss/>".utf8) && document.isWhole)
    #expect(facts.validators.etag == "\"t\"")
  }

  @Test(
    arguments: [
      (.expired, "expired"), (.selfSigned, "self-signed"), (.otherHost, "127.0.0.1"),
    ] as [(CertificateAuthority.Server, String)])
  func `a certificate that does not hold is refused with its reason`(
    kind: CertificateAuthority.Server, reason: String
  ) async throws {
    let failure = try await fetch(kind).failure
    #expect(failure.kind == .tls)
    #expect(
      failure.detail.contains(reason) && failure.detail.contains("the certificate does not hold"))
  }

  @Test func `an authority that is not trusted is named as the reason`() async throws {
    let failure = try await fetch(.good, trusting: false).failure
    #expect(failure.kind == .tls && failure.detail.contains("issuer"))
  }

  @Test func `protocols before TLS 1.2 are refused`() async throws {
    #expect(try await fetch(.oldProtocol).failure.kind == .tls)
  }

  @Test func `a redirect from https to http is refused`() async throws {
    let failure = try await fetch(.good, "down").failure
    #expect(failure.kind == .badRedirect && failure.detail.contains("https"))
  }

  @Test func `a server that speaks no TLS is a failure of TLS`() async throws {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    let noise = try LoopbackServer { _ in Script(raw: "not TLS\n") }
    defer { noise.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback("https://127.0.0.1:\(server.port)/")
    request.limits.connectTimeout = .milliseconds(300)
    let kind = try await transport.fetch(request).failure.kind
    #expect(kind == .tls || kind == .connectTimeout)
    #expect(server.requests.isEmpty)
  }
}
