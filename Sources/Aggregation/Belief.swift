/// How far what was folded from an archive is to be believed. Pure.
struct Belief {
  /// `ArchivePast.mark` when what is known began to be folded.
  let mark: UInt64?
  /// Whether what is known must not be decided by.
  private(set) var isDoubtful = false
  /// Whether all was folded anew and nothing was stored since. Then that happens once whatever became
  /// of segments meanwhile, lest long maintenance keep everything from being stored.
  private var isFresh = false
  /// Whether what is known may not be on disk: a write failed, or is under way.
  private(set) var isAhead = false

  /// Of what goes on from a copy.
  init(keptUnder mark: UInt64?) {
    self.mark = mark
  }

  /// Of what was folded from the first record.
  init(foldedUnder mark: UInt64?) {
    self.mark = mark
    isFresh = true
  }

  /// Whether it may be decided by what is known, as far as segments go, whose mark is `now`.
  func holds(now mark: @autoclosure () -> UInt64?) -> Bool {
    !isDoubtful && (isFresh || mark() == self.mark)
  }

  mutating func doubt() { isDoubtful = true }

  mutating func beginWriting() { isAhead = true }

  mutating func endWriting() { (isAhead, isFresh) = (false, false) }
}
