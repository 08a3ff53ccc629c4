internal import Syndication

/// Which of the requests under way count against the limit of those: all that are answered, and those
/// that are not for as long as there is patience with them. The others linger. Pure.
struct BusyRequests<Key: Hashable & Sendable>: Sendable {
  private struct Start {
    let key: Key
    let at: Timestamp
  }

  /// How long a request may be without an answer before it lingers; nil for as long as it takes.
  let patience: Duration?
  /// When each request that counts and is not answered was started.
  private var unanswered: [Key: Timestamp] = [:]
  private var answered: Set<Key> = []
  /// In their order; of those that no longer hold, `unanswered` knows nothing or another moment.
  private var starts = Queue<Start>()

  init(patience: Duration?) {
    self.patience = patience
  }

  var count: Int { unanswered.count + answered.count }
  var answeredCount: Int { answered.count }

  mutating func begin(_ key: Key, now: Timestamp) {
    unanswered[key] = now
    if patience != nil { starts.append(Start(key: key, at: now)) }
  }

  /// The request counts until its end, also where it lingered: what is done with an answer takes memory.
  ///
  /// - Returns: Whether it had not lingered.
  mutating func answer(_ key: Key) -> Bool {
    defer { answered.insert(key) }
    return unanswered.removeValue(forKey: key) != nil
  }

  mutating func end(_ key: Key) {
    unanswered[key] = nil
    answered.remove(key)
  }

  /// Counts no request any more that is without an answer for longer than there is patience.
  mutating func letLinger(now: Timestamp) {
    guard let patience else { return }
    while let first = starts.first, !holds(first) || first.at + patience <= now {
      if holds(first) { unanswered[first.key] = nil }
      _ = starts.popFirst()
    }
  }

  /// When `letLinger` may let the next request linger.
  var nextLingering: Timestamp? {
    patience.flatMap { patience in starts.first.map { $0.at + patience } }
  }

  /// After a clock that went back, patience counts from `now` on.
  mutating func restart(at now: Timestamp) {
    for (key, start) in unanswered where start > now { unanswered[key] = now }
    var restarted = Queue<Start>()
    while let start = starts.popFirst() {
      restarted.append(Start(key: start.key, at: min(start.at, now)))
    }
    starts = restarted
  }

  /// The clock was stepped: what was started is as long ago as it was.
  mutating func shift(by step: Duration) {
    for (key, start) in unanswered { unanswered[key] = start + step }
    var shifted = Queue<Start>()
    while let start = starts.popFirst() {
      shifted.append(Start(key: start.key, at: start.at + step))
    }
    starts = shifted
  }

  private func holds(_ start: Start) -> Bool { unanswered[start.key] == start.at }
}
