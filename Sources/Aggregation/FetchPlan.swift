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
    case leftAlone(until: Timestamp)
  }

  /// To be asked, in the order of feeds.conf.
  package private(set) var requests: [(feed: Feed, request: FetchRequest)] = []
  package private(set) var skipped: [(feed: Feed, reason: Reason)] = []

  package init(
    _ configuration: FeedsConfiguration, selection: Selection, now: Timestamp,
    blockedUntil: (String) -> Timestamp? = { _ in nil }, state: (Feed) -> FeedState
  ) {
    for feed in configuration.feeds {
      if case .chosen(let addresses, _) = selection, !addresses.contains(feed.url) { continue }
      let state = state(feed)
      let blocked = blockedUntil(configuration.queueHost(of: feed)).map(Reason.leftAlone)
      if let reason = blocked ?? Self.reasonToWait(feed, state, selection, now) {
        skipped.append((feed, reason))
      } else {
        requests.append((feed, configuration.request(for: feed, state, now: now)))
      }
    }
  }

  /// The plan with those of its requests alone whose feeds `isKept`.
  package func keeping(_ isKept: (Feed) -> Bool) -> FetchPlan {
    var plan = self
    plan.requests = requests.filter { isKept($0.feed) }
    return plan
  }

  /// When the first of the feeds that wait may be asked.
  package var nextDue: Timestamp? {
    skipped.compactMap {
      switch $0.reason {
      case .notDue(let due): due.at
      case .leftAlone(let until): until
      case .tooSoon, .paused, .gone: nil
      }
    }.min()
  }

  private static func reasonToWait(
    _ feed: Feed, _ state: FeedState, _ selection: Selection, _ now: Timestamp
  ) -> Reason? {
    switch selection {
    case .due:
      if feed.isPaused { return .paused }
      if state.isGone { return .gone }
      // A moment farther away than any rule puts it comes from a clock that was wrong.
      guard let due = state.due, now < due.at, due.at.since(now) <= RefreshPolicy.longestWait
      else { return nil }
      return .notDue(due)
    case .chosen(_, let isForced):
      if state.isGone, !isForced { return .gone }
      // A file on this machine is nobody's server. A clock that was put back a little is no reason to
      // ask twice; an attempt far in the future was noted by a clock that was wrong.
      guard !isForced, !feed.url.hasPrefix("file:"), let last = state.lastAttempt,
        last < now + RefreshPolicy.floor, now < last + RefreshPolicy.floor
      else { return nil }
      return .tooSoon(since: last)
    }
  }
}
