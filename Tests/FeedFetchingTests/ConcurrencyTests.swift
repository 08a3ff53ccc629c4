import FeedFetching
import LoopbackServer
import Testing

@Suite struct ConcurrencyTests {
  /// Starts all of `requests` and returns their results in the same order.
  private func fetchAll(
    _ requests: [FetchRequest], on transport: CurlTransport
  ) async -> [FetchResult] {
    await withTaskGroup(of: (Int, FetchResult).self) { group in
      for (place, request) in requests.enumerated() {
        group.addTask { (place, await transport.fetch(request)) }
      }
      var results: [FetchResult?] = Array(repeating: nil, count: requests.count)
      for await (place, result) in group { results[place] = result }
      return results.compactMap { $0 }
    }
  }

  @Test
  func `a host with several feeds is asked over one connection, one with one feed is not kept`()
    async throws
  {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    // However long this test has to wait for a processor between two fetches.
    var settings = TransportSettings()
    settings.idleConnectionSeconds = 3600
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(server.url())
    for keeps in [true, true, false, false] {
      request.keepsConnection = keeps
      _ = try await transport.fetch(request).document
    }
    #expect(server.requests.map(\.connection) == [1, 1, 1, 2])
  }

  @Test func `a redirect to the same host goes over the same connection`() async throws {
    let fetched = try await Fetching.fetch { request in
      request.path == "/feed.xml" ? .redirect(301, to: "/b") : .answer(text: "<rss/>")
    }
    #expect(fetched.requests.map(\.connection) == [1, 1])
  }

  @Test func `a kept connection that the server closed meanwhile is made anew`() async throws {
    let server = try LoopbackServer { _ in
      Script(Script.answer(text: "<rss/>").steps + [.close])
    }
    defer { server.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(server.url())
    request.keepsConnection = true
    for _ in 1...3 { _ = try await transport.fetch(request).document }
    #expect(server.connectionCount == 3)
  }

  @Test func `healthy servers are served beside a thousand that hang`() async throws {
    let server = try LoopbackServer { request in
      request.path == "/hang" ? Script([.hang]) : .answer(text: "<rss/>")
    }
    defer { server.stop() }
    let transport = Fetching.transport()
    let hanging = Mutexed(0)
    var patient = FetchRequest.loopback(server.url("/hang"))
    patient.limits.firstByteTimeout = .seconds(3600)
    patient.limits.stallTimeout = .seconds(3600)
    patient.limits.totalTimeout = .seconds(3600)
    for _ in 1...1000 {
      transport.start(patient) { result in
        if case .failed(let failure, _) = result, failure.kind == .cancelled {
          hanging.update { $0 += 1 }
        }
      }
    }
    let healthy = Array(repeating: FetchRequest.loopback(server.url("/feed")), count: 200)
    let results = await fetchAll(healthy, on: transport)
    #expect(try results.filter { try $0.document.0.isWhole }.count == 200)
    #expect(hanging.value == 0)
    transport.shutDown()
    #expect(hanging.value == 1000, "every completion was called before shutDown returned")
  }

  @Test func `look-ups beyond the limit wait their turn and none is lost`() async throws {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    var settings = TransportSettings()
    settings.lookupLimit = 2
    settings.resolutions = (0..<100).map { "host\($0).test:\(server.port):127.0.0.1" }
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    let results = await fetchAll(
      (0..<100).map { .loopback("http://host\($0).test:\(server.port)/") }, on: transport)
    #expect(try results.filter { try $0.document.0.isWhole }.count == 100)
  }

  @Test func `after the end every request is cancelled at once, and the end may come twice`()
    async throws
  {
    let transport = Fetching.transport()
    transport.shutDown()
    transport.shutDown()
    #expect(try await transport.fetch(.loopback("http://127.0.0.1/")).failure.kind == .cancelled)
  }

  @Test func `requests started from many tasks while the transport ends are all answered`()
    async throws
  {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    let transport = Fetching.transport()
    let ending = Task.detached { transport.shutDown() }
    let results = await fetchAll(
      Array(repeating: .loopback(server.url()), count: 300), on: transport)
    await ending.value
    for result in results {
      if case .failed(let failure, _) = result { #expect(failure.kind == .cancelled) }
    }
    #expect(results.count == 300)
  }
}
