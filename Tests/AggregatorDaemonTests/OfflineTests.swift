import Aggregation
import AggregatorDaemon
import FeedFetching
import Foundation
import StoryArchive
import Synchronization
import Syndication
import Testing

/// A network that goes and comes back.
@Suite struct OfflineTests {
  private let bench: Bench
  private let urls = (1...12).map { "https://host\($0).example/rss" }

  init() throws {
    bench = try Bench()
  }

  /// A network that can be pulled.
  private final class Cable: Sendable {
    private let isPlugged = Mutex(true)

    var answers: Bool {
      get { isPlugged.withLock { $0 } }
      set { isPlugged.withLock { $0 = newValue } }
    }

    func answer(_ request: FetchRequest) -> FetchResult {
      answers
        ? Answer.rss(request.url)
        : .failed(FetchFailure(.dns, "the name cannot be resolved"), nil)
    }
  }

  private func states(_ urls: [String]) throws -> [FeedState] {
    let archive = try Archive.open(
      at: bench.folder, access: .readOnly, now: Timestamp(milliseconds: 0))
    return try FeedRoster(
      Bench.configuration(urls), archive: archive, now: Timestamp(milliseconds: 0)
    ).rows.map(\.state)
  }

  private func pass(_ engine: RefreshEngine, _ urls: [String]) async throws {
    let configuration = Bench.configuration(urls)
    let all = FetchPlan.Selection.chosen(Set(urls), isForced: true)
    try await engine.run(engine.plan(configuration, all), configuration)
  }

  @Test func `a pass by hand without a network blames no feed and ends`() async throws {
    let cable = Cable()
    let engine = bench.engine(ScriptedTransport { cable.answer($0) })
    try await pass(engine, urls)
    let before = try states(urls)
    cable.answers = false
    try await pass(engine, urls)
    #expect(bench.outcomes.turns == ["offline"])
    #expect(Set(bench.outcomes.excused) == Set(urls))
    #expect(try states(urls) == before)
    await engine.stop()
  }

  @Test func `with one host that answers, the others are blamed`() async throws {
    let cable = Cable()
    cable.answers = false
    let last = urls[11]
    let engine = bench.engine(
      ScriptedTransport { $0.url == last ? Answer.rss(last) : cable.answer($0) })
    try await pass(engine, urls)
    #expect(bench.outcomes.turns == [])
    #expect(try states(urls).map(\.failureCount) == Array(repeating: 1, count: 11) + [0])
    await engine.stop()
  }

  @Test func `two hosts are no network`() async throws {
    let cable = Cable()
    cable.answers = false
    let engine = bench.engine(ScriptedTransport { cable.answer($0) })
    try await pass(engine, Array(urls.prefix(2)))
    #expect(bench.outcomes.turns == [])
    #expect(try states(Array(urls.prefix(2))).map(\.failureCount) == [1, 1])
    await engine.stop()
  }

  @Test func `a daemon says once that it is offline, tries one feed a minute, and catches up`()
    async throws
  {
    let cable = Cable()
    cable.answers = false
    let transport = ScriptedTransport { cable.answer($0) }
    let clock = ManualClock(Timestamp(milliseconds: 1_795_262_400_000))
    let engine = bench.engine(transport, clock)
    try await engine.open()
    let configuration = Bench.configuration(urls)
    await engine.follow(configuration)
    clock.advance(by: .seconds(10))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.turns == ["offline"] })
    #expect(await engine.statusText.hasSuffix(", offline"))
    let asked = transport.asked.count
    await engine.follow(configuration)
    #expect(transport.asked.count == asked, "a reload asks nobody either")
    clock.advance(by: .seconds(61))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { _ in transport.asked.count == asked + 1 })
    cable.answers = true
    clock.advance(by: .seconds(121))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.turns == ["offline", "online"] })
    clock.advance(by: .seconds(10))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.refreshed.count == 12 })
    await engine.stop()
    #expect(try states(urls).allSatisfy { $0.failureCount == 0 && $0.firstFailure == nil })
  }

  @Test func `status hears of it from the daemon, and no longer once a feed was read`() async throws
  {
    let aggregator = try Aggregator(storage: bench.folder, now: Timestamp(milliseconds: 0))
    let since = Timestamp(milliseconds: 1_795_262_400_000)
    try aggregator.note(offlineSince: since)
    func offlineSince() throws -> Timestamp? {
      let archive = try Archive.open(at: bench.folder, access: .readOnly, now: since)
      return try FeedRoster(Bench.configuration(urls), archive: archive, now: since).offlineSince
    }
    #expect(try offlineSince() == since)
    let feed = Bench.configuration(urls).feeds[0]
    let answer = ReadAnswer(
      of: Answer.rss("1"), feed: feed, policy: RefreshPolicy(interval: nil), line: "a",
      now: since + .seconds(1))
    _ = try aggregator.refresh([answer], now: since + .seconds(1))
    #expect(try offlineSince() == nil)
  }
}
