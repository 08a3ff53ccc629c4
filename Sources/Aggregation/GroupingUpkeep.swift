internal import StoryArchive

/// What it takes to group, as it is brought up to date and kept.
struct GroupingUpkeep {
  private let archive: Archive
  private var store: GroupingStore
  /// Under way from the first story to be placed until all of what it is grouped with is folded.
  private var fold: GroupingFold?
  private var copy = GroupingCopy()
  /// Damage that was met meanwhile.
  private(set) var damage: [Damage] = []

  init(of archive: Archive, _ store: GroupingStore) {
    self.archive = archive
    self.store = store
  }

  /// From now on all is folded from what `store` has.
  mutating func startAnew(_ store: GroupingStore) {
    self.store = store
    fold = nil
    copy = GroupingCopy()
  }

  /// Folds up to `limit` further records of the archive, as far as that was read.
  ///
  /// - Returns: Whether `knowledge` can group now.
  /// - Throws: `ArchiveError` when the archive cannot be read.
  mutating func goOn(_ knowledge: inout Knowledge, limit: Int) throws -> Bool {
    if fold == nil { fold = try GroupingFold(of: archive, store) }
    guard try fold?.goOn(to: archive.position, limit: limit) ?? false, let done = fold else {
      return false
    }
    fold = nil
    knowledge.group(with: done.grouping)
    damage = done.damage.filter { !archive.damage.contains($0) }
    copy = GroupingCopy(
      epoch: done.epoch, storyCount: knowledge.storyCount - done.recordCount)
    return true
  }

  /// Replaces the copy of what `knowledge` groups with where it is outdated, or `always`.
  mutating func keep(_ knowledge: inout Knowledge, always: Bool) {
    guard always || copy.isOutdated(storyCount: knowledge.storyCount) else { return }
    // Not before long, also where it fails.
    copy.storyCount = knowledge.storyCount
    guard let epoch = copy.epoch, (try? archive.epoch()) == epoch else { return }
    let source = GroupingStore.Source(position: archive.position, epoch: epoch)
    knowledge.withGrouping { try? store.save(&$0, of: source) }
  }
}
