internal import FoundationEssentials
internal import LoopbackServer

extension Behaviour {
  static let secureConnections = [
    Behaviour(
      44,
      """
      What is wrong with a TLS connection is said, nothing is asked over one that does not hold, and \
      never without TLS instead.
      """, course: flaws)
  ]

  private static func flaws(_ trial: Trial) throws -> String {
    let authority = try TrialAuthority(of: trial)
    let stranger = try TLSCertificate("Stranger", for: nil)
    let flaws: [(host: String, identity: TLSIdentity?, words: String)] = [
      ("127.0.0.2", try authority.identity(for: "127.0.0.2", lastYear: 2001), "expired"),
      ("127.0.0.3", try authority.identity(for: "127.0.0.99"), "127.0.0.3"),
      ("127.0.0.4", TLSIdentity(try TLSCertificate("Own", for: "IP:127.0.0.4")), "self-signed"),
      (
        "127.0.0.5",
        TLSIdentity(try TLSCertificate("Paper", for: "IP:127.0.0.5", signedBy: stranger)), "issuer"
      ),
      ("127.0.0.6", try authority.identity(for: "127.0.0.6", isOld: true), "version"),
      ("127.0.0.7", nil, "version number"),
    ]
    let servers = try flaws.map { flaw in
      try trial.serve(.paper(), host: flaw.host, identity: flaw.identity)
    }
    let sound = try trial.serve(
      .paper("ETag: \"1\""), host: "127.0.0.8",
      identity: try authority.identity(for: "127.0.0.8"))
    try trial.configure(
      (servers + [sound]).map { "https://\($0.host):\($0.port)/feed.xml" },
      hosts: (servers + [sound]).map { authority.trust($0) })
    let passes = try ["0s", "+2d", "+4d"].map { try trial.fetch(at: $0) }
    for pass in passes {
      try require(
        pass.failures == Array(repeating: "tls", count: flaws.count), "failures: \(pass.failures)")
      for flaw in flaws {
        let line = pass.lines.first { $0.feed.contains("\(flaw.host):") }
        let detail = line?.error?.detail ?? "nothing"
        try require(detail.contains(flaw.words), "\(flaw.words): said of \(flaw.host): \(detail)")
      }
    }
    for server in servers { _ = try server.requests(0) }
    try require(servers.allSatisfy { $0.connectionCount >= 3 }, "a host was not tried each time")
    _ = try sound.requests(3)
    return """
      expired, for another host, self-signed, by an unknown issuer, only TLS 1.1, only plain HTTP: each \
      is tls with its own sentence, three times over, and no request came; a host of the authority in \
      ca= is read
      """
  }
}

/// A certificate authority that the program is told to trust for the servers of one trial.
struct TrialAuthority: Sendable {
  private let certificate: TLSCertificate
  private let path: String

  init(of trial: Trial) throws {
    certificate = try TLSCertificate("Trial Authority", for: nil)
    path = trial.folder.path(of: "authority.pem")
    try trial.folder.write(certificate.pem, to: "authority.pem")
  }

  /// What the server at `address` shows.
  func identity(
    for address: String, lastYear: Int = 2099, isOld: Bool = false, http2: HTTP2Answer? = nil
  ) throws -> TLSIdentity {
    TLSIdentity(
      try TLSCertificate(
        "The Paper", for: "IP:\(address)", lastYear: lastYear, signedBy: certificate),
      isOld: isOld, http2: http2)
  }

  /// The options of a `host` line for `server`.
  func trust(_ server: LoopbackServer, gap: String = "0s") -> String {
    "\(server.host) gap=\(gap) ca=\(path)"
  }
}

extension TLSCertificate {
  /// As feeds.conf's `ca=` wants it (RFC 7468).
  fileprivate var pem: String {
    let lines = Data(der).base64EncodedString(options: .lineLength64Characters)
    return "-----BEGIN CERTIFICATE-----\n\(lines)\n-----END CERTIFICATE-----\n"
  }
}
