import Aggregation
import FeedFetching
import Syndication
import Testing

@Suite struct RefreshPolicyTests {
  private static let noon = Timestamp(milliseconds: 1_795_262_400_000)

  private func state(validators: Validators = Validators(etag: "\"1\"")) -> FeedState {
    var state = FeedState(feed: "https://herald.example/rss")
    state.validators = validators
    return state
  }

  private func wait(
    _ state: FeedState, interval: Duration? = nil, freshness: Freshness = Freshness(),
    hints: RefreshHints = RefreshHints()
  ) -> (Duration, DueDecision.Rule) {
    let due = RefreshPolicy(interval: interval)
      .due(after: state, freshness: freshness, hints: hints, now: Self.noon)
    return (due.at.since(Self.noon), due.rule)
  }

  @Test func `a busier feed is asked more often, within floor and ceiling`() {
    var last = Duration.seconds(1_000_000)
    for entriesPerDay in [0, 1, 3, 10, 30, 100, 1000] {
      var state = state()
      let dates = (0..<entriesPerDay * 10).map {
        Self.noon - .seconds(864_000) * Double($0) / Double(entriesPerDay * 10)
      }
      state.rate.begin(publishedDates: dates, now: Self.noon)
      let (wait, rule) = wait(state)
      #expect(rule == .rate)
      #expect(wait <= last)
      #expect(wait >= RefreshPolicy.floor && wait <= RefreshPolicy.ceiling * 1.1)
      last = wait
    }
    #expect(last < .seconds(3600))
  }

  @Test func `what the server or the feed asks for is a lower bound, never a reason to ask sooner`()
  {
    let long = Duration.seconds(10 * 3600)
    let short = Duration.seconds(60)
    var hints = RefreshHints()
    for (bound, expected) in [(long, DueDecision.Rule.freshness), (short, .interval)] {
      let (wait, rule) = wait(
        state(), interval: .seconds(3600), freshness: Freshness(lifetime: bound))
      #expect(rule == expected)
      #expect(wait >= max(bound, .seconds(3600)))
    }
    hints.timeToLive = long
    #expect(wait(state(), interval: .seconds(3600), hints: hints).1 == .timeToLive)
    hints.updateInterval = long * 2
    #expect(wait(state(), interval: .seconds(3600), hints: hints).1 == .updatePeriod)
  }

  @Test func `a server without validators is asked once a day, unless the operator says otherwise`()
  {
    #expect(wait(state(validators: Validators())).1 == .noValidators)
    #expect(wait(state(validators: Validators())).0 >= .seconds(86_400))
    #expect(wait(state(validators: Validators()), interval: .seconds(3600)).1 == .interval)
  }

  @Test func `a max-age of centuries counts as a month`() {
    let (wait, _) = wait(state(), freshness: Freshness(lifetime: .seconds(16 * 365 * 86_400)))
    #expect(wait <= .seconds(33 * 86_400))
  }

  @Test func `failures double the wait up to a day in the first week and to a week later`() {
    var last = Duration.zero
    for count in 1...40 {
      var state = state()
      state.failureCount = count
      state.firstFailure = Self.noon - .seconds(count * 86_400 / 2)
      let due = RefreshPolicy(interval: nil)
        .due(afterFailureOf: state, freshness: Freshness(), now: Self.noon)
      let wait = due.at.since(Self.noon)
      #expect(due.rule == .backoff)
      #expect(wait >= last)
      #expect(wait <= .seconds((count <= 14 ? 1 : 7) * 86_400) * 1.1)
      last = wait
    }
  }

  @Test
  func `a feed that is refused for asking too often waits twice as long each time, up to a day`() {
    var state = state()
    state.failure = FailureNote(kind: "http-429", detail: "the server asks for patience (429)")
    state.firstRefusal = Self.noon
    var now = Self.noon
    var waits: [Duration] = []
    for _ in 0..<10 {
      let due = RefreshPolicy(interval: nil)
        .due(afterFailureOf: state, freshness: Freshness(), now: now)
      waits.append(due.at.since(now))
      now = due.at
    }
    for (wait, next) in zip(waits.dropFirst(), waits.dropFirst(2)) {
      #expect(next >= min(wait * 1.9, .seconds(86_400)))
    }
    #expect(waits.allSatisfy { $0 <= .seconds(86_400) * 1.1 })
    #expect(state.failureCount == 0)
  }

  @Test func `a first refusal waits an hour, however long the feed has failed otherwise`() {
    var state = state()
    state.failureCount = 1
    state.firstFailure = Self.noon - .seconds(6 * 86_400)
    state.failure = FailureNote(kind: "http-429", detail: "the server asks for patience (429)")
    state.firstRefusal = Self.noon
    let due = RefreshPolicy(interval: .seconds(1800))
      .due(afterFailureOf: state, freshness: Freshness(), now: Self.noon)
    #expect(due.at.since(Self.noon) <= .seconds(3600) * 1.1)
  }

  @Test func `Retry-After is never cut short`() {
    var state = state()
    state.failureCount = 1
    let asked = Duration.seconds(9 * 86_400)
    let due = RefreshPolicy(interval: .seconds(1800))
      .due(afterFailureOf: state, freshness: Freshness(retryAfter: asked), now: Self.noon)
    #expect(due.rule == .retryAfter)
    #expect(due.at.since(Self.noon) >= asked)
  }

  @Test(arguments: 0..<24)
  func `a feed is not asked in the hours that it wants skipped`(start: Int) {
    var hints = RefreshHints()
    hints.skipHours = Set((0..<20).map { ($0 + start) % 24 })
    let due = RefreshPolicy(interval: .seconds(3600))
      .due(after: state(), freshness: Freshness(), hints: hints, now: Self.noon)
    #expect(!hints.skipHours.contains(Int(due.at.milliseconds / 3_600_000 % 24)))
    #expect(due.at > Self.noon)
  }

  @Test func `hints that leave no hour of the week are ignored`() {
    var hints = RefreshHints()
    hints.skipHours = Set(0..<24)
    #expect(wait(state(), interval: .seconds(3600), hints: hints).1 == .interval)
    hints.skipHours = []
    hints.skipDays = Set(0..<7)
    #expect(wait(state(), interval: .seconds(3600), hints: hints).1 == .interval)
  }

  @Test func `a thousand new feeds do not start at once`() {
    let moments = (0..<1000).map {
      RefreshPolicy.firstPoll(of: "https://h\($0).example/", among: 1000, now: Self.noon).at
    }
    let inAnySecond = Dictionary(grouping: moments) { $0.milliseconds / 1000 }
    #expect(inAnySecond.values.map(\.count).max() ?? 0 < 20)
    #expect(moments.allSatisfy { $0.since(Self.noon) <= .seconds(600) })
    #expect(RefreshPolicy.firstPoll(of: "x", among: 1, now: Self.noon).at == Self.noon)
  }

  @Test func `the stable spread is even, and never changes`() {
    let fractions = (0..<1000).map { RefreshPolicy.stableFraction(of: "https://h\($0).example/") }
    let tenths = Dictionary(grouping: fractions) { Int($0 * 10) }
    #expect(tenths.keys.sorted() == Array(0..<10))
    #expect(tenths.values.allSatisfy { 60...140 ~= $0.count })
    #expect(
      Int(RefreshPolicy.stableFraction(of: "https://herald.example/rss") * 1e9) == 208_891_986)
  }
}
