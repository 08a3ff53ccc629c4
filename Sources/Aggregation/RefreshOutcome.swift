package import Syndication

/// What one refresh of one feed came to, once everything it brought is durable.
package struct RefreshOutcome: Hashable, Sendable {
  package enum Result: Hashable, Sendable {
    /// A document was read; the counts are of stories made durable.
    case stored(StoryCounts)
    /// A document that stopped before its end: its whole entries are durable, and the next poll asks
    /// for all of it again.
    case cut(StoryCounts, FailureNote)
    case notModified
    case gone
    case failed(FailureNote)
  }

  package var feed: String
  /// The outlet's name as shown.
  package var source: String
  package var result: Result
  /// What had to be mended to read the document.
  package var defects: [ParseDefect]
  /// When the feed may be asked again, and why.
  package var due: DueDecision?
  /// Where the publisher says that the feed is from now on.
  package var movedTo: String?
  /// For how long its server asks to be left alone, with everything that waits in the same line.
  package var pause: LinePause?
  /// Where the feed is to be followed from now on: `movedTo`, once that is settled, where its stories keep
  /// their identifiers.
  package var successor: String?
  /// Every entry was new, so that at least one may have come and gone unseen.
  package var leavesGap = false
  /// What is to be said once of the feed's health.
  package var healthChange: HealthChange?

  package init(
    feed: String, source: String, result: Result, defects: [ParseDefect] = [],
    due: DueDecision? = nil
  ) {
    self.feed = feed
    self.source = source
    self.result = result
    self.defects = defects
    self.due = due
  }

  /// Why the feed counts as failed, or nil.
  package var failure: FailureNote? {
    switch result {
    case .stored, .notModified: nil
    case .cut(_, let note), .failed(let note): note
    case .gone:
      FailureNote(
        kind: "gone", detail: "gone for good (410); it is not asked again unless --force says so")
    }
  }

  package var counts: StoryCounts {
    switch result {
    case .stored(let counts), .cut(let counts, _): counts
    case .notModified, .gone, .failed: StoryCounts()
    }
  }
}

/// How the entries of one document fared.
package struct StoryCounts: Hashable, Sendable {
  package var new = 0
  package var edited = 0
  package var known = 0
  /// Left out by the operator's rules, or without a word and an address.
  package var ignored = 0
  /// Edits beyond what is kept in a day.
  package var withheld = 0

  package init() {}

  /// Takes in the counts of another document.
  package mutating func add(_ other: StoryCounts) {
    new += other.new
    edited += other.edited
    known += other.known
    ignored += other.ignored
    withheld += other.withheld
  }

  package var entries: Int { new + edited + known + ignored + withheld }
}
