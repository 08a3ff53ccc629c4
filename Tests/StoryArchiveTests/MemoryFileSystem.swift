import StoryArchive
import SystemPackage

/// A file system in memory, with a page cache, that can fail or lose power at any call.
///
/// A file's bytes and a directory's names are each kept twice: as the programs see them and as the
/// disk has them. `synchronize…` copies the one to the other; `afterPowerCut` starts from the disk.
/// Several values of it, one per simulated process, share one `Disk`.
final class MemoryFileSystem: FileSystem {
  /// What is to go wrong.
  struct Fault {
    enum Call: Hashable {
      case open, status, read, write, truncate, synchronize, rename, remove, make, protect, list
    }

    var calls: Set<Call>
    /// Which of these calls fails, from 1.
    var number: Int
    var error: Errno
    /// Whether every later one fails, too.
    var isForGood = false
    /// Bytes that the failing write still writes.
    var tornByteCount = 0
    /// The process dies with the call: nothing after it happens.
    var isDeath = false

    static let writing: Set<Call> = [
      .write, .truncate, .synchronize, .rename, .remove, .make, .protect,
    ]
  }

  let disk: Disk
  var fault: Fault?
  /// Calls that the fault counts.
  private(set) var countedCalls = 0
  private(set) var isDead = false
  private(set) var readByteCount = 0
  private(set) var hasFailedSynchronizing = false
  private var openFiles: [CInt: Node] = [:]
  private var nextNumber: CInt = 3
  var remoteKind: String?
  /// The most bytes that one write takes.
  var writeByteLimit = Int.max

  init(_ disk: Disk) {
    self.disk = disk
  }

  var openFileCount: Int { openFiles.count }

  /// Lets the process go as the kernel does: its locks and descriptors end.
  func die() {
    isDead = true
    disk.locks = disk.locks.filter { $0.value.holder != ObjectIdentifier(self) }
    openFiles = [:]
  }

  // MARK: FileSystem

  func open(_ path: String, for purpose: OpenPurpose) throws(Errno) -> OpenFile {
    try pass(.open)
    let node: Node
    switch (disk.node(at: path), purpose) {
    case (let found?, .reading): node = found
    case (_?, .creating): throw .fileExists
    case (let found?, _):
      if found.isProtected { throw .permissionDenied }
      node = found
    case (nil, .reading), (nil, .appending): throw .noSuchFileOrDirectory
    case (nil, _): node = try disk.create(path)
    }
    guard !node.isDirectory else { throw .isDirectory }
    nextNumber += 1
    openFiles[nextNumber] = node
    return OpenFile(number: nextNumber)
  }

  func close(_ file: OpenFile) {
    unlock(file)
    openFiles[file.number] = nil
  }

  func status(of file: OpenFile) throws(Errno) -> FileStatus {
    try pass(.status)
    return try node(file).status
  }

  func status(at path: String) throws(Errno) -> FileStatus? {
    try pass(.status)
    return disk.node(at: path)?.status
  }

  func read(
    _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    try pass(.read)
    let bytes = try node(file).bytes
    guard offset < bytes.count else { return 0 }
    let count = min(buffer.count, bytes.count - offset)
    buffer.copyBytes(from: bytes[offset..<offset + count])
    readByteCount += count
    return count
  }

