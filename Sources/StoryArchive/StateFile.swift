internal import SystemPackage

/// Files below `state/` that are derived, written whole and read where they lie.
extension Archive {
  /// Puts what `write` gives its sink, one after the other, under `name`: a crash leaves the old file or
  /// the new one, whole. `name` is one of the program's own, never a publisher's.
  ///
  /// - Throws: `ArchiveError` when it cannot be written, and what `write` throws; then the old file is
  ///   there still.
  package func writeStateFile(
    named name: String,
    _ write: (_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    precondition(access == .readWrite, "an archive opened for reading is not written to")
    let path = statePath(name)
    let temporary = path + ".new"
    if try directory.status(at: temporary) != nil { try directory.remove(temporary) }
    let writer = StateFileWriter(
      try directory.open(temporary, for: .creating), temporary, directory)
    do {
      try write { try writer.take($0) }
      try writer.finish()
      try directory.rename(temporary, to: path)
    } catch {
      // What was begun would take up the very room that is missing.
      try? directory.remove(temporary)
      throw error
    }
    try directory.synchronizeNames(in: ArchiveFormat.state)
  }

  /// Removes the files whose names begin with `prefix`, but for those `kept`.
  ///
  /// - Throws: `ArchiveError`.
  package func removeStateFiles(prefix: String, keeping kept: Set<String>) throws(ArchiveError) {
    precondition(!prefix.isEmpty, "state/ holds more than these files")
    for name in try directory.names(in: ArchiveFormat.state)
    where name.hasPrefix(prefix) && !kept.contains(name) {
      try directory.remove(statePath(name))
    }
  }

  /// Removes the files whose names begin with one of `prefixes`, but for locks, also those that other
  /// processes are about to give their names: that fails for them.
  ///
  /// - Throws: `ArchiveError` when one stays.
  package func clearStateFiles(prefixes: [String]) throws(ArchiveError) {
    for _ in 0..<Archive.clearingTryLimit {
      let names = try directory.names(in: ArchiveFormat.state).filter { name in
        prefixes.contains(where: name.hasPrefix) && !name.hasSuffix(".lock")
      }
      guard !names.isEmpty else { return }
      // One that got another name meanwhile is found by that.
      for name in names { try? directory.remove(statePath(name)) }
    }
    throw .locked(path: directory.named(ArchiveFormat.state))
  }

  private static let clearingTryLimit = 100

  private func statePath(_ name: String) -> String {
    precondition(!name.isEmpty && !name.contains("/"), "a state file lies right below state/")
    return "\(ArchiveFormat.state)/\(name)"
  }
}

/// Gathers small pieces, so that few of them are written.
private final class StateFileWriter {
  /// Bytes from which what was gathered is written.
  private static let pieceByteCount = 1 << 18

  private let file: OpenFile
  private let path: String
  private let directory: ArchiveDirectory
  private var gathered: [UInt8] = []

  init(_ file: OpenFile, _ path: String, _ directory: ArchiveDirectory) {
    self.file = file
    self.path = path
    self.directory = directory
    gathered.reserveCapacity(2 * Self.pieceByteCount)
  }

  deinit {
    directory.system.close(file)
  }

  func take(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceByteCount))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
      gathered.append(contentsOf: piece)
      if gathered.count >= Self.pieceByteCount { try flush() }
    }
  }

  func finish() throws {
    try flush()
    try directory.synchronizeContents(of: file, path)
  }

  private func flush() throws {
    try directory.append(gathered, to: file, path)
    gathered.removeAll(keepingCapacity: true)
  }
}
