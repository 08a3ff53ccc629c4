internal import SystemPackage

/// A file that is open for reading, with zeros in the place of what the disk does not give any more: so
/// a bad sector costs the lines that it touches, and not those behind it.
final class ReadableFile {
  private let directory: ArchiveDirectory
  private let file: OpenFile
  /// Within the archive.
  let path: String
  /// What no read got, in order, neighbours joined.
  private(set) var unreadable: [Damage] = []
  /// Up to here it is read block by block, since a longer read failed.
  private var carefulEnd = 0

  /// What a disk loses at once, at the least.
  private static let blockByteCount = 1 << 12

  init(_ file: OpenFile, _ path: String, in directory: ArchiveDirectory) {
    self.file = file
    self.path = path
    self.directory = directory
  }

  deinit {
    directory.system.close(file)
  }

  func status() throws(ArchiveError) -> FileStatus {
    try directory.status(of: file, path)
  }

  /// Reads up to `buffer.count` bytes at `offset`; 0 at the end.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(ArchiveError) -> Int {
    if offset >= carefulEnd {
      do throws(ArchiveError) {
        return try directory.read(file, path, at: offset, into: buffer)
      } catch {
        guard case .io(_, _, .ioError) = error else { throw error }
        carefulEnd = offset + buffer.count
      }
    }
    let blockEnd = (offset / ReadableFile.blockByteCount + 1) * ReadableFile.blockByteCount
    let block = UnsafeMutableRawBufferPointer(
      rebasing: buffer[..<min(buffer.count, blockEnd - offset)])
    do throws(ArchiveError) {
      return try directory.read(file, path, at: offset, into: block)
    } catch {
      guard case .io(_, _, .ioError) = error else { throw error }
      return try leaveOut(block, at: offset)
    }
  }

  /// At most `byteLimit` bytes from `start`.
  func contents(from start: Int, byteLimit: Int) throws(ArchiveError) -> [UInt8] {
    try ArchiveDirectory.gather(from: start, byteLimit: byteLimit) {
      (offset, buffer) throws(ArchiveError) in
      try read(at: offset, into: buffer)
    }
  }

  private func leaveOut(
    _ block: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(ArchiveError) -> Int {
    let end = min(offset + block.count, try status().byteCount)
    guard end > offset else { return 0 }
    block[..<(end - offset)].initializeMemory(as: UInt8.self, repeating: 0)
    note(offset..<end)
    return end - offset
  }

  private func note(_ range: Range<Int>) {
    guard !unreadable.contains(where: { $0.range.contains(range.lowerBound) }) else { return }
    if let last = unreadable.indices.last, unreadable[last].range.upperBound == range.lowerBound {
      unreadable[last].range = unreadable[last].range.lowerBound..<range.upperBound
    } else {
      unreadable.append(Damage(path: path, range: range, detail: "cannot be read"))
    }
  }
}
