package import StoryArchive
package import SystemPackage

/// A file system in memory, with a page cache, that can fail or lose power at any call.
///
/// A file's bytes and a directory's names are each kept twice: as the programs see them and as the
/// disk has them. `synchronize…` copies the one to the other; `afterPowerCut` starts from the disk.
/// Several values of it, one per simulated process, share one `Disk`.
package final class MemoryFileSystem: FileSystem {
  /// What is to go wrong.
  package struct Fault {
    package enum Call: Hashable {
      case open, status, read, write, truncate, synchronize, rename, remove, make, protect, list
    }

    package var calls: Set<Call>
    /// Which of these calls fails, from 1.
    package var number: Int
    package var error: Errno
    /// Whether every later one fails, too.
    package var isForGood: Bool
    /// Bytes that the failing write still writes.
    package var tornByteCount: Int
    /// The process dies with the call: nothing after it happens.
    package var isDeath: Bool

    package init(
      calls: Set<Call>, number: Int, error: Errno, isForGood: Bool = false, tornByteCount: Int = 0,
      isDeath: Bool = false
    ) {
      self.calls = calls
      self.number = number
      self.error = error
      self.isForGood = isForGood
      self.tornByteCount = tornByteCount
      self.isDeath = isDeath
    }

    package static let writing: Set<Call> = [
      .write, .truncate, .synchronize, .rename, .remove, .make, .protect,
    ]
  }

  package let disk: Disk
  package var fault: Fault?
  /// Calls that the fault counts.
  package private(set) var countedCalls = 0
  package private(set) var isDead = false
  package private(set) var readByteCount = 0
  package private(set) var hasFailedSynchronizing = false
  private var openFiles: [CInt: Node] = [:]
  private var nextNumber: CInt = 3
  package var remoteKind: String?
  /// The most bytes that one write takes.
  package var writeByteLimit = Int.max

  package init(_ disk: Disk) {
    self.disk = disk
  }

  package var openFileCount: Int { openFiles.count }

  /// Lets the process go as the kernel does: its locks and descriptors end.
  package func die() {
    trace("die")
    isDead = true
    disk.locks = disk.locks.filter { $0.value.holder != ObjectIdentifier(self) }
    openFiles = [:]
  }

  // MARK: FileSystem

  package func open(_ path: String, for purpose: OpenPurpose) throws(Errno) -> OpenFile {
    trace("open \(path) for \(purpose)")
    try pass(.open)
    if purpose != .reading, disk.refuses(needingJournal: disk.node(at: path) == nil) {
      throw .readOnlyFileSystem
    }
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
    guard !node.isForbidden else { throw .permissionDenied }
    nextNumber += 1
    openFiles[nextNumber] = node
    return OpenFile(number: nextNumber)
  }

  package func close(_ file: OpenFile) {
    unlock(file)
    openFiles[file.number] = nil
  }

  package func status(of file: OpenFile) throws(Errno) -> FileStatus {
    try pass(.status)
    return try node(file).status
  }

  package func status(at path: String) throws(Errno) -> FileStatus? {
    try pass(.status)
    return disk.node(at: path)?.status
  }

  package func read(
    _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    try pass(.read)
    let node = try node(file)
    guard offset < node.bytes.count else { return 0 }
    let range = offset..<min(offset + buffer.count, node.bytes.count)
    if let bad = node.unreadable, bad.overlaps(range) { throw .ioError }
    node.bytes.withUnsafeBytes { bytes in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    readByteCount += range.count
    return range.count
  }

  package func append(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(Errno) -> Int {
    let node = try node(file)
    trace("append \(bytes.count) to \(node)")
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

  package func overwrite(
    _ file: OpenFile, with bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int {
    let node = try node(file)
    trace("overwrite \(node): \(String(decoding: bytes, as: UTF8.self))")
    try pass(.write)
    let count = min(bytes.count, writeByteLimit)
    node.bytes.replaceSubrange(..<min(count, node.bytes.count), with: bytes.prefix(count))
    // Every page of it is dirty again.
    if count == node.bytes.count { node.isFalselyClean = false }
    return count
  }

  package func truncate(_ file: OpenFile, to byteCount: Int) throws(Errno) {
    trace("truncate \(String(describing: try? node(file))) to \(byteCount)")
    try pass(.truncate)
    let node = try node(file)
    node.bytes.removeLast(max(0, node.bytes.count - byteCount))
  }

  package func synchronizeContents(of file: OpenFile) throws(Errno) {
    let node = try node(file)
    trace("synchronize \(node)")
    do throws(Errno) {
      try pass(.synchronize)
    } catch {
      // As kernels do: the failure is told once, and the pages count as clean from then on.
      if !isDead { node.isFalselyClean = true }
      hasFailedSynchronizing = true
      throw error
    }
    if disk.isMetByShutdown() { return trace("  is lost: the file system shuts down") }
    if !node.isFalselyClean, !disk.isLying { node.durableBytes = node.bytes }
  }

  package func synchronizeNames(in directory: String) throws(Errno) {
    trace("synchronize names in \(directory)")
    try pass(.synchronize)
    guard directory != ".." else { return }
    guard let node = disk.node(at: directory) else { throw .noSuchFileOrDirectory }
    if disk.isMetByShutdown() { return trace("  is lost: the file system shuts down") }
    if !disk.isLying { node.durableNames = node.names }
  }

  package func releaseCache(of file: OpenFile) {
    guard !isDead, let node = openFiles[file.number] else { return }
    trace("release the cache of \(node)")
    guard node.isFalselyClean else { return }
    let lost = max(0, node.bytes.count - node.durableBytes.count)
    node.bytes = node.durableBytes.prefix(node.bytes.count) + Array(repeating: 0, count: lost)
  }

  package func protect(_ file: OpenFile) throws(Errno) {
    trace("protect \(String(describing: try? node(file)))")
    try pass(.protect)
    try node(file).isProtected = true
  }

  package func doubt(_ file: OpenFile) throws(Errno) {
    trace("doubt \(String(describing: try? node(file)))")
    try pass(.protect)
    try node(file).isDoubted = true
  }

  package func tryLock(_ file: OpenFile) throws(Errno) -> Bool {
    guard !isDead else { throw .ioError }
    let inode = try node(file).inode
    guard disk.locks[inode] == nil else { return false }
    disk.locks[inode] = Disk.Lock(holder: ObjectIdentifier(self), number: file.number)
    return true
  }

  package func isLocked(_ file: OpenFile) throws(Errno) -> Bool {
    guard !isDead else { throw .ioError }
    return disk.locks[try node(file).inode] != nil
  }

  package func unlock(_ file: OpenFile) {
    guard let node = openFiles[file.number], let lock = disk.locks[node.inode],
      lock.holder == ObjectIdentifier(self), lock.number == file.number
    else { return }
    disk.locks[node.inode] = nil
  }

  package func pause(milliseconds: Int) {}

  package func rename(_ path: String, to newPath: String) throws(Errno) {
    trace("rename \(path) to \(newPath)")
    try pass(.rename)
    guard let node = disk.node(at: path) else { throw .noSuchFileOrDirectory }
    try disk.unlink(path)
    try disk.link(node, at: newPath)
  }

  package func remove(_ path: String) throws(Errno) {
    trace("remove \(path)")
    try pass(.remove)
    try disk.unlink(path)
  }

  package func makeDirectory(_ path: String) throws(Errno) {
    try pass(.make)
    guard disk.node(at: path) == nil else { throw .fileExists }
    try disk.create(path).isDirectory = true
  }

  package func names(in directory: String) throws(Errno) -> [String] {
    trace("list \(directory)")
    try pass(.list)
    guard let node = disk.node(at: directory), node.isDirectory else {
      throw .noSuchFileOrDirectory
    }
    return Array(node.names.keys)
  }

  // MARK: -

  private func trace(_ call: @autoclosure () -> String) {
    guard let trace = disk.trace, !isDead else { return }
    trace("\(ObjectIdentifier(self).hashValue & 0xFFFF) \(call())")
  }

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
    if MemoryFileSystem.Fault.writing.contains(call),
      disk.refuses(needingJournal: call != .write && call != .synchronize)
    {
      trace("  is shut down: \(call)")
      throw .ioError
    }
    guard let fault, fault.calls.contains(call) else { return }
    countedCalls += 1
    guard countedCalls == fault.number || (fault.isForGood && countedCalls > fault.number) else {
      return
    }
    trace("  fails: \(call), \(fault.isDeath ? "death" : "\(fault.error)")")
    if fault.isDeath { isDead = true }
    throw fault.error
  }
}

extension MemoryFileSystem {
  package final class Node {
    package let inode: UInt64
    package internal(set) var isDirectory = false
    package var isProtected = false {
      didSet { if isProtected { isDoubted = false } }
    }
    package internal(set) var isDoubted = false
    package var bytes: [UInt8] = []
    package var durableBytes: [UInt8] = []
    package internal(set) var isFalselyClean = false
    /// Bytes that no read gets any more.
    package var unreadable: Range<Int>?
    /// Whether nobody may open it, as another user's file.
    package var isForbidden = false
    package internal(set) var names: [String: Node] = [:]
    package internal(set) var durableNames: [String: Node] = [:]

    init(inode: UInt64) {
      self.inode = inode
    }

    var status: FileStatus {
      FileStatus(
        inode: inode, byteCount: bytes.count, isProtected: isProtected, isDoubted: isDoubted)
    }
  }

  /// What outlives the processes.
  package final class Disk {
    package struct Lock {
      var holder: ObjectIdentifier
      var number: CInt
    }

    private let root: Node
    /// What bears a name, by the path: no file has two.
    private var nodes: [String: Node]
    /// By inode.
    package var locks: [UInt64: Lock] = [:]
    package var capacity = Int.max
    /// Whether it acknowledges what it does not keep.
    package var isLying = false
    /// How many synchronizations it still does: the one after them returns as if it had been done, and
    /// from then on there is nothing but reading, as when a file system gives its journal up meanwhile.
    package var synchronizationsUntilShutdown: Int?
    package private(set) var isShutDown = false
    /// Whether it tells that it has shut down only to who needs its journal, and to all from then on: until
    /// then pages are written as ever, and all synchronizing is lost.
    package var isSilent = false
    /// Is told every call that changes something, opens a file or lists a directory.
    package var trace: ((String) -> Void)?
    private var nextInode: UInt64 = 2

    package init() {
      root = Node(inode: 1)
      root.isDirectory = true
      nodes = ["": root]
    }

    fileprivate func isMetByShutdown() -> Bool {
      guard let left = synchronizationsUntilShutdown else { return false }
      synchronizationsUntilShutdown = left - 1
      isShutDown = left <= 0
      return isShutDown
    }

    fileprivate func refuses(needingJournal: Bool) -> Bool {
      guard isShutDown else { return false }
      if needingJournal { isSilent = false }
      return !isSilent
    }

    package func node(at path: String) -> Node? { nodes[path] }

    package func create(_ path: String) throws(Errno) -> Node {
      let node = Node(inode: nextInode)
      nextInode += 1
      try link(node, at: path)
      return node
    }

    package func link(_ node: Node, at path: String) throws(Errno) {
      let (parent, name) = try place(of: path)
      parent.names[name] = node
      nodes[path] = node
    }

    package func unlink(_ path: String) throws(Errno) {
      let (parent, name) = try place(of: path)
      guard parent.names.removeValue(forKey: name) != nil else { throw .noSuchFileOrDirectory }
      nodes[path] = nil
    }

    private func place(of path: String) throws(Errno) -> (Node, String) {
      let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
      let parent = slash.map { String(path[..<$0]) } ?? ""
      let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
      guard let node = nodes[parent], node.isDirectory, !name.isEmpty else {
        throw .noSuchFileOrDirectory
      }
      return (node, name)
    }

    var usedByteCount: Int {
      guard capacity < .max else { return 0 }
      return files.values.reduce(0) { $0 + $1.count }
    }

    /// The bytes of every file by its path.
    package var files: [String: [UInt8]] {
      nodes.filter { !$0.value.isDirectory }.mapValues(\.bytes)
    }

    /// A disk of its own with the same contents, as the programs see them.
    package func copy() -> Disk { rebuilt { ($0.names, $0.bytes) } }

    /// What is there when the power comes back: only what was synchronized.
    package func afterPowerCut() -> Disk { rebuilt { ($0.durableNames, $0.durableBytes) } }

    func rebuilt(_ contents: (Node) -> ([String: Node], [UInt8])) -> Disk {
      let disk = Disk()
      disk.nextInode = nextInode
      disk.capacity = capacity
      disk.trace = trace
      func rebuild(_ copy: Node, as node: Node, at path: String) {
        let (names, bytes) = contents(node)
        copy.isDirectory = node.isDirectory
        copy.isDoubted = node.isDoubted
        copy.isProtected = node.isProtected
        copy.unreadable = node.unreadable
        copy.isForbidden = node.isForbidden
        copy.bytes = bytes
        copy.durableBytes = bytes
        // In order, so that what a seed decides about each file is the same in every run.
        for (name, child) in names.sorted(by: { $0.key < $1.key }) {
          let childPath = path.isEmpty ? name : "\(path)/\(name)"
          let childCopy = Node(inode: child.inode)
          disk.nodes[childPath] = childCopy
          copy.names[name] = childCopy
          rebuild(childCopy, as: child, at: childPath)
        }
        copy.durableNames = copy.names
      }
      rebuild(disk.root, as: root, at: "")
      return disk
    }
  }
}

extension MemoryFileSystem.Node: CustomStringConvertible {
  package var description: String {
    "#\(inode) (\(bytes.count) bytes, \(durableBytes.count) durable\(isFalselyClean ? ", falsely clean" : ""))"
  }
}
