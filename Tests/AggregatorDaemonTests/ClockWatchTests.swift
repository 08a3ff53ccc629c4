import Aggregation
import FeedFetching
import Foundation
import Syndication
import Testing

@testable import AggregatorDaemon

@Suite struct ClockWatchTests {
  private let bench: Bench
  private let clock = ManualClock(Timestamp(milliseconds: 1_795_262_400_000))

  init() throws {
    bench = try Bench()
  }

  private let urls = (1...8).map { "https://paper\($0).example/feed" }

  /// Every half hour by the operator's wish, with up to three minutes more.
  private var configuration: FeedsConfiguration {
    var configuration = Bench.configuration(urls)
    configuration.interval = .every(RefreshPolicy.floor)
    return configuration
  }

  /// A daemon that has asked each of `urls` once. Nothing happens in it but by `follow` and its beat.
  private func daemon(_ transport: ScriptedTransport) async throws -> RefreshEngine {
    let engine = bench.engine(transport, clock)
    try await engine.open()
    await engine.follow(configuration)
    clock.advance(by: .seconds(5))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.refreshed.count == 8 })
    return engine
  }

  @Test(arguments: [Duration.seconds(600), .seconds(86_400), .seconds(40 * 86_400)])
  func `a clock put forward makes no feed due within half an hour of true time`(
    step: Duration
  ) async throws {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    let engine = try await daemon(transport)
    clock.advance(by: .seconds(24 * 60))
    clock.step(by: step)
    await engine.follow(configuration)
    clock.advance(by: .seconds(5 * 60))
    await engine.follow(configuration)
    #expect(transport.asked.count == 8)
    #expect(bench.outcomes.clockSteps == [step])
    await engine.stop()
  }

  @Test(arguments: [Duration.seconds(30 * 86_400), .seconds(-30 * 86_400), .seconds(-3600)])
  func
    `a server that asked for a pause gets it and no longer one, also after the clock was stepped`(
      step: Duration
    ) async throws
  {
    let transport = ScriptedTransport { _ in Answer.tooMany(retryAfter: .seconds(20 * 3600)) }
    let engine = bench.engine(transport, clock)
    try await engine.open()
    let configuration = Bench.configuration([urls[0]])
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.refreshed.count == 1 })
    clock.advance(by: .seconds(3600))
    clock.step(by: step)
    await engine.follow(configuration)
    clock.advance(by: .seconds(18 * 3600))
    await engine.follow(configuration)
    #expect(transport.asked.count == 1)
    clock.advance(by: .seconds(2 * 3600))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { _ in transport.asked.count == 2 })
    await engine.stop()
  }

  @Test func `steps too small to notice do not add up to a poll too soon`() async throws {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    let engine = try await daemon(transport)
    for _ in 1...28 {
      clock.advance(by: .seconds(60))
      clock.step(by: .seconds(170))
      await engine.follow(configuration)
    }
    #expect(transport.asked.count == 8)
    #expect(bench.outcomes.clockSteps.isEmpty)
    await engine.stop()
  }

  @Test func `what a step makes due is asked one after the other`() async throws {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    let engine = try await daemon(transport)
    clock.advance(by: .seconds(29 * 60))
    await engine.follow(configuration)
    #expect(transport.asked.count == 8)
    clock.advance(by: .seconds(60))
    clock.step(by: .seconds(86_400))
    await engine.follow(configuration)
    let atOnce = transport.asked.count - 8
    #expect(atOnce < 4)
    clock.advance(by: .seconds(2))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.refreshed.count == 16 })
    await engine.stop()
  }

  @Test func `feeds that nobody asked yet are spread anew when a clock is set after the start`()
    async throws
  {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    let engine = bench.engine(transport, clock)
    try await engine.open()
    await engine.follow(configuration)
    let started = transport.asked.count
    clock.step(by: .seconds(1000 * 86_400))
    await engine.follow(configuration)
    #expect(transport.asked.count - started < 4)
    clock.advance(by: .seconds(2))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.refreshed.count == 8 })
    await engine.stop()
  }

  @Test func `a clock put back leaves nothing that was spread waiting for its return`() async throws
  {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    let engine = bench.engine(transport, clock)
    try await engine.open()
    for step in [Duration.seconds(8 * 86_400), .seconds(-8 * 86_400)] {
      clock.step(by: step)
      await engine.follow(configuration)
    }
    clock.advance(by: .seconds(2))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.refreshed.count == 8 })
    #expect(bench.outcomes.clockSteps.count == 1)
    await engine.stop()
  }

  @Test func `a machine that slept has no stepped clock`() async throws {
    let transport = ScriptedTransport { Answer.rss($0.url) }
    let engine = try await daemon(transport)
    clock.advance(by: .seconds(2 * 86_400))
    await engine.follow(configuration)
    #expect(try await bench.outcomes.wait { $0.refreshed.count == 16 })
    #expect(bench.outcomes.clockSteps.isEmpty)
    await engine.stop()
  }

  @Test func `a step is noticed with the next sign of life`() async throws {
    let engine = try await daemon(ScriptedTransport { Answer.rss($0.url) })
    clock.step(by: .seconds(-86_400))
    await engine.beat(every: .milliseconds(5)) { _ in }
    #expect(try await bench.outcomes.wait { $0.clockSteps == [.seconds(-86_400)] })
    await engine.stop()
  }

  @Test func `after the floor a request keeps nobody waiting`() {
    var watch = ClockWatch()
    let noon = Timestamp(milliseconds: 1_795_262_400_000)
    func reading(_ minutes: Int, steppedBy step: Duration = .zero) -> ClockWatch.Reading {
      let passed = Duration.seconds(60 * minutes)
      return ClockWatch.Reading(now: noon + passed + step, sinceBoot: passed)
    }
    watch.noteRequest(for: "a", at: reading(0))
    #expect(watch.askedAt("a", at: reading(29)) == noon)
    let day = Duration.seconds(86_400)
    #expect(watch.askedAt("a", at: reading(29, steppedBy: day)) == noon + day)
    #expect(watch.askedAt("a", at: reading(30, steppedBy: .zero - day)) == nil)
    watch.settle(["a"])
    #expect(watch.askedAt("a", at: reading(1)) == nil)
  }
}
