package import Syndication

/// The first line of every segment: which one it is and what it chains from, so that a segment can be
/// checked without the one before it.
package struct SegmentHeader: Hashable, Sendable {
  package var ordinal: Int
  package var seen: Timestamp
  /// The sum of the last acknowledged line of the segment before; 0 in the first segment.
  package var previousSum: UInt64

  package init(ordinal: Int, seen: Timestamp, previousSum: UInt64) {
    self.ordinal = ordinal
    self.seen = seen
    self.previousSum = previousSum
  }
}
