internal import Glibc

/// A port whose connections are taken by the kernel and never by anyone.
package final class SilentListener: Sendable {
  package let port: UInt16
  private let listener: Int32

  package init(host: String = "127.0.0.1") throws {
    (listener, port) = try Sockets.listen(host: host, port: 0)
  }

  package func stop() {
    close(listener)
  }
}
