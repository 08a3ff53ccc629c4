import FeedFetching
import LoopbackServer
import Testing

/// Each time-out is made the only one that can strike: the server never comes to an end by itself.
@Suite struct TimeoutTests {
  private func kind(
    of script: Script, _ change: (inout FetchLimits) -> Void
  ) async throws -> FetchFailure.Kind {
    let fetched = try await Fetching.fetch {
      change(&$0.limits)
    } answer: { _ in
      script
    }
    return try fetched.result.failure.kind
  }

  private static let head = Step.send(
    Script.bytes(head: ["HTTP/1.1 200 OK", "Content-Length: 1000000"]))
  private typealias Step = Script.Step

  @Test func `a server that never answers is given up at the first-byte time-out`() async throws {
    #expect(
      try await kind(of: Script([.hang])) { $0.firstByteTimeout = .milliseconds(80) }
        == .firstByteTimeout)
  }

  @Test func `a body that stops is a stall`() async throws {
    let script = Script([Self.head, .send(Array("<rss>".utf8)), .hang])
    #expect(try await kind(of: script) { $0.stallTimeout = .milliseconds(80) } == .stallTimeout)
  }

  @Test func `a body that trickles is a stall`() async throws {
    let drop: [Step] = [.send([0x20]), .pause(.milliseconds(40))]
    let script = Script([Self.head] + Array(repeating: drop, count: 2000).flatMap { $0 })
    #expect(try await kind(of: script) { $0.stallTimeout = .milliseconds(200) } == .stallTimeout)
  }

  @Test func `a header that trickles is a stall or no first byte`() async throws {
    let drop: [Step] = [.send(Array("X: y\r\n".utf8)), .pause(.milliseconds(100))]
    let script = Script(
      [.send(Array("HTTP/1.1 200 OK\r\n".utf8))]
        + Array(repeating: drop, count: 2000).flatMap { $0 })
    #expect(try await kind(of: script) { $0.stallTimeout = .milliseconds(200) } == .stallTimeout)
    let bytes: [Step] = Array("HTTP/1.1 200 OK\r\n".utf8).flatMap {
      [.send([$0]), .pause(.milliseconds(100))]
    }
    #expect(
      try await kind(of: Script(bytes + [.hang])) { $0.firstByteTimeout = .milliseconds(200) }
        == .firstByteTimeout)
  }

  @Test func `a body that flows without end is given up at the total time-out`() async throws {
    let flow: [Step] = [.send([UInt8](repeating: 0x20, count: 500)), .pause(.milliseconds(10))]
    let script = Script([Self.head] + Array(repeating: flow, count: 2000).flatMap { $0 })
    #expect(
      try await kind(of: script) {
        $0.totalTimeout = .milliseconds(300)
        $0.stallTimeout = .milliseconds(100)
      } == .totalTimeout)
  }

  @Test func `the total time-out counts over redirects`() async throws {
    let fetched = try await Fetching.fetch("/0") { request in
      request.limits.totalTimeout = .milliseconds(300)
      request.limits.redirectLimit = 1000
    } answer: { request in
      let next = (Int(request.path.dropFirst()) ?? 0) + 1
      return Script([.pause(.milliseconds(50))] + Script.redirect(302, to: "/\(next)").steps)
    }
    #expect(try fetched.result.failure.kind == .totalTimeout)
  }

  @Test func `TLS that is never answered is given up at the connect time-out`() async throws {
    let server = try SilentListener()
    defer { server.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback("https://127.0.0.1:\(server.port)/")
    request.limits.connectTimeout = .milliseconds(150)
    let failure = try await transport.fetch(request).failure
    #expect(failure == FetchFailure(.connectTimeout, "no TLS handshake within 0.15 s"))
  }

  @Test func `a port that nobody listens on refuses`() async throws {
    let server = try LoopbackServer { _ in Script([.close]) }
    let url = server.url()
    server.stop()
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    // The port may be taken by another test in between, but on this address only by a listener.
    let closed = url.replacing("127.0.0.1:\(server.port)", with: "127.9.8.7:\(server.port)")
    #expect(try await transport.fetch(.loopback(closed)).failure.kind == .refused)
  }

  @Test func `a name that does not resolve is a failure of DNS`() async throws {
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback("http://\(String(repeating: "a", count: 70)).invalid/")
    request.limits.connectTimeout = .seconds(60)
    #expect(try await transport.fetch(request).failure.kind == .dns)
  }
}
