package import Syndication

/// What a feed is like, as far as somebody may have to do something about it. Pure: a state and `now`.
package struct FeedHealth: Hashable, Sendable {
  /// One word for all of it, stable for programs.
  package enum Word: String, Hashable, Sendable, CaseIterable {
    /// 410: the publisher took it away.
    case gone
    /// Fails for good, as far as one can tell.
    case broken
    /// Another address has it, for days now.
    case moved
    /// No new entry for far longer than its own rhythm explains.
    case silent
    /// Entries come faster than it is polled.
    case gaps
    /// Failed lately; that passes, or becomes `broken`.
    case failing
    /// Never answered yet, and nothing is wrong.
    case new
    case paused
    case fine
  }

  /// What will not pass by itself, the worst first.
  package var troubles: [FeedTrouble]
  package var word: Word

  /// The health of a feed of which `state` is remembered.
  package init(of state: FeedState, isPaused: Bool = false, now: Timestamp) {
    troubles = isPaused ? [] : FeedTrouble.all(of: state, now: now)
    word =
      troubles.first?.word
      ?? (isPaused
        ? .paused : state.failure != nil ? .failing : state.lastSuccess == nil ? .new : .fine)
  }

  /// Whether a person is to be told.
  package var isPersistent: Bool { !troubles.isEmpty }

  /// What is to be said once when `before` became this.
  package func change(from before: FeedHealth) -> HealthChange? {
    let known = Set(before.troubles.map(\.word))
    let begun = troubles.filter { !known.contains($0.word) }
    if !begun.isEmpty { return .began(begun) }
    return troubles.isEmpty && before.isPersistent ? .recovered(from: before.troubles) : nil
  }
}

/// A turn in a feed's health.
package enum HealthChange: Hashable, Sendable {
  case began([FeedTrouble])
  case recovered(from: [FeedTrouble])
}
