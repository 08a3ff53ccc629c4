package import FeedFetching
package import Syndication

/// Tells a network that is gone from feeds that are broken. Pure: what came of each request, and `now`.
///
/// A failure to reach a host is held back until others clear it up. A host that answers says that the
/// network is there, and what was held back is the feeds' own trouble. Where several hosts in a row
/// cannot be reached and none answers, the network is gone: no feed is blamed, nothing is asked but one
/// feed now and then, and the first answer ends it.
package struct NetworkWatch: Sendable {
  /// Distinct hosts that it takes to speak of the network rather than of them.
  static let leastHostCount = 3
  /// Distinct hosts that settle it although others wait to be asked: among many new feeds, the dead ones
  /// may well come first.
  static let certainHostCount = 8
  /// How long requests that are still under way may refute that the network is gone.
  static let patience = Duration.seconds(20)
  /// How long a failure is held back while too few hosts have been asked to judge it.
  static let window = Duration.seconds(600)
  static let firstProbeWait = Duration.seconds(60)
  static let lastProbeWait = Duration.seconds(900)

  /// What a result says of the network.
  package enum Evidence: Hashable, Sendable {
    case reached
    case unreachable
    /// Neither: the feed's own affair, whatever the network is like.
    case silent
  }

  /// What came of a feed's request.
  package struct Report: Sendable {
    package var feed: String
    package var host: String
    package var evidence: Evidence
    /// Whether the host may have a private address, which is reached without the Internet.
    package var isPrivate: Bool
    /// Whether the poll before failed as well, so that another failure says nothing new.
    package var hasFailedBefore: Bool

    package init(
      feed: String, host: String, evidence: Evidence, isPrivate: Bool = false,
      hasFailedBefore: Bool = false
    ) {
      self.feed = feed
      self.host = host
      self.evidence = evidence
      self.isPrivate = isPrivate
      self.hasFailedBefore = hasFailedBefore
    }
  }

  /// A turn of the network, with the first failure's moment.
  package enum Turn: Hashable, Sendable {
    case wentOffline(since: Timestamp)
    case cameBack(since: Timestamp)
  }

  /// What is to be done with results, in the order in which they came.
  package struct Ruling: Hashable, Sendable {
    /// These feeds' results count.
    package var believed: [String] = []
    /// These are as if they had not been asked.
    package var excused: [String] = []
    package var turn: Turn?

    package init(believed: [String] = [], excused: [String] = [], turn: Turn? = nil) {
      self.believed = believed
      self.excused = excused
      self.turn = turn
    }
  }

  private struct Suspect {
    var report: Report
    var at: Timestamp
  }

  private struct Outage {
    var since: Timestamp
    var isPrivate: Bool
    var probeAt: Timestamp
    var wait: Duration
    var probed: Set<String> = []
  }

  private var suspects: [Suspect] = []
  private var outage: Outage?
  /// Feeds that were excused and not reached since: they have had the benefit of the doubt.
  private var excused: Set<String> = []

  package init() {}

  package var isOffline: Bool { outage != nil }

  /// Whether nothing more is to be started until requests under way have cleared it up.
  package var isDoubting: Bool { hostCount >= Self.certainHostCount }

  private var hostCount: Int { Set(suspects.map(\.report.host)).count }

  /// When to look again; nil while there is nothing to wait for.
  package var wakeUp: Timestamp? {
    outage?.probeAt
      ?? suspects.first.map {
        $0.at + (hostCount >= Self.leastHostCount ? Self.patience : Self.window)
      }
  }

  /// Takes in what came of a request, while others are `underWay` and `waiting` to be started.
  package mutating func note(
    _ report: Report, underWay: Int, waiting: Int, now: Timestamp
  ) -> Ruling {
    switch report.evidence {
    case .reached: return reached(report)
    case .silent:
      return look(underWay: underWay, waiting: waiting, now: now).believing(report.feed)
    case .unreachable:
      guard outage == nil else { return Ruling(excused: [report.feed]) }
      guard !report.hasFailedBefore, !excused.contains(report.feed) else {
        return look(underWay: underWay, waiting: waiting, now: now).believing(report.feed)
      }
      suspects.append(Suspect(report: report, at: now))
      return look(underWay: underWay, waiting: waiting, now: now)
    }
  }

  /// What time and the end of other requests have cleared up.
  package mutating func look(underWay: Int, waiting: Int, now: Timestamp) -> Ruling {
    guard outage == nil, let first = suspects.first else { return Ruling() }
    let waited = max(now.since(first.at), .zero)
    let hostCount = hostCount
    guard hostCount >= Self.leastHostCount else {
      return waited >= Self.window ? conclude() : Ruling()
    }
    let isAnswered = underWay == 0 && (waiting == 0 || hostCount >= Self.certainHostCount)
    guard isAnswered || waited >= Self.patience else { return Ruling() }
    return goOffline(since: first.at, now: now)
  }

  /// Nothing more will be asked, and what was held back counts.
  package mutating func conclude() -> Ruling {
    defer { suspects = [] }
    return Ruling(believed: suspects.map(\.report.feed))
  }

  /// Which of the feeds that are due is asked to see whether the network is back, where it is time to:
  /// one that answered lately, and another one each time. `hasFailed` says whether a feed's last poll
  /// failed.
  package mutating func probe(
    among due: [String], now: Timestamp, hasFailed: (String) -> Bool
  ) -> String? {
    guard var outage else { return nil }
    // A moment farther away than any wait comes from a clock that was wrong.
    guard outage.probeAt <= now || outage.probeAt.since(now) > Self.lastProbeWait else {
      return nil
    }
    guard !due.isEmpty else {
      self.outage?.probeAt = now + Self.firstProbeWait
      return nil
    }
    if outage.probed.isSuperset(of: due) { outage.probed = [] }
    let fresh = due.filter { !outage.probed.contains($0) }
    let feed = fresh.first { !hasFailed($0) && !excused.contains($0) } ?? fresh.first
    if let feed { outage.probed.insert(feed) }
    outage.probeAt = now + outage.wait
    outage.wait = min(outage.wait * 2, Self.lastProbeWait)
    self.outage = outage
    return feed
  }

  private mutating func reached(_ report: Report) -> Ruling {
    excused.remove(report.feed)
    if let outage {
      guard outage.isPrivate || !report.isPrivate else { return Ruling(believed: [report.feed]) }
      self.outage = nil
      return Ruling(believed: [report.feed], turn: .cameBack(since: outage.since))
    }
    guard !report.isPrivate || suspects.allSatisfy(\.report.isPrivate) else {
      return Ruling(believed: [report.feed])
    }
    return conclude().believing(report.feed)
  }

  private mutating func goOffline(since: Timestamp, now: Timestamp) -> Ruling {
    let feeds = suspects.map(\.report.feed)
    outage = Outage(
      since: since, isPrivate: suspects.allSatisfy(\.report.isPrivate),
      probeAt: now + Self.firstProbeWait, wait: Self.firstProbeWait * 2)
    excused.formUnion(feeds)
    suspects = []
    return Ruling(excused: feeds, turn: .wentOffline(since: since))
  }
}

extension NetworkWatch.Ruling {
  fileprivate func believing(_ feed: String) -> Self {
    var ruling = self
    ruling.believed.append(feed)
    return ruling
  }
}

extension NetworkWatch.Evidence {
  private static let unreachableKinds: Set<FetchFailure.Kind> = [
    .dns, .refused, .unreachable, .connectTimeout, .proxy,
  ]

  package init(of result: FetchResult) {
    self =
      switch result {
      case .document(_, let facts), .notModified(let facts), .gone(let facts):
        // A file has no status, and says nothing of any network.
        facts.status == 0 ? .silent : .reached
      case .failed(_, _?): .reached
      case .failed(let failure, nil):
        Self.unreachableKinds.contains(failure.kind) ? .unreachable : .silent
      }
  }
}
