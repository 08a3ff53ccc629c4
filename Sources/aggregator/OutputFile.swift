internal import Glibc
internal import SystemPackage

/// A file written whole or not at all: a temporary neighbour takes its place once it is on disk.
///
/// A symbolic link is followed to what it names. A path that is no regular file (a pipe, a terminal)
/// is written to as it is.
struct OutputFile {
  /// Symbolic links followed one after the other; what Linux itself follows.
  static let linkLimit = 40
  /// Names tried for the temporary file, should a process that is no more have left one behind.
  static let nameLimit = 16

  let path: String
  /// Whether a file that belongs to somebody else is left alone where it cannot be given back.
  var keepsOwner = false

  func replace(with bytes: [UInt8]) throws(CommandFailure) {
    do {
      let existing = try existingStatus()
      if let existing, existing.st_mode & S_IFMT != S_IFREG {
        let descriptor = try FileDescriptor.open(FilePath(path), .writeOnly)
        try descriptor.closeAfter { try write(bytes, to: descriptor) }
        return
      }
    } catch {
      throw failure(error)
    }
    try prepare(bytes).put()
  }

  /// New contents that lie beside their file, on disk, to be put in its place or dropped.
  struct Replacement {
    fileprivate let file: OutputFile
    fileprivate let temporary: FilePath
    fileprivate let target: FilePath

    /// Puts them in the file's place.
    func put() throws(CommandFailure) {
      do {
        let name = target.removingLastComponent()
        let folder = try FileDescriptor.open(
          name.isEmpty ? "." : name, .readOnly, options: [.directory, .closeOnExec])
        try folder.closeAfter {
          try file.check(rename(temporary.string, target.string))
          // The rename is on disk once the folder is.
          try file.sync(folder)
        }
      } catch {
        drop()
        throw file.failure(error)
      }
    }

    /// Leaves the file as it is.
    func drop() { unlink(temporary.string) }
  }

  /// Writes `bytes` beside the file: whatever may fail for want of room or rights fails here, where the
  /// file is still as it was.
  func prepare(_ bytes: [UInt8]) throws(CommandFailure) -> Replacement {
    do {
      let target = try target()
      let existing = try existingStatus()
      let (descriptor, temporary) = try makeTemporary(in: target.removingLastComponent())
      do {
        try descriptor.closeAfter {
          if let existing { try take(existing, for: descriptor.rawValue) }
          try write(bytes, to: descriptor)
          try sync(descriptor)
        }
      } catch {
        unlink(temporary.string)
        throw error
      }
      return Replacement(file: self, temporary: temporary, target: target)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: any Error) -> CommandFailure {
    error as? CommandFailure
      ?? CommandFailure(.cannotCreate, "\(path): cannot create: \(error)")
  }

  /// Owner and permissions of the file that is replaced.
  private func take(_ existing: stat, for descriptor: Int32) throws {
    var own = stat()
    try check(fstat(descriptor, &own))
    if own.st_uid != existing.st_uid || own.st_gid != existing.st_gid {
      let result = fchown(descriptor, existing.st_uid, existing.st_gid)
      if keepsOwner { try check(result) }
    }
    try check(fchmod(descriptor, existing.st_mode & 0o777))
  }

  /// What the path leads to; nil when there is nothing.
  private func existingStatus() throws -> stat? {
    var status = stat()
    guard stat(path, &status) != 0 else { return status }
    guard errno == ENOENT else { throw Errno(rawValue: errno) }
    return nil
  }

  /// What the path names once its symbolic links are followed, whether or not it is there.
  private func target() throws -> FilePath {
    var target = FilePath(path)
    for _ in 0..<Self.linkLimit {
      guard let link = Self.destination(of: target) else { return target }
      target = link.isAbsolute ? link : target.removingLastComponent().pushing(link)
    }
    throw Errno.tooManySymbolicLinkLevels
  }

  private static func destination(of link: FilePath) -> FilePath? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(link.string, &buffer, buffer.count - 1)
    return count > 0 ? FilePath(platformString: buffer) : nil
  }

  /// A new file of a hidden name: nobody's file, and nobody's link, is written to in its place.
  private func makeTemporary(in folder: FilePath) throws -> (FileDescriptor, FilePath) {
    for number in 0..<Self.nameLimit {
      let file = folder.appending(".aggregator-\(getpid())-\(number).partial")
      do {
        let descriptor = try FileDescriptor.open(
          file, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
          permissions: [.ownerReadWrite, .groupRead, .otherRead])
        return (descriptor, file)
      } catch Errno.fileExists {
        continue
      }
    }
    throw Errno.fileExists
  }

  private func write(_ bytes: [UInt8], to descriptor: FileDescriptor) throws(CommandFailure) {
    do {
      try descriptor.writeAll(bytes)
    } catch {
      throw CommandFailure(.inputOutput, "\(path): cannot write: \(error)")
    }
  }

  private func sync(_ descriptor: FileDescriptor) throws(CommandFailure) {
    guard fsync(descriptor.rawValue) != 0 else { return }
    throw CommandFailure(.inputOutput, "\(path): cannot write: \(Errno(rawValue: errno))")
  }

  private func check(_ result: Int32) throws {
    guard result == 0 else { throw Errno(rawValue: errno) }
  }
}
