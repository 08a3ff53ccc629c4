import Aggregation
import FeedFetching
import Foundation
import Syndication
import TestNumbers
import Testing

/// Properties of the schedule over invented histories; each prints its seed when it fails.
@Suite struct ScheduleTests {
  /// A Monday.
  static let start = Timestamp(milliseconds: 1_795_392_000_000)

  /// A feed that is followed by the scheduler alone.
  private struct Follower {
    var state: FeedState
    var policy = RefreshPolicy(interval: nil)
    let feed: Feed
    private static let blank = Array(repeating: Entry(), count: 500)

    init(_ name: String) {
      feed = Feed(url: "https://\(name).example/rss")
      state = FeedState(feed: feed.url)
    }

    mutating func poll(
      _ new: Int = 0, dates: [Timestamp] = [], window: Int = 30, facts: ResponseFacts? = nil,
      hints: RefreshHints = RefreshHints(), now: Timestamp
    ) {
      var counts = StoryCounts()
      counts.new = new
      var parsed = ParsedFeed(format: .rss, version: "2.0", encoding: "utf-8")
      parsed.properties.hints = hints
      parsed.entries = Array(Self.blank.prefix(window))
      for (index, date) in dates.prefix(window).enumerated() {
        parsed.entries[index].published = date
      }
      let facts = facts ?? ResponseFacts(status: 200, validators: Validators(etag: "\"1\""))
      let reading =
        new == 0 && state.lastSuccess != nil
        ? FeedReading.notModified(facts) : .feed(parsed, facts, finalURL: feed.url)
      remember(reading, counts, now: now)
    }

    mutating func fail(_ kind: String, retryAfter: Duration? = nil, now: Timestamp) {
      let note = FailureNote(kind: kind, detail: "as told")
      remember(.failed(note, Freshness(retryAfter: retryAfter)), StoryCounts(), now: now)
    }

    private mutating func remember(_ reading: FeedReading, _ counts: StoryCounts, now: Timestamp) {
      state = PolledState(before: state, feed: feed, policy: policy, counts: counts, now: now)
        .after(reading)
    }

    var due: Timestamp { state.due?.at ?? ScheduleTests.start }
  }