  func append(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(Errno) -> Int {
    let node = try node(file)
    do throws(Errno) {
      try pass(.write)
    } catch {
      if let fault, !isForbidden { node.bytes += bytes.prefix(fault.tornByteCount) }
      forbidIfDead()
      throw error
    }
    let count = min(bytes.count, writeByteLimit)
    guard disk.usedByteCount + count <= disk.capacity else { throw .noSpace }
    node.bytes += bytes.prefix(count)
    return count
  }

  func overwrite(
    _ file: OpenFile, with bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int {
    let node = try node(file)
    try pass(.write)
    node.bytes = Array(bytes) + node.bytes.dropFirst(bytes.count)
    return bytes.count
  }

  func truncate(_ file: OpenFile, to byteCount: Int) throws(Errno) {
    try pass(.truncate)
    let node = try node(file)
    node.bytes = Array(node.bytes.prefix(byteCount))
  }

  func synchronizeContents(of file: OpenFile) throws(Errno) {
    let node = try node(file)
    do throws(Errno) {
      try pass(.synchronize)
    } catch {
      // As kernels do: the failure is told once, and the pages count as clean from then on.
      if !isDead { node.isFalselyClean = true }
      hasFailedSynchronizing = true
      throw error
    }
    if !node.isFalselyClean, !disk.isLying { node.durableBytes = node.bytes }
  }

  func synchronizeNames(in directory: String) throws(Errno) {
    try pass(.synchronize)
    guard directory != ".." else { return }
    guard let node = disk.node(at: directory) else { throw .noSuchFileOrDirectory }
    if !disk.isLying { node.durableNames = node.names }
  }

  func protect(_ file: OpenFile) throws(Errno) {
    try pass(.protect)
    try node(file).isProtected = true
  }

  func tryLock(_ file: OpenFile) throws(Errno) -> Bool {
    guard !isDead else { throw .ioError }
    let inode = try node(file).inode
    guard disk.locks[inode] == nil else { return false }
    disk.locks[inode] = Disk.Lock(holder: ObjectIdentifier(self), number: file.number)
    return true
  }

  func unlock(_ file: OpenFile) {
    guard let node = openFiles[file.number], let lock = disk.locks[node.inode],
      lock.holder == ObjectIdentifier(self), lock.number == file.number
    else { return }
    disk.locks[node.inode] = nil
  }

  func pause(milliseconds: Int) {}

  func rename(_ path: String, to newPath: String) throws(Errno) {
    try pass(.rename)
    guard let node = disk.node(at: path) else { throw .noSuchFileOrDirectory }
    try disk.unlink(path)
    try disk.link(node, at: newPath)
  }

  func remove(_ path: String) throws(Errno) {
    try pass(.remove)
    try disk.unlink(path)
  }

  func makeDirectory(_ path: String) throws(Errno) {
    try pass(.make)
    guard disk.node(at: path) == nil else { throw .fileExists }
    try disk.create(path).isDirectory = true
  }

  func names(in directory: String) throws(Errno) -> [String] {
    try pass(.list)
    guard let node = disk.node(at: directory), node.isDirectory else {
      throw .noSuchFileOrDirectory
    }
    return Array(node.names.keys)
  }

  // MARK: -

  private var isForbidden = false

  private func forbidIfDead() {
    if isDead { isForbidden = true }
  }

  private func node(_ file: OpenFile) throws(Errno) -> Node {
    guard let node = openFiles[file.number] else { throw .badFileDescriptor }
    return node
  }

  private func pass(_ call: Fault.Call) throws(Errno) {
    guard !isDead else {
      isForbidden = true
      throw .ioError
    }
    guard let fault, fault.calls.contains(call) else { return }
    countedCalls += 1
    guard countedCalls == fault.number || (fault.isForGood && countedCalls > fault.number) else {
      return
    }
    if fault.isDeath { isDead = true }
    throw fault.error
  }
}

extension MemoryFileSystem {
  final class Node {
    let inode: UInt64
    var isDirectory = false
    var isProtected = false
    var bytes: [UInt8] = []
    var durableBytes: [UInt8] = []
    var isFalselyClean = false
    var names: [String: Node] = [:]
    var durableNames: [String: Node] = [:]

    init(inode: UInt64) {
      self.inode = inode
    }

    var status: FileStatus {
      FileStatus(
        inode: inode, byteCount: bytes.count, isProtected: isProtected)
    }
  }

  /// What outlives the processes.
  final class Disk {
    struct Lock {
      var holder: ObjectIdentifier
      var number: CInt
    }

    var root: Node
    var locks: [UInt64: Lock] = [:]
    var capacity = Int.max
    /// Whether it acknowledges what it does not keep.
    var isLying = false
    private var nextInode: UInt64 = 2

    init() {
      root = Node(inode: 1)
      root.isDirectory = true
    }

    func node(at path: String) -> Node? {
      var node = root
      for name in path.utf8.split(separator: UInt8(ascii: "/")) {
        guard let next = node.names[String(Substring(name))] else { return nil }
        node = next
      }
      return node
    }

    func create(_ path: String) throws(Errno) -> Node {
      let node = Node(inode: nextInode)
      nextInode += 1
      try link(node, at: path)
      return node
    }

    func link(_ node: Node, at path: String) throws(Errno) {
      let (parent, name) = try place(of: path)
      parent.names[name] = node
    }

    func unlink(_ path: String) throws(Errno) {
      let (parent, name) = try place(of: path)
      guard parent.names.removeValue(forKey: name) != nil else { throw .noSuchFileOrDirectory }
    }

    private func place(of path: String) throws(Errno) -> (Node, String) {
      let parts = path.split(separator: "/").map(String.init)
      guard let name = parts.last,
        let parent = node(at: parts.dropLast().joined(separator: "/")), parent.isDirectory
      else { throw .noSuchFileOrDirectory }
      return (parent, name)
    }

    var usedByteCount: Int {
      guard capacity < .max else { return 0 }
      return files.values.reduce(0) { $0 + $1.count }
    }

    /// The bytes of every file by its path.
    var files: [String: [UInt8]] {
      var files: [String: [UInt8]] = [:]
      func visit(_ node: Node, _ path: String) {
        for (name, child) in node.names {
          let childPath = path.isEmpty ? name : "\(path)/\(name)"
          if child.isDirectory { visit(child, childPath) } else { files[childPath] = child.bytes }
        }
      }
      visit(root, "")
      return files
    }

    /// A disk of its own with the same contents, as the programs see them.
    func copy() -> Disk { rebuilt { ($0.names, $0.bytes) } }

    /// What is there when the power comes back: only what was synchronized.
    func afterPowerCut() -> Disk { rebuilt { ($0.durableNames, $0.durableBytes) } }

    func rebuilt(_ contents: (Node) -> ([String: Node], [UInt8])) -> Disk {
      let disk = Disk()
      disk.nextInode = nextInode
      disk.capacity = capacity
      func rebuilt(_ node: Node) -> Node {
        let (names, bytes) = contents(node)
        let copy = Node(inode: node.inode)
        copy.isDirectory = node.isDirectory
        copy.isProtected = node.isProtected
        copy.bytes = bytes
        copy.durableBytes = bytes
        // In order, so that what a seed decides about each file is the same in every run.
        for (name, child) in names.sorted(by: { $0.key < $1.key }) {
          copy.names[name] = rebuilt(child)
        }
        copy.durableNames = copy.names
        return copy
      }
      disk.root = rebuilt(root)
      return disk
    }
  }
}
