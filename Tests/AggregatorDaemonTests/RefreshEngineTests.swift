import Aggregation
import AggregatorDaemon
import FeedFetching
import Foundation
import StoryArchive
import Synchronization
import Syndication
import Testing

@Suite struct RefreshEngineTests {
  private let bench: Bench

  init() throws {
    bench = try Bench()
  }

  private let urls = (1...4).map { "https://news.example/\($0)" }

  private func pass(
    _ engine: RefreshEngine, _ configuration: FeedsConfiguration
  ) async throws {
    let all = FetchPlan.Selection.chosen(Set(configuration.feeds.map(\.url)), isForced: true)
    try await engine.run(engine.plan(configuration, all), configuration)
  }

  @Test func `a pass asks every feed once and ends when all of it is stored`() async throws {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    let engine = bench.engine(transport)
    try await pass(engine, Bench.configuration(urls))
    #expect(transport.asked.sorted() == urls)
    #expect(bench.outcomes.refreshed.map(\.counts.new) == [1, 1, 1, 1])
    await engine.stop()
  }

  @Test(arguments: [HostRule.Scope.host, .registrableDomain])
  func `what a server asks for holds for its other feeds in the same pass and the next`(
    scope: HostRule.Scope
  ) async throws {
    let transport = ScriptedTransport { _ in Answer.tooMany(retryAfter: .seconds(86_400)) }
    let rule = HostRule(host: "news.example", scope: scope)
    let configuration = Bench.configuration(urls, hosts: [rule])
    try await pass(bench.engine(transport), configuration)
    #expect(transport.asked == [urls[0]])
    #expect(bench.outcomes.leftAlone == Array(urls.dropFirst()))
    try await pass(bench.engine(transport), configuration)
    #expect(transport.asked.count == 1)
  }

  @Test func `with a scope of one URL only that feed is left alone`() async throws {
    let transport = ScriptedTransport { [urls] request in
      request.url == urls[0]
        ? Answer.tooMany(retryAfter: .seconds(86_400)) : Answer.rss(request.url)
    }
    let rule = HostRule(host: "news.example", scope: .url)
    let configuration = Bench.configuration(urls, hosts: [rule])
    try await pass(bench.engine(transport), configuration)
    #expect(Set(transport.asked) == Set(urls))
    try await pass(bench.engine(transport), configuration)
    #expect(transport.asked.filter { $0 == urls[0] }.count == 1)
  }

  @Test func `an engine that was stopped before its pass ends at once`() async throws {
    let engine = bench.engine(ScriptedTransport { _ in nil })
    let configuration = Bench.configuration(urls)
    let plan = try await engine.plan(configuration, .due)
    await engine.stop()
    try await engine.run(plan, configuration)
    #expect(bench.outcomes.refreshed.isEmpty)
  }

  @Test func `two processes that planned the same feed ask for it once`() async throws {
    let slow = ScriptedTransport { _ in nil }
    let quick = ScriptedTransport { Answer.rss($0.url) }
    let configuration = Bench.configuration([urls[0]])
    let (daemon, byHand) = (bench.engine(slow), bench.engine(quick))
    let first = try await daemon.plan(configuration, .due)
    let second = try await byHand.plan(configuration, .due)
    #expect(second.requests.count == 1)
    let running = Task { try await daemon.run(first, configuration) }
    #expect(try await bench.outcomes.wait { _ in !slow.asked.isEmpty })
    try await byHand.run(second, configuration)
    #expect(quick.asked.isEmpty)
    #expect(bench.outcomes.askedElsewhere == [urls[0]])
    #expect(try await byHand.plan(configuration, .due).requests.isEmpty)
    await daemon.stop()
    try await running.value
  }

