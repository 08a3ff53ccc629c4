internal import Syndication

/// Counts what was mended, so that a document with a million bare ampersands has one defect.
struct DefectTally {
  private var counts: [(kind: ParseDefect.Kind, what: StaticString, count: Int, first: Int?)] = []

  /// `what` completes the sentence "3 × …"; `offset` is in bytes of the decoded document, nil where
  /// the place is not known.
  mutating func note(_ kind: ParseDefect.Kind, _ what: StaticString, at offset: Int? = nil) {
    if let known = counts.firstIndex(where: { $0.kind == kind && $0.what.isSame(as: what) }) {
      counts[known].count += 1
    } else {
      counts.append((kind, what, 1, offset))
    }
  }

  var defects: [ParseDefect] {
    counts.map { kind, what, count, first in
      let times = count == 1 ? "" : ", \(count) times"
      let place = first.map { count == 1 ? " at byte \($0)" : ", first at byte \($0)" } ?? ""
      return ParseDefect(kind, "\(what)\(times)\(place)")
    }
  }
}

extension StaticString {
  /// Compares without making strings of the two: documents can have a defect every other byte.
  fileprivate func isSame(as other: StaticString) -> Bool {
    guard utf8CodeUnitCount == other.utf8CodeUnitCount else { return false }
    return utf8Start == other.utf8Start
      || UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount).elementsEqual(
        UnsafeBufferPointer(start: other.utf8Start, count: utf8CodeUnitCount))
  }
}
