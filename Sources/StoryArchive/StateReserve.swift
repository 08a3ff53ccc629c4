/// Room below `state/` that is taken while there is some, for the few lines that must be remembered when
/// the disk is full. Derived and losable like all of `state/`.
///
/// Written over in place and never synchronized. Shared by the processes that use the archive.
package final class StateReserve {
  /// Bytes that are kept.
  package static let byteCount = 16 << 10

  private let directory: ArchiveDirectory
  private let path: String

  init(directory: ArchiveDirectory, path: String) {
    self.directory = directory
    self.path = path
  }

  /// Takes the room, unless it is taken.
  package func take() throws(ArchiveError) {
    if try directory.status(at: path)?.byteCount == Self.byteCount { return }
    try replace { _ in [] }
  }

  /// Replaces the lines that are kept, given without line feeds, by what `change` makes of them, as many of
  /// the first as there is room for. No other process comes between.
  package func replace(_ change: ([[UInt8]]) -> [[UInt8]]) throws(ArchiveError) {
    let file = try directory.open(path, for: .overwriting)
    defer { directory.system.close(file) }
    let isLocked = lock(file)
    defer { if isLocked { directory.system.unlock(file) } }
    try directory.overwrite(file, path, with: page(of: change((try? lines()) ?? [])))
  }

  /// Others hold it for as long as a write takes. A pause that is lost beside theirs is less than one that
  /// nobody writes down, so nothing fails for want of the lock.
  private func lock(_ file: OpenFile) -> Bool {
    for _ in 0..<Self.lockTries {
      guard let isLocked = try? directory.system.tryLock(file) else { return false }
      if isLocked { return true }
      directory.system.pause(milliseconds: Self.lockPauseMilliseconds)
    }
    return false
  }

  private static let lockTries = 20
  private static let lockPauseMilliseconds = 5

  private func page(of lines: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in lines where bytes.count + line.count < Self.byteCount { bytes += line + [0x0A] }
    return bytes + repeatElement(0x0A, count: Self.byteCount - bytes.count)
  }

  /// What is kept.
  package func lines() throws(ArchiveError) -> [[UInt8]] {
    let bytes = try directory.contents(of: path, byteLimit: Self.byteCount) ?? []
    return bytes.split(separator: 0x0A).map(Array.init)
  }
}

extension Archive {
  /// The reserve of that name; `name` is one of the program's own, never a publisher's.
  package func stateReserve(named name: String) -> StateReserve {
    precondition(!name.isEmpty && !name.contains("/"), "a reserve lies right below state/")
    return StateReserve(directory: directory, path: "\(ArchiveFormat.state)/\(name)")
  }
}