  /// A whole week of one entry in each hour of `hours`, seen as it comes.
  private func settled(_ name: String, hours: [Int], weeks: Int = 4) -> Follower {
    var follower = Follower(name)
    follower.poll(now: Self.start - .seconds(weeks * 7 * 86_400))
    for day in -weeks * 7..<0 {
      for hour in hours {
        let moment = Self.start + .seconds(day * 86_400 + hour * 3600 + 600)
        follower.poll(1, dates: [moment], now: moment + .seconds(1200))
      }
    }
    return follower
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `no answer, failure, clock step or restart brings two polls closer than the floor`(
    seed: UInt64
  ) throws {
    var numbers = SeededNumbers(seed: seed)
    var follower = Follower("herald-\(seed)")
    var now = Self.start
    for step in 0..<400 {
      follower.policy.unitInterval = .seconds([0, 60, 10_800, 1_000_000][numbers.next(below: 4)])
      var hints = RefreshHints()
      if numbers.next(below: 3) == 0 { hints.timeToLive = .seconds(numbers.next(below: 100_000)) }
      if numbers.next(below: 5) == 0 {
        hints.skipHours = Set((0..<numbers.next(below: 30)).map { $0 % 24 })
      }
      switch numbers.next(below: 6) {
      case 0: follower.fail("dns", now: now)
      case 1: follower.fail("http-429", retryAfter: .seconds(numbers.next(below: 9000)), now: now)
      case 2: follower.poll(now: now)
      default:
        follower.poll(
          numbers.next(below: 40), window: 1 + numbers.next(below: 40), hints: hints, now: now)
      }
      #expect(follower.due.since(now) >= RefreshPolicy.floor, "seed \(seed), step \(step)")
      #expect(follower.due.since(now) <= RefreshPolicy.longestWait, "seed \(seed), step \(step)")
      // A restart reads the state again; the clock steps by up to a day or an hour of summer time.
      if numbers.next(below: 4) == 0 {
        guard case .feed(let read)? = StateLine(json: StateLine.feed(follower.state).json) else {
          Issue.record("seed \(seed), step \(step): not read")
          return
        }
        #expect(read.rate == follower.state.rate, "seed \(seed), step \(step)")
        #expect(read.due == follower.state.due, "seed \(seed), step \(step)")
        follower.state = read
      }
      now = follower.due
      if numbers.next(below: 8) == 0 {
        now = now + .seconds([3600, -3600, 86_400, -86_400][numbers.next(below: 4)])
      }
    }
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `who is polled later is due later, and who has more news is due sooner`(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let hours = Set((0..<1 + numbers.next(below: 6)).map { _ in numbers.next(below: 24) }).sorted()
    let follower = settled("herald-\(seed)", hours: hours)
    var last = Self.start
    for minute in stride(from: 0, to: 3 * 1440, by: 17) {
      let now = Self.start + .seconds(minute * 60)
      let due = RefreshPolicy(interval: nil).due(
        after: follower.state, freshness: Freshness(), hints: RefreshHints(), now: now)
      #expect(due.at >= last, "seed \(seed), minute \(minute)")
      last = due.at
    }
  }

  @Test(arguments: [40, 160, 480])
  func `feeds use up the poll budget, no more and no less`(pollsPerDay: Int) {
    let (days, learningDays) = (11, 6)
    var numbers = SeededNumbers(seed: UInt64(pollsPerDay))
    var followers = (0..<8).map { Follower("feed-\($0)") }
    let rates = followers.map { _ in exp2(Double(numbers.next(below: 100)) / 12 - 3) }
    for index in followers.indices { followers[index].poll(now: Self.start) }
    var polls = 0
    for hour in stride(from: 0, to: days * 24, by: 4) {
      let now = Self.start + .seconds(hour * 3600)
      let policy = RefreshPolicy(interval: nil)
      let unit = PollBudget(pollsPerDay: Double(pollsPerDay))
        .unitInterval(for: followers.map { policy.demand(of: $0.state, now: now) })
      for index in followers.indices {
        followers[index].policy.unitInterval = unit
        while followers[index].due < now + .seconds(4 * 3600) {
          let due = followers[index].due
          let waited = due.since(followers[index].state.lastAttempt ?? due)
          let expected = rates[index] * Double(waited.milliseconds) / 86_400_000
          followers[index].poll(numbers.poisson(expected), window: 200, now: due)
          if hour >= learningDays * 24 { polls += 1 }
        }
      }
    }
    let share = Double(polls) / Double(pollsPerDay * (days - learningDays))
    // 8 feeds cannot be asked more often than every 38 minutes, nor less than once a day.
    let most = 8.0 * 24 * 60 / 38 / 1.05 / Double(pollsPerDay)
    #expect(abs(share - min(1, most)) < 0.06, "\(share) of the budget")
  }

  @Test func `a budget that floors or ceilings forbid gives the nearest interval`() {
    let policy = RefreshPolicy(interval: nil)
    var follower = Follower("herald")
    follower.poll(now: Self.start)
    let demands = Array(repeating: policy.demand(of: follower.state, now: Self.start), count: 10)
    for (polls, expected) in [
      (1, RefreshPolicy.ceiling), (1_000_000, RefreshPolicy.paceFloor),
    ] {
      follower.policy.unitInterval = PollBudget(pollsPerDay: Double(polls)).unitInterval(
        for: demands)
      follower.poll(now: Self.start)
      let wait = follower.due.since(Self.start)
      #expect(wait >= expected && wait <= expected * 1.1)
    }
    #expect(PollBudget(pollsPerDay: 10).unitInterval(for: []) > .zero)
  }

  @Test(arguments: [1, 4, 6])
  func `a day of the week that was never watched is not taken for a quiet one`(days: Int) {
    var follower = Follower("herald")
    follower.policy.unitInterval = .seconds(43_200)
    follower.poll(now: Self.start)
    var waits: [Duration] = []
    for step in 1...(days * 24 + 6) * 2 {
      let now = Self.start + .seconds(step * 1800)
      follower.poll(2, dates: [now - .seconds(1200), now - .seconds(60)], window: 100, now: now)
      waits.append(follower.due.since(now))
    }
    // The last day has begun six hours ago, and the feed is as busy as on the days before.
    let lately = waits.suffix(24)
    let (least, most) = (lately.min() ?? .zero, lately.max() ?? .zero)
    #expect(most < least * 1.5, "\(least) to \(most)")
  }

  @Test func `feeds that were never polled claim as much of a budget as others`() {
    let policy = RefreshPolicy(interval: nil)
    let new = FeedState(feed: "https://herald.example/rss")
    var promising = new
    promising.validators = Validators(etag: "\"1\"")
    let budget = PollBudget(pollsPerDay: 80)
    let units = [new, promising].map { state in
      budget.unitInterval(
        for: Array(repeating: policy.demand(of: state, now: Self.start), count: 10))
    }
    #expect(units[0] == units[1])
    var without = new
    without.lastSuccess = Self.start
    let daily = Array(repeating: policy.demand(of: without, now: Self.start), count: 10)
    #expect(budget.unitInterval(for: daily) < units[0])
  }

  @Test func `polls fall into the hours in which a feed has news`() {
    var follower = settled("herald", hours: [8, 9, 10])
    follower.policy.unitInterval = .seconds(2 * 3600)
    var now = Self.start
    var byDay = 0
    var byNight = 0
    while now < Self.start + .seconds(86_400) {
      follower.poll(now: now)
      now = follower.due
      let hour = Int(now.milliseconds / 3_600_000 % 24)
      if 7...11 ~= hour { byDay += 1 } else { byNight += 1 }
    }
    // Five hours of twenty-four.
    #expect(byDay * 2 > byNight)
    #expect(byNight > 0)
  }

  @Test
  func `a burst brings the next poll nearer, a silence moves it away, and both are forgotten`() {
    let settled = settled("herald", hours: Array(stride(from: 0, to: 24, by: 3)))
    func wait(_ new: Int, after polls: Int = 1) -> Duration {
      var follower = settled
      for step in 1...polls {
        follower.poll(new, window: 500, now: Self.start + .seconds(step * 3 * 3600))
      }
      return follower.due.since(follower.state.lastAttempt ?? Self.start)
    }
    #expect(wait(8) < wait(1))
    #expect(wait(0, after: 8) > wait(1, after: 8))
    var bursting = settled
    bursting.poll(30, window: 500, now: Self.start)
    let soon = bursting.due.since(Self.start)
    for day in 1...60 { bursting.poll(8, window: 500, now: Self.start + .seconds(day * 86_400)) }
    #expect(bursting.due.since(Self.start + .seconds(60 * 86_400)) > soon)
  }

  @Test func `a short document is read before entries fall out of it`() {
    var long = Follower("herald")
    var short = Follower("herald")
    for day in 0..<30 {
      let now = Self.start + .seconds(day * 43_200)
      long.policy.unitInterval = .seconds(200_000)
      short.policy.unitInterval = .seconds(200_000)
      long.poll(10, window: 400, now: now)
      short.poll(10, window: 12, now: now)
    }
    #expect(long.state.due?.rule == .rate)
    #expect(short.state.due?.rule == .window)
    #expect(short.due < long.due)
    // Twenty entries a day: twelve have come after fourteen hours.
    #expect(short.due.since(short.state.lastAttempt ?? Self.start) < .seconds(7 * 3600))
  }

  @Test func `feeds of one interval spread out evenly, and stay apart`() {
    for (rounds, limit) in [(1, 1.0), (30, 1.0)] {
      var tenths = Array(repeating: 0, count: 10)
      for index in 0..<1000 {
        var follower = Follower("feed-\(index)")
        follower.policy.interval = .seconds(3600)
        follower.poll(now: Self.start)
        for _ in 1..<rounds { follower.poll(now: follower.due) }
        let window = rounds == 1 ? 360_000.0 : 3_600_000
        let phase = Double(follower.due.since(Self.start).milliseconds % 3_600_000) / window
        tenths[min(Int(phase * 10), 9)] += 1
      }
      #expect(tenths.allSatisfy { $0 > Int(40 * limit) && $0 < 200 }, "\(rounds): \(tenths)")
    }
  }

  @Test func `what explains a due moment is what decided it`() throws {
    var numbers = SeededNumbers(seed: 5)
    for step in 0..<300 {
      var follower = Follower("herald-\(step)")
      var hints = RefreshHints()
      if numbers.next(below: 2) == 0 { hints.timeToLive = .seconds(numbers.next(below: 200_000)) }
      if numbers.next(below: 4) == 0 { hints.skipHours = [3, 4, 5, 6, 7] }
      let lifetime: Duration? =
        numbers.next(below: 2) == 0 ? .seconds(numbers.next(below: 100_000_000)) : nil
      let facts = ResponseFacts(
        status: 200, validators: Validators(etag: numbers.next(below: 3) == 0 ? nil : "\"1\""),
        freshness: Freshness(lifetime: lifetime))
      for round in 0..<1 + numbers.next(below: 5) {
        let now = Self.start + .seconds(round * 50_000)
        follower.policy.unitInterval = .seconds(600 + numbers.next(below: 90_000))
        if numbers.next(below: 5) == 0 {
          follower.fail("http-503", retryAfter: .seconds(numbers.next(below: 9000)), now: now)
        } else {
          follower.poll(numbers.next(below: 9), window: 10, facts: facts, hints: hints, now: now)
        }
      }
      // As a reader of the archive sees it, who was not there.
      guard case .feed(let state)? = StateLine(json: StateLine.feed(follower.state).json) else {
        Issue.record("step \(step): the state's line cannot be read")
        continue
      }
      let unit = try #require(state.unitInterval)
      let derivation = RefreshPolicy(interval: nil, unitInterval: unit).derivation(of: state)
      #expect(derivation?.decision == follower.state.due, "step \(step)")
    }
  }

  @Test func `a wish for years is cut to a month, and that can be told`() {
    var follower = Follower("herald")
    let years = Duration.seconds(16 * 365 * 86_400)
    let facts = ResponseFacts(
      status: 200, validators: Validators(etag: "\"1\""), freshness: Freshness(lifetime: years))
    follower.poll(1, facts: facts, now: Self.start)
    let bound = RefreshPolicy(interval: nil).derivation(of: follower.state)?.winner
    #expect(bound?.rule == .freshness)
    #expect(bound?.asked == years)
    #expect(bound?.wait == .seconds(30 * 86_400))
  }

  @Test func `a line of an older version still tells all that it knew`() throws {
    let line = """
      {"due":"2026-11-21T13:00:00Z","etag":"\\"1\\"","feed":"https://herald.example/rss","polls":7,\
      "rate":{"days":10,"entries":20,"observedMilliseconds":1795262400000},"rule":"rate"}
      """
    guard case .feed(let state)? = StateLine(json: Array(line.utf8)) else {
      Issue.record("not read")
      return
    }
    #expect(state.pollCount == 7)
    #expect(abs(state.rate.entriesPerDay - 2) < 0.1)
    #expect(state.due?.rule == .rate)
  }
}
