import Syndication
import Testing

@testable import FeedFetching

/// What becomes of waits when the wall clock is stepped.
@Suite struct FetchQueueStepTests {
  private static let start = Timestamp(milliseconds: 1_795_262_400_000)
  private static let steps = [-86_400, -600, 600, 86_400].map { Duration.seconds($0) }

  private var queue: FetchQueue<Int> {
    var limits = FetchQueue<Int>.Limits()
    limits.hostGap = .seconds(2)
    limits.lingering = 10
    limits.inFlight = 1
    return FetchQueue(limits: limits)
  }

  private func expect(
    _ started: [Int], from queue: inout FetchQueue<Int>, at now: Timestamp,
    _ place: SourceLocation = #_sourceLocation
  ) {
    let next = queue.next(now: now)
    #expect(next == started, sourceLocation: place)
  }

  @Test(arguments: Self.steps)
  func `a server that asked for an hour gets an hour`(step: Duration) {
    var queue = queue
    queue.block(host: "a", until: Self.start + .seconds(3600))
    queue.enqueue(1, host: "a")
    expect([], from: &queue, at: Self.start)
    queue.shift(by: step)
    let now = Self.start + step
    expect([], from: &queue, at: now + .seconds(3599))
    #expect(queue.wakeUp(after: now + .seconds(3599)) == now + .seconds(3600))
    expect([1], from: &queue, at: now + .seconds(3600))
  }

  @Test(arguments: Self.steps)
  func `a gap and patience last as long as they would have`(step: Duration) {
    var queue = queue
    for key in 1...2 { queue.enqueue(key, host: "a") }
    queue.enqueue(3, host: "b")
    expect([1], from: &queue, at: Self.start)
    let now = Self.start + step
    queue.shift(by: step)
    expect([], from: &queue, at: now + .milliseconds(499))
    expect([3], from: &queue, at: now + .milliseconds(500))
    queue.finished(1, now: now + .milliseconds(500))
    queue.finished(3, now: now + .milliseconds(500))
    queue.shift(by: step)
    expect([], from: &queue, at: now + step + .milliseconds(2499))
    expect([2], from: &queue, at: now + step + .milliseconds(2500))
  }
}
