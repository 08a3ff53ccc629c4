package import Syndication

/// How a due moment came about: what the interval would have been, and who asked for more.
package struct DueDerivation: Hashable, Sendable {
  /// One rule's wait.
  package struct Bound: Hashable, Sendable {
    package var rule: DueDecision.Rule
    /// As asked for.
    package var asked: Duration
    /// As far as it is believed.
    package var wait: Duration

    package init(rule: DueDecision.Rule, asked: Duration, wait: Duration) {
      self.rule = rule
      self.asked = asked
      self.wait = wait
    }
  }

  /// The operator's interval or the feed's own pace.
  package var base: Bound
  /// Lower bounds, whether they won or not.
  package var bounds: [Bound]
  /// What the feed's address adds, so that feeds with one interval are not asked at one moment.
  package var spread: Duration
  /// Before hours and days that the feed wants skipped.
  package var unskipped: Timestamp
  package var decision: DueDecision

  /// The rule that decided how long to wait, whatever was skipped after that.
  package var winner: Bound {
    bounds.reduce(base) { $1.wait > $0.wait ? $1 : $0 }
  }
}
