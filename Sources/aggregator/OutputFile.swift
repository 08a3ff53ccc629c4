internal import Glibc
internal import SystemPackage

/// A file written whole or not at all: a temporary neighbour takes its place once it is on disk.
///
/// A path that is no regular file (a pipe, a terminal) is written to as it is.
struct OutputFile {
  let path: String

  func replace(with bytes: [UInt8]) throws(CommandFailure) {
    do {
      guard try isRegularOrNew() else { return try write(bytes, to: path, options: []) }
      let temporary = path + ".partial"
      try write(bytes, to: temporary, options: [.create, .truncate])
      guard rename(temporary, path) == 0 else { throw Errno(rawValue: errno) }
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw CommandFailure(.cannotCreate, "\(path): cannot create: \(error)")
    }
  }

  private func isRegularOrNew() throws -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return true }
      throw Errno(rawValue: errno)
    }
    return status.st_mode & S_IFMT == S_IFREG
  }

  private func write(
    _ bytes: [UInt8], to file: String, options: FileDescriptor.OpenOptions
  ) throws {
    let descriptor = try FileDescriptor.open(
      FilePath(file), .writeOnly, options: options,
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    try descriptor.closeAfter {
      do {
        try descriptor.writeAll(bytes)
        if options.contains(.create), fsync(descriptor.rawValue) != 0 {
          throw Errno(rawValue: errno)
        }
      } catch {
        if options.contains(.create) { unlink(file) }
        throw CommandFailure(.inputOutput, "\(path): cannot write: \(error)")
      }
    }
  }
}
