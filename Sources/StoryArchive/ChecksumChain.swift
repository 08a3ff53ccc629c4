/// Follows the checksums from line to line.
///
/// A line is sound when its sum follows from the line before. After a broken line the next one may
/// follow from the sum which that line carries (its body was hit), from the sum that it should carry
/// (its checksum was hit), or from the line before it (it was slipped in); so damage never spreads.
struct ChecksumChain: Sendable {
  /// What the next line may follow from, the likeliest first.
  private var candidates: [UInt64]

  init(after sum: UInt64) {
    candidates = [sum]
  }

  /// The sum that a line appended now has to follow from.
  var sum: UInt64 { candidates.first ?? RecordLine.origin }

  /// What the line that was admitted last followed from.
  private(set) var predecessor = RecordLine.origin

  /// Whether `line`, without its line feed, is sound where it stands.
  mutating func admits(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let body = RecordLine.body(of: line) else { return false }
    let recorded = RecordLine.recordedSum(of: line)
    let successor = RecordLine.successorSum(of: line)
    var expected: [UInt64] = []
    for candidate in candidates {
      let sum = RecordLine.sum(of: body, after: candidate)
      if sum == recorded {
        predecessor = candidate
        candidates.removeAll(keepingCapacity: true)
        candidates.append(successor ?? sum)
        return true
      }
      expected.append(sum)
    }
    let likely = [successor, recorded == successor ? nil : recorded, expected.first]
    candidates = (likely + [candidates.first]).compactMap(\.self)
    return false
  }

  /// Whether a line that was written after `sum` is sound here.
  func canBeFollowed(after sum: UInt64) -> Bool { candidates.contains(sum) }

  /// Starts again at the sum that a segment's first line names.
  mutating func restart(after sum: UInt64) {
    candidates = [sum]
  }
}
