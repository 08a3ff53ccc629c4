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
  }

  /// To be asked, in the order of feeds.conf.
  package private(set) var requests: [(feed: Feed, request: FetchRequest)] = []
  package private(set) var skipped: [(feed: Feed, reason: Reason)] = []

  package init(
    _ configuration: FeedsConfiguration, selection: Selection, now: Timestamp,
    state: (Feed) -> FeedState
  ) {
    for feed in configuration.feeds {
      if case .chosen(let addresses, _) = selection, !addresses.contains(feed.url) { continue }
      let state = state(feed)
      if let reason = Self.reasonToWait(feed, state, selection, now) {
        skipped.append((feed, reason))
      } else {
        requests.append((feed, configuration.request(for: feed, state, now: now)))
      }
    }
  }

  /// When the first of the feeds that are not due falls due.
  package var nextDue: Timestamp? {
    skipped.compactMap {
      guard case .notDue(let due) = $0.reason else { return nil }
      return due.at
    }.min()
  }

  private static func reasonToWait(
    _ feed: Feed, _ state: FeedState, _ selection: Selection, _ now: Timestamp
  ) -> Reason? {
    switch selection {
    case .due:
      if feed.isPaused { return .paused }
      guard let due = state.due, now < due.at else { return nil }
      return .notDue(due)
    case .chosen(_, let isForced):
      // A file on this machine is nobody's server.
      guard !isForced, !feed.url.hasPrefix("file:"), let last = state.lastAttempt,
        last <= now, now < last + RefreshPolicy.floor
      else { return nil }
      return .tooSoon(since: last)
    }
  }
}
