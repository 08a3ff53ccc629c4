import FeedFetching
import Syndication
import TestNumbers
import Testing

@Suite struct FetchQueueTests {
  private static let start = Timestamp(milliseconds: 1_795_280_624_000)

  private func queue(
    inFlight: Int = 100, perHost: Int = 1, gap: Duration = .seconds(1)
  ) -> FetchQueue<Int> {
    var limits = FetchQueue<Int>.Limits()
    limits.inFlight = inFlight
    limits.inFlightPerHost = perHost
    limits.hostGap = gap
    return FetchQueue(limits: limits)
  }

  @Test func `feeds of one host start one after another with the gap between them`() {
    var queue = queue()
    for key in 1...3 { queue.enqueue(key, host: "a") }
    #expect(queue.next(now: Self.start) == [1])
    #expect(queue.next(now: Self.start + .seconds(100)) == [])
    #expect(queue.hasMore(besides: 1))
    let end = Self.start + .seconds(100)
    queue.finished(1, now: end)
    #expect(queue.next(now: end) == [])
    #expect(queue.wakeUp(after: end) == end + .seconds(1))
    #expect(queue.next(now: end + .milliseconds(999)) == [])
    #expect(queue.next(now: end + .seconds(1)) == [2])
    queue.finished(2, now: end + .seconds(1))
    #expect(queue.next(now: end + .seconds(2)) == [3])
    #expect(!queue.hasMore(besides: 3))
    queue.finished(3, now: end + .seconds(2))
    #expect(queue.wakeUp(after: end + .seconds(2)) == nil)
    #expect(queue.waitingCount == 0 && queue.inFlightCount == 0)
  }

  @Test func `requests without an answer let others start, up to a limit of their own`() {
    var limits = FetchQueue<Int>.Limits()
    limits.inFlight = 2
    limits.lingering = 1
    limits.patience = .seconds(2)
    var queue = FetchQueue<Int>(limits: limits)
    for key in 1...4 { queue.enqueue(key, host: "\(key)") }
    #expect(queue.next(now: Self.start) == [1, 2])
    #expect(queue.wakeUp(after: Self.start) == Self.start + .seconds(2))
    #expect(queue.next(now: Self.start + .milliseconds(1999)) == [])
    #expect(queue.next(now: Self.start + .seconds(2)) == [3])
    #expect(queue.next(now: Self.start + .seconds(60)) == [])
    #expect(queue.wakeUp(after: Self.start + .seconds(60)) == nil)
    queue.finished(1, now: Self.start + .seconds(60))
    #expect(queue.next(now: Self.start + .seconds(60)) == [4])
  }

  @Test func `an answer that is being dealt with does not linger`() {
    var limits = FetchQueue<Int>.Limits()
    limits.inFlight = 1
    limits.lingering = 10
    var queue = FetchQueue<Int>(limits: limits)
    for key in 1...3 { queue.enqueue(key, host: "\(key)") }
    #expect(queue.next(now: Self.start) == [1])
    queue.answered(1)
    #expect(queue.next(now: Self.start + .seconds(60)) == [])
    queue.finished(1, now: Self.start + .seconds(60))
    #expect(queue.next(now: Self.start + .seconds(60)) == [2])
    #expect(queue.next(now: Self.start + .seconds(70)) == [3])
    queue.answered(2)
    queue.finished(3, now: Self.start + .seconds(70))
    #expect(queue.inFlightCount == 1)
  }

  @Test func `a host that answers promptly goes on by turns with those that were not tried`() {
    var limits = FetchQueue<Int>.Limits()
    limits.inFlight = 1
    limits.lingering = 10
    limits.hostGap = .zero
    var queue = FetchQueue<Int>(limits: limits)
    for key in 1...3 { queue.enqueue(key, host: "prompt") }
    for key in 4...9 { queue.enqueue(key, host: "\(key)") }
    var now = Self.start
    var order: [Int] = []
    for _ in 0..<9 {
      let started = queue.next(now: now)
      order += started
      for key in started where key <= 3 {
        queue.answered(key)
        queue.finished(key, now: now)
      }
      if started.allSatisfy({ $0 > 3 }) { now = now + limits.patience }
    }
    #expect(order == [1, 4, 2, 5, 3, 6, 7, 8, 9])
  }

