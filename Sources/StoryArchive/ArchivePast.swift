internal import Checksums

/// Watches what becomes of segments after they were written: whoever knows the records from before may believe
/// that as long as the mark is the same.
///
/// Maintenance beside a running process changes the manifest before it changes a segment, so a look at the
/// manifest's name is enough to see that nothing happened.
package final class ArchivePast {
  private let directory: ArchiveDirectory
  /// Held open, lest another file get its inode.
  private var manifest: OpenFile?
  /// The mark that was made by the manifest of that inode, or by none.
  private var known: (inode: UInt64?, mark: ArchiveMark)?

  /// Watches the segments of `archive`; nothing is read yet.
  package init(of archive: Archive) {
    directory = archive.directory
  }

  deinit {
    close()
  }

  /// Stands for all that was ever taken out of segments, whatever for. Nil where that cannot be read.
  package func mark() -> ArchiveMark? {
    do throws(ArchiveError) {
      let status = try directory.status(at: ArchiveFormat.manifest)
      if let known, known.inode == status?.inode { return known.mark }
      return try look()
    } catch {
      known = nil
      return nil
    }
  }

  private func look() throws(ArchiveError) -> ArchiveMark {
    close()
    known = nil
    manifest = try directory.openIfPresent(ArchiveFormat.manifest)
    var inode: UInt64?
    var bytes: [UInt8] = []
    if let manifest {
      inode = try directory.status(of: manifest, ArchiveFormat.manifest).inode
      bytes = try directory.contents(
        of: manifest, ArchiveFormat.manifest, from: 0, byteLimit: ArchiveFormat.manifestByteLimit)
    }
    let mark = try mark(of: SegmentPast.all(in: bytes))
    known = (inode, mark)
    return mark
  }

  private func mark(of listed: [Int: SegmentPast]) throws(ArchiveError) -> ArchiveMark {
    let inventory = ArchiveInventory(
      names: try SegmentListing.all(in: directory), listed: listed, head: nil)
    let doubtful = try inventory.doubtfulOrdinals(in: directory)
    var hasher = SHA256Hasher()
    for (ordinal, past) in listed.sorted(by: { $0.key < $1.key }) {
      if let taken = past.taken { hasher.update("\(ordinal) \(taken)\n") }
    }
    for ordinal in doubtful { hasher.update("\(ordinal)\n") }
    return ArchiveMark(
      sum: hasher.finalize().prefix, isWhole: doubtful.isEmpty,
      redactionCount: listed.values.reduce(0) { $0 + $1.redactionCount })
  }

  private func close() {
    if let manifest { directory.system.close(manifest) }
    manifest = nil
  }
}

/// Stands for what segments are: another one where something was taken out of them since.
package struct ArchiveMark: Hashable, Sendable {
  /// Of all that was ever taken out, and of which segments are in doubt.
  package let sum: UInt64
  /// Whether no segment is in doubt: none is damaged, gone, not as long as it is listed, or being written anew
  /// right now. Else whoever reads them is to notice, and nothing is to be kept of what they told.
  package let isWhole: Bool
  /// How often words of a story were taken out of segments.
  package let redactionCount: Int
}
