internal import StoryArchive
internal import Syndication

/// The fold that grouping needs, a slice of records at a time: from the copy that `GroupingStore` has, or
/// from the archive's first record where there is none.
struct GroupingFold {
  private(set) var grouping: Grouping
  /// `Archive.epoch()` when the fold began, or when that of the copy did.
  let epoch: UInt64
  /// Records since the copy.
  private(set) var recordCount = 0
  /// What was skipped because it is damaged.
  var damage: [Damage] { stream.damage }
  private let store: GroupingStore
  private let stream: RecordStream

  /// - Throws: `ArchiveError` when the archive cannot be read.
  init(of archive: Archive, _ store: GroupingStore) throws {
    self.store = store
    epoch = try archive.epoch()
    if let (grouping, source) = store.load(), source.epoch == epoch,
      let stream = try RecordStream(of: archive, after: source.position)
    {
      self.grouping = grouping
      self.stream = stream
      return
    }
    guard let stream = try RecordStream(of: archive, after: .start) else {
      preconditionFailure("every archive has a beginning")
    }
    grouping = Grouping()
    self.stream = stream
  }

  /// Folds up to `limit` further records before `end`; true when there are no more.
  ///
  /// - Throws: `ArchiveError` when the archive cannot be read.
  mutating func goOn(to end: ArchivePosition, limit: Int) throws -> Bool {
    var rest = limit
    while rest > 0 {
      let count = min(rest, store.limits.foldedRecordCount)
      let isDone = try stream.read(to: end, limit: count) { record in
        grouping.apply(record)
        recordCount += 1
      }
      // What cannot be written out stays in memory.
      try? store.spill(&grouping, epoch: epoch)
      if isDone { return true }
      rest -= count
    }
    return false
  }
}
