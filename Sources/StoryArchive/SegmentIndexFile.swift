internal import SystemPackage

/// The file beside a sealed segment that says where its words stand. It is derived: whoever misses it,
/// finds it damaged or stale makes another.
package final class SegmentIndexFile {
  private let directory: ArchiveDirectory
  private let path: String
  private let file: OpenFile

  init?(of segment: ArchiveSegment, in directory: ArchiveDirectory) throws(ArchiveError) {
    path = segment.name.indexPath
    self.directory = directory
    guard let file = try directory.openIfPresent(path) else { return nil }
    self.file = file
  }

  deinit {
    directory.system.close(file)
  }

  /// At most `count` bytes at `offset`; fewer at the end.
  package func bytes(at offset: Int, count: Int) throws(ArchiveError) -> [UInt8] {
    try directory.contents(of: file, path, from: offset, byteLimit: count)
  }
}

extension Archive {
  /// The index beside the segment; nil when there is none.
  package func index(of segment: ArchiveSegment) throws(ArchiveError) -> SegmentIndexFile? {
    try SegmentIndexFile(of: segment, in: directory)
  }

  private static let indexLock = "index.lock"
  /// How long another process may write before an index is not kept.
  private static let indexPatience = Duration.seconds(2)

  /// Puts an index beside its segment, for an archive opened for reading as well: no other file changes.
  ///
  /// A crash may leave less than all of it: checks tell. Nothing is kept of a segment that is not listed
  /// any more as it was read, lest words come back that were taken out meanwhile.
  /// - Returns: Whether it is kept; false while another process keeps one, too, or writes.
  /// - Throws: `ArchiveError` when files cannot be written here.
  package func keep(index bytes: [UInt8], of segment: ArchiveSegment) throws -> Bool {
    guard segment.digest != nil else { return false }
    do {
      return try withStateLock(named: Archive.indexLock) {
        let temporary = segment.name.temporaryIndexPath
        if try directory.status(at: temporary) != nil { try directory.remove(temporary) }
        do {
          try write(bytes, to: temporary)
          if try publish(temporary, segment) { return true }
        } catch {
          try? directory.remove(temporary)
          throw error
        }
        try? directory.remove(temporary)
        return false
      }
    } catch ArchiveError.locked {
      return false
    }
  }

  private func write(_ bytes: [UInt8], to path: String) throws(ArchiveError) {
    let file = try directory.open(path, for: .creating)
    defer { directory.system.close(file) }
    try directory.append(bytes, to: file, path)
  }

  /// Under the writer lock, under which the manifests are told what is to be taken out.
  private func publish(_ path: String, _ segment: ArchiveSegment) throws(ArchiveError) -> Bool {
    guard let lock = try WriterLock.take(in: directory, waiting: Archive.indexPatience) else {
      return false
    }
    defer {
      directory.system.unlock(lock)
      directory.system.close(lock)
    }
    let listed = try SegmentManifest(in: directory)[segment.ordinal]
    guard ArchiveSegment(segment.name, listed, in: directory).digest == segment.digest else {
      return false
    }
    try directory.rename(path, to: segment.name.indexPath)
    return true
  }

  /// Removes what is derived of a segment that is about to be written anew or removed. The manifests have
  /// to say so already.
  func removeDerived(of name: SegmentName) throws(ArchiveError) {
    let paths = [
      name.indexPath, name.temporaryIndexPath, name.changesPath, name.temporaryChangesPath,
    ]
    for path in paths where try directory.status(at: path) != nil {
      try directory.remove(path)
    }
  }
}

extension SegmentName {
  /// Not `*.jsonl*`, so that no reader of segments takes it for one.
  var indexPath: String { "\(directory)/\(with(.open).name.dropLast(5)).words" }
  var temporaryIndexPath: String { indexPath + ".new" }
}
