internal import Aggregation
internal import FeedFetching
internal import Syndication

/// Replays histories through a rule.
struct Replay {
  static let hour: Int64 = 3_600_000
  let histories: [FeedHistory]
  let days: Int

  private var begin: Int64 {
    HistoryGenerator.start + Int64(HistoryGenerator.pastDays) * 24 * Self.hour
  }
  private var end: Int64 { begin + Int64(days) * 24 * Self.hour }

  /// The first polls are spread over ten minutes, or over the hour where each feed has its minute.
  func run(_ rule: RivalRule) -> Tally {
    var tally = Tally()
    for history in histories {
      var server = Server(history)
      let spread = rule == .hourly ? Self.hour : Self.hour / 6
      var now = begin + Int64(Double(spread) * RefreshPolicy.stableFraction(of: history.url))
      var answer = server.begin(at: now)
      while true {
        let minutes = rule.minutes(history, seen: server.seen, window: answer.window, now: now)
        now += Int64(minutes * 60_000)
        guard now < end else { break }
        answer = server.poll(at: now, &tally)
      }
    }
    return tally
  }

  /// Every feed at the scheduler's floor: what is lost here falls out of its document too soon for any
  /// rule that keeps the floor.
  func runAtFloor() -> Tally {
    var tally = Tally()
    for history in histories {
      var server = Server(history)
      var now = begin
      _ = server.begin(at: now)
      while now + RefreshPolicy.floor.milliseconds < end {
        now += RefreshPolicy.floor.milliseconds
        _ = server.poll(at: now, &tally)
      }
    }
    return tally
  }

  /// The bound: c/√rate where the rate of every hour to come is known, bursts and silences included,
  /// between the scheduler's floor and ceiling.
  func runKnowingRates(unitDays: Double) -> Tally {
    var tally = Tally()
    for history in histories {
      var server = Server(history)
      var now = begin + Int64(600_000 * RefreshPolicy.stableFraction(of: history.url))
      _ = server.begin(at: now)
      while true {
        now = knownNext(history, after: now, unitDays: unitDays)
        guard now < end else { break }
        _ = server.poll(at: now, &tally)
      }
    }
    return tally
  }

  private func knownNext(_ history: FeedHistory, after now: Int64, unitDays: Double) -> Int64 {
    let (floor, ceiling) = (
      RefreshPolicy.paceFloor.milliseconds, RefreshPolicy.ceiling.milliseconds
    )
    var left = unitDays
    var at = now
    while at < now + ceiling {
      let hour = Int((at - HistoryGenerator.start) / Self.hour)
      guard hour < history.intensity.count else { return end }
      let next = HistoryGenerator.start + Int64(hour + 1) * Self.hour
      let root = Double(history.intensity[hour]).squareRoot()
      let step = root * Double(next - at) / 86_400_000
      if root > 0, step >= left {
        at += Int64(left / root * 86_400_000)
        break
      }
      left -= step
      at = next
    }
    return min(max(at, now + floor), now + ceiling)
  }

  /// The scheduler as the program runs it, with a poll budget that is shared out anew every hour.
  func run(budget: PollBudget) -> Tally {
    var tally = Tally()
    var readers = histories.map { Reader($0, begin: begin) }
    var unit = RefreshPolicy.unitInterval
    for index in readers.indices { readers[index].begin(unit) }
    for hour in 0..<Int64(days * 24) {
      let now = begin + hour * Self.hour
      let moment = Timestamp(milliseconds: now)
      unit = budget.unitInterval(
        for: readers.map { RefreshPolicy(interval: nil).demand(of: $0.state, now: moment) })
      for index in readers.indices {
        readers[index].poll(until: now + Self.hour, unit, &tally)
      }
    }
    return tally
  }
}

/// One feed as the program follows it.
private struct Reader {
  private var server: Server
  private let feed: Feed
  private(set) var state: FeedState
  private var due: Int64

  init(_ history: FeedHistory, begin: Int64) {
    server = Server(history)
    feed = Feed(url: history.url)
    state = FeedState(feed: history.url)
    due =
      RefreshPolicy.firstPoll(
        of: history.url, among: 400, now: Timestamp(milliseconds: begin)
      ).at.milliseconds
  }

  mutating func begin(_ unit: Duration) {
    learn(server.begin(at: due), unit)
  }

  mutating func poll(until end: Int64, _ unit: Duration, _ tally: inout Tally) {
    while due < end { learn(server.poll(at: due, &tally), unit) }
  }

  private mutating func learn(_ answer: Server.Answer, _ unit: Duration) {
    var counts = StoryCounts()
    counts.new = answer.new.count
    let polled = PolledState(
      before: state, feed: feed, policy: RefreshPolicy(interval: nil, unitInterval: unit),
      counts: counts, now: Timestamp(milliseconds: due))
    state = polled.after(reading(answer))
    due = state.due?.at.milliseconds ?? .max
  }

  private func reading(_ answer: Server.Answer) -> FeedReading {
    let facts = ResponseFacts(status: 200, validators: Validators(etag: "\"1\""))
    if answer.new.isEmpty, state.lastSuccess != nil { return .notModified(facts) }
    var parsed = ParsedFeed(format: .rss, version: "2.0", encoding: "utf-8")
    parsed.entries = answer.window.map { index in
      var entry = Entry()
      if server.history.isDated {
        entry.published = Timestamp(milliseconds: server.history.published[index])
      }
      return entry
    }
    return .feed(parsed, facts, finalURL: feed.url)
  }
}