  @Test func `what is put back neither counts nor lingers until it starts again`() {
    var limits = FetchQueue<Int>.Limits()
    limits.inFlight = 1
    limits.lingering = 10
    var queue = FetchQueue<Int>(limits: limits)
    for key in 1...2 { queue.enqueue(key, host: "\(key)") }
    #expect(queue.next(now: Self.start) == [1])
    queue.putBack(1, restingUntil: Self.start + .milliseconds(400))
    #expect(queue.next(now: Self.start) == [2])
    queue.finished(2, now: Self.start + .milliseconds(400))
    #expect(queue.next(now: Self.start + .milliseconds(400)) == [1])
    queue.enqueue(3, host: "3")
    #expect(queue.next(now: Self.start + limits.patience) == [])
    #expect(queue.next(now: Self.start + .milliseconds(400) + limits.patience) == [3])
  }

  @Test func `after a clock that went back, patience counts from then on`() {
    var limits = FetchQueue<Int>.Limits()
    limits.inFlight = 1
    limits.lingering = 10
    var queue = FetchQueue<Int>(limits: limits)
    for key in 1...2 { queue.enqueue(key, host: "\(key)") }
    #expect(queue.next(now: Self.start) == [1])
    let earlier = Self.start - .seconds(86_400)
    #expect(queue.next(now: earlier) == [])
    #expect(queue.next(now: earlier + limits.patience) == [2])
  }

  @Test func `a host that the operator names has a pace of its own`() {
    var queue = queue()
    let slow = FetchQueue<Int>.Pace(inFlight: 2, gap: .seconds(61))
    for key in 1...3 { queue.enqueue(key, host: "a", pace: slow) }
    #expect(queue.next(now: Self.start) == [1])
    #expect(queue.next(now: Self.start + .seconds(60)) == [])
    #expect(queue.next(now: Self.start + .seconds(61)) == [2])
    #expect(queue.next(now: Self.start + .seconds(200)) == [])
    queue.finished(1, now: Self.start + .seconds(200))
    #expect(queue.next(now: Self.start + .seconds(260)) == [])
    #expect(queue.next(now: Self.start + .seconds(261)) == [3])
  }

  @Test func `what waits can be taken back, what is under way goes on`() {
    var queue = queue(gap: .zero)
    for key in 1...3 { queue.enqueue(key, host: "a") }
    queue.enqueue(4, host: "b")
    #expect(queue.next(now: Self.start) == [1, 4])
    #expect(queue.removeWaiting(of: "a") == [2, 3])
    #expect(queue.waitingCount == 0 && queue.contains(1) && !queue.contains(2))
    queue.finished(1, now: Self.start)
    #expect(queue.next(now: Self.start) == [])
    #expect(queue.wakeUp(after: Self.start) == nil)
    queue.enqueue(2, host: "a")
    #expect(queue.next(now: Self.start) == [2])
    queue.enqueue(5, host: "b")
    #expect(queue.removeWaiting() == [5])
  }

  @Test func `hosts take turns and a long line delays no other host`() {
    var queue = queue(inFlight: 2, gap: .zero)
    for key in 0..<100 { queue.enqueue(key, host: "long") }
    for key in 100..<103 { queue.enqueue(key, host: "host \(key)") }
    #expect(queue.next(now: Self.start) == [0, 100])
    queue.finished(0, now: Self.start)
    queue.finished(100, now: Self.start)
    #expect(queue.next(now: Self.start) == [101, 102])
    queue.finished(101, now: Self.start)
    #expect(queue.next(now: Self.start) == [1])
  }

  @Test func `the limit over all hosts holds, and a full house waits for an end`() {
    var queue = queue(inFlight: 3)
    for key in 0..<10 { queue.enqueue(key, host: "host \(key)") }
    #expect(queue.next(now: Self.start) == [0, 1, 2])
    #expect(queue.wakeUp(after: Self.start) == nil)
    queue.finished(1, now: Self.start)
    #expect(queue.wakeUp(after: Self.start) == Self.start)
    #expect(queue.next(now: Self.start) == [3])
  }

  @Test func `a host that asked for rest gets it, the others go on`() {
    var queue = queue()
    let until = Self.start + .seconds(3600)
    queue.block(host: "a", until: until)
    queue.block(host: "a", until: Self.start + .seconds(60))
    queue.enqueue(1, host: "a")
    queue.enqueue(2, host: "b")
    #expect(queue.next(now: Self.start) == [2])
    #expect(queue.wakeUp(after: Self.start) == until)
    #expect(queue.next(now: until - .milliseconds(1)) == [])
    #expect(queue.next(now: until) == [1])
  }

