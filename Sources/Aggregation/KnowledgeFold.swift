internal import StoryArchive

/// The fold of an archive's records into what is known of stories, a slice at a time, in bounded memory.
struct KnowledgeFold {
  private(set) var knowledge: Knowledge
  /// `ArchivePast.mark` when the fold began.
  let mark: ArchiveMark?
  private let store: KnowledgeStore

  /// A fold that goes on from `knowledge`, which was folded under `mark`.
  init(_ knowledge: Knowledge = Knowledge(), mark: ArchiveMark?, _ store: KnowledgeStore) {
    self.knowledge = knowledge
    self.mark = mark
    self.store = store
  }

  /// Folds up to `limit` further records; true when there are no more. `read` gives up to so many records, and
  /// says whether there are no more.
  ///
  /// - Throws: What `read` throws; `DamagedTable`; `ArchiveError` when too much cannot be written out.
  mutating func goOn(
    limit: Int, _ read: (Int, (ArchiveRecord) -> Void) throws -> Bool
  ) throws -> Bool {
    var rest = limit
    let slice = store.limits.foldedRecordCount
    while rest > 0 {
      guard try store.spill(&knowledge.stories, mark: mark) else {
        rest -= min(rest, slice)
        continue
      }
      let count = min(rest, slice)
      if try read(count, { knowledge.apply($0) }) { return true }
      rest -= count
    }
    return false
  }
}

/// The fold of all records anew, beside an archive that has read them.
struct Refold {
  private var fold: KnowledgeFold
  private let stream: RecordStream

  /// - Throws: `ArchiveError` when the archive cannot be read.
  init(of archive: Archive, _ store: KnowledgeStore) throws {
    // Before anything is read.
    fold = KnowledgeFold(mark: store.mark, store)
    store.remove()
    store.abandon()
    guard let stream = try RecordStream(of: archive, after: .start) else {
      preconditionFailure("every archive has a beginning")
    }
    self.stream = stream
  }

  var knowledge: Knowledge { fold.knowledge }
  var mark: ArchiveMark? { fold.mark }
  /// What was skipped because it is damaged.
  var damage: [Damage] { stream.damage }

  /// Folds up to `limit` further records before `end`; true when there are no more.
  ///
  /// - Throws: `ArchiveError` when the archive cannot be read; `DamagedTable`.
  mutating func goOn(to end: ArchivePosition, limit: Int) throws -> Bool {
    try fold.goOn(limit: limit) { count, apply in
      try stream.read(to: end, limit: count, apply)
    }
  }
}
