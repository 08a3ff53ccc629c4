package import SystemPackage

/// The few file operations that the archive is made of, all relative to one directory.
///
/// The seam for tests: the archive's promises are about what is left when any one of these calls
/// fails or is the last that happens. Every call reports what the kernel said and retries nothing but
/// EINTR; the rules live in the callers.
package protocol FileSystem: AnyObject {
  /// What is wrong with keeping an archive here ("nfs", "cifs" …), or nil for a local file system.
  ///
  /// Locks and fsync cannot be relied on across a network.
  var remoteKind: String? { get }

  func open(_ path: String, for purpose: OpenPurpose) throws(Errno) -> OpenFile
  func close(_ file: OpenFile)
  func status(of file: OpenFile) throws(Errno) -> FileStatus
  /// The status of what the name stands for, without following a link but that of a sealed segment or of one that
  /// was set aside; nil when nothing bears it.
  func status(at path: String) throws(Errno) -> FileStatus?

  /// Reads up to `buffer.count` bytes at `offset`; 0 at the end of the file.
  func read(
    _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int
  /// The first `byteCount` bytes of a file, which nobody writes to.
  func map(_ file: OpenFile, byteCount: Int) throws(Errno) -> MappedFile
  /// Writes at the end of the file; may write fewer bytes than given, and returns how many.
  func append(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(Errno) -> Int
  /// Writes over the start of the file, like `append` otherwise.
  func overwrite(_ file: OpenFile, with bytes: UnsafeRawBufferPointer) throws(Errno) -> Int
  func truncate(_ file: OpenFile, to byteCount: Int) throws(Errno)
  /// fdatasync: the bytes and the length of a file.
  func synchronizeContents(of file: OpenFile) throws(Errno)
  /// fsync of a directory: its names.
  func synchronizeNames(in directory: String) throws(Errno)
  /// Lets the kernel use the memory in which it keeps a file's bytes for other things. They are read from the
  /// disk again where they are durable; what is not stays.
  func releaseCache(of file: OpenFile)
  /// Takes every write permission away.
  func protect(_ file: OpenFile) throws(Errno)
  /// Notes at the file that it could not be made durable, for as long as the kernel keeps what was
  /// written to it in memory. Takes no space.
  func doubt(_ file: OpenFile) throws(Errno)

  /// Takes the exclusive lock of a file unless another holder has it.
  func tryLock(_ file: OpenFile) throws(Errno) -> Bool
  func unlock(_ file: OpenFile)
  /// Whether another holder has the lock of a file; several may look at once.
  func isLocked(_ file: OpenFile) throws(Errno) -> Bool
  /// Lets time pass while waiting for a lock.
  func pause(milliseconds: Int)

  /// A link that changes its directory leads where it led.
  func rename(_ path: String, to newPath: String) throws(Errno)
  func remove(_ path: String) throws(Errno)
  func makeDirectory(_ path: String) throws(Errno)
  /// The names in a directory, in no order, without `.` and `..`.
  func names(in directory: String) throws(Errno) -> [String]
  /// The same, with what bears each; a link counts as what it leads to.
  func entries(in directory: String) throws(Errno) -> [DirectoryEntry]
}

extension FileSystem {
  package func entries(in directory: String) throws(Errno) -> [DirectoryEntry] {
    try names(in: directory).map { DirectoryEntry(name: $0, isFile: true) }
  }
}

/// A name in a directory.
package struct DirectoryEntry: Hashable, Sendable {
  package var name: String
  /// Whether a regular file bears it.
  package var isFile: Bool
}

package enum OpenPurpose: Hashable, Sendable {
  /// Only of a sealed segment or of one that was set aside, and if it leads to a regular file, is a link followed:
  /// git-annex makes such.
  case reading
  /// Reading, and writing at the end.
  case appending
  /// Like `appending`, of a file that must not exist yet.
  case creating
  /// Reading and writing over; the file is made when there is none.
  case overwriting
  /// Taking the lock; the file is made when there is none, for the archive's writers only.
  case locking
}

package struct OpenFile: Hashable, Sendable {
  package let number: CInt

  package init(number: CInt) {
    self.number = number
  }
}

package struct FileStatus: Hashable, Sendable {
  /// Tells one file from another as long as either is open or has a name.
  package var inode: UInt64
  package var byteCount: Int
  /// Whether nobody may write to it.
  package var isProtected: Bool
  /// Whether it was once in doubt what of it is durable.
  package var isDoubted: Bool
  /// What the link says that leads to the file; nil where none does.
  package var target: String?
  /// Whether a link leads to the file, so that it may belong to somebody else.
  package var isLinked: Bool { target != nil }

  package init(inode: UInt64, byteCount: Int, isProtected: Bool, isDoubted: Bool) {
    self.inode = inode
    self.byteCount = byteCount
    self.isProtected = isProtected
    self.isDoubted = isDoubted
  }
}
