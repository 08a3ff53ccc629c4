internal import StoryArchive

/// How far what was folded from an archive is to be believed. Pure.
struct Belief {
  /// `ArchivePast.mark` when what is known began to be folded.
  let mark: ArchiveMark?
  /// Whether what is known must not be decided by.
  private(set) var isDoubtful = false
  /// Whether all was folded anew and nothing was stored since, or nothing but while segments were changed. Then
  /// it holds whatever becomes of them, lest long maintenance keep everything from being stored.
  private(set) var isFresh = false
  /// Whether what is known may not be on disk: a write failed, or is under way.
  private(set) var isAhead = false

  /// Of what goes on from a copy.
  init(keptUnder mark: ArchiveMark?) {
    self.mark = mark
  }

  /// Of what was folded from the first record.
  init(foldedUnder mark: ArchiveMark?) {
    self.mark = mark
    isFresh = true
  }

  /// Whether it may be decided by what is known, as far as segments go, whose mark is `now`.
  func holds(now mark: @autoclosure () -> ArchiveMark?) -> Bool {
    guard !isDoubtful else { return false }
    return isFresh || (self.mark != nil && mark() == self.mark)
  }

  mutating func doubt() { isDoubtful = true }

  mutating func beginWriting() { isAhead = true }

  mutating func endWriting(staysFresh: Bool) { (isAhead, isFresh) = (false, staysFresh) }
}
