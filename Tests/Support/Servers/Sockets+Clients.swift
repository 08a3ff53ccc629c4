internal import Glibc
internal import LoopbackServer

extension Sockets {
  /// A connection to `port`.
  static func connect(host: String = "127.0.0.1", port: UInt16) throws -> Int32 {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard connection >= 0 else { throw Failure("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(connection, $0, length)
      }
    }
    guard status == 0 else {
      close(connection)
      throw Failure("connect")
    }
    return connection
  }

  /// A port of `host` that nobody listened on a moment ago.
  static func freePort(host: String) throws -> UInt16 {
    let (listener, port) = try listen(host: host, port: 0)
    close(listener)
    return port
  }
}
