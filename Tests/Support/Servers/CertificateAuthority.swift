internal import Glibc

/// A certificate authority of one test's own, made by the openssl program, and servers that it, or a
/// stranger, has signed for.
package final class CertificateAuthority: Sendable {
  /// What is right or wrong with a server's certificate and protocol.
  package enum Server: String, Sendable, CaseIterable {
    /// Valid for `news.test` and 127.0.0.1.
    case good
    /// Ended years ago.
    case expired
    /// Valid for `other.test` only.
    case otherHost
    /// Signed by itself.
    case selfSigned
    /// A good certificate under TLS 1.1.
    case oldProtocol
  }

  package struct Failure: Error {
    package let detail: String
  }

  package let directory: String
  /// The PEM file of the authority's certificate.
  package var certificatePath: String { "\(directory)/authority.pem" }

  package static let isAvailable = (try? Subprocess.run(["openssl", "version"], in: "/")) != nil

  package init() throws {
    var template = Array("/tmp/certificate-authority-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(detail: "mkdtemp") }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try makeFiles()
    for command in CertificateAuthority.commands { try Subprocess.run(command, in: directory) }
  }

  deinit {
    _ = try? Subprocess.run(["rm", "-r", directory], in: "/")
  }

  /// A server that answers every path with the file of that name put down by `publish`.
  /// `asksForCertificate` lets in only clients that the authority has signed for, as it has for `good`.
  package func serve(_ server: Server, asksForCertificate: Bool = false) throws -> TLSServer {
    var arguments = [
      "openssl", "s_server", "-HTTP", "-accept", "127.0.0.1:0", "-cert",
      "\(server.certificateName).pem", "-key", "\(server.certificateName).key",
    ]
    if server == .oldProtocol { arguments += ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"] }
    if asksForCertificate {
      arguments += ["-Verify", "1", "-verify_return_error", "-CAfile", "authority.pem"]
    }
    return try TLSServer(arguments, in: directory)
  }

  /// Puts down an answer, head and body, to be served as `/name`.
  package func publish(_ bytes: [UInt8], as name: String) throws {
    guard let file = fopen("\(directory)/\(name)", "w") else {
      throw Failure(detail: "fopen \(name)")
    }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  private func makeFiles() throws {
    try publish(Array("subjectAltName=DNS:news.test,IP:127.0.0.1".utf8), as: "good.ext")
    try publish(Array("subjectAltName=DNS:other.test".utf8), as: "otherHost.ext")
    try publish(Array(CertificateAuthority.configuration.utf8), as: "ca.conf")
    try publish([], as: "index.txt")
  }

  private static let configuration = """
    [ca]
    default_ca = own
    [own]
    database = index.txt
    serial = serial
    new_certs_dir = .
    default_md = sha256
    policy = any
    rand_serial = yes
    [any]
    commonName = supplied

    """

  private static let commands: [[String]] = {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    let request = { (name: String) in
      ["openssl", "req"] + key + [
        "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(name)",
      ]
    }
    let signed = { (name: String) in
      [
        "openssl", "x509", "-req", "-in", "\(name).csr", "-CA", "authority.pem", "-CAkey",
        "authority.key", "-CAcreateserial", "-days", "3650", "-extfile", "\(name).ext", "-out",
        "\(name).pem",
      ]
    }
    let selfSigned = { (name: String) in
      ["openssl", "req", "-x509"] + key
        + [
          "-keyout", "\(name).key", "-out", "\(name).pem", "-subj", "/CN=\(name)", "-days", "3650",
        ]
    }
    return [
      selfSigned("authority"), selfSigned("selfSigned"), request("good"), signed("good"),
      request("otherHost"), signed("otherHost"), request("expired"),
      [
        "openssl", "ca", "-batch", "-config", "ca.conf", "-cert", "authority.pem", "-keyfile",
        "authority.key", "-startdate", "20200101000000Z", "-enddate", "20200102000000Z", "-extfile",
        "good.ext", "-notext", "-in", "expired.csr", "-out", "expired.pem",
      ],
    ]
  }()
}

extension CertificateAuthority.Server {
  fileprivate var certificateName: String { self == .oldProtocol ? "good" : rawValue }
}

/// `openssl s_server`, running until `stop()`.
package final class TLSServer: Sendable {
  package let port: UInt16
  private let process: Subprocess

  fileprivate init(_ arguments: [String], in directory: String) throws {
    process = try Subprocess(arguments, in: directory)
    // It names its port in a line `ACCEPT 127.0.0.1:40123`.
    guard let line = process.readLine(beginning: "ACCEPT "),
      let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
    else {
      process.end()
      throw CertificateAuthority.Failure(detail: "openssl s_server did not start")
    }
    self.port = port
  }

  package func stop() {
    process.end()
  }
}
