internal import Glibc
internal import LoopbackServer
internal import Synchronization

/// A proxy on 127.0.0.1 that opens tunnels, by CONNECT (RFC 9110 section 9.3.6) or SOCKS 5 (RFC 1928),
/// all of them to one port of this machine, whatever it is asked for. Serves one client at a time.
package final class TunnelProxy: Sendable {
  package enum Kind: Sendable {
    case connect
    case socks5
    /// Answers CONNECT with this status and no tunnel.
    case refusing(status: Int)
  }

  private struct State {
    var targets: [String] = []
    var fields: [(name: String, value: String)] = []
    var open: [Int32] = []
    var thread: pthread_t?
    var isStopped = false
  }

  package let port: UInt16
  private let kind: Kind
  private let destination: UInt16
  private let listener: Int32
  private let state = Mutex(State())

  /// A proxy whose tunnels lead to `destination` on 127.0.0.1.
  package init(_ kind: Kind, to destination: UInt16) throws {
    self.kind = kind
    self.destination = destination
    (listener, port) = try Sockets.listen(host: "127.0.0.1", port: 0)
    let context = Unmanaged.passRetained(self).toOpaque()
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, { TunnelProxy.run($0) }, context)
    precondition(status == 0, "no thread: \(String(cString: strerror(status)))")
    let started = thread
    state.withLock { $0.thread = started }
  }

  /// What was asked for, `news.test:443`, in order.
  package var targets: [String] { state.withLock { $0.targets } }

  /// The header fields of every CONNECT.
  package var fields: [(name: String, value: String)] { state.withLock { $0.fields } }

  /// Closes everything and waits for the thread.
  package func stop() {
    let thread = state.withLock { state in
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
      defer { state.thread = nil }
      return state.thread
    }
    guard let thread else { return }
    pthread_join(thread, nil)
    close(listener)
  }

  private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<TunnelProxy>.fromOpaque(context).takeRetainedValue().serveAll()
    return nil
  }

  private func serveAll() {
    while let client = Sockets.accept(from: listener) {
      guard keep(client) else { return }
      if let server = tunnel(for: client) {
        if keep(server) { shuttle(client, server) }
        leave(server)
      }
      leave(client)
    }
  }

  /// False when the proxy is stopping; then the connection is closed.
  private func keep(_ connection: Int32) -> Bool {
    let isKept = state.withLock { state in
      if !state.isStopped { state.open.append(connection) }
      return !state.isStopped
    }
    if !isKept { close(connection) }
    return isKept
  }

  private func leave(_ connection: Int32) {
    let isOpen = state.withLock { state in
      defer { state.open.removeAll { $0 == connection } }
      return state.open.contains(connection)
    }
    if isOpen { close(connection) }
  }

  private func tunnel(for client: Int32) -> Int32? {
    switch kind {
    case .connect:
      guard takeConnect(client), let server = try? Sockets.connect(port: destination) else {
        return nil
      }
      _ = Sockets.send(Script.bytes(head: ["HTTP/1.1 200 Connected"]), to: client)
      return server
    case .refusing(let status):
      if takeConnect(client) {
        _ = Sockets.send(
          Script.bytes(head: ["HTTP/1.1 \(status) No", "Content-Length: 0"]), to: client)
      }
      return nil
    case .socks5: return takeSOCKS(client)
    }
  }

  private func takeConnect(_ client: Int32) -> Bool {
    var rest: [UInt8] = []
    guard
      let request = ReceivedRequest.read(
        from: PlainStream(connection: client), &rest, connection: 0)
    else {
      return false
    }
    state.withLock { state in
      state.targets.append(request.target)
      state.fields += request.fields
    }
    return request.method == "CONNECT"
  }

  /// A greeting, and a request for a name (type 3) or an IPv4 address (type 1).
  private func takeSOCKS(_ client: Int32) -> Int32? {
    guard Sockets.receive(from: client).first == 5, Sockets.send([5, 0], to: client) else {
      return nil
    }
    let request = Sockets.receive(from: client)
    guard request.count > 6, request[0...1] == [5, 1] else { return nil }
    let isName = request[3] == 3
    let host =
      isName
      ? String(decoding: request.dropFirst(5).prefix(Int(request[4])), as: UTF8.self)
      : request[4..<8].map(String.init).joined(separator: ".")
    let port = Int(request[request.count - 2]) << 8 | Int(request[request.count - 1])
    state.withLock { $0.targets.append("\(host):\(port)") }
    guard let server = try? Sockets.connect(port: destination) else { return nil }
    _ = Sockets.send([5, 0, 0, 1, 0, 0, 0, 0, 0, 0], to: client)
    return server
  }

  /// Carries bytes both ways until one side ends.
  private func shuttle(_ client: Int32, _ server: Int32) {
    var entries = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while poll(&entries, 2, -1) > 0 {
      for (place, entry) in entries.enumerated() where entry.revents != 0 {
        let piece = Sockets.receive(from: entry.fd)
        guard !piece.isEmpty, Sockets.send(piece, to: entries[1 - place].fd) else { return }
      }
    }
  }
}