  @Test func `a pass that was interrupted leaves the rest due`() async throws {
    let slow = ScriptedTransport { [urls] in $0.url == urls[1] ? nil : Answer.rss($0.url) }
    let configuration = Bench.configuration(urls)
    let first = bench.engine(slow)
    let plan = try await first.plan(configuration, .due)
    let running = Task { try await first.run(plan, configuration) }
    #expect(try await bench.outcomes.wait { _ in slow.asked.count == 2 })
    await first.stop()
    try await running.value
    let quick = ScriptedTransport { Answer.rss($0.url) }
    let second = bench.engine(quick)
    try await second.run(second.plan(configuration, .due), configuration)
    #expect(quick.asked == Array(urls[2...]))
  }

  @Test func `stopping ends a pass whose servers hang`() async throws {
    let transport = ScriptedTransport { _ in nil }
    let engine = bench.engine(transport)
    let configuration = Bench.configuration(["https://slow.example/"])
    let plan = try await engine.plan(configuration, .due)
    let running = Task { try await engine.run(plan, configuration) }
    #expect(try await bench.outcomes.wait { _ in !transport.asked.isEmpty })
    await engine.stop()
    try await running.value
    #expect(bench.outcomes.refreshed.isEmpty)
  }

  @Test func `while another process writes, a result waits and the engine answers`() async throws {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    let engine = bench.engine(transport)
    let configuration = Bench.configuration([urls[0]])
    let plan = try await engine.plan(configuration, .due)
    let gate = AsyncStream<Void>.makeStream()
    let folder = bench.folder
    let isHeld = AsyncStream<Void>.makeStream()
    let writer = Thread {
      let other = try? Archive.open(at: folder, access: .readWrite, now: Clock.now())
      try? other?.withWriterLock(waiting: nil) { _ in
        isHeld.continuation.finish()
        let done = DispatchSemaphore(value: 0)
        Task {
          for await _ in gate.stream {}
          done.signal()
        }
        done.wait()
      }
    }
    writer.start()
    for await _ in isHeld.stream {}
    let running = Task { try await engine.run(plan, configuration) }
    #expect(try await bench.outcomes.wait { _ in !transport.asked.isEmpty })
    #expect(await engine.statusText.contains("being fetched"))
    #expect(bench.outcomes.refreshed.isEmpty)
    gate.continuation.finish()
    try await running.value
    #expect(bench.outcomes.refreshed.map(\.counts.new) == [1])
  }

