/// What is known of the copy that `GroupingStore` has of what grouping knows: when to make another. Pure.
struct GroupingCopy {
  /// Stories after which a copy is outdated: a part of all, since it holds some of them all, but not so many
  /// that folding them takes a second.
  static let leastStoryCount = 2048
  static let mostStoryCount = 16_384
  static let share = 64

  /// `Archive.epoch()` when what is known began to be folded; nil where nothing is known.
  var epoch: UInt64?
  /// How many stories the archive had when the copy was made.
  var storyCount = 0

  func isOutdated(storyCount now: Int) -> Bool {
    guard epoch != nil else { return false }
    let limit = min(max(now / Self.share, Self.leastStoryCount), Self.mostStoryCount)
    return now - storyCount >= limit
  }
}
