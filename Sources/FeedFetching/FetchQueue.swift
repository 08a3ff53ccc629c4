package import Syndication

/// Which of the waiting requests may start now: pure bookkeeping, without a clock and without sockets.
///
/// Requests wait in the line of their host. A host has a few requests under way at a time, rests
/// between them, and is left alone for as long as it asked; hosts with something to start take turns.
/// What cannot start yet waits: nothing is ever dropped.
package struct FetchQueue<Key: Hashable & Sendable>: Sendable {
  package struct Limits: Hashable, Sendable {
    /// Requests under way over all hosts, without those that linger.
    package var inFlight = 200
    /// Requests that linger: under way for longer than `patience` without an answer. They hold a socket
    /// and hardly anything else, so that thousands of servers that hang keep nobody waiting.
    package var lingering = 0
    package var patience = Duration.milliseconds(500)
    package var inFlightPerHost = 1
    /// From the end of a request, and from its start, to the start of the next one to the same host.
    package var hostGap = Duration.seconds(1)
    /// The longest that a server's wish to be left alone is believed; what is farther away after a
    /// clock that went back is cut to it.
    package var blockCeiling = Duration.seconds(30 * 86_400)

    package init() {}
  }

  /// What the operator says of one host, in place of the limits for all.
  package struct Pace: Hashable, Sendable {
    package var inFlight: Int?
    package var gap: Duration?

    package init(inFlight: Int? = nil, gap: Duration? = nil) {
      precondition(inFlight ?? 1 > 0 && gap ?? .zero >= .zero)
      self.inFlight = inFlight
      self.gap = gap
    }
  }

  private struct Host {
    var pace = Pace()
    var waiting = Queue<Key>()
    var inFlightCount = 0
    /// The end of the gap after the last request.
    var restsUntil = Timestamp.distantPast
    /// What the server asked for.
    var blockedUntil = Timestamp.distantPast
    /// Whether the host has a place in `ready`, `prompt` or `resting`.
    var isLinedUp = false
    /// Whether its last answer came before there was no patience left.
    var isPrompt = false

    var notBefore: Timestamp { max(restsUntil, blockedUntil) }
    var isIdle: Bool { waiting.isEmpty && inFlightCount == 0 }
  }

  private struct Rest: Comparable, Sendable {
    let until: Timestamp
    /// Among equals the first to rest is the first to go on.
    let order: Int
    let host: String

    static func < (left: Rest, right: Rest) -> Bool {
      (left.until, left.order) < (right.until, right.order)
    }
  }

  package let limits: Limits
  private var hosts: [String: Host] = [:]
  /// The host of every key that waits or is under way.
  private var hostOfKey: [Key: String] = [:]
  /// Hosts that may start something as far as is known, in turn.
  private var ready = Queue<String>()
  /// Likewise, of hosts that answered promptly. They and the others start by turns, so that a host of
  /// many feeds does not wait for each of them until thousands that hang have been tried.
  private var prompt = Queue<String>()
  private var isTurnOfPrompt = false
  /// Hosts with something waiting that may not start yet.
  private var resting = MinHeap<Rest>()
  private var restCount = 0
  private var hostCountToPruneAt = 1024
  private var latest = Timestamp.distantPast
  private var busy: BusyRequests<Key>
  /// Requests under way, those that linger among them.
  package private(set) var inFlightCount = 0

  package init(limits: Limits = Limits()) {
    precondition(limits.inFlight > 0 && limits.inFlightPerHost > 0 && limits.hostGap >= .zero)
    precondition(limits.lingering >= 0 && limits.patience > .zero)
    self.limits = limits
    busy = BusyRequests(patience: limits.lingering > 0 ? limits.patience : nil)
  }

  /// Requests that wait.
  package var waitingCount: Int { hostOfKey.count - inFlightCount }

  /// Requests under way that linger.
  package var lingeringCount: Int { inFlightCount - busy.count }

  /// Requests under way that are not answered.
  package var unansweredCount: Int { inFlightCount - busy.answeredCount }

  /// Whether `key` waits or is under way.
  package func contains(_ key: Key) -> Bool { hostOfKey[key] != nil }

  /// Whether more requests wait for the host of `key`, so that its connection is worth keeping.
  @specialized(where Key == String)
  package func hasMore(besides key: Key) -> Bool {
    hostOfKey[key].flatMap { hosts[$0] }.map { !$0.waiting.isEmpty } ?? false
  }

  /// Puts `key` at the end of the line of `host`, the name that shares a limit. A key that waits or is
  /// under way already stays where it is. `pace` holds for the host from now on.
  @specialized(where Key == String)
  package mutating func enqueue(_ key: Key, host: String, pace: Pace = Pace()) {
    guard hostOfKey[key] == nil else { return }
    hostOfKey[key] = host
    hosts[host, default: Host()].waiting.append(key)
    hosts[host]?.pace = pace
    lineUp(host)
  }

  /// The requests to start at `now`, which count as under way from here on.
  @specialized(where Key == String)
  package mutating func next(now: Timestamp) -> [Key] {
    noticeStep(to: now)
    while let rest = resting.first, rest.until <= now {
      resting.removeFirst()
      makeReady(rest.host)
    }
    busy.letLinger(now: now)
    var started: [Key] = []
    while hasRoom, let host = nextReady() {
      if let key = start(host, now) { started.append(key) }
    }
    return started
  }

  /// The request of `key` is answered, and its answer is being dealt with until it has `finished`: its
  /// host is asked nothing meanwhile, since the answer may say for how long.
  @specialized(where Key == String)
  package mutating func answered(_ key: Key) {
    guard let host = hostOfKey[key] else { return }
    hosts[host]?.isPrompt = busy.answer(key)
  }

  /// The request of `key` has ended, however it did.
  @specialized(where Key == String)
  package mutating func finished(_ key: Key, now: Timestamp) {
    guard let host = hostOfKey.removeValue(forKey: key) else { return }
    inFlightCount -= 1
    busy.end(key)
    hosts[host]?.inFlightCount -= 1
    let gap = gap(of: host)
    hosts[host]?.restsUntil = now + gap
    lineUp(host)
    prune(now)
  }

  /// Takes back the start of `key`, which stands first in its line again; the line rests until then.
  @specialized(where Key == String)
  package mutating func putBack(_ key: Key, restingUntil until: Timestamp) {
    guard let host = hostOfKey[key] else { return }
    inFlightCount -= 1
    busy.end(key)
    hosts[host]?.inFlightCount -= 1
    hosts[host]?.waiting.prepend(key)
    hosts[host]?.restsUntil = until
    lineUp(host)
  }

  /// Takes back what waits for `host`, or for every host, in the order of the lines. What is under way
  /// goes on, and rests and blocks stay.
  package mutating func removeWaiting(of host: String? = nil) -> [Key] {
    var removed: [Key] = []
    for name in host.map({ [$0] }) ?? hosts.keys.sorted() {
      while let key = hosts[name]?.waiting.popFirst() {
        hostOfKey[key] = nil
        removed.append(key)
      }
    }
    return removed
  }

  /// Starts nothing for `host` before `until`. Never shortens what was asked before.
  @specialized(where Key == String)
  package mutating func block(host: String, until: Timestamp) {
    hosts[host, default: Host()].blockedUntil = max(
      until, hosts[host]?.blockedUntil ?? .distantPast)
  }

  /// The clock was stepped while requests waited: what servers asked for and the gaps last as long as
  /// they would have.
  package mutating func shift(by step: Duration) {
    for host in hosts.keys {
      hosts[host]?.restsUntil.shift(by: step)
      hosts[host]?.blockedUntil.shift(by: step)
    }
    while let rest = resting.removeFirst() { makeReady(rest.host) }
    latest.shift(by: step)
    busy.shift(by: step)
  }

  /// When `next` may have something to start; nil where only the end of a request can change that.
  package func wakeUp(after now: Timestamp) -> Timestamp? {
    let next = ready.isEmpty && prompt.isEmpty ? resting.first.map { max($0.until, now) } : now
    guard !hasRoom, let next else { return next }
    guard inFlightCount < inFlightLimit else { return nil }
    return busy.nextLingering.map { max($0, next) }
  }
}

