internal import Glibc
package import Syndication
internal import SystemPackage

extension Archive {
  /// Opens the archive in `directory`; for writing, makes one when the directory is empty or absent and
  /// `mayMake` says so.
  ///
  /// With `.readWrite`, a segment that was begun on an earlier UTC day than `now`'s is sealed when no
  /// other process is writing.
  /// - Throws: `ArchiveError`; `.newerFormat`, `.notAnArchive` and `.remoteFileSystem` when the
  ///   directory must not be touched.
  package static func open(
    at path: String, access: Access, now: Timestamp, mayMake: Bool = true
  ) throws(ArchiveError) -> Archive {
    let isMade = access == .readWrite && mayMake
    let system: DiskFileSystem
    do throws(Errno) {
      if isMade { try DiskFileSystem.makeRoot(at: path) }
      system = try DiskFileSystem(at: path)
    } catch {
      guard !isMade else { throw ArchiveError(writing: path, "make", error) }
      throw error == .noSuchFileOrDirectory
        ? .missing(path: path) : .io(path: path, action: "open", error)
    }
    return try open(on: system, named: path, access: access, now: now, mayMake: mayMake)
  }

  /// Opens the archive at the root of `system`; `path` is how messages name it.
  package static func open(
    on system: any FileSystem, named path: String, access: Access, now: Timestamp,
    mayMake: Bool = true
  ) throws(ArchiveError) -> Archive {
    let directory = ArchiveDirectory(system: system, path: path)
    if let kind = system.remoteKind { throw .remoteFileSystem(path: path, kind: kind) }
    if access == .readWrite, mayMake { try makeLayoutIfNeeded(in: directory) }
    try checkFormat(of: directory)
    let archive = Archive(directory: directory, access: access)
    if access == .readWrite {
      // Whoever made the layout may have been killed before it could do this.
      try directory.synchronizeNames(in: "")
      try makeDirectories(in: directory)
      renewFormatPage(in: directory)
      try archive.sealEarlierDay(now: now)
    }
    return archive
  }

  /// An archive that an earlier version made gets today's page. That it cannot is no reason to refuse,
  /// and what somebody else wrote there stays.
  private static func renewFormatPage(in directory: ArchiveDirectory) {
    let page = FormatPage.bytes
    let title = page.prefix { $0 != 0x0A }
    guard let there = try? directory.contents(of: ArchiveFormat.readme, byteLimit: 4 * page.count),
      !there.isSame(as: page), there.starts(with: title)
    else { return }
    try? directory.replace(ArchiveFormat.readme, in: "", with: page)
  }

  private static let formatLine = "aggregator-archive "
  private static let formatByteLimit = 1024

  private static func checkFormat(of directory: ArchiveDirectory) throws(ArchiveError) {
    let name = ArchiveFormat.formatFile
    guard let bytes = try directory.contents(of: name, byteLimit: formatByteLimit) else {
      throw .notAnArchive(path: directory.path, detail: "there is no file FORMAT")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let line = text.prefix { !$0.isNewline }
    guard line.hasPrefix(formatLine), let version = Int(line.dropFirst(formatLine.count)) else {
      throw .notAnArchive(path: directory.named(name), detail: "the file says something else")
    }
    guard version <= ArchiveFormat.version else {
      throw .newerFormat(path: directory.named(name), found: String(line))
    }
  }

  /// How long another process may take to make the layout.
  private static let layoutPatience = Duration.seconds(10)

  private static func makeLayoutIfNeeded(in directory: ArchiveDirectory) throws(ArchiveError) {
    guard try directory.status(at: ArchiveFormat.formatFile) == nil else { return }
    try refuseForeign(directory)
    guard let lock = try WriterLock.take(in: directory, waiting: layoutPatience) else {
      throw .locked(path: directory.path)
    }
    // Closing alone leaves the lock to a process that is just being forked off.
    defer {
      directory.system.unlock(lock)
      directory.system.close(lock)
    }
    if try directory.status(at: ArchiveFormat.formatFile) == nil {
      try makeLayout(in: directory)
    }
  }

  private static func refuseForeign(_ directory: ArchiveDirectory) throws(ArchiveError) {
    let own: Set<String> = [
      ArchiveFormat.readme, ArchiveFormat.readme + ".new", ArchiveFormat.formatFile + ".new",
      ArchiveFormat.lock, ArchiveFormat.stories, ArchiveFormat.state, ArchiveFormat.quarantine,
      ".gitignore", "lost+found",
    ]
    if let foreign = try directory.names(in: "").sorted().first(where: { !own.contains($0) }) {
      throw .notAnArchive(
        path: directory.path, detail: "there is no file FORMAT, but there is \"\(foreign)\"")
    }
    // FORMAT is durable before the first segment is begun.
    if try directory.status(at: ArchiveFormat.stories) != nil,
      let segment = try SegmentListing.all(in: directory).first
    {
      throw .notAnArchive(
        path: directory.named(ArchiveFormat.formatFile),
        detail:
          "the file is missing, but there is \(segment.path): restore it, lest another format "
          + "is taken for this one")
    }
  }

  /// FORMAT comes last, so that a crash before leaves something to begin again.
  private static func makeLayout(in directory: ArchiveDirectory) throws(ArchiveError) {
    try makeDirectories(in: directory)
    if try directory.status(at: ArchiveFormat.readme) == nil {
      try directory.replace(ArchiveFormat.readme, in: "", with: FormatPage.bytes)
    }
    // The name of the archive itself; not every service may look above its own directory.
    _ = try? directory.system.synchronizeNames(in: "..")
    try directory.replace(
      ArchiveFormat.formatFile, in: "",
      with: Array("\(formatLine)\(ArchiveFormat.version)\n".utf8))
  }

  /// What is derived may be deleted at any time, with its directory.
  private static func makeDirectories(in directory: ArchiveDirectory) throws(ArchiveError) {
    for name in [ArchiveFormat.stories, ArchiveFormat.state, ArchiveFormat.quarantine] {
      try directory.makeDirectory(name, in: "")
    }
  }
}

extension [UInt8] {
  /// Whether both say the same; every process that opens an archive compares the page.
  fileprivate func isSame(as other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    return withUnsafeBytes { own in
      other.withUnsafeBytes { other in
        guard let own = own.baseAddress, let start = other.baseAddress else { return true }
        return memcmp(own, start, other.count) == 0
      }
    }
  }
}
