internal import Aggregation
internal import FeedFetching
internal import Syndication

/// What is to be asked, is being asked, or is answered and not stored yet: each feed's request with its
/// place in the queue. A request is under way until its answer is stored, so the limit of requests bounds
/// what waits in memory. Pure.
struct PendingFetches: Sendable {
  struct Fetch: Sendable {
    let feed: Feed
    let request: FetchRequest
    let policy: RefreshPolicy
    let slot: RequestSlot
    var url: String { feed.url }
    var line: String { slot.line }
    /// Held back until it is clear whether the feed or the network is at fault.
    fileprivate(set) var result: FetchResult?
    /// What came of the request counts for memory until it is stored.
    fileprivate var hold: AnswerHold?
  }

  private var fetches: [String: Fetch] = [:]
  private var queue: FetchQueue<String>

  init(limits: FetchQueue<String>.Limits) {
    queue = FetchQueue(limits: limits)
  }

  var limits: FetchQueue<String>.Limits { queue.limits }
  var count: Int { fetches.count }
  var isEmpty: Bool { fetches.isEmpty }
  /// Those that are lined up to be started.
  var waitingCount: Int { queue.waitingCount }
  /// Those that are started and without an answer.
  var unansweredCount: Int { queue.unansweredCount }
  /// Whether nothing waits, is under way or is being stored.
  var isIdle: Bool { queue.inFlightCount == 0 && queue.waitingCount == 0 }

  /// Whether nothing is under way that could end soon.
  var isQuiet: Bool { queue.inFlightCount == queue.lingeringCount }

  subscript(url: String) -> Fetch? { fetches[url] }

  /// When there may be something to start.
  func wakeUp(after now: Timestamp) -> Timestamp? { queue.wakeUp(after: now) }

  /// Lines a request up, in a line whose operator wants this `pace`.
  mutating func add(
    _ feed: Feed, _ request: FetchRequest, _ policy: RefreshPolicy, _ slot: RequestSlot,
    pace: FetchQueue<String>.Pace
  ) {
    fetches[feed.url] = Fetch(feed: feed, request: request, policy: policy, slot: slot)
    queue.enqueue(feed.url, host: slot.line, pace: pace)
  }

  /// What may be started by the rules of this process.
  mutating func next(now: Timestamp) -> [Fetch] {
    queue.next(now: now).compactMap { fetches[$0] }
  }

  /// Whether more waits in the line of `url`.
  func hasMore(besides url: String) -> Bool { queue.hasMore(besides: url) }

  /// What was to be started stands first in its line again.
  mutating func putBack(_ url: String, restingUntil until: Timestamp) {
    queue.putBack(url, restingUntil: until)
  }

  /// Keeps what came of the request.
  mutating func note(_ result: FetchResult, of url: String) {
    queue.answered(url)
    fetches[url]?.result = result
    if case .document(let document, _) = result { fetches[url]?.hold = document.hold }
  }

  /// Gives what came of the request away, to be read.
  mutating func takeResult(of url: String) -> FetchResult? {
    defer { fetches[url]?.result = nil }
    return fetches[url]?.result
  }

  /// The request is over, whatever becomes of its result.
  mutating func release(_ url: String, now: Timestamp) {
    queue.finished(url, now: now)
  }

  /// Nothing that comes of the request is wanted any more; it may still be under way.
  @discardableResult
  mutating func forget(_ url: String) -> Fetch? { fetches.removeValue(forKey: url) }

  mutating func end(_ url: String, now: Timestamp) {
    release(url, now: now)
    forget(url)
  }

  /// Starts nothing in `line` before `until`; what waits there goes on waiting.
  mutating func rest(_ line: String, until: Timestamp) { queue.block(host: line, until: until) }

  /// Starts nothing in `line` before `until`, and takes back what waits there.
  mutating func block(_ line: String, until: Timestamp) -> [Fetch] {
    queue.block(host: line, until: until)
    return queue.removeWaiting(of: line).compactMap { forget($0) }
  }

  /// The wall clock was stepped: what is waited for is as far away as it was.
  mutating func clockStepped(by step: Duration) { queue.shift(by: step) }

  /// Takes back what waits in any line.
  mutating func removeWaiting() -> [Fetch] {
    queue.removeWaiting().compactMap { forget($0) }
  }

  /// Nothing of all this is wanted any more; what is under way will end unheard.
  mutating func forgetAll() {
    _ = queue.removeWaiting()
    fetches = [:]
  }
}