extension FetchQueue {
  private var inFlightLimit: Int { limits.inFlight + limits.lingering }

  private var hasRoom: Bool { busy.count < limits.inFlight && inFlightCount < inFlightLimit }

  private func gap(of host: String) -> Duration {
    hosts[host]?.pace.gap ?? limits.hostGap
  }

  /// Gives `host` a turn if it has something to start and none coming.
  private mutating func lineUp(_ host: String) {
    guard let entry = hosts[host], !entry.isLinedUp, !entry.waiting.isEmpty,
      entry.inFlightCount < entry.pace.inFlight ?? limits.inFlightPerHost
    else { return }
    hosts[host]?.isLinedUp = true
    makeReady(host)
  }

  private mutating func makeReady(_ host: String) {
    if hosts[host]?.isPrompt ?? false { prompt.append(host) } else { ready.append(host) }
  }

  private mutating func nextReady() -> String? {
    isTurnOfPrompt.toggle()
    return isTurnOfPrompt
      ? prompt.popFirst() ?? ready.popFirst() : ready.popFirst() ?? prompt.popFirst()
  }

  /// Takes the turn of `host`: the key to start, or nil where it must rest first.
  private mutating func start(_ host: String, _ now: Timestamp) -> Key? {
    guard var entry = hosts[host] else { return nil }
    guard entry.notBefore <= now || entry.waiting.isEmpty else {
      restCount += 1
      resting.insert(Rest(until: entry.notBefore, order: restCount, host: host))
      return nil
    }
    guard let key = entry.waiting.popFirst() else {
      hosts[host]?.isLinedUp = false
      return nil
    }
    entry.inFlightCount += 1
    entry.restsUntil = now + gap(of: host)
    entry.isLinedUp = false
    hosts[host] = entry
    inFlightCount += 1
    busy.begin(key, now: now)
    lineUp(host)
    return key
  }

  /// After a clock that went back, no host rests longer than the gap; what servers asked for is a
  /// moment and stays.
  private mutating func noticeStep(to now: Timestamp) {
    defer { latest = now }
    guard now < latest else { return }
    for host in hosts.keys {
      let longest = now + gap(of: host)
      if let until = hosts[host]?.restsUntil, until > longest { hosts[host]?.restsUntil = longest }
      let believable = now + limits.blockCeiling
      if let until = hosts[host]?.blockedUntil, until > believable {
        hosts[host]?.blockedUntil = believable
      }
    }
    while let rest = resting.removeFirst() { makeReady(rest.host) }
    busy.restart(at: now)
  }

  /// Forgets hosts without anything to remember, often enough to hold their number down and seldom
  /// enough to cost nothing.
  private mutating func prune(_ now: Timestamp) {
    guard hosts.count >= hostCountToPruneAt else { return }
    hosts = hosts.filter { !$0.value.isIdle || $0.value.isLinedUp || $0.value.notBefore > now }
    hostCountToPruneAt = max(1024, hosts.count * 2)
  }
}

extension Timestamp {
  fileprivate static var distantPast: Timestamp { Timestamp(milliseconds: .min) }

  fileprivate mutating func shift(by step: Duration) {
    if self != .distantPast { self = self + step }
  }
}
