import Aggregation
import FeedFetching
import Foundation
import StoryArchive
import Syndication
import Testing

/// What polls leave in a feed's state for its health.
@Suite struct FeedMemoryTests {
  private let folder: TemporaryFolder
  private let aggregator: Aggregator
  private let herald = Sample.feed("herald")
  private static let day = Duration.seconds(86_400)

  init() throws {
    folder = try TemporaryFolder()
    aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
  }

  private func items(_ guids: ClosedRange<Int>) -> [Sample.Item] {
    guids.reversed().map { Sample.Item(guid: "\($0)", title: "Story \($0)") }
  }

  @discardableResult
  private func poll(_ guids: ClosedRange<Int>, day: Double) throws -> RefreshOutcome {
    try aggregator.refresh(
      herald, with: Sample.answer(Sample.rss(items(guids))), now: Sample.noon + Self.day * day)
  }

  private func answer(movedTo target: String?, _ bytes: [UInt8]? = nil) -> FetchResult {
    var answer = Sample.answer(bytes ?? Sample.rss(items(1...2)))
    if case .document(let document, var facts) = answer {
      facts.permanentURL = target
      answer = .document(document, facts)
    }
    return answer
  }

  private var state: FeedState { aggregator.state(of: herald) }

  @Test func `a document that is all new says that entries may have been missed`() throws {
    #expect(try poll(1...10, day: 0).leavesGap == false)
    #expect(try poll(5...14, day: 1).leavesGap == false)
    #expect(try poll(15...24, day: 2).leavesGap)
    #expect(try poll(15...24, day: 3).leavesGap == false)
    #expect(state.gaps?.count == 1 && state.gaps?.last == Sample.noon + Self.day * 2)
    #expect(FeedHealth(of: state, now: Sample.noon + Self.day * 3).word == .fine)
  }

  @Test func `a poll under a clock years ahead does not end the learning`() throws {
    try poll(1...10, day: 0)
    let before = state.rate.learnedFrom
    try poll(11...20, day: 3000)
    #expect(state.rate.learnedFrom == before, "nobody watched for eight years")
    #expect(state.validators(now: Sample.noon + Self.day).isEmpty, "asked for whole again")
    try poll(21...30, day: 1)
    let known = state.rate.learnedFrom.days
    try poll(31...40, day: 2)
    #expect(state.rate.learnedFrom.days > known && known < 2, "what is watched counts again")
    #expect(state.rhythm.lastNews == Sample.noon + Self.day * 2)
    #expect(state.gaps?.last == Sample.noon + Self.day * 2)
  }

  @Test func `gaps that keep coming are a trouble, and pass with time`() throws {
    var changes: [HealthChange?] = []
    for poll in 0..<6 {
      changes.append(try self.poll((poll * 10)...(poll * 10 + 9), day: Double(poll)).healthChange)
    }
    let gaps = EntryGaps(
      count: 3, first: Sample.noon + Self.day, last: Sample.noon + Self.day * 3)
    #expect(changes == [nil, nil, nil, .began([.gaps(gaps)]), nil, nil])
    let later = Sample.noon + Self.day * 5
    #expect(FeedHealth(of: state, now: later + Self.day * 30).word == .gaps)
    #expect(FeedHealth(of: state, now: later + Self.day * 31).word == .fine)
  }

  @Test func `the rate goes up with every gap`() throws {
    try poll(1...10, day: 0)
    let before = state.rate.entriesPerDay
    try poll(31...40, day: 0.5)
    #expect(state.rate.entriesPerDay > before)
  }

  @Test func `one entry, or entries that a rule hides, say nothing of what was missed`() throws {
    try poll(1...1, day: 0)
    #expect(try poll(2...2, day: 1).leavesGap == false)
    var feed = Sample.feed("courier")
    feed.rules = [StoryRule(action: .ignore, field: .title, comparison: .equals("Story 12"))]
    for (day, guids) in [(0.0, 1...3), (1.0, 10...14)] {
      let outcome = try aggregator.refresh(
        feed, with: Sample.answer(Sample.rss(items(guids))), now: Sample.noon + Self.day * day)
      #expect(!outcome.leavesGap)
    }
  }

