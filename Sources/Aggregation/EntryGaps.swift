package import Syndication

/// How often every entry of a feed's document was new, so that others may have come and gone between
/// two polls.
package struct EntryGaps: Hashable, Sendable {
  /// Gaps that lie farther apart have nothing to do with each other.
  static let memory = Duration.seconds(30 * 86_400)
  /// So many are no accident, such as a machine that was switched off.
  static let leastCount = 3

  package var count: Int
  package var first: Timestamp
  package var last: Timestamp

  package init(count: Int, first: Timestamp, last: Timestamp) {
    self.count = count
    self.first = first
    self.last = last
  }

  /// `known` and another gap, found at `now`.
  static func after(_ known: EntryGaps?, now: Timestamp) -> EntryGaps {
    guard var gaps = known, now.since(gaps.last) <= memory else {
      return EntryGaps(count: 1, first: now, last: now)
    }
    gaps.count += 1
    gaps.last = max(gaps.last.believable(at: now), now)
    return gaps
  }

  /// Whether they keep coming.
  func isPersistent(now: Timestamp) -> Bool {
    count >= Self.leastCount && now.since(last) <= Self.memory
  }
}

extension StoryCounts {
  /// Whether all of a document was new. Nothing is said of a document with a single entry, which many
  /// feeds have by design, nor where the operator's rules hid what may have been known.
  var leavesGap: Bool { new > 1 && known + edited + withheld + ignored == 0 }
}
