import FeedFetching
import LoopbackServer
import Syndication
import TestServers
import Testing

/// Whom a connection trusts, and as whom it is shown.
@Suite(.enabled(if: CertificateAuthority.isAvailable, "needs the openssl program"))
struct TrustTests {
  private func fetch(
    _ authority: CertificateAuthority, _ server: TLSServer, credentialFolder: String? = nil,
    _ change: (inout NetworkRules) -> Void
  ) async -> FetchResult {
    var settings = TransportSettings()
    settings.credentialFolder = credentialFolder
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    var request = FetchRequest.loopback("https://127.0.0.1:\(server.port)/feed")
    change(&request.network)
    return await transport.fetch(request)
  }

  private func authority() throws -> CertificateAuthority {
    let authority = try CertificateAuthority()
    try authority.publish(
      Script.bytes(head: ["HTTP/1.0 200 OK"]) + Array("<rss/>".utf8), as: "feed")
    return authority
  }

  private func rule(_ change: (inout HostRule) -> Void) -> HostRules {
    var rule = HostRule(host: "127.0.0.1")
    change(&rule)
    return [rule]
  }

  @Test func `an authority of the operator's is trusted, for all hosts or for one`() async throws {
    let authority = try authority()
    let server = try authority.serve(.good)
    defer { server.stop() }
    let own = FileReference.path(authority.certificatePath)
    let stranger = FileReference.path("\(authority.directory)/selfSigned.pem")
    #expect(try await fetch(authority, server) { _ in }.failure.kind == .tls)
    _ = try await fetch(authority, server) { $0.authorities = own }.document
    _ = try await fetch(authority, server) { rules in
      rules.authorities = stranger
      rules.hosts = rule { $0.authorities = own }
    }.document
    let failure = try await fetch(authority, server) { rules in
      rules.authorities = own
      rules.hosts = rule { $0.authorities = stranger }
    }.failure
    #expect(failure.kind == .tls, "another authority is trusted instead, not besides")
  }

  @Test func `a client certificate is shown to its host, from files or credentials`() async throws {
    let authority = try authority()
    let server = try authority.serve(.good, asksForCertificate: true)
    defer { server.stop() }
    let own = FileReference.path(authority.certificatePath)
    let without = await fetch(authority, server) { $0.authorities = own }
    #expect(throws: Unexpected.self, "no certificate, no document") { try without.document }
    _ = try await fetch(authority, server) { rules in
      rules.authorities = own
      rules.hosts = rule {
        $0.certificate = .path("\(authority.directory)/good.pem")
        $0.key = .path("\(authority.directory)/good.key")
      }
    }.document
    _ = try await fetch(authority, server, credentialFolder: authority.directory) { rules in
      rules.authorities = .credential("authority.pem")
      rules.hosts = rule {
        $0.certificate = .credential("good.pem")
        $0.key = .credential("good.key")
      }
    }.document
  }

  @Test func `a client certificate is not shown on a stranger's word`() async throws {
    let authority = try authority()
    let server = try authority.serve(.good, asksForCertificate: true)
    defer { server.stop() }
    let target = "https://127.0.0.1:\(server.port)/feed"
    let stranger = try LoopbackServer(host: "127.0.0.2") { _ in .redirect(302, to: target) }
    defer { stranger.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(stranger.url())
    request.network.authorities = .path(authority.certificatePath)
    request.network.hosts = rule {
      $0.certificate = .path("\(authority.directory)/good.pem")
      $0.key = .path("\(authority.directory)/good.key")
    }
    let led = await transport.fetch(request)
    #expect(throws: Unexpected.self) { try led.document }
    #expect(stranger.requests.count == 1)
    request.url = target
    _ = try await transport.fetch(request).document
  }

  @Test func `a file that is missing or is no certificate is named before anyone is asked`()
    async throws
  {
    let authority = try authority()
    let server = try authority.serve(.good)
    defer { server.stop() }
    let missing = await fetch(authority, server) { $0.authorities = .path("/nowhere/ca.pem") }
    #expect(
      try missing.failure
        == FetchFailure(.credential, "/nowhere/ca.pem cannot be read: No such file or directory"))
    let unknown = await fetch(authority, server) { rules in
      rules.hosts = rule { $0.certificate = .credential("me") }
    }
    #expect(
      try unknown.failure
        == FetchFailure(
          .credential, "the credential me cannot be found: $CREDENTIALS_DIRECTORY is not set"))
    let feed = FileReference.path("\(authority.directory)/feed")
    #expect(try await fetch(authority, server) { $0.authorities = feed }.failure.kind == .tls)
  }
}
