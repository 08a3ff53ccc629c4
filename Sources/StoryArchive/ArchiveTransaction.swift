package import Syndication

/// What the holder of the writer lock may do: stage records and commit them.
package struct ArchiveTransaction {
  private let archive: Archive
  private var staged = StagedLines()

  init(archive: Archive) {
    self.archive = archive
  }

  /// The `seen` that a commit at `now` gives its records: `now`, or the last acknowledged record's
  /// when the clock went back.
  package func seen(at now: Timestamp) -> Timestamp {
    archive.seen(at: now)
  }

  /// Adds a record to the next commit.
  ///
  /// Of a story whose line would be longer than 1 MiB the text is cut. A copy with an empty text is
  /// one whose text equals its original's: its line has no text.
  package mutating func stage(_ record: ArchiveRecord) {
    staged.append(record)
  }

  /// Makes the staged records durable, all or none, with `seen(at: now)` as their `seen`. When this
  /// returns they are acknowledged. Without staged records it does nothing.
  ///
  /// - Returns: the records' `seen`.
  /// - Throws: `ArchiveError` when they are not stored; the transaction then has nothing staged, and
  ///   the archive is as it was before.
  @discardableResult
  package mutating func commit(now: Timestamp) throws(ArchiveError) -> Timestamp {
    let batch = staged
    staged = StagedLines()
    return try archive.commit(batch, now: now)
  }
}
