/// The flat-file archive in one directory: an append-only sequence of records in plain files.
///
/// Used from one thread at a time (it is not Sendable). Several processes, or several values in one
/// process, may read and append to the same directory; the writer lock orders the writers, and
/// `catchUp` gives each what the others appended.
package final class Archive {
  package enum Access: Hashable, Sendable {
    /// Needs no permission to write and takes no lock. Sees every whole line, also those of a batch
    /// that is still being made durable.
    case readOnly
    /// Sees only what is durable.
    case readWrite
  }

  let directory: ArchiveDirectory
  let access: Access
  var cursor = ArchiveCursor()
  /// Where reading ends, though more may follow.
  var bound: ArchivePosition?
  /// Whether a segment that cannot be opened is damage, and not an error.
  var passesOverUnreadable: Bool
  var reader = RecordReader()
  /// What the last holder of the lock in this value left behind; nil when nothing is known.
  var tail: ArchiveTail?
  var knownHead: ArchiveHead?
  /// What this value wrote when it listed a segment last.
  var completeManifests: CompleteManifests?
  /// The inode of the HEAD that this value made durable: whoever made it may have been killed before.
  var durableHead: UInt64?
  /// A batch that would make a segment longer begins the next one.
  package var segmentByteLimit = ArchiveFormat.segmentByteLimit
  /// Locks that this value holds for as long as it lives.
  var claims: [OpenFile] = []
  /// Open while this value holds the writer lock.
  var lockFile: OpenFile?
  /// Room for lines that the last transaction had, so that the next does not grow its own.
  private var spareRoom: [UInt8] = []
  private static let spareRoomByteLimit = 4 << 20

  /// Stretches of the archive that `replay` and `catchUp` skipped because they are damaged.
  package internal(set) var damage: [Damage] = []

  init(directory: ArchiveDirectory, access: Access) {
    self.directory = directory
    self.access = access
    // A writer that knew less than there is would store stories a second time.
    passesOverUnreadable = access == .readOnly
  }

  /// Whether it is open for writing.
  package var isWritable: Bool { access == .readWrite }

  deinit {
    for file in claims {
      directory.system.unlock(file)
      directory.system.close(file)
    }
    if let file = tail?.active?.file { directory.system.close(file) }
  }

  /// Gives every record from the start of the archive to `apply`, in the order of their
  /// acknowledgement, and leaves this value where `catchUp` goes on.
  ///
  /// A crash may leave a story in the archive twice: keep the first.
  /// - Throws: what `apply` throws, and `ArchiveError` when a file cannot be read.
  package func replay(_ apply: (ArchiveRecord) throws -> Void) throws {
    rewind()
    var failure: (any Error)?
    try advance { record in
      do {
        try apply(record)
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
  }

  /// Gives `apply` every record that was acknowledged since the last `replay` or `catchUp` of this
  /// value, or since the start of the archive; not those which this value itself committed while it
  /// had seen everything before them.
  package func catchUp(_ apply: (ArchiveRecord) -> Void) throws(ArchiveError) {
    try advance { record in
      apply(record)
      return true
    }
  }

  /// As `catchUp`, of at most `limit` records.
  ///
  /// - Returns: Whether there are no more.
  package func catchUp(
    limit: Int, _ apply: (ArchiveRecord) -> Void
  ) throws(ArchiveError) -> Bool {
    var count = 0
    try advance { record in
      apply(record)
      count += 1
      return count < limit
    }
    return count < limit
  }

  func takeSpareRoom() -> [UInt8] {
    defer { spareRoom = [] }
    return spareRoom
  }

  func keepSpareRoom(_ bytes: consuming [UInt8]) {
    if bytes.capacity <= Archive.spareRoomByteLimit { spareRoom = bytes }
  }

  private func rewind() {
    cursor = ArchiveCursor()
    damage = []
  }
}
