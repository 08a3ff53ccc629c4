internal import SystemPackage

extension Archive {
  /// Takes a lock below `state/` that says who does something that only one process may do; it holds
  /// until this value or its process ends.
  ///
  /// - Throws: `ArchiveError.locked` when another process has it.
  package func claim(_ name: String) throws(ArchiveError) {
    claims.append(try lock(name))
  }

  /// Runs `body` while no other process does anything under the lock of that name below `state/`.
  /// Nothing slow belongs there, since nobody waits for it.
  ///
  /// - Throws: What `body` throws; `ArchiveError.locked` when another process has the lock.
  package func withStateLock<Result>(
    named name: String, _ body: () throws -> Result
  ) throws -> Result {
    let file = try lock(name)
    defer {
      directory.system.unlock(file)
      directory.system.close(file)
    }
    return try body()
  }

  /// Takes the lock of that name below `state/`, for as long as what is returned lives.
  ///
  /// - Throws: `ArchiveError.locked` when another process has it.
  package func stateLock(named name: String) throws(ArchiveError) -> StateLock {
    StateLock(try lock(name), directory.system)
  }

  /// Whether another process has the lock of that name below `state/`.
  func isLocked(_ name: String) throws(ArchiveError) -> Bool {
    let path = "\(ArchiveFormat.state)/\(name)"
    let file = try directory.open(path, for: .locking)
    defer { directory.system.close(file) }
    do throws(Errno) {
      return try directory.system.isLocked(file)
    } catch {
      throw .io(path: directory.named(path), action: "lock", error)
    }
  }

  private func lock(_ name: String) throws(ArchiveError) -> OpenFile {
    let path = "\(ArchiveFormat.state)/\(name)"
    // A reader needs the lock too, and the directory may be deleted at any time.
    try directory.makeDirectory(ArchiveFormat.state, in: "")
    let file = try directory.open(path, for: .locking)
    do throws(Errno) {
      guard try directory.system.tryLock(file) else {
        directory.system.close(file)
        throw Errno.wouldBlock
      }
    } catch {
      if error == .wouldBlock { throw .locked(path: directory.named(path)) }
      directory.system.close(file)
      throw .io(path: directory.named(path), action: "lock", error)
    }
    return file
  }
}

/// A lock that is held.
package final class StateLock {
  private let file: OpenFile
  private let system: any FileSystem

  init(_ file: OpenFile, _ system: any FileSystem) {
    self.file = file
    self.system = system
  }

  deinit {
    // Closing alone leaves the lock to a process that is just being forked off.
    system.unlock(file)
    system.close(file)
  }
}
