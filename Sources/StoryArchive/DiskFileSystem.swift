internal import Glibc
package import SystemPackage

/// The kernel's file system below one directory.
///
/// New files take the owner and the mode of that directory, so that a `fetch` by root beside the
/// service user leaves nothing that the service cannot write. Links are never followed for the last
/// component of a path.
package final class DiskFileSystem: FileSystem {
  private let root: CInt
  private let rootStatus: stat

  /// Opens the directory at `path`, which must exist.
  package init(at path: String) throws(Errno) {
    root = try DiskFileSystem.check { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    var status = stat()
    let opened = root
    _ = try DiskFileSystem.check { fstat(opened, &status) }
    rootStatus = status
  }

  deinit {
    _ = Glibc.close(root)
  }

  /// Makes the directory that an archive is to live in, unless it exists; its parent must.
  package static func makeRoot(at path: String) throws(Errno) {
    if mkdir(path, 0o755) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
  }

  package var remoteKind: String? {
    MountTable.kind(ofDevice: UInt64(rootStatus.st_dev)).flatMap {
      MountTable.remoteKinds.contains($0) ? $0 : nil
    }
  }

  package func open(_ path: String, for purpose: OpenPurpose) throws(Errno) -> OpenFile {
    let common = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    return switch purpose {
    case .reading where ArchiveFormat.mayBeLink(path): try openLinked(path, common | O_RDONLY)
    case .reading: OpenFile(number: try openExisting(path, common | O_RDONLY))
    case .appending: OpenFile(number: try openExisting(path, common | O_RDWR | O_APPEND))
    case .creating: try create(path, common | O_RDWR | O_APPEND, mode: fileMode)
    case .overwriting: try openOrCreate(path, common | O_RDWR, mode: fileMode)
    case .locking: try openOrCreate(path, common | O_RDWR, mode: lockMode)
    }
  }

  package func close(_ file: OpenFile) {
    // After close(2) the descriptor is gone whatever it returned, and nothing unsynced is promised.
    _ = Glibc.close(file.number)
  }

  package func status(of file: OpenFile) throws(Errno) -> FileStatus {
    var status = stat()
    _ = try DiskFileSystem.check { fstat(file.number, &status) }
    return FileStatus(status)
  }

  package func status(at path: String) throws(Errno) -> FileStatus? {
    var status = stat()
    guard fstatat(root, path, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return nil }
      throw Errno(rawValue: errno)
    }
    guard status.st_mode & S_IFMT == S_IFLNK, ArchiveFormat.mayBeLink(path) else {
      return FileStatus(status)
    }
    guard fstatat(root, path, &status, 0) == 0 else { return nil }
    var linked = FileStatus(status)
    linked.target = try target(ofLink: path)
    return linked
  }

  package func read(
    _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    try DiskFileSystem.check {
      pread(file.number, buffer.baseAddress, buffer.count, off_t(offset))
    }
  }

  package func map(_ file: OpenFile, byteCount: Int) throws(Errno) -> MappedFile {
    // No file without bytes can be mapped.
    guard byteCount > 0 else { return MappedFile(.init(start: nil, count: 0)) { _, _ in } }
    let start = mmap(nil, byteCount, PROT_READ, MAP_SHARED, file.number, 0)
    guard let start, start != MAP_FAILED else { throw Errno(rawValue: errno) }
    return MappedFile(
      .init(start: start, count: byteCount), forgetPages: { madvise($0, $1, MADV_DONTNEED) },
      release: { munmap($0, $1) })
  }

  package func append(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(Errno) -> Int {
    try DiskFileSystem.check { write(file.number, bytes.baseAddress, bytes.count) }
  }

  package func overwrite(
    _ file: OpenFile, with bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int {
    try DiskFileSystem.check { pwrite(file.number, bytes.baseAddress, bytes.count, 0) }
  }

  package func truncate(_ file: OpenFile, to byteCount: Int) throws(Errno) {
    _ = try DiskFileSystem.check { ftruncate(file.number, off_t(byteCount)) }
  }

  package func synchronizeContents(of file: OpenFile) throws(Errno) {
    // Not even EINTR is retried: after one failed fsync the next one lies.
    if fdatasync(file.number) != 0 { throw Errno(rawValue: errno) }
  }

  package func synchronizeNames(in directory: String) throws(Errno) {
    let opened = try openDirectory(directory)
    defer { _ = Glibc.close(opened) }
    if fsync(opened) != 0 { throw Errno(rawValue: errno) }
  }

  package func releaseCache(of file: OpenFile) {
    // It only advises: that it cannot be followed is no failure.
    _ = posix_fadvise(file.number, 0, 0, POSIX_FADV_DONTNEED)
  }

  package func protect(_ file: OpenFile) throws(Errno) {
    _ = try DiskFileSystem.check { fchmod(file.number, fileMode & 0o444) }
  }

  /// The sticky bit means nothing on a file, and a full disk takes it.
  package func doubt(_ file: OpenFile) throws(Errno) {
    _ = try DiskFileSystem.check { fchmod(file.number, fileMode | mode_t(S_ISVTX)) }
  }

  package func tryLock(_ file: OpenFile) throws(Errno) -> Bool {
    do throws(Errno) {
      _ = try DiskFileSystem.check { flock(file.number, LOCK_EX | LOCK_NB) }
      return true
    } catch .wouldBlock {
      return false
    }
  }

  package func unlock(_ file: OpenFile) {
    _ = flock(file.number, LOCK_UN)
  }

  package func isLocked(_ file: OpenFile) throws(Errno) -> Bool {
    do throws(Errno) {
      _ = try DiskFileSystem.check { flock(file.number, LOCK_SH | LOCK_NB) }
    } catch .wouldBlock {
      return true
    }
    unlock(file)
    return false
  }

  package func pause(milliseconds: Int) {
    var wait = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    _ = nanosleep(&wait, nil)
  }

  package func rename(_ path: String, to newPath: String) throws(Errno) {
    if directory(of: path) != directory(of: newPath), let target = try target(ofLink: path) {
      return try relink(path, to: newPath, target)
    }
    _ = try DiskFileSystem.check { renameat(root, path, root, newPath) }
  }

  package func remove(_ path: String) throws(Errno) {
    _ = try DiskFileSystem.check { unlinkat(root, path, 0) }
  }

  package func makeDirectory(_ path: String) throws(Errno) {
    _ = try DiskFileSystem.check { mkdirat(root, path, 0o700) }
    let made = try openDirectory(path)
    defer { _ = Glibc.close(made) }
    try adopt(made, mode: rootStatus.st_mode & 0o7777)
  }

  package func names(in directory: String) throws(Errno) -> [String] {
    var names: [String] = []
    try forEachEntry(in: directory) { names.append($0.name) }
    return names
  }

  package func entries(in directory: String) throws(Errno) -> [DirectoryEntry] {
    var entries: [(entry: DirectoryEntry, type: UInt8)] = []
    try forEachEntry(in: directory) {
      entries.append((DirectoryEntry(name: $0.name, isFile: $0.d_type == DT_REG), $0.d_type))
    }
    return entries.map { entry, type in
      // Some file systems do not say it here.
      guard type == DT_LNK || type == DT_UNKNOWN else { return entry }
      return DirectoryEntry(name: entry.name, isFile: isFile("\(directory)/\(entry.name)"))
    }
  }

  private func forEachEntry(in directory: String, _ body: (dirent) -> Void) throws(Errno) {
    let opened = try openDirectory(directory)
    guard let stream = fdopendir(opened) else {
      let error = Errno(rawValue: errno)
      _ = Glibc.close(opened)
      throw error
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = entry.pointee.name
      if name != ".", name != ".." { body(entry.pointee) }
    }
    if errno != 0 { throw Errno(rawValue: errno) }
  }

  private func isFile(_ path: String) -> Bool {
    var status = stat()
    return fstatat(root, path, &status, 0) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  // MARK: -

  private var fileMode: mode_t { rootStatus.st_mode & 0o666 | 0o600 }

  /// Whoever can open the lock can hold it for ever, so only those who may write in the directory can.
  private var lockMode: mode_t {
    let writers = rootStatus.st_mode & 0o222
    return 0o600 | writers | writers << 1
  }

  private func openExisting(_ path: String, _ flags: CInt) throws(Errno) -> CInt {
    try DiskFileSystem.check { openat(root, path, flags) }
  }

  /// Follows a link to a regular file.
  private func openLinked(_ path: String, _ flags: CInt) throws(Errno) -> OpenFile {
    do throws(Errno) {
      return OpenFile(number: try openExisting(path, flags))
    } catch .tooManySymbolicLinkLevels {
      let number = try openExisting(path, flags & ~O_NOFOLLOW)
      var status = stat()
      guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        _ = Glibc.close(number)
        throw .tooManySymbolicLinkLevels
      }
      return OpenFile(number: number)
    }
  }

  private func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  /// What a link says; nil of what is none.
  private func target(ofLink path: String) throws(Errno) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlinkat(root, path, &bytes, bytes.count)
    guard count >= 0 else {
      if errno == EINVAL { return nil }
      throw Errno(rawValue: errno)
    }
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Moves a link into another directory, from where it leads to what it led to.
  private func relink(_ path: String, to newPath: String, _ target: String) throws(Errno) {
    let toRoot = String(repeating: "../", count: newPath.count { $0 == "/" })
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    try link(newPath, to: target.hasPrefix("/") ? target : "\(toRoot)\(folder)\(target)")
    _ = try DiskFileSystem.check { unlinkat(root, path, 0) }
  }

  /// Makes a link in the place of what bears its name, which stays where that fails.
  private func link(_ path: String, to target: String) throws(Errno) {
    let beside = path + ".new"
    // Of an earlier call that was stopped. Where this fails the next one says that something is there.
    _ = unlinkat(root, beside, 0)
    _ = try DiskFileSystem.check { symlinkat(target, root, beside) }
    do throws(Errno) {
      _ = try DiskFileSystem.check { renameat(root, beside, root, path) }
    } catch {
      _ = unlinkat(root, beside, 0)
      throw error
    }
  }

  private func openDirectory(_ path: String) throws(Errno) -> CInt {
    try openExisting(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  }

  private func create(_ path: String, _ flags: CInt, mode: mode_t) throws(Errno) -> OpenFile {
    let number = try DiskFileSystem.check {
      openat(root, path, flags | O_CREAT | O_EXCL, 0o600)
    }
    do throws(Errno) {
      try adopt(number, mode: mode)
    } catch {
      _ = Glibc.close(number)
      throw error
    }
    return OpenFile(number: number)
  }

  private func openOrCreate(_ path: String, _ flags: CInt, mode: mode_t) throws(Errno) -> OpenFile {
    do throws(Errno) {
      return OpenFile(number: try openExisting(path, flags))
    } catch .noSuchFileOrDirectory {
      do throws(Errno) {
        return try create(path, flags, mode: mode)
      } catch .fileExists {
        return OpenFile(number: try openExisting(path, flags))
      }
    }
  }

  private func adopt(_ number: CInt, mode: mode_t) throws(Errno) {
    if geteuid() == 0, rootStatus.st_uid != 0 {
      _ = try DiskFileSystem.check { fchown(number, rootStatus.st_uid, rootStatus.st_gid) }
    }
    _ = try DiskFileSystem.check { fchmod(number, mode) }
  }

  private static func check<Result: FixedWidthInteger & SignedInteger>(
    _ call: () -> Result
  ) throws(Errno) -> Result {
    while true {
      let result = call()
      if result >= 0 { return result }
      let error = Errno(rawValue: errno)
      if error != .interrupted { throw error }
    }
  }
}

extension FileStatus {
  fileprivate init(_ status: stat) {
    self.init(
      inode: UInt64(status.st_ino), byteCount: Int(status.st_size),
      isProtected: status.st_mode & 0o222 == 0, isDoubted: status.st_mode & mode_t(S_ISVTX) != 0)
  }
}

extension dirent {
  fileprivate var name: String {
    withUnsafeBytes(of: d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
