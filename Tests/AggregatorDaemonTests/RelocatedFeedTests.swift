import Aggregation
import AggregatorDaemon
import FeedFetching
import Foundation
import Synchronization
import Syndication
import Testing

/// What the engine does with a feed that moved for good.
@Suite struct RelocatedFeedTests {
  private let bench: Bench
  private static let old = "https://old.example/rss"
  private static let new = "https://new.example/rss"
  private static let later = "https://later.example/rss"
  private var old: String { Self.old }
  private var new: String { Self.new }

  init() throws {
    bench = try Bench()
  }

  /// A configuration file that may be locked.
  private final class File: Sendable {
    private let state = Mutex((isWritable: true, feeds: [String]()))

    init(_ feeds: [String]) { state.withLock { $0.feeds = feeds } }

    var isWritable: Bool {
      get { state.withLock { $0.isWritable } }
      set { state.withLock { $0.isWritable = newValue } }
    }

    func relocate(_ feed: Feed, _ target: String) throws -> Bool {
      try state.withLock { state in
        guard state.isWritable else { throw FetchFailure(.file, "read-only file system") }
        state.feeds = state.feeds.map { $0 == feed.url ? target : $0 }
        return true
      }
    }
  }

  @Sendable private static func answer(_ request: FetchRequest) -> FetchResult {
    guard case .document(let document, var facts) = Answer.rss("1") else { return Answer.rss("1") }
    facts.permanentURL = request.url == old ? new : nil
    return .document(document, facts)
  }

  private func engine(
    _ transport: ScriptedTransport, _ file: File, _ clock: ManualClock
  ) -> RefreshEngine {
    var limits = FetchQueue<String>.Limits()
    limits.hostGap = .zero
    let outcomes = bench.outcomes
    return RefreshEngine(
      storage: bench.folder, transport: transport, limits: limits, relocate: file.relocate,
      now: clock.read, sinceBoot: clock.sinceBoot
    ) { outcomes.add($0) }
  }

  /// Passes by hand, each a day and a half after the one before.
  private func pass(_ engine: RefreshEngine, _ url: String, _ clock: ManualClock) async throws {
    let configuration = Bench.configuration([url])
    let plan = try await engine.plan(configuration, .chosen([url], isForced: true))
    try await engine.run(plan, configuration)
    clock.advance(by: .seconds(129_600))
  }

  @Test func `a daemon follows the feed at its new address without being told`() async throws {
    let transport = ScriptedTransport(Self.answer)
    let clock = ManualClock(Timestamp(milliseconds: 1_795_262_400_000))
    // What a person writes into the file and has not put in force (SIGHUP) is half written, maybe.
    let engine = engine(transport, File([old, Self.later]), clock)
    try await engine.open()
    let configuration = Bench.configuration([old])
    for polls in 1...3 {
      await engine.follow(configuration)
      #expect(try await bench.outcomes.wait { $0.refreshed.count >= polls })
      clock.advance(by: .seconds(129_600))
    }
    #expect(try await bench.outcomes.wait { $0.relocations == ["\(Self.old) → \(Self.new)"] })
    // What is due is looked for again when somebody sets the clock.
    clock.step(by: .seconds(600))
    await engine.beat(every: .milliseconds(5)) { _ in }
    #expect(try await bench.outcomes.wait { $0.refreshed.count >= 4 })
    #expect(await engine.statusText.hasPrefix("1 feeds, "))
    await engine.stop()
    #expect(transport.asked == [old, old, old, new])
  }

  @Test func `what cannot be written is tried with every poll, and no story is lost or doubled`()
    async throws
  {
    let transport = ScriptedTransport(Self.answer)
    let clock = ManualClock(Timestamp(milliseconds: 1_795_262_400_000))
    let file = File([old])
    file.isWritable = false
    // Each pass is a process of its own: what was to be written is still to be done.
    for _ in 1...3 { try await pass(engine(transport, file, clock), old, clock) }
    #expect(bench.outcomes.relocations == ["not \(old)"])
    file.isWritable = true
    try await pass(engine(transport, file, clock), old, clock)
    #expect(bench.outcomes.relocations == ["not \(old)", "\(old) → \(new)"])
    try await pass(engine(transport, file, clock), new, clock)
    #expect(bench.outcomes.refreshed.map(\.counts.new) == [1, 0, 0, 0, 0])
  }
}
