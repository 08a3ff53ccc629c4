internal import StoryArchive
internal import Syndication

// How anything comes into the archive.
extension Aggregator {
  /// How long a refresh waits for another process' refresh to end: hardly, since the thread that waits
  /// is the one that would notice a signal.
  static let lockPatience = Duration.milliseconds(20)

  /// What is known changed faster than it could be folded.
  private static let foldTryLimit = 4
  private static let knowledgeSubject = "state/knowledge"

  /// Runs `body` under the writer lock, knowing what others wrote, and what it takes to place `stories`, which
  /// are asked for only where that is not folded. Where it decided by what turns out to be known no more, nothing
  /// of it was committed, and it runs again by what the archive says.
  ///
  /// - Throws: `ArchiveError`, `.locked` where another process writes; what `body` throws.
  func write<Result>(
    waiting patience: Duration, placing stories: () -> [AcceptedStories] = { [] },
    _ body: (inout ArchiveTransaction) throws -> Result
  ) throws -> Result {
    for _ in 0..<Self.foldTryLimit {
      while try !known.fold(limit: .max) {}
      if let result = try writeOnce(waiting: patience, placing: stories, body) { return result }
    }
    throw ArchiveError.locked(path: Self.knowledgeSubject)
  }

  /// The same once, where all is folded that is needed; else folds up to `foldLimit` further records, without
  /// the lock.
  ///
  /// - Returns: Nil where nothing was written, since something is to be folded first.
  /// - Throws: as above.
  func write<Result>(
    waiting patience: Duration, foldLimit: Int, placing stories: () -> [AcceptedStories],
    _ body: (inout ArchiveTransaction) throws -> Result
  ) throws -> Result? {
    guard try known.fold(limit: foldLimit) else { return nil }
    return try writeOnce(waiting: patience, placing: stories, body)
  }

  private func writeOnce<Result>(
    waiting patience: Duration, placing stories: () -> [AcceptedStories],
    _ body: (inout ArchiveTransaction) throws -> Result
  ) throws -> Result? {
    do {
      return try archive.withWriterLock(waiting: patience) { transaction in
        try catchUp()
        guard !known.isOutdated, known.canPlace(stories) else { return nil }
        return try known.whileAhead { try body(&transaction) }
      }
    } catch is NotFolded {
      return nil
    }
  }

  /// Makes durable what is staged.
  ///
  /// - Throws: `ArchiveError`; `NotFolded` where something staged may be wrong.
  func commit(_ transaction: inout ArchiveTransaction, now: Timestamp) throws {
    try known.prove()
    try transaction.commit(now: now)
  }

  /// Places and stages every story.
  ///
  /// - Throws: `ArchiveError` when the archive cannot be read.
  func stage(
    _ accepted: AcceptedStories, in transaction: inout ArchiveTransaction, now: Timestamp,
    takesEdits: Bool = true
  ) throws -> StoryCounts {
    try StoryStaging.stage(accepted, in: &transaction, known, now: now, takesEdits: takesEdits)
  }

  /// Files what a feed that is followed at another address than before brings under its first one for
  /// ever: whatever becomes of `state/`, no story comes twice.
  func settle(_ feed: Feed, in transaction: inout ArchiveTransaction, now: Timestamp) {
    guard let first = feed.firstAddress,
      known.knowledge.filed.firstAddress(of: feed.url) != first
    else { return }
    let record = ArchiveRecord.relocation(feed: first, address: feed.url, seen: now)
    transaction.stage(record)
    known.knowledge.apply(record)
  }
}
