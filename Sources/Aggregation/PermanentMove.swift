package import Syndication

/// A permanent redirect (301, 308) that a feed's address answers with, as often as it was seen.
package struct PermanentMove: Hashable, Sendable {
  /// What makes it settled: a redirect by mistake is taken back within days.
  package static let leastPollCount = 3
  package static let leastSpan = Duration.seconds(3 * 86_400)

  /// Where the feed was read instead.
  package var target: String
  package var first: Timestamp
  package var last: Timestamp
  /// Polls in a row that were led to `target` and found the feed there.
  package var pollCount: Int

  package init(target: String, first: Timestamp, last: Timestamp, pollCount: Int) {
    self.target = target
    self.first = first
    self.last = last
    self.pollCount = pollCount
  }

  /// Seen often enough, over days.
  package var isSettled: Bool {
    pollCount >= Self.leastPollCount && last.since(first) >= Self.leastSpan
  }

  /// What is known after a poll that read the feed at `target`, or nil where the feed's own address
  /// had it.
  static func after(_ known: PermanentMove?, target: String?, now: Timestamp) -> PermanentMove? {
    guard let target else { return nil }
    let key = FeedAddress.key(of: target)
    guard var move = known, FeedAddress.key(of: move.target) == key else {
      return PermanentMove(target: target, first: now, last: now, pollCount: 1)
    }
    move.last = max(move.last, now)
    move.pollCount += 1
    return move
  }
}