  @Test func `two daemons never follow feeds into one archive`() async throws {
    let first = bench.engine(ScriptedTransport { _ in nil })
    let second = bench.engine(ScriptedTransport { _ in nil })
    try await first.claim()
    await #expect(throws: ArchiveError.self) { try await second.claim() }
    let path = bench.folder + "/state/daemon.lock"
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func `a feed that names a credential is not asked without it`() async throws {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    var configuration = Bench.configuration([urls[0]])
    configuration.feeds[0].credential = "press"
    try await pass(bench.engine(transport), configuration)
    #expect(transport.asked.isEmpty)
    #expect(bench.outcomes.refreshed.map(\.failure?.kind) == ["no-credential"])
  }

  @Test func `after a reload, feeds that are followed no more are neither asked nor stored`()
    async throws
  {
    let transport = ScriptedTransport { $0.url.hasSuffix("1") ? nil : Answer.rss($0.url) }
    let engine = bench.engine(transport)
    try await engine.open()
    await engine.follow(Bench.configuration([urls[0]]))
    #expect(try await bench.outcomes.wait { _ in !transport.asked.isEmpty })
    await engine.follow(Bench.configuration(["https://other.example/2"]))
    #expect(try await bench.outcomes.wait { !$0.refreshed.isEmpty })
    await engine.stop()
    #expect(bench.outcomes.refreshed.map(\.feed) == ["https://other.example/2"])
  }

  @Test func `a storage that fails is left alone for longer each time, and no timer runs wild`()
    async throws
  {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    let clock = ManualClock(Timestamp(milliseconds: 1_795_262_400_000))
    let engine = bench.engine(transport, clock)
    try await engine.open()
    // The archive turns into something that is none.
    try FileManager.default.removeItem(atPath: bench.folder)
    try Data("occupied".utf8).write(to: URL(filePath: bench.folder))
    let start = clock.read()
    await engine.follow(Bench.configuration(urls))
    #expect(try await bench.outcomes.wait { !$0.suspensions.isEmpty })
    #expect(bench.outcomes.suspensions[0].since(start) == .seconds(60))
    let reads = clock.readCount
    await engine.follow(Bench.configuration(urls))
    #expect(transport.asked.isEmpty, "a reload does not end the pause")
    try await Task.sleep(for: .milliseconds(100))
    #expect(clock.readCount - reads < 50)
    clock.advance(by: .seconds(61))
    await engine.follow(Bench.configuration(urls))
    #expect(try await bench.outcomes.wait { $0.suspensions.count > 1 })
    #expect(bench.outcomes.suspensions[1].since(start) == .seconds(61 + 120))
    #expect(transport.asked.isEmpty, "a storage without room is no reason to ask a server")
    await engine.stop()
  }

  @Test func `a server's pause holds though what came with it could not be stored`() async throws {
    let clock = ManualClock(Timestamp(milliseconds: 1_795_262_400_000))
    let folder = bench.folder
    let transport = ScriptedTransport { _ in
      // While the request is under way nothing can be remembered any more.
      try? FileManager.default.moveItem(atPath: folder + "/state", toPath: folder + "/away")
      _ = FileManager.default.createFile(atPath: folder + "/state", contents: Data())
      return Answer.tooMany(retryAfter: .seconds(3600))
    }
    let engine = bench.engine(transport, clock)
    try await engine.open()
    let configuration = Bench.configuration([urls[0]])
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { !$0.suspensions.isEmpty })
    try FileManager.default.removeItem(atPath: folder + "/state")
    try FileManager.default.moveItem(atPath: folder + "/away", toPath: folder + "/state")
    for _ in 1...5 {
      clock.advance(by: .seconds(600))
      await engine.follow(configuration)
    }
    #expect(transport.asked.count == 1)
    await engine.stop()
  }

  @Test func `a document that was being read when storing failed does not keep it suspended`()
    async throws
  {
    let clock = ManualClock(Timestamp(milliseconds: 1_795_262_400_000))
    let folder = bench.folder
    let (slow, failing) = ("https://slow.example/1", "https://failing.example/2")
    let breaks = Atomic(true)
    let transport = ScriptedTransport { request in
      // Reading it takes longer than finding out that nothing can be stored.
      if request.url == slow { return Answer.rss((1...5000).map(String.init)) }
      if breaks.exchange(false, ordering: .relaxed) {
        try? FileManager.default.moveItem(atPath: folder + "/state", toPath: folder + "/away")
        _ = FileManager.default.createFile(atPath: folder + "/state", contents: Data())
      }
      return Answer.tooMany(retryAfter: .seconds(1))
    }
    let engine = bench.engine(transport, clock)
    try await engine.open()
    let configuration = Bench.configuration([slow, failing])
    await engine.follow(configuration)
    // New feeds are spread over a while.
    clock.advance(by: .seconds(3600))
    await engine.follow(configuration)
    try #require(
      try await bench.outcomes.wait { !$0.suspensions.isEmpty },
      "\(transport.asked) \(bench.outcomes.refreshed)")
    try FileManager.default.removeItem(atPath: folder + "/state")
    try FileManager.default.moveItem(atPath: folder + "/away", toPath: folder + "/state")
    // By then the document has been read, and nobody wants it any more.
    try await Task.sleep(for: .seconds(2))
    clock.advance(by: .seconds(7200))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.resumptionCount == 1 })
    #expect(try await bench.outcomes.wait { $0.refreshed.contains { $0.feed == slow } })
    await engine.stop()
  }
}
