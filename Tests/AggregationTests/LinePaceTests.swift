import FeedFetching
import Syndication
import Testing

@testable import Aggregation

@Suite struct LinePaceTests {
  private let noon = Sample.noon

  private func pace(
    after answers: [(LinePace.Answer, Int)], operatorGap: Duration = .seconds(1)
  ) -> LinePace {
    var pace = LinePace()
    for (answer, second) in answers {
      pace.note(answer, limit: nil, operatorGap: operatorGap, now: noon + .seconds(second))
    }
    return pace
  }

  @Test func `each refusal doubles the gap as far as a quarter of an hour`() {
    var pace = LinePace()
    var moment = noon
    var gaps: [Int64] = []
    for _ in 1...12 {
      pace.note(.refused, limit: nil, operatorGap: .seconds(1), now: moment)
      gaps.append(pace.gap(now: moment).components.seconds)
      moment = moment + pace.gap(now: moment)
    }
    #expect(gaps == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  }

  @Test func `a refusal doubles the operator's gap where that is longer`() {
    let pace = pace(after: [(.refused, 0)], operatorGap: .seconds(61))
    #expect(pace.gap(now: noon) == .seconds(122))
  }

  @Test func `refusals of requests that were under way together count once`() {
    let pace = pace(after: [(.refused, 0), (.refused, 0), (.refused, 0)])
    #expect(pace.gap(now: noon) == .seconds(2))
  }

  @Test func `successes let the gap shrink slowly, until it is forgotten`() {
    var pace = pace(after: [(.refused, 0), (.refused, 10), (.refused, 20), (.refused, 40)])
    #expect(pace.gap(now: noon) == .seconds(16))
    var last = Duration.seconds(16)
    var count = 0
    while pace.gap(now: noon) > .zero, count < 1000 {
      pace.note(.served, limit: nil, operatorGap: .seconds(1), now: noon + .seconds(50))
      #expect(pace.gap(now: noon) < last)
      last = pace.gap(now: noon)
      count += 1
    }
    #expect(count == 43)
    #expect(pace == LinePace())
  }

  @Test func `a feed that is forbidden while others are served is no sign of haste`() {
    let answers: [(LinePace.Answer, Int)] = (0..<40).map { second in
      second % 2 == 0 ? (.forbidden(isNew: true), second) : (.served, second)
    }
    #expect(pace(after: answers).gap(now: noon) == .zero)
    let old = (0..<40).map { (LinePace.Answer.forbidden(isNew: false), $0) }
    #expect(pace(after: old).gap(now: noon) == .zero)
  }

  @Test func `feeds that become forbidden one after the other are`() {
    let answers = (0..<4).map { (LinePace.Answer.forbidden(isNew: true), $0 * 10) }
    #expect(pace(after: Array(answers.prefix(2))).gap(now: noon) == .zero)
    #expect(pace(after: Array(answers.prefix(3))).gap(now: noon) == .seconds(2))
    #expect(pace(after: answers).gap(now: noon) == .seconds(4))
  }

  @Test func `other failures say nothing of the pace`() {
    #expect(pace(after: [(.other, 0), (.other, 9)]) == LinePace())
  }

  @Test func `a refusal is forgotten after a month, and one from a wrong clock at once`() {
    let pace = pace(after: [(.refused, 0)])
    #expect(pace.gap(now: noon + .seconds(29 * 86_400)) == .seconds(2))
    #expect(pace.gap(now: noon + .seconds(31 * 86_400)) == .zero)
    #expect(pace.gap(now: noon - .seconds(31 * 86_400)) == .zero)
  }

  @Test(
    arguments: [
      (99, 100, 0), (25, 100, 0), (24, 100, 25_000), (6, 100, 100_000),
      (1, 100, 600_000), (10, nil, 0), (5, nil, 120_000), (0, 100, 0),
    ] as [(Double, Double?, Int)])
  func `what is left of a scarce limit is spread over its time`(
    remaining: Double, total: Double?, milliseconds: Int
  ) {
    let limit = RateLimit(remaining: remaining, total: total, window: .seconds(600))
    var pace = LinePace()
    pace.note(.served, limit: limit, operatorGap: .seconds(1), now: noon)
    #expect(pace.gap(now: noon) == .milliseconds(milliseconds))
    #expect(pace.gap(now: noon + .seconds(600)) == .zero)
    let plenty = RateLimit(remaining: 90, total: 100, window: .seconds(600))
    pace.note(.served, limit: plenty, operatorGap: .seconds(1), now: noon + .seconds(1))
    #expect(pace.gap(now: noon + .seconds(1)) == .zero)
  }

  @Test func `what was learned survives the way to its line and back`() {
    var pace = pace(after: [(.refused, 0), (.forbidden(isNew: true), 5)])
    pace.note(
      .other, limit: RateLimit(remaining: 2, total: 100, window: .seconds(60)),
      operatorGap: .zero, now: noon)
    let line = StateLine.pace("herald.example", pace)
    #expect(StateLine(json: line.json) == line)
    let absurd = #"{"line":"a","learnedMilliseconds":9000000000000000000,"forbidden":-9}"#
    guard case .pace(_, let read)? = StateLine(json: Array(absurd.utf8)) else {
      Issue.record("not read")
      return
    }
    #expect(read.learned == LinePace.longestGap)
    #expect(read.forbiddenCount == 0)
  }

  @Test func `a line that was refused is asked slowly by every process, also after a restart`()
    throws
  {
    let folder = try TemporaryFolder()
    let first = try Aggregator(storage: folder.path, now: noon)
    let refusal = FetchResult.failed(
      FetchFailure(.http, "too many requests (429)"), ResponseFacts(status: 429))
    func slot(_ number: Int) -> RequestSlot {
      RequestSlot(
        feed: "https://herald.example/\(number)", line: "herald.example", gap: .seconds(1),
        lastAsked: nil)
    }
    #expect(try first.reserve([slot(1)], now: noon) == [.granted])
    _ = try first.refresh(
      Feed(url: slot(1).feed), with: refusal, policy: RefreshPolicy(interval: nil),
      line: "herald.example", now: noon)
    #expect(first.learnedGap(line: "herald.example", now: noon) == .seconds(2))
    let second = try Aggregator(storage: folder.path, now: noon)
    #expect(second.learnedGap(line: "herald.example", now: noon) == .seconds(2))
    let until = noon + .seconds(2)
    #expect(try second.reserve([slot(2)], now: noon + .seconds(1)) == [.wait(until: until)])
    #expect(try second.reserve([slot(2)], now: until) == [.granted])
  }
}
