internal import SystemPackage

/// A derived file below `state/` that is read a piece at a time. It can be read for as long as this value lives,
/// also when another process has removed it.
package final class StoredFile {
  package let byteCount: Int
  private let directory: ArchiveDirectory
  private let file: OpenFile
  private let path: String

  init(_ file: OpenFile, _ path: String, in directory: ArchiveDirectory) throws(ArchiveError) {
    self.file = file
    self.path = path
    self.directory = directory
    do throws(ArchiveError) {
      byteCount = try directory.status(of: file, path).byteCount
    } catch {
      directory.system.close(file)
      throw error
    }
  }

  deinit {
    directory.system.close(file)
  }

  /// Fills `buffer` with what stands at `offset`.
  ///
  /// - Throws: `ArchiveError` when it cannot be read, or when there is less.
  package func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(ArchiveError) {
    var count = 0
    while count < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      let more = try directory.read(file, path, at: offset + count, into: rest)
      guard more > 0 else { throw .io(path: directory.named(path), action: "read", .ioError) }
      count += more
    }
  }
}

extension StoredFile {
  /// All of it, mapped.
  ///
  /// - Throws: `ArchiveError`.
  package func mapped() throws(ArchiveError) -> MappedFile {
    do throws(Errno) {
      return try directory.system.map(file, byteCount: byteCount)
    } catch {
      throw .io(path: directory.named(path), action: "map", error)
    }
  }
}

/// A derived file below `state/` that is written a piece at a time, and has its name once it is whole.
package final class StoredFileDraft {
  /// Bytes from which what was gathered is written.
  private static let pieceByteCount = 1 << 18

  private let directory: ArchiveDirectory
  private let file: OpenFile
  private let path: String
  private var gathered: [UInt8] = []
  private var isFinished = false

  init(at path: String, in directory: ArchiveDirectory) throws(ArchiveError) {
    self.path = path
    self.directory = directory
    if try directory.status(at: path) != nil { try directory.remove(path) }
    file = try directory.open(path, for: .creating)
  }

  deinit {
    directory.system.close(file)
    // What was begun would take up the very room that is missing.
    if !isFinished { try? directory.remove(path) }
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
    gathered.append(contentsOf: bytes)
    if gathered.count >= Self.pieceByteCount { try flush() }
  }

  /// Makes what was given so far durable, so that no later step has to wait for all of it.
  package func settle() throws(ArchiveError) {
    try flush()
    try directory.synchronizeContents(of: file, path)
  }

  /// Gives the file its name, which is one of the program's own, never a publisher's.
  package func finish(named name: String) throws(ArchiveError) {
    try settle()
    try directory.rename(path, to: Archive.storedPath(name))
    isFinished = true
    try directory.synchronizeNames(in: ArchiveFormat.state)
  }

  private func flush() throws(ArchiveError) {
    guard !gathered.isEmpty else { return }
    try directory.append(gathered, to: file, path)
    gathered.removeAll(keepingCapacity: true)
  }
}

extension Archive {
  static func storedPath(_ name: String) -> String {
    precondition(!name.isEmpty && !name.contains("/"), "a state file lies right below state/")
    return "\(ArchiveFormat.state)/\(name)"
  }

  /// The derived file of that name; nil when there is none.
  ///
  /// - Throws: `ArchiveError` when it cannot be opened.
  package func storedFile(named name: String) throws(ArchiveError) -> StoredFile? {
    let path = Self.storedPath(name)
    guard let file = try directory.openIfPresent(path) else { return nil }
    return try StoredFile(file, path, in: directory)
  }

  /// Whether there is a derived file of that name.
  ///
  /// - Throws: `ArchiveError`.
  package func hasStoredFile(named name: String) throws(ArchiveError) -> Bool {
    try directory.status(at: Self.storedPath(name)) != nil
  }

  /// Begins a derived file, whose name until it is finished is `name`: one at a time.
  ///
  /// - Throws: `ArchiveError`.
  package func draftStoredFile(at name: String) throws(ArchiveError) -> StoredFileDraft {
    precondition(access == .readWrite, "an archive opened for reading is not written to")
    return try StoredFileDraft(at: Self.storedPath(name), in: directory)
  }
}
