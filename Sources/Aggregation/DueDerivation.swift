internal import Syndication

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
  package var decision: DueDecision

  package init(base: Bound, bounds: [Bound], decision: DueDecision) {
    self.base = base
    self.bounds = bounds
    self.decision = decision
  }
}
