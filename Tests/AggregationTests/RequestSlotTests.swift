import Aggregation
import FeedFetching
import Foundation
import Syndication
import TestNumbers
import Testing

/// Two processes that share an archive, as two values that fold it each for itself.
@Suite struct RequestSlotTests {
  private let folder: TemporaryFolder
  private let daemon: Aggregator
  private let byHand: Aggregator
  private let now = Sample.noon
  private let gap = Duration.seconds(61)

  init() throws {
    folder = try TemporaryFolder()
    daemon = try Aggregator(storage: folder.path, now: Sample.noon)
    byHand = try Aggregator(storage: folder.path, now: Sample.noon)
  }

  private func slot(_ number: Int, isForced: Bool = false, lastAsked: Timestamp? = nil)
    -> RequestSlot
  {
    RequestSlot(
      feed: "https://herald.example/\(number)", line: "herald.example", gap: gap,
      lastAsked: lastAsked, isForced: isForced)
  }

  private func feed(_ number: Int) -> Feed { Feed(url: slot(number).feed) }

  @Test func `a line that one process asked rests for the other`() throws {
    #expect(try daemon.reserve([slot(1)], now: now) == [.granted])
    let until = now + gap
    #expect(try byHand.reserve([slot(2)], now: now) == [.wait(until: until)])
    #expect(
      try byHand.reserve([slot(2)], now: until - .milliseconds(1)) == [.wait(until: until)])
    #expect(try byHand.reserve([slot(2)], now: until) == [.granted])
    #expect(try daemon.reserve([slot(3)], now: until) == [.wait(until: until + gap)])
  }

  @Test func `the rest of a line survives a restart`() throws {
    _ = try daemon.reserve([slot(1)], now: now)
    let next = try Aggregator(storage: folder.path, now: now)
    #expect(try next.reserve([slot(2)], now: now + .seconds(1)) == [.wait(until: now + gap)])
  }

  @Test func `of one line that starts several at once each counts for the next`() throws {
    let rulings = try daemon.reserve([slot(1), slot(2)], now: now)
    #expect(rulings == [.granted, .wait(until: now + gap)])
    let unhurried = (3...4).map {
      RequestSlot(
        feed: "https://other.example/\($0)", line: "other.example", gap: .zero, lastAsked: nil)
    }
    #expect(try daemon.reserve(unhurried, now: now) == [.granted, .granted])
  }

  @Test func `a feed that another process asked since the plan is not asked again`() throws {
    _ = try daemon.reserve([slot(1)], now: now)
    let later = now + .seconds(600)
    #expect(try byHand.reserve([slot(1)], now: later) == [.askedElsewhere(at: now)])
    #expect(byHand.askedAt(feed(1)) == now)
    #expect(try byHand.reserve([slot(1, lastAsked: now)], now: later) == [.granted])
    #expect(try daemon.reserve([slot(1, isForced: true)], now: later + gap) == [.granted])
  }

  @Test func `what never reached a server may be asked again, and an answer settles a request`()
    throws
  {
    _ = try daemon.reserve([slot(1)], now: now)
    try daemon.settle([slot(1).feed, slot(2).feed])
    try byHand.catchUp()
    #expect(byHand.askedAt(feed(1)) == nil)
    _ = try daemon.reserve([slot(2)], now: now + gap)
    _ = try daemon.refresh(
      feed(2), with: Sample.answer(Sample.rss([])), policy: RefreshPolicy(interval: nil),
      line: "herald.example", now: now + gap)
    try byHand.catchUp()
    #expect(byHand.askedAt(feed(2)) == nil)
    #expect(byHand.lastAsked(feed(2)) == now + gap)
  }

  @Test func `a server that asked for a pause gets it from requests that were planned before`()
    throws
  {
    let refusal = FetchResult.failed(
      FetchFailure(.http, "too many requests (429)"),
      ResponseFacts(status: 429, freshness: Freshness(retryAfter: .seconds(600))))
    _ = try daemon.refresh(
      feed(1), with: refusal, policy: RefreshPolicy(interval: nil), line: "herald.example", now: now
    )
    let until = now + .seconds(600)
    let pause = LinePause(until: until, cause: feed(1).url)
    #expect(try byHand.reserve([slot(2)], now: now + gap) == [.leftAlone(pause)])
    #expect(try byHand.reserve([slot(2)], now: until + gap) == [.granted])
  }

  @Test func `after a clock that went back a line rests for one gap, not for the step`() throws {
    _ = try daemon.reserve([slot(1)], now: now + .seconds(86_400))
    #expect(try byHand.reserve([slot(2)], now: now) == [.wait(until: now + gap)])
    #expect(try byHand.reserve([slot(2)], now: now + gap) == [.granted])
  }

  @Test(arguments: [Duration.seconds(3600), .seconds(-3600), .seconds(40 * 86_400)])
  func `a clock that is stepped shortens neither a gap nor a pause, nor makes them longer`(
    step: Duration
  ) throws {
    let refusal = FetchResult.failed(
      FetchFailure(.http, "too many requests (429)"),
      ResponseFacts(status: 429, freshness: Freshness(retryAfter: .seconds(600))))
    _ = try daemon.reserve([slot(1)], now: now)
    _ = try daemon.refresh(
      feed(9), with: refusal, policy: RefreshPolicy(interval: nil), line: "other.example", now: now)
    let stepped = now + .seconds(5) + step
    try daemon.clockStepped(by: step, now: stepped)
    #expect(try daemon.reserve([slot(2)], now: stepped) == [.wait(until: now + gap + step)])
    for process in [daemon, byHand] {
      try process.catchUp()
      let until = now + .seconds(600) + step
      #expect(process.blockedUntil(line: "other.example", now: stepped) == until)
    }
  }

  @Test func `many requests that start together cost few lines, files of this machine none`() throws
  {
    let log = folder.path + "/state/feeds.jsonl"
    let files = (1...3).map {
      RequestSlot(feed: "file:///feeds/\($0)", line: "file", gap: gap, lastAsked: nil)
    }
    #expect(try daemon.reserve(files, now: now) == [.granted, .granted, .granted])
    #expect(!FileManager.default.fileExists(atPath: log))
    let slots = (1...150).map {
      RequestSlot(
        feed: "https://herald\($0).example/", line: "herald\($0).example", gap: gap, lastAsked: nil)
    }
    #expect(try daemon.reserve(slots, now: now).allSatisfy { $0 == .granted })
    let text = try String(contentsOfFile: log, encoding: .utf8)
    #expect(text.split(separator: "\n").count == 2)
    try byHand.catchUp()
    #expect(slots.allSatisfy { byHand.askedAt(Feed(url: $0.feed)) == now })
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `whatever three processes do, a line is never asked within its gap`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var processes = try (0..<3).map { _ in try Aggregator(storage: folder.path, now: now) }
    var moment = now
    var granted: [Timestamp] = []
    for step in 1...120 {
      moment = moment + .milliseconds(numbers.next(below: 40_000))
      let chosen = numbers.next(below: 3)
      if numbers.next(below: 10) == 0 {
        processes[chosen] = try Aggregator(storage: folder.path, now: moment)
      }
      let slots = (0..<2).map { slot(step * 2 + $0) }
      let rulings = try processes[chosen].reserve(slots, now: moment)
      granted += rulings.filter { $0 == .granted }.map { _ in moment }
    }
    let gaps = zip(granted.dropFirst(), granted).map { $0.since($1) }
    #expect(gaps.allSatisfy { $0 >= gap }, "seed \(seed)")
    #expect(granted.count > 20, "seed \(seed)")
  }

  @Test(arguments: [
    StateLine.asked(feeds: ["https://a.example/\"ü\""], lines: ["a.example"], at: Sample.noon),
    .asked(feeds: [], lines: ["a.example"], at: Sample.noon),
    .answered(feeds: ["https://a.example/"]),
  ])
  func `what was asked survives the way to its line and back`(line: StateLine) {
    #expect(StateLine(json: line.json) == line)
  }
}