  @Test func `a start that is taken back waits at the head of its line, and nothing is lost`() {
    var queue = queue(gap: .zero)
    for key in 1...3 { queue.enqueue(key, host: "a") }
    queue.enqueue(9, host: "b")
    #expect(queue.next(now: Self.start) == [1, 9])
    let until = Self.start + .seconds(61)
    queue.putBack(1, restingUntil: until)
    #expect(queue.inFlightCount == 1)
    #expect(queue.waitingCount == 3)
    queue.finished(9, now: Self.start)
    #expect(queue.next(now: Self.start) == [])
    #expect(queue.wakeUp(after: Self.start) == until)
    var order: [Int] = []
    for _ in 1...3 {
      order += queue.next(now: until)
      if let key = order.last { queue.finished(key, now: until) }
    }
    #expect(order == [1, 2, 3])
  }

  @Test func `a host blocked while its feeds wait lets none of them go`() {
    var queue = queue(gap: .zero)
    queue.enqueue(1, host: "a")
    queue.enqueue(2, host: "a")
    #expect(queue.next(now: Self.start) == [1])
    queue.block(host: "a", until: Self.start + .seconds(9))
    queue.finished(1, now: Self.start)
    #expect(queue.next(now: Self.start) == [])
    #expect(queue.wakeUp(after: Self.start) == Self.start + .seconds(9))
  }

  @Test func `the same key waits once, and again only after its end`() {
    var queue = queue(gap: .zero)
    queue.enqueue(1, host: "a")
    queue.enqueue(1, host: "a")
    queue.enqueue(1, host: "b")
    #expect(queue.next(now: Self.start) == [1])
    queue.enqueue(1, host: "a")
    #expect(queue.waitingCount == 0 && queue.contains(1))
    queue.finished(1, now: Self.start)
    queue.finished(1, now: Self.start)
    #expect(queue.inFlightCount == 0 && !queue.contains(1))
    queue.enqueue(1, host: "a")
    #expect(queue.next(now: Self.start) == [1])
  }

  @Test func `a clock set back by a day lets no host rest a day`() {
    var queue = queue()
    queue.enqueue(1, host: "a")
    queue.enqueue(2, host: "a")
    #expect(queue.next(now: Self.start) == [1])
    queue.finished(1, now: Self.start)
    #expect(queue.next(now: Self.start) == [])
    let before = Self.start - .seconds(86_400)
    #expect(queue.next(now: before) == [])
    #expect(queue.next(now: before + .seconds(1)) == [2])
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `whatever happens, limits and gaps hold and everything starts exactly once`(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var queue = queue(inFlight: 5, perHost: 2, gap: .seconds(2))
    var now = Self.start
    var waiting = Set(0..<300)
    var underWay: [Int: Timestamp] = [:]
    var lastEvent: [Int: Timestamp] = [:]
    let host = { (key: Int) in key * key % 17 }
    for key in 0..<300 { queue.enqueue(key, host: "\(host(key))") }
    var rounds = 0
    while !waiting.isEmpty || !underWay.isEmpty {
      rounds += 1
      guard rounds < 100_000 else {
        Issue.record("seed \(seed): the queue stands still with \(waiting.count) waiting")
        return
      }
      for key in queue.next(now: now) {
        #expect(waiting.remove(key) != nil, "seed \(seed): \(key) started twice")
        if let last = lastEvent[host(key)] { #expect(now >= last + .seconds(2), "seed \(seed)") }
        lastEvent[host(key)] = now
        underWay[key] = now
      }
      #expect(underWay.count <= 5 && queue.inFlightCount == underWay.count, "seed \(seed)")
      #expect(Dictionary(grouping: underWay.keys, by: host).values.allSatisfy { $0.count <= 2 })
      now = now + .milliseconds(Int64(numbers.next() % 700))
      if let key = underWay.keys.sorted().first, numbers.next().isMultiple(of: 2) {
        underWay[key] = nil
        queue.finished(key, now: now)
        lastEvent[host(key)] = now
      } else if underWay.isEmpty, let wakeUp = queue.wakeUp(after: now) {
        now = max(now, wakeUp)
      }
    }
    #expect(queue.waitingCount == 0)
  }
}
