/// A file of lines below `state/` for what is derived and may be lost: the last line about a thing
/// holds.
///
/// Appended to by several processes, without fsync; each reads what the others appended. `compact`
/// replaces it. Used from one thread at a time.
package final class StateLog {
  private let directory: ArchiveDirectory
  private let path: String
  /// The archive whose writer lock `compact` wants held.
  private let archive: Archive
  private var file: OpenFile?
  private var inode: UInt64 = 0
  /// Where the next line that was not given out yet starts.
  private var offset = 0

  /// The longest line, with its line feed.
  package static let lineByteLimit = RecordLine.byteLimit

  init(archive: Archive, path: String) {
    self.archive = archive
    directory = archive.directory
    self.path = path
  }

  deinit {
    if let file { directory.system.close(file) }
  }

  /// Appends one line, given without its line feed. Not durable: after a power cut it may be gone.
  /// This value's `catchUp` does not give it out when it had read everything before.
  package func append(_ line: [UInt8]) throws(ArchiveError) {
    try append([line])
  }

  package func append(_ lines: [[UInt8]]) throws(ArchiveError) {
    precondition(archive.access == .readWrite, "an archive opened for reading is not written to")
    guard !lines.isEmpty else { return }
    var bytes: [UInt8] = []
    for line in lines {
      precondition(!line.contains(0x0A), "a line has no line feed inside")
      bytes += line
      bytes.append(0x0A)
    }
    repeat {
      let end = try appendToFile(bytes)
      if offset == end - bytes.count { offset = end }
      // A compaction by another process may have taken the file away while it was written to.
    } while try directory.status(at: path)?.inode != inode
  }

  /// Gives out every whole line that was appended since the last time, or all lines again after a
  /// compaction by another value.
  package func catchUp(_ apply: (UnsafeBufferPointer<UInt8>) -> Void) throws(ArchiveError) {
    guard let status = try directory.status(at: path) else { return }
    if file == nil || status.inode != inode || status.byteCount < offset { try reopen() }
    guard let file else { return }
    let lines = LineScanner(directory: directory, file: file, name: path)
    offset = try lines.scan(from: offset) { line, _ in
      if case .line(let bytes) = line { apply(bytes) }
      return true
    }
  }

  /// Replaces the file by one with these lines, and with what others appended since `catchUp`. To be
  /// called under the archive's writer lock, lest two do it at once.
  package func compact(to lines: some Sequence<[UInt8]>) throws(ArchiveError) {
    precondition(archive.lockFile != nil, "a state log is compacted under the writer lock")
    var bytes: [UInt8] = []
    for line in lines {
      bytes += line
      bytes.append(0x0A)
    }
    let old = (file: file, offset: offset)
    file = nil
    defer { if let file = old.file { directory.system.close(file) } }
    try directory.replace(path, in: ArchiveFormat.state, with: bytes)
    try reopen()
    offset = bytes.count
    // Who appended before the new file was in place saw no reason to append again.
    guard let file = old.file else { return }
    var late: [UInt8] = []
    let lines = LineScanner(directory: directory, file: file, name: path)
    _ = try lines.scan(from: old.offset) { line, _ in
      if case .line(let line) = line { late += line + [0x0A] }
      return true
    }
    if !late.isEmpty { _ = try appendToFile(late) }
  }

  /// Bytes in the file as last seen: when to compact is the caller's choice.
  package var byteCount: Int { offset }

  /// Appends, behind a line feed when a killed process left half a line; returns where the file ends.
  private func appendToFile(_ bytes: [UInt8]) throws(ArchiveError) -> Int {
    let file = try currentFile()
    let before = try directory.status(of: file, path).byteCount
    var whole = bytes
    if before > 0 {
      let last = try directory.contents(of: file, path, from: before - 1, byteLimit: 1)
      if last != [0x0A] { whole.insert(0x0A, at: 0) }
    }
    try directory.append(whole, to: file, path)
    return before + whole.count
  }

  private func currentFile() throws(ArchiveError) -> OpenFile {
    if let file, let status = try directory.status(at: path), status.inode == inode { return file }
    try reopen()
    guard let file else { preconditionFailure("a log opened for writing has a file") }
    return file
  }

  private func reopen() throws(ArchiveError) {
    if let file { directory.system.close(file) }
    file = nil
    offset = 0
    if archive.access == .readWrite {
      if try directory.status(at: path) == nil {
        directory.system.close(try directory.open(path, for: .overwriting))
      }
      file = try directory.open(path, for: .appending)
    } else {
      file = try directory.openIfPresent(path)
    }
    if let file { inode = try directory.status(of: file, path).inode }
  }
}

extension Archive {
  /// The state log of that name; `name` is one of the program's own, never a publisher's.
  package func stateLog(named name: String) throws(ArchiveError) -> StateLog {
    precondition(!name.isEmpty && !name.contains("/"), "a state log lies right below state/")
    return StateLog(archive: self, path: "\(ArchiveFormat.state)/\(name)")
  }
}
