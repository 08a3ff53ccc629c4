internal import Aggregation
internal import FeedFetching
internal import Syndication

/// What is to be asked, is being asked, or is answered and not stored yet: each feed's request with its
/// place in the queue. A request is under way until its answer is stored, so the limit of requests bounds
/// what waits in memory. Pure; not copied, since thousands may wait and every answer looks in here.
struct PendingFetches: ~Copyable {
  /// A feed's request; a reference, since it goes from hand to hand and is never changed.
  final class Fetch: Sendable {
    let feed: Feed
    let request: FetchRequest
    let policy: RefreshPolicy
    let slot: RequestSlot
    var url: String { feed.url }
    var line: String { slot.line }

    init(_ feed: Feed, _ request: FetchRequest, _ policy: RefreshPolicy, _ slot: RequestSlot) {
      self.feed = feed
      self.request = request
      self.policy = policy
      self.slot = slot
    }
  }

  private struct Entry {
    let fetch: Fetch
    /// Held back until it is clear whether the feed or the network is at fault.
    var result: FetchResult?
    /// What came of the request counts for memory until it is stored.
    var hold: AnswerHold?
  }

  private var entries: [String: Entry] = [:]
  private var queue: FetchQueue<String>

  init(limits: FetchQueue<String>.Limits) {
    queue = FetchQueue(limits: limits)
  }

  var limits: FetchQueue<String>.Limits { queue.limits }
  var count: Int { entries.count }
  var isEmpty: Bool { entries.isEmpty }
  /// Those that are lined up to be started.
  var waitingCount: Int { queue.waitingCount }
  /// Those that are started and without an answer.
  var unansweredCount: Int { queue.unansweredCount }
  /// Whether nothing waits, is under way or is being stored.
  var isIdle: Bool { queue.inFlightCount == 0 && queue.waitingCount == 0 }

  /// Whether nothing is under way that could end soon.
  var isQuiet: Bool { queue.inFlightCount == queue.lingeringCount }

  subscript(url: String) -> Fetch? { entries[url]?.fetch }

  /// When there may be something to start.
  func wakeUp(after now: Timestamp) -> Timestamp? { queue.wakeUp(after: now) }

  /// Lines a request up, in a line whose operator wants this `pace`.
  mutating func add(
    _ feed: Feed, _ request: FetchRequest, _ policy: RefreshPolicy, _ slot: RequestSlot,
    pace: FetchQueue<String>.Pace
  ) {
    entries[feed.url] = Entry(fetch: Fetch(feed, request, policy, slot))
    queue.enqueue(feed.url, host: slot.line, pace: pace)
  }

  /// What may be started by the rules of this process.
  mutating func next(now: Timestamp) -> [Fetch] {
    queue.next(now: now).compactMap { entries[$0]?.fetch }
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
    entries[url]?.result = result
    if case .document(let document, _) = result { entries[url]?.hold = document.hold }
  }

  /// Gives what came of the request away, to be read.
  mutating func takeResult(of url: String) -> FetchResult? {
    defer { entries[url]?.result = nil }
    return entries[url]?.result
  }

  /// The request is over, whatever becomes of its result.
  mutating func release(_ url: String, now: Timestamp) {
    queue.finished(url, now: now)
  }

  /// Nothing that comes of the request is wanted any more; it may still be under way.
  @discardableResult
  mutating func forget(_ url: String) -> Fetch? { entries.removeValue(forKey: url)?.fetch }

  private mutating func forget(_ urls: [String]) -> [Fetch] {
    var forgotten: [Fetch] = []
    for url in urls { if let fetch = forget(url) { forgotten.append(fetch) } }
    return forgotten
  }

  mutating func end(_ url: String, now: Timestamp) {
    release(url, now: now)
    forget(url)
  }

  /// Starts nothing in `line` before `until`; what waits there goes on waiting.
  mutating func rest(_ line: String, until: Timestamp) { queue.block(host: line, until: until) }

  /// Starts nothing in `line` before `until`, and takes back what waits there.
  mutating func block(_ line: String, until: Timestamp) -> [Fetch] {
    queue.block(host: line, until: until)
    return forget(queue.removeWaiting(of: line))
  }

  /// The wall clock was stepped: what is waited for is as far away as it was.
  mutating func clockStepped(by step: Duration) { queue.shift(by: step) }

  /// Takes back what waits in any line.
  mutating func removeWaiting() -> [Fetch] {
    forget(queue.removeWaiting())
  }

  /// Nothing of all this is wanted any more; what is under way will end unheard.
  mutating func forgetAll() {
    _ = queue.removeWaiting()
    entries = [:]
  }
}
