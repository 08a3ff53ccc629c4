internal import FeedFetching
package import Syndication

/// Something that will not pass by itself.
package enum FeedTrouble: Hashable, Sendable {
  case gone(since: Timestamp)
  case broken(FailureNote, since: Timestamp, pollCount: Int)
  case moved(PermanentMove)
  case silent(since: Timestamp, entriesPerDay: Double)
  case gaps(EntryGaps)

  package var word: FeedHealth.Word {
    switch self {
    case .gone: .gone
    case .broken: .broken
    case .moved: .moved
    case .silent: .silent
    case .gaps: .gaps
    }
  }

  package var since: Timestamp {
    switch self {
    case .gone(let since), .broken(_, let since, _), .silent(let since, _): since
    case .moved(let move): move.first
    case .gaps(let gaps): gaps.first
    }
  }

  /// What is wrong, without a full stop.
  package var sentence: String {
    switch self {
    case .gone(let since): "gone for good (410) since \(since.dateText)"
    case .broken(let note, let since, let pollCount):
      "\(note.kind) since \(since.dateText)\(Self.polls(pollCount)): \(note.detail)"
    case .moved(let move):
      "moved for good to \(MaskedAddress(move.target)) since \(move.first.dateText) "
        + "(\(move.pollCount) polls)"
    case .silent(let since, let rate):
      "nothing new since \(since.dateText); usual until then: \(RateText.perTime(rate))"
    case .gaps(let gaps):
      "at least one entry may have been missed, \(gaps.count) times since "
        + "\(gaps.first.dateText), last on \(gaps.last.dateText): every entry was new"
    }
  }

  /// What to do about a failure, without a full stop; nil for a trouble that is none.
  package var failureAdvice: String? {
    switch self {
    case .gone: FailureAdvice(kind: "gone").text
    case .broken(let note, _, _): FailureAdvice(kind: note.kind).text
    case .moved, .silent, .gaps: nil
    }
  }

  /// What a person can do about it for `feed`, without a full stop. `other` is the feed that is followed
  /// at the address that it moved to, where there is one.
  package func advice(for feed: Feed, other: Feed? = nil) -> String {
    switch self {
    case .gone, .broken: return failureAdvice ?? ""
    case .moved(let move):
      let place = "\(feed.file):\(feed.line)"
      if let other { return "remove \(place): \(other.file):\(other.line) follows it there" }
      return "write \(MaskedAddress(move.target)) in place of it at \(place)"
    case .silent:
      return "see whether the site goes on elsewhere: aggregator discover finds the feeds of a page"
    case .gaps: return "poll it more often: a shorter interval= on its line"
    }
  }

  /// The troubles of a feed that is polled, the worst first.
  static func all(of state: FeedState, now: Timestamp) -> [FeedTrouble] {
    if state.isGone {
      return [.gone(since: state.firstFailure ?? state.lastAttempt ?? now)]
    }
    if let broken = broken(state, now: now) { return [broken] }
    var troubles: [FeedTrouble] = []
    if let move = state.move, move.isSettled { troubles.append(.moved(move)) }
    if let read = state.lastSuccess, state.rhythm.isBroken(by: read),
      let since = state.rhythm.lastNews, let rate = state.rhythm.entriesPerDay
    {
      troubles.append(.silent(since: since, entriesPerDay: rate))
    }
    if let gaps = state.gaps, gaps.isPersistent(now: now) { troubles.append(.gaps(gaps)) }
    return troubles
  }

  private static func broken(_ state: FeedState, now: Timestamp) -> FeedTrouble? {
    guard let note = state.failure, let since = state.firstFailure else { return nil }
    let advice = FailureAdvice(kind: note.kind)
    guard now.since(since) >= advice.patience, state.failureCount >= advice.leastPollCount else {
      return nil
    }
    return .broken(note, since: since, pollCount: state.failureCount)
  }

  private static func polls(_ count: Int) -> String { count > 1 ? " (\(count) polls)" : "" }
}

extension Timestamp {
  /// `2026-11-21`
  package var dateText: String { String(rfc3339.prefix(10)) }
}

/// How often something happens, in words.
package enum RateText {
  /// `12 entries a day`, `3 entries a week`, `5 entries a year`
  package static func perTime(_ entriesPerDay: Double) -> String {
    let (number, unit) = rounded(entriesPerDay)
    return "\(number) \(number == 1 ? "entry" : "entries") a \(unit)"
  }

  /// `12/day`
  package static func brief(_ entriesPerDay: Double) -> String {
    let (number, unit) = rounded(entriesPerDay)
    return "\(number)/\(unit)"
  }

  private static func rounded(_ entriesPerDay: Double) -> (Int, String) {
    for (unit, days) in [("day", 1.0), ("week", 7.0), ("month", 30.0)] {
      let number = entriesPerDay * days
      if number >= 1.5 || unit == "month" && number >= 0.5 {
        return (Int(min(number.rounded(), 1e9)), unit)
      }
    }
    return (Int(max(entriesPerDay * 365, 1).rounded()), "year")
  }
}
