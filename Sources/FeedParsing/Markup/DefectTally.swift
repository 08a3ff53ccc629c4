internal import Syndication

/// Counts what was mended, so that a document with a million bare ampersands has one defect.
struct DefectTally {
  private var counts: [(kind: ParseDefect.Kind, what: String, count: Int, first: Int)] = []

  /// `what` completes the sentence "3 × …"; `offset` is in bytes of the decoded document.
  mutating func note(_ kind: ParseDefect.Kind, _ what: StaticString, at offset: Int) {
    let what = what.description
    if let known = counts.firstIndex(where: { $0.kind == kind && $0.what == what }) {
      counts[known].count += 1
    } else {
      counts.append((kind, what, 1, offset))
    }
  }

  var defects: [ParseDefect] {
    counts.map { kind, what, count, first in
      ParseDefect(
        kind,
        count == 1 ? "\(what) at byte \(first)" : "\(what), \(count) times, first at byte \(first)")
    }
  }
}
