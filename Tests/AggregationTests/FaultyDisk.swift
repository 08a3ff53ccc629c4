import StoryArchive
import SystemPackage

/// The disk, of which some files cannot be read or opened, and on which after some steps nothing is changed any
/// more, as by a process that was killed.
final class FaultyDisk: FileSystem {
  private let disk: DiskFileSystem
  private var paths: [OpenFile: String] = [:]
  /// What the paths begin with of files that give no byte.
  var unreadable: String?
  /// What the paths begin with of files that always give another byte at `wrongOffset` than was written.
  var wrong: String?
  static let wrongOffset = 2000
  /// What the paths end with of files that cannot be opened.
  var unopened: String?
  /// Called with the new name before a file gets it.
  var beforeRename: ((String) -> Void)?
  /// Sealed segments that were read while the writer lock was held.
  var readUnderLock: Set<String> = []
  private var isLocked = false
  /// How often something may be changed yet; nil for ever.
  var stepsLeft: Int?

  init(at path: String) throws(Errno) {
    disk = try DiskFileSystem(at: path)
  }

  private func step() throws(Errno) {
    guard let left = stepsLeft else { return }
    guard left > 0 else { throw .ioError }
    stepsLeft = left - 1
  }

  func open(_ path: String, for purpose: OpenPurpose) throws(Errno) -> OpenFile {
    if let unopened, path.hasSuffix(unopened) { throw .tooManyOpenFiles }
    if purpose == .creating { try step() }
    let file = try disk.open(path, for: purpose)
    paths[file] = path
    return file
  }

  func close(_ file: OpenFile) {
    paths[file] = nil
    disk.close(file)
  }

  func read(
    _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    if let unreadable, paths[file]?.hasPrefix(unreadable) == true { throw .ioError }
    let path = paths[file] ?? ""
    let isSealed = path.hasPrefix("stories/2") && path.hasSuffix(".jsonl")
    if isLocked, isSealed { readUnderLock.insert(path) }
    let count = try disk.read(file, at: offset, into: buffer)
    let place = Self.wrongOffset - offset
    if let wrong, path.hasPrefix(wrong), 0..<count ~= place { buffer[place] ^= 1 }
    return count
  }

  func append(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(Errno) -> Int {
    try step()
    return try disk.append(bytes, to: file)
  }

  func overwrite(_ file: OpenFile, with bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    try step()
    return try disk.overwrite(file, with: bytes)
  }

  func truncate(_ file: OpenFile, to byteCount: Int) throws(Errno) {
    try step()
    try disk.truncate(file, to: byteCount)
  }

  func synchronizeContents(of file: OpenFile) throws(Errno) {
    try step()
    try disk.synchronizeContents(of: file)
  }

  func synchronizeNames(in directory: String) throws(Errno) {
    try step()
    try disk.synchronizeNames(in: directory)
  }

  func releaseCache(of file: OpenFile) { disk.releaseCache(of: file) }

  func protect(_ file: OpenFile) throws(Errno) {
    try step()
    try disk.protect(file)
  }

  func doubt(_ file: OpenFile) throws(Errno) {
    try step()
    try disk.doubt(file)
  }

  func rename(_ path: String, to newPath: String) throws(Errno) {
    try step()
    beforeRename?(newPath)
    try disk.rename(path, to: newPath)
  }

  func remove(_ path: String) throws(Errno) {
    try step()
    try disk.remove(path)
  }

  func makeDirectory(_ path: String) throws(Errno) { try disk.makeDirectory(path) }

  func tryLock(_ file: OpenFile) throws(Errno) -> Bool {
    let isTaken = try disk.tryLock(file)
    if isTaken, paths[file] == "lock" { isLocked = true }
    return isTaken
  }

  func unlock(_ file: OpenFile) {
    if paths[file] == "lock" { isLocked = false }
    disk.unlock(file)
  }

  // MARK: Handed on

  var remoteKind: String? { disk.remoteKind }
  func status(of file: OpenFile) throws(Errno) -> FileStatus { try disk.status(of: file) }
  func status(at path: String) throws(Errno) -> FileStatus? { try disk.status(at: path) }
  func isLocked(_ file: OpenFile) throws(Errno) -> Bool { try disk.isLocked(file) }
  func pause(milliseconds: Int) { disk.pause(milliseconds: milliseconds) }
  func names(in directory: String) throws(Errno) -> [String] { try disk.names(in: directory) }
}
