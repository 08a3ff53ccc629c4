package import Aggregation
package import Syndication

extension RefreshEngine {
  /// What a front end may want to tell its user.
  package enum Event: Sendable {
    case refreshed(RefreshOutcome)
    /// Not asked after all: the feed's server wants to be left alone.
    case leftAlone(feed: String, LinePause)
    /// Not asked after all: another process did that at this moment.
    case askedElsewhere(feed: String, at: Timestamp)
    /// Stretches of the archive that were skipped, a sentence each.
    case damaged([String])
    /// The storage failed; polling pauses until it opens again.
    case suspended(any Error, until: Timestamp)
    case resumed
    /// No host can be reached, so that no feed is blamed and next to nothing is asked.
    case offline(since: Timestamp)
    case online(offlineSince: Timestamp)
    /// Somebody set the wall clock while feeds were followed.
    case clockStepped(by: Duration)
    /// A failure that counts for nothing, since the network is gone: nothing is remembered of it.
    case excused(RefreshOutcome)
    /// The configuration follows the feed at its new address from now on.
    case relocated(feed: String, target: String)
    /// It was to, and could not be changed.
    case notRelocated(feed: String, any Error)
  }
}
