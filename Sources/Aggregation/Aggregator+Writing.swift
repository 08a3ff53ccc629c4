internal import StoryArchive
internal import Syndication

// How anything comes into the archive.
extension Aggregator {
  /// How long a refresh waits for another process' refresh to end: hardly, since the thread that waits
  /// is the one that would notice a signal.
  static let lockPatience = Duration.milliseconds(20)

  /// What is known changed faster than it could be folded.
  private struct Outdated: Error {}
  private static let foldTryLimit = 4
  private static let knowledgeSubject = "state/knowledge"

  /// Runs `body` under the writer lock, knowing what others wrote. Where it decided by what turns out to be
  /// known no more, nothing of it was committed, and it runs again by what the archive says.
  ///
  /// - Throws: `ArchiveError`, `.locked` where another process writes; what `body` throws.
  func write<Result>(
    waiting patience: Duration, _ body: (inout ArchiveTransaction) throws -> Result
  ) throws -> Result {
    for _ in 0..<Self.foldTryLimit {
      while try !known.foldAnew(limit: .max) {}
      do {
        return try archive.withWriterLock(waiting: patience) { transaction in
          try catchUp()
          if known.isOutdated { throw Outdated() }
          return try known.whileAhead { try body(&transaction) }
        }
      } catch is Outdated {
        continue
      }
    }
    throw ArchiveError.locked(path: Self.knowledgeSubject)
  }

  /// Makes durable what is staged.
  ///
  /// - Throws: `ArchiveError`; what makes `write` run its body again where something staged may be wrong.
  func commit(_ transaction: inout ArchiveTransaction, now: Timestamp) throws {
    guard known.mayCommit() else { throw Outdated() }
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
