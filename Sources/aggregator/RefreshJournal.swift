internal import Aggregation
internal import AggregatorDaemon
internal import Logging
internal import Synchronization
internal import Syndication

/// What the daemon's log says of its refreshes: stories at info, a feed's trouble once when it
/// begins and once when it ends, and nothing for a feed that has nothing new.
final class RefreshJournal: Sendable {
  private let logger: Logger
  /// The kind of failure that each failing feed was last reported with.
  private let failing = Mutex<[String: String]>([:])

  init(logger: Logger) {
    self.logger = logger
  }

  func note(_ event: RefreshEngine.Event) {
    switch event {
    case .refreshed(let outcome): note(outcome)
    case .leftAlone(let feed, let until):
      logger.info("\(feed): not asked before \(until.rfc3339): its server wants to be left alone")
    case .damaged(let stretches):
      for stretch in stretches { logger.error("archive: skipped: \(stretch)") }
    case .suspended(let error, let until):
      logger.error("\(error); nothing is stored or fetched before \(until.rfc3339)")
    case .resumed:
      logger.notice("the archive opens again: fetching goes on")
    }
  }

  private func note(_ outcome: RefreshOutcome) {
    let kind = outcome.failure?.kind
    let before = failing.withLock { failing in
      defer { failing[outcome.feed] = kind }
      return failing[outcome.feed]
    }
    if let failure = outcome.failure, kind != before {
      logger.warning("\(outcome.feed): \(failure.kind): \(failure.detail)")
    } else if kind == nil, before != nil {
      logger.notice("\(outcome.feed): works again")
    }
    for defect in outcome.defects {
      logger.debug("\(outcome.feed): mended: \(defect.kind.rawValue): \(defect.detail)")
    }
    guard outcome.counts.new + outcome.counts.edited > 0 else {
      logger.debug("\(outcome.feed): nothing new")
      return
    }
    logger.info("\(outcome.feed): \(outcome.counts.new) new, \(outcome.counts.edited) edited")
  }
}
