internal import SystemPackage

/// The archive's directory: the seam's operations, with errors that name the file, loops for short
/// writes, and the one safe way to replace a file.
struct ArchiveDirectory {
  let system: any FileSystem
  /// How messages name the directory.
  let path: String

  /// The most bytes that one `write` is given: a kill in its midst tears larger ones.
  static let writeByteLimit = 1 << 20

  func named(_ name: String) -> String {
    name.isEmpty ? path : "\(path)/\(name)"
  }

  /// The name that a message gives as `path`.
  func unnamed(_ path: String) -> String {
    path.hasPrefix("\(self.path)/") ? String(path.dropFirst(self.path.count + 1)) : path
  }

  func open(_ name: String, for purpose: OpenPurpose) throws(ArchiveError) -> OpenFile {
    do throws(Errno) {
      return try system.open(name, for: purpose)
    } catch {
      guard purpose != .reading else {
        throw .io(path: named(name), action: "open", error)
      }
      throw ArchiveError(writing: named(name), "open", error)
    }
  }

  /// Opens a file for reading, or nil when there is none.
  func openIfPresent(_ name: String) throws(ArchiveError) -> OpenFile? {
    do throws(Errno) {
      return try system.open(name, for: .reading)
    } catch .noSuchFileOrDirectory {
      return nil
    } catch {
      throw .io(path: named(name), action: "open", error)
    }
  }

  func status(at name: String) throws(ArchiveError) -> FileStatus? {
    try reading(name, "look at") { () throws(Errno) in try system.status(at: name) }
  }

  func status(of file: OpenFile, _ name: String) throws(ArchiveError) -> FileStatus {
    try reading(name, "look at") { () throws(Errno) in try system.status(of: file) }
  }

  func entries(in name: String) throws(ArchiveError) -> [DirectoryEntry] {
    try reading(name, "list") { () throws(Errno) in try system.entries(in: name) }
  }

  func names(in name: String) throws(ArchiveError) -> [String] {
    try reading(name, "list") { () throws(Errno) in try system.names(in: name) }
  }

