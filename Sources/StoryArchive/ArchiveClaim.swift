internal import SystemPackage

extension Archive {
  /// Takes a lock below `state/` that says who does something that only one process may do; it holds
  /// until this value or its process ends.
  ///
  /// - Throws: `ArchiveError.locked` when another process has it.
  package func claim(_ name: String) throws(ArchiveError) {
    let path = "\(ArchiveFormat.state)/\(name)"
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
    claims.append(file)
  }
}
