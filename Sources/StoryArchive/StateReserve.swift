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
    try keep([])
  }

  /// Replaces what is kept by `lines`, given without line feeds, as many of the first as there is room for.
  package func keep(_ lines: [[UInt8]]) throws(ArchiveError) {
    var bytes: [UInt8] = []
    for line in lines where bytes.count + line.count < Self.byteCount { bytes += line + [0x0A] }
    bytes += repeatElement(0x0A, count: Self.byteCount - bytes.count)
    let file = try directory.open(path, for: .overwriting)
    defer { directory.system.close(file) }
    try directory.overwrite(file, path, with: bytes)
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
