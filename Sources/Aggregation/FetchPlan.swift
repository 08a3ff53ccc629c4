package import FeedFetching
package import Syndication

/// Decides which feeds to ask now and with which request. Pure: `now` and the states are given.
package struct FetchPlan: Sendable {
  package enum Selection: Hashable, Sendable {
    /// What the daemon asks for: feeds whose time has come.
    case due
    /// By hand: these addresses whatever their time, but never within the floor unless forced.
    case chosen(Set<String>, isForced: Bool)
  }

  /// Why a feed is not asked.
  package enum Reason: Hashable, Sendable {
    case notDue(DueDecision)
    /// Asked less than the floor ago.
    case tooSoon(since: Timestamp)
    case paused
    /// The publisher took it away.
    case gone
    /// Its server asked to be left alone.
    case leftAlone(LinePause)
  }

  /// To be asked: what waits longest first, and what waits equally long in the order of feeds.conf, so
  /// that a pass that was interrupted is gone on with. Feeds whose servers kept us waiting for nothing the
  /// last time come after all others.
  package private(set) var requests: [(feed: Feed, request: FetchRequest)] = []
  package private(set) var skipped: [(feed: Feed, reason: Reason)] = []
  /// Whether its requests go out however short a time ago the feeds were asked.
  package let isForced: Bool
  /// When feeds that were asked too short a time ago may be asked again.
  private var rests: [Timestamp] = []

  package init(
    _ configuration: FeedsConfiguration, selection: Selection, now: Timestamp,
    pause: (String) -> LinePause? = { _ in nil },
    askedAt: (Feed) -> Timestamp? = { _ in nil }, state: (Feed) -> FeedState
  ) {
    isForced = if case .chosen(_, isForced: true) = selection { true } else { false }
    // Requests are large, so that only their ranks are sorted.
    var ranks: [Rank] = []
    var unsorted: [(feed: Feed, request: FetchRequest)] = []
    for feed in configuration.feeds {
      if case .chosen(let addresses, _) = selection, !addresses.contains(feed.url) { continue }
      let state = state(feed)
      let paused = pause(configuration.queueHost(of: feed)).map(Reason.leftAlone)
      let asked = Outstanding(
        since: askedAt(feed), interval: configuration.pollInterval(of: feed))
      if let reason = paused ?? Self.reasonToWait(feed, state, asked, selection, now) {
        skipped.append((feed, reason))
        if case .tooSoon(let since) = reason { rests.append(since + asked.floor) }
      } else {
        ranks.append(
          Rank(
            isSlow: state.failure?.isTimeout ?? false,
            since: selection == .due ? state.due?.at : state.lastAttempt, place: ranks.count))
        unsorted.append((feed, configuration.request(for: feed, state, now: now)))
      }
    }
    requests = ranks.sorted().map { unsorted[$0.place] }
  }

  private struct Rank: Comparable {
    let isSlow: Bool
    /// Nil before any moment.
    let since: Timestamp?
    let place: Int

    static func < (left: Rank, right: Rank) -> Bool {
      guard left.isSlow == right.isSlow else { return right.isSlow }
      guard left.since == right.since else {
        return right.since.map { right in left.since.map { $0 < right } ?? true } ?? false
      }
      return left.place < right.place
    }
  }

  /// A request that went out a while ago: its answer was never stored, since it is under way in another
  /// process or was when that process died; or the wall clock was stepped since then.
  private struct Outstanding {
    var since: Timestamp?
    /// The operator's interval, which may be shorter than the floor.
    var interval: Duration?

    var floor: Duration { min(RefreshPolicy.floor, interval ?? RefreshPolicy.floor) }

    func isTooRecent(_ now: Timestamp) -> Bool {
      guard let since else { return false }
      return since < now + RefreshPolicy.clockSlack && now < since + floor
    }
  }

  /// Requests that wait for each other.
  package struct Line: Hashable, Sendable {
    package let name: String
    package var count: Int
    /// Between the starts of two of them.
    package let gap: Duration

    package var duration: Duration { gap * (count - 1) }
  }

  /// The line whose last request waits longest; `gap` is that of a feed in its line.
  package func slowestLine(
    _ configuration: FeedsConfiguration, gap: (Feed, String) -> Duration
  ) -> Line? {
    var lines: [String: Line] = [:]
    for (feed, _) in requests where !feed.url.hasPrefix("file:") {
      let name = configuration.queueHost(of: feed)
      lines[name, default: Line(name: name, count: 0, gap: gap(feed, name))].count += 1
    }
    return lines.values.max { ($0.duration, $1.name) < ($1.duration, $0.name) }
  }

  /// The plan with those of its requests alone whose feeds `isKept`.
  package func keeping(_ isKept: (Feed) -> Bool) -> FetchPlan {
    var plan = self
    plan.requests = requests.filter { isKept($0.feed) }
    return plan
  }

  /// When the first of the feeds that wait may be asked.
  package var nextDue: Timestamp? {
    let waits = skipped.compactMap { skip -> Timestamp? in
      switch skip.reason {
      case .notDue(let due): due.at
      case .leftAlone(let pause): pause.until
      case .tooSoon, .paused, .gone: nil
      }
    }
    return (waits + rests).min()
  }

  private static func reasonToWait(
    _ feed: Feed, _ state: FeedState, _ asked: Outstanding, _ selection: Selection,
    _ now: Timestamp
  ) -> Reason? {
    switch selection {
    case .due:
      if feed.isPaused { return .paused }
      if state.isGone { return .gone }
      // A moment farther away than any rule puts it comes from a clock that was wrong.
      if let due = state.due, now < due.at, due.at.since(now) <= RefreshPolicy.longestWait {
        return .notDue(due)
      }
      return asked.since.flatMap { asked.isTooRecent(now) ? .tooSoon(since: $0) : nil }
    case .chosen(_, let isForced):
      if state.isGone, !isForced { return .gone }
      // A file on this machine is nobody's server. A clock that was put back is no reason to ask twice.
      let attempts = [state.lastAttempt, asked.since].compactMap { $0 }
        .filter { $0 < now + RefreshPolicy.clockSlack }
      guard !isForced, !feed.url.hasPrefix("file:"), let last = attempts.max(),
        now < last + RefreshPolicy.floor
      else { return nil }
      return .tooSoon(since: last)
    }
  }
}
