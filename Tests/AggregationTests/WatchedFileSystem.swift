import StoryArchive
import SystemPackage

/// The file system of the disk, with a journal of what changes it, that can fail to make things durable.
final class WatchedFileSystem: FileSystem {
  enum Step: Hashable {
    case append(path: String)
    /// fdatasync.
    case synchronize(path: String)
    /// Failed with what was to be done.
    case failed(path: String)
  }

  private let disk: DiskFileSystem
  private var paths: [OpenFile: String] = [:]
  private(set) var journal: [Step] = []
  /// Files below `stories/` that were opened to be read.
  private(set) var readSegments: [String] = []
  /// Files that were opened to be read.
  private(set) var opened: [String] = []
  /// Whether fdatasync fails, as on a disk that is full or broken.
  var failsToSynchronize = false
  /// A file that nobody may open, as another user's.
  var forbidden: String?
  /// Whether there is no room for another byte.
  var isFull = false

  init(at path: String) throws(Errno) {
    disk = try DiskFileSystem(at: path)
  }

  func forget() {
    journal = []
    readSegments = []
    opened = []
  }

  func open(_ path: String, for purpose: OpenPurpose) throws(Errno) -> OpenFile {
    guard path != forbidden else { throw .permissionDenied }
    let file = try disk.open(path, for: purpose)
    paths[file] = path
    if purpose == .reading { opened.append(path) }
    if purpose == .reading, path.hasPrefix("stories/") { readSegments.append(path) }
    return file
  }

  func close(_ file: OpenFile) {
    paths[file] = nil
    disk.close(file)
  }

  func append(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(Errno) -> Int {
    guard !isFull else {
      journal.append(.failed(path: paths[file] ?? ""))
      throw .noSpace
    }
    journal.append(.append(path: paths[file] ?? ""))
    return try disk.append(bytes, to: file)
  }

  func synchronizeContents(of file: OpenFile) throws(Errno) {
    guard !failsToSynchronize else {
      journal.append(.failed(path: paths[file] ?? ""))
      throw .ioError
    }
    journal.append(.synchronize(path: paths[file] ?? ""))
    try disk.synchronizeContents(of: file)
  }

  // MARK: Handed on

  var remoteKind: String? { disk.remoteKind }

  func status(of file: OpenFile) throws(Errno) -> FileStatus { try disk.status(of: file) }

  func status(at path: String) throws(Errno) -> FileStatus? { try disk.status(at: path) }

  func read(
    _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    try disk.read(file, at: offset, into: buffer)
  }

  func overwrite(_ file: OpenFile, with bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    if isFull, try disk.status(of: file).byteCount < bytes.count { throw .noSpace }
    return try disk.overwrite(file, with: bytes)
  }

  func truncate(_ file: OpenFile, to byteCount: Int) throws(Errno) {
    try disk.truncate(file, to: byteCount)
  }

  func synchronizeNames(in directory: String) throws(Errno) {
    try disk.synchronizeNames(in: directory)
  }

  func doubt(_ file: OpenFile) throws(Errno) { try disk.doubt(file) }
  func releaseCache(of file: OpenFile) { disk.releaseCache(of: file) }
  func protect(_ file: OpenFile) throws(Errno) { try disk.protect(file) }

  func tryLock(_ file: OpenFile) throws(Errno) -> Bool { try disk.tryLock(file) }

  func unlock(_ file: OpenFile) { disk.unlock(file) }

  func isLocked(_ file: OpenFile) throws(Errno) -> Bool { try disk.isLocked(file) }

  func pause(milliseconds: Int) { disk.pause(milliseconds: milliseconds) }

  func rename(_ path: String, to newPath: String) throws(Errno) {
    try disk.rename(path, to: newPath)
  }

  func remove(_ path: String) throws(Errno) { try disk.remove(path) }

  func makeDirectory(_ path: String) throws(Errno) { try disk.makeDirectory(path) }

  func names(in directory: String) throws(Errno) -> [String] { try disk.names(in: directory) }
}
