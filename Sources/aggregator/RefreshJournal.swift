internal import Aggregation
internal import AggregatorDaemon
internal import FeedFetching
internal import Logging
internal import Synchronization
internal import Syndication

/// What the daemon's log says of its refreshes: stories and passing failures at info, a trouble that
/// will not pass by itself once as a warning with what to do, and once when it is over.
final class RefreshJournal: Sendable {
  private let logger: Logger
  /// The kind of failure that each failing feed was last reported with.
  private let failing = Mutex<[String: String]>([:])

  /// Why each feed's move was last said to be left to a person.
  private let unmoved = Mutex<[String: String]>([:])

  init(logger: Logger) {
    self.logger = logger
  }

  func note(_ event: RefreshEngine.Event) {
    switch event {
    case .refreshed(let outcome): note(outcome)
    case .leftAlone(let feed, let pause):
      logger.info(
        "\(MaskedAddress(feed)): not asked before \(pause.until.rfc3339): \(pause.reason(for: feed))"
      )
    case .askedElsewhere(let feed, let moment):
      logger.info("\(MaskedAddress(feed)): another process asked it at \(moment.rfc3339)")
    case .damaged(let stretches):
      for stretch in stretches { logger.error("archive: skipped: \(stretch)") }
    case .suspended(let error, let until):
      logger.error("\(error); nothing is stored or fetched before \(until.rfc3339)")
    case .resumed:
      logger.notice("the archive opens again: fetching goes on")
    case .offline(let since):
      logger.warning(
        "offline since \(since.rfc3339): no host can be reached; no feed is blamed, and one is tried now and then"
      )
    case .online(let since):
      logger.notice("online again, after being offline since \(since.rfc3339)")
    case .clockStepped(let step):
      let seconds = step.components.seconds
      logger.notice(
        "the clock was put \(seconds < 0 ? "back" : "forward") by \(abs(seconds)) seconds: what is due is asked one after the other, nothing sooner than half an hour after the last time"
      )
    case .relocated(let feed, let target):
      logger.notice(
        "\(MaskedAddress(feed)): moved for good: feeds.conf says \(MaskedAddress(target)) now")
    case .notRelocated(let feed, let error):
      let reason = "\(error)"
      guard unmoved.withLock({ $0.updateValue(reason, forKey: feed) != reason }) else { return }
      logger.warning("\(reason)")
    case .excused(let outcome):
      let detail = outcome.failure?.detail ?? "not asked"
      logger.debug("\(MaskedAddress(outcome.feed)): counts for nothing while offline: \(detail)")
    }
  }

  private func note(_ outcome: RefreshOutcome) {
    let feed = MaskedAddress(outcome.feed)
    let before = failing.withLock { failing in
      defer { failing[outcome.feed] = outcome.failure?.kind }
      return failing[outcome.feed]
    }
    switch outcome.healthChange {
    case .began(let troubles):
      for trouble in troubles {
        let advice = trouble.failureAdvice.map { "; \($0)" } ?? ""
        logger.warning("\(feed): \(trouble.word.rawValue): \(trouble.sentence)\(advice)")
      }
    case .recovered(let troubles):
      let words = troubles.map(\.word.rawValue).joined(separator: ", ")
      logger.notice("\(feed): no longer \(words)")
    case nil: notePassing(outcome.failure, before: before, feed)
    }
    if outcome.leavesGap {
      logger.info("\(feed): every entry was new: at least one may have been missed")
    }
    for defect in outcome.defects {
      logger.debug("\(feed): mended: \(defect.kind.rawValue): \(defect.detail)")
    }
    guard outcome.counts.new + outcome.counts.edited > 0 else {
      logger.debug("\(feed): nothing new")
      return
    }
    logger.info("\(feed): \(outcome.counts.new) new, \(outcome.counts.edited) edited")
  }

  /// A failure that may pass is said once when it begins, or becomes another, and once when it ends.
  private func notePassing(_ failure: FailureNote?, before: String?, _ feed: MaskedAddress) {
    if let failure, failure.kind != before {
      logger.info("\(feed): \(failure.kind): \(failure.detail)")
    } else if failure == nil, before != nil {
      logger.notice("\(feed): works again")
    }
  }
}
