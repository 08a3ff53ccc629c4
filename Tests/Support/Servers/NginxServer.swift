internal import Glibc
internal import LoopbackServer

/// nginx with TLS and HTTP/2 on a loopback address, for what a script of answers cannot do.
package final class NginxServer: Sendable {
  /// Whether the program is there, and with HTTP/2.
  package static let isAvailable = access(program, X_OK) == 0 && CertificateAuthority.isAvailable
  private static let program = "/usr/sbin/nginx"

  package let port: UInt16
  private let process: Subprocess
  private let log: String

  /// One request as the log has it.
  package struct Request: Sendable, Equatable {
    /// Counted by nginx; the same for requests that share a connection.
    package let connection: Int
    /// `HTTP/2.0`, `HTTP/1.1`
    package let version: String
    package let target: String
  }

  /// Starts nginx with the authority's good certificate.
  ///
  /// - Parameters:
  ///   - authority: whose good certificate it shows, and whose folder it serves.
  ///   - directives: of nginx' `http` block.
  ///   - locations: the `location` blocks of the one server, which may name files of the authority's.
  /// - Throws: a `CertificateAuthority.Failure` when it does not start.
  package init(
    _ authority: CertificateAuthority, directives: String = "", locations: String
  ) throws {
    port = try Sockets.freePort(host: NginxServer.host)
    log = "\(authority.directory)/requests-\(port)"
    let configuration = NginxServer.configuration(
      port: port, directory: authority.directory, directives, locations)
    try authority.publish(Array(configuration.utf8), as: "nginx-\(port).conf")
    try authority.publish([], as: "requests-\(port)")
    process = try Subprocess(
      [NginxServer.program, "-p", authority.directory, "-c", "nginx-\(port).conf"],
      in: authority.directory)
    for _ in 0..<500 {
      if let connection = try? Sockets.connect(host: NginxServer.host, port: port) {
        close(connection)
        return
      }
      usleep(10_000)
    }
    process.end()
    throw CertificateAuthority.Failure(detail: "nginx did not start")
  }

  /// An address of its own, so that a free port is no other test's.
  private static let host = "127.0.0.88"

  package func stop() {
    process.end()
  }

  /// For CURLOPT_RESOLVE: what makes `news.test` this server.
  package var resolution: String { "news.test:\(port):\(NginxServer.host)" }

  package func url(_ target: String) -> String { "https://news.test:\(port)\(target)" }

  /// Every request that was answered so far.
  package var requests: [Request] {
    guard let file = fopen(log, "r") else { return [] }
    defer { fclose(file) }
    var requests: [Request] = []
    var line = [CChar](repeating: 0, count: 1024)
    while fgets(&line, 1024, file) != nil {
      let bytes = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
      let words = String(decoding: bytes, as: UTF8.self).split(separator: " ").map(String.init)
      guard words.count == 3, let connection = Int(words[0]) else { continue }
      requests.append(Request(connection: connection, version: words[1], target: words[2]))
    }
    return requests
  }

  private static func configuration(
    port: UInt16, directory: String, _ directives: String, _ locations: String
  ) -> String {
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(directory)/temp-\($0);" }.joined(separator: "\n")
    return """
      daemon off;
      master_process off;
      pid \(directory)/nginx-\(port).pid;
      error_log \(directory)/errors-\(port);
      events { worker_connections 256; }
      http {
        \(folders)
        log_format brief '$connection $server_protocol $request_uri';
        access_log \(directory)/requests-\(port) brief;
        # However long a test has to wait for a processor between two fetches.
        keepalive_timeout 1h;
        \(directives)
        server {
          listen \(host):\(port) ssl http2;
          ssl_certificate \(directory)/good.pem;
          ssl_certificate_key \(directory)/good.key;
          root \(directory);
          \(locations)
        }
      }

      """
  }
}
