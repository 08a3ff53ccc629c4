internal import Glibc
internal import Synchronization

/// An HTTP/1.1 server on a loopback address that does what a script says and remembers every request.
///
/// One thread accepts, one serves each connection; meant for trials, with some thousand connections.
package final class LoopbackServer: Sendable {
  package typealias Answer = @Sendable (ReceivedRequest) -> Script

  package let host: String
  package let port: UInt16
  private let listener: Int32
  private let uptime: @Sendable () -> Duration
  private let identity: TLSIdentity?
  private let answer: Answer
  private let state = Mutex(State())

  private struct State {
    var requests: [ReceivedRequest] = []
    var connections: Set<Int32> = []
    var connectionCount = 0
    var streamCount = 0
    var threads: [pthread_t] = []
    /// Of `threads`, those that are about to end.
    var endingThreads: [pthread_t] = []
    var isStopped = false
  }

  /// Listens on `host`, an IPv4 loopback address, and on `port`, or on any free one. `uptime` is the
  /// clock that arrivals are noted by. With an `identity` it speaks TLS.
  package init(
    host: String = "127.0.0.1", port: UInt16 = 0, identity: TLSIdentity? = nil,
    uptime: @escaping @Sendable () -> Duration = { .zero }, answer: @escaping Answer
  ) throws {
    let (listener, boundPort) = try Sockets.listen(host: host, port: port)
    self.host = host
    self.port = boundPort
    self.listener = listener
    self.uptime = uptime
    self.identity = identity
    self.answer = answer
    startThread { $0.accept() }
  }

  deinit {
    close(listener)
  }

  /// The address of `target`, which begins with a slash.
  package func url(_ target: String = "/feed.xml") -> String {
    "\(identity == nil ? "http" : "https")://\(host):\(port)\(target)"
  }

  /// Every request so far, in the order of arrival.
  package var requests: [ReceivedRequest] { state.withLock { $0.requests } }

  /// How many connections were accepted so far.
  package var connectionCount: Int { state.withLock { $0.connectionCount } }

  /// How many streams of HTTP/2 were opened so far; they are not among the requests.
  package var streamCount: Int { state.withLock { $0.streamCount } }

  /// Closes every connection and waits for the threads. Required before the last reference goes.
  package func stop() {
    state.withLock { state in
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
    // The accepting thread is the first and may have started others until it is joined.
    while let thread = takeThread() { pthread_join(thread, nil) }
    state.withLock { state in
      for connection in state.connections { close(connection) }
      state.connections = []
    }
  }
}

extension LoopbackServer {
  private func takeThread() -> pthread_t? {
    state.withLock { $0.threads.isEmpty ? nil : $0.threads.removeFirst() }
  }

  private final class Work: Sendable {
    let server: LoopbackServer
    let run: @Sendable (LoopbackServer) -> Void

    init(server: LoopbackServer, run: @escaping @Sendable (LoopbackServer) -> Void) {
      self.server = server
      self.run = run
    }
  }

  private func startThread(_ run: @escaping @Sendable (LoopbackServer) -> Void) {
    let context = Unmanaged.passRetained(Work(server: self, run: run)).toOpaque()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 512 << 10)
    var thread = pthread_t()
    let status = pthread_create(&thread, &attributes, { LoopbackServer.work($0) }, context)
    precondition(status == 0, "no thread: \(String(cString: strerror(status)))")
    let started = thread
    state.withLock { $0.threads.append(started) }
  }

  private static func work(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
    work.run(work.server)
    work.server.state.withLock { $0.endingThreads.append(pthread_self()) }
    return nil
  }

  /// Joins the threads of connections that ended, whose stacks would be kept until then.
  private func reapThreads() {
    let ended = state.withLock { state in
      let ended = state.endingThreads.filter(state.threads.contains)
      state.threads.removeAll(where: ended.contains)
      state.endingThreads = []
      return ended
    }
    for thread in ended { pthread_join(thread, nil) }
  }

  private func accept() {
    while let connection = Sockets.accept(from: listener) {
      reapThreads()
      let number = state.withLock { state -> Int? in
        guard !state.isStopped else { return nil }
        state.connections.insert(connection)
        state.connectionCount += 1
        return state.connectionCount
      }
      guard let number else {
        close(connection)
        return
      }
      startThread { $0.serve(connection, number: number) }
    }
  }

  private func serve(_ connection: Int32, number: Int) {
    guard let stream = stream(on: connection) else { return end(connection) }
    if let answer = identity?.http2, (stream as? TLSStream)?.speaksHTTP2 ?? false {
      var session = HTTP2Connection(stream, answer: answer)
      session.serve { state.withLock { $0.streamCount += 1 } }
      return end(connection)
    }
    var rest: [UInt8] = []
    while let request = nextRequest(on: stream, &rest, number) {
      state.withLock { $0.requests.append(request) }
      for step in answer(request).steps {
        switch step {
        case .send(let bytes):
          guard stream.send(bytes) else { return end(connection) }
        case .pause(let time): guard pause(time, connection) else { return end(connection) }
        // The connection stays open without a thread until the server stops.
        case .hang: return
        case .close: return end(connection)
        case .reset:
          Sockets.resetOnClose(connection)
          return end(connection)
        }
      }
    }
    end(connection)
  }

  /// Nil when there is no agreement on TLS.
  private func stream(on connection: Int32) -> (any ByteStream)? {
    guard let identity else { return PlainStream(connection: connection) }
    return TLSStream(on: connection, as: identity)
  }

  private func nextRequest(
    on stream: any ByteStream, _ rest: inout [UInt8], _ number: Int
  ) -> ReceivedRequest? {
    var request = ReceivedRequest.read(from: stream, &rest, connection: number)
    request?.arrival = uptime()
    return request
  }

  /// False when the other side is gone.
  private func pause(_ time: Duration, _ connection: Int32) -> Bool {
    var entry = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
    let (seconds, attoseconds) = time.components
    return poll(&entry, 1, Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000)) == 0
  }

  private func end(_ connection: Int32) {
    state.withLock { state in
      guard state.connections.remove(connection) != nil else { return }
      close(connection)
    }
  }
}