  @Test func `a feed that was empty, or that broke off, has no gap`() throws {
    _ = try aggregator.refresh(herald, with: Sample.answer(Sample.rss([])), now: Sample.noon)
    #expect(try poll(1...5, day: 1).leavesGap == false)
    let cut = Array(Sample.rss(items(20...29)).dropLast(60))
    let outcome = try aggregator.refresh(
      herald, with: Sample.answer(cut), now: Sample.noon + Self.day * 2)
    #expect(outcome.counts.new > 1 && !outcome.leavesGap)
  }

  @Test func `a move is settled after three polls over three days`() throws {
    let new = "https://herald.example/new"
    for (day, isSettled) in [(0.0, false), (0.5, false), (1, false), (2.9, false), (3, true)] {
      _ = try aggregator.refresh(
        herald, with: answer(movedTo: new), now: Sample.noon + Self.day * day)
      #expect(state.move?.isSettled == isSettled, "day \(day)")
    }
    let health = FeedHealth(of: state, now: Sample.noon + Self.day * 3)
    #expect(health.word == .moved)
    var feed = herald
    feed.line = 12
    #expect(
      health.troubles[0].advice(for: feed) == "write \(new) in place of it at feeds.conf:12")
  }

  @Test func `a 304 from the new address counts, a failure does not and forgets nothing`() throws {
    let new = "https://herald.example/new"
    _ = try aggregator.refresh(herald, with: answer(movedTo: new), now: Sample.noon)
    let facts = ResponseFacts(status: 304, permanentURL: new)
    _ = try aggregator.refresh(herald, with: .notModified(facts), now: Sample.noon + Self.day)
    let down = FetchResult.failed(FetchFailure(.refused, "closed"), nil)
    _ = try aggregator.refresh(herald, with: down, now: Sample.noon + Self.day * 2)
    #expect(state.move?.pollCount == 2)
    _ = try aggregator.refresh(herald, with: .notModified(facts), now: Sample.noon + Self.day * 3)
    #expect(state.move?.isSettled == true)
  }

  @Test func `another target, none, a page or an empty feed settle nothing`() throws {
    let new = "https://herald.example/new"
    let page = Array("<!DOCTYPE html><html><body>Parked</body></html>".utf8)
    let others: [(FetchResult, PermanentMove?)] = [
      (answer(movedTo: nil), nil),
      (answer(movedTo: new, page), nil),
      (
        answer(movedTo: "https://other.example/"),
        PermanentMove(
          target: "https://other.example/", first: Sample.noon + Self.day,
          last: Sample.noon + Self.day, pollCount: 1)
      ),
      (
        answer(movedTo: new, Sample.rss([])),
        PermanentMove(target: new, first: Sample.noon, last: Sample.noon, pollCount: 1)
      ),
    ]
    for (answer, expected) in others {
      let folder = try TemporaryFolder()
      let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
      _ = try aggregator.refresh(herald, with: self.answer(movedTo: new), now: Sample.noon)
      _ = try aggregator.refresh(herald, with: answer, now: Sample.noon + Self.day)
      #expect(aggregator.state(of: herald).move == expected)
    }
  }

  @Test func `410 is said once, with the day since which it failed`() throws {
    try poll(1...3, day: 0)
    let missing = FetchResult.failed(FetchFailure(.http, "404"), ResponseFacts(status: 404))
    _ = try aggregator.refresh(herald, with: missing, now: Sample.noon + Self.day / 2)
    let gone = FetchResult.gone(ResponseFacts(status: 410))
    let first = try aggregator.refresh(herald, with: gone, now: Sample.noon + Self.day)
    let again = try aggregator.refresh(herald, with: gone, now: Sample.noon + Self.day * 2)
    #expect(first.healthChange == .began([.gone(since: Sample.noon + Self.day)]))
    #expect(again.healthChange == nil)
    let back = try poll(1...3, day: 3)
    #expect(back.healthChange == .recovered(from: [.gone(since: Sample.noon + Self.day)]))
  }

  @Test func `a document that always breaks off is a trouble after a week`() throws {
    let cut = Sample.answer(Array(Sample.rss(items(1...5)).dropLast(20)))
    for day in 0...7 {
      let outcome = try aggregator.refresh(
        herald, with: cut, now: Sample.noon + Self.day * day)
      #expect((outcome.healthChange != nil) == (day == 7), "day \(day)")
      #expect(state.failureCount == 0 && state.firstFailure == Sample.noon)
    }
    #expect(try poll(1...5, day: 8).healthChange != nil)
    #expect(state.failure == nil)
  }
}