  func read(
    _ file: OpenFile, _ name: String, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(ArchiveError) -> Int {
    try reading(name, "read") { () throws(Errno) in
      try system.read(file, at: offset, into: buffer)
    }
  }

  /// The bytes of a small file, at most `byteLimit` of them; nil when there is none.
  func contents(of name: String, byteLimit: Int) throws(ArchiveError) -> [UInt8]? {
    guard let file = try openIfPresent(name) else { return nil }
    defer { system.close(file) }
    return try contents(of: file, name, from: 0, byteLimit: byteLimit)
  }

  func contents(
    of file: OpenFile, _ name: String, from start: Int, byteLimit: Int
  ) throws(ArchiveError) -> [UInt8] {
    try ArchiveDirectory.gather(from: start, byteLimit: byteLimit) {
      (offset, buffer) throws(ArchiveError) in
      try read(file, name, at: offset, into: buffer)
    }
  }

  /// At most `byteLimit` bytes from `start`, as `read` gives them.
  static func gather(
    from start: Int, byteLimit: Int,
    _ read: (Int, UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int
  ) throws(ArchiveError) -> [UInt8] {
    var bytes: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(0, min(byteLimit, gatheredByteCount)), alignment: 1)
    defer { chunk.deallocate() }
    while bytes.count < byteLimit {
      let wanted = min(chunk.count, byteLimit - bytes.count)
      let count = try read(
        start + bytes.count, UnsafeMutableRawBufferPointer(rebasing: chunk[..<wanted]))
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  /// The most bytes of one read.
  private static let gatheredByteCount = 1 << 16

  /// Writes all of `bytes` at the end of the file, in pieces of at most `writeByteLimit`.
  func append(_ bytes: [UInt8], to file: OpenFile, _ name: String) throws(ArchiveError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(ArchiveError) in
      try append(UnsafeRawBufferPointer(bytes), to: file, name)
    }
  }

  private func append(
    _ bytes: UnsafeRawBufferPointer, to file: OpenFile, _ name: String
  ) throws(ArchiveError) {
    var written = 0
    while written < bytes.count {
      let end = min(written + ArchiveDirectory.writeByteLimit, bytes.count)
      let piece = UnsafeRawBufferPointer(rebasing: bytes[written..<end])
      let count = try writing(name, "write") { () throws(Errno) in
        try system.append(piece, to: file)
      }
      guard count > 0 else { throw .io(path: named(name), action: "write", .ioError) }
      written += count
    }
  }

  /// Writes over the start of the file.
  func overwrite(_ file: OpenFile, _ name: String, with bytes: [UInt8]) throws(ArchiveError) {
    let count = try bytes.withUnsafeBufferPointer { (bytes) throws(ArchiveError) in
      try writing(name, "write") { () throws(Errno) in
        try system.overwrite(file, with: UnsafeRawBufferPointer(bytes))
      }
    }
    guard count == bytes.count else { throw .io(path: named(name), action: "write", .ioError) }
  }

  func truncate(_ file: OpenFile, _ name: String, to byteCount: Int) throws(ArchiveError) {
    try writing(name, "truncate") { () throws(Errno) in
      try system.truncate(file, to: byteCount)
    }
  }

  func synchronizeContents(of file: OpenFile, _ name: String) throws(ArchiveError) {
    try writing(name, "synchronize") { () throws(Errno) in
      try system.synchronizeContents(of: file)
    }
  }

  func synchronizeNames(in name: String) throws(ArchiveError) {
    try writing(name, "synchronize") { () throws(Errno) in
      try system.synchronizeNames(in: name)
    }
  }

  func rename(_ name: String, to newName: String) throws(ArchiveError) {
    try writing(newName, "rename to") { () throws(Errno) in
      try system.rename(name, to: newName)
    }
  }

  func remove(_ name: String) throws(ArchiveError) {
    try writing(name, "remove") { () throws(Errno) in try system.remove(name) }
  }

  func protect(_ file: OpenFile, _ name: String) throws(ArchiveError) {
    // What a link leads to is not ours to change.
    if ArchiveFormat.isSealed(name), (try? system.status(at: name))?.isLinked == true { return }
    try writing(name, "protect") { () throws(Errno) in try system.protect(file) }
  }

  /// Makes a directory durable under its name, unless it is there.
  func makeDirectory(_ name: String, in parent: String) throws(ArchiveError) {
    if try status(at: name) != nil { return }
    try writing(name, "make") { () throws(Errno) in
      do throws(Errno) {
        try system.makeDirectory(name)
      } catch .fileExists {
        return
      }
    }
    try synchronizeNames(in: parent)
  }

  /// Puts `bytes` under `name` so that a crash leaves the old file or the new one, whole: temporary
  /// file (at `place`, if that is given), fdatasync, rename, fsync of the directory.
  func replace(
    _ name: String, at place: String? = nil, in parent: String, with bytes: [UInt8]
  ) throws(ArchiveError) {
    let temporary = place ?? name + ".new"
    if try status(at: temporary) != nil { try remove(temporary) }
    do throws(ArchiveError) {
      try create(temporary, with: bytes)
      try rename(temporary, to: name)
    } catch {
      // What is left of it would take room where there is none.
      try? remove(temporary)
      throw error
    }
    try synchronizeNames(in: parent)
  }

  /// Makes a new file with durable contents; its name is not durable yet.
  func create(_ name: String, with bytes: [UInt8]) throws(ArchiveError) {
    let file = try open(name, for: .creating)
    defer { system.close(file) }
    try append(bytes, to: file, name)
    try synchronizeContents(of: file, name)
  }

  private func reading<Result>(
    _ name: String, _ action: String, _ operation: () throws(Errno) -> Result
  ) throws(ArchiveError) -> Result {
    do throws(Errno) {
      return try operation()
    } catch {
      throw .io(path: named(name), action: action, error)
    }
  }

  private func writing<Result>(
    _ name: String, _ action: String, _ operation: () throws(Errno) -> Result
  ) throws(ArchiveError) -> Result {
    do throws(Errno) {
      return try operation()
    } catch {
      throw ArchiveError(writing: named(name), action, error)
    }
  }
}
