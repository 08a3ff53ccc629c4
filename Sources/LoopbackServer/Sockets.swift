internal import Glibc
package import Synchronization

/// The few socket calls that servers of tests need.
package enum Sockets {
  package struct Failure: Error {
    let call: String
    let problem: String

    /// What errno says of `call`.
    package init(_ call: String) {
      self.call = call
      problem = String(cString: strerror(errno))
    }
  }

  /// Held while a descriptor exists that a child would inherit: a connection that lives on in a child
  /// never ends for the other side.
  package static let inheritance = Mutex(())

  /// Closes `descriptor` in every child.
  package static func keepFromChildren(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// The next connection; nil when the listener is shut down.
  package static func accept(from listener: Int32) -> Int32? {
    while true {
      var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
      poll(&entry, 1, -1)
      let connection = inheritance.withLock { _ in
        let connection = Glibc.accept(listener, nil, nil)
        if connection >= 0 { keepFromChildren(connection) }
        return connection
      }
      if connection >= 0 { return connection }
      guard [EAGAIN, EINTR, ECONNABORTED].contains(errno) else { return nil }
    }
  }

  /// A listener on `port` of a loopback address, any port for 0.
  package static func listen(host: String, port: UInt16) throws -> (listener: Int32, port: UInt16) {
    let listener = socket(
      AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard listener >= 0 else { throw Failure("socket") }
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw Failure("inet_pton") }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && Glibc.listen(listener, 4096) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    guard isBound else { throw Failure("bind") }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  /// Whether all of `bytes` went out.
  package static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Up to 64 KiB; empty at the end or on an error.
  package static func receive(from connection: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
      count = max(0, recv(connection, buffer.baseAddress, buffer.count, 0))
    }
  }

  static func resetOnClose(_ connection: Int32) {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
  }
}
