internal import SystemPackage

/// The one lock of the archive: flock(2) on the file `lock`, which the kernel drops when its holder
/// dies.
enum WriterLock {
  /// Between two looks at a lock that another process holds.
  private static let pauseMilliseconds = 5

  /// Takes the lock; nil when `waiting` passed without it. Waits for ever when `waiting` is nil.
  static func take(
    in directory: ArchiveDirectory, waiting: Duration?
  ) throws(ArchiveError) -> OpenFile? {
    var patience = waiting.map { Int($0.components.seconds) * 1000 } ?? .max
    if let waiting { patience += Int(waiting.components.attoseconds / 1_000_000_000_000_000) }
    while true {
      let file = try directory.open(ArchiveFormat.lock, for: .locking)
      do throws(Errno) {
        if try directory.system.tryLock(file) {
          if try isCurrent(file, directory) { return file }
          directory.system.unlock(file)
        } else {
          guard patience > 0 else {
            directory.system.close(file)
            return nil
          }
          directory.system.pause(milliseconds: pauseMilliseconds)
          patience -= pauseMilliseconds
        }
      } catch {
        directory.system.close(file)
        throw .io(path: directory.named(ArchiveFormat.lock), action: "lock", error)
      }
      directory.system.close(file)
    }
  }

  /// Whoever deletes the file must not let two writers in.
  private static func isCurrent(
    _ file: OpenFile, _ directory: ArchiveDirectory
  ) throws(Errno) -> Bool {
    let inode = try directory.system.status(of: file).inode
    return try directory.system.status(at: ArchiveFormat.lock)?.inode == inode
  }
}

extension Archive {
  /// Runs `body` while no other process writes to the archive, and never across anything slow: every
  /// other writer waits.
  ///
  /// What a crash left unfinished is put right first. What `body` staged and did not commit is
  /// dropped. Waits for another writer for as long as `waiting` says, for ever when it is nil.
  ///
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; `ArchiveError.locked` when the wait was too long.
  package func withWriterLock<Result>(
    waiting: Duration?, _ body: (inout ArchiveTransaction) throws -> Result
  ) throws -> Result {
    precondition(access == .readWrite, "an archive opened for reading is not written to")
    precondition(lockFile == nil, "the writer lock is already held")
    guard let file = try WriterLock.take(in: directory, waiting: waiting) else {
      throw ArchiveError.locked(path: directory.path)
    }
    lockFile = file
    defer { releaseLock() }
    try prepareTail()
    var transaction = ArchiveTransaction(archive: self)
    defer { transaction.end() }
    return try body(&transaction)
  }

  /// Puts right what a crash left behind, unless another process is writing and so has done it.
  func recoverIfUnlocked() throws(ArchiveError) {
    guard let file = try WriterLock.take(in: directory, waiting: .zero) else { return }
    lockFile = file
    defer { releaseLock() }
    try prepareTail()
  }

  func releaseLock() {
    guard let file = lockFile else { return }
    directory.system.unlock(file)
    directory.system.close(file)
    lockFile = nil
  }
}
