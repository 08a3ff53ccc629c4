package import Syndication

/// What the holder of the writer lock may do: stage records and commit them.
package struct ArchiveTransaction {
  private let archive: Archive
  private var staged: StagedLines

  init(archive: Archive) {
    self.archive = archive
    staged = StagedLines(reusing: archive.takeSpareRoom())
  }

  /// Leaves the room for lines to the next transaction.
  mutating func end() {
    archive.keepSpareRoom(staged.surrenderRoom())
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

  /// Adds a story's first appearance to the next commit: `stage(.story(…))` without a copy of the story.
  package mutating func stage(_ story: Story, cluster: StoryID, original: StoryID?) {
    staged.append(story, cluster: cluster, original: original)
  }

  /// Makes the staged records durable, all or none, with `seen(at: now)` as their `seen`. When this
  /// returns they are acknowledged. Without staged records it does nothing.
  ///
  /// - Returns: the records' `seen`.
  /// - Throws: `ArchiveError` when they are not stored; the transaction then has nothing staged, and
  ///   the archive is as it was before.
  @discardableResult
  package mutating func commit(now: Timestamp) throws(ArchiveError) -> Timestamp {
    defer { staged.removeAll() }
    return try archive.commit(&staged, now: now)
  }
}
