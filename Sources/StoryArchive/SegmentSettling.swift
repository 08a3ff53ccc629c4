internal import Checksums

/// What becomes of a segment whose last lines were given up after a failed fsync, before more is done to it.
///
/// Nobody knows what of those lines the disk has. A promise to write such a file anew, not kept before the
/// power went, would leave neither the bytes that it was given for nor those that it promised.
extension Archive {
  /// Puts a sealed segment with lines that were given up, or may have been, into a file of its own that
  /// will still have them after a power cut. What is no sound line there goes to `quarantine/`, as
  /// half a batch at the end of the growing segment does.
  ///
  /// What was acknowledged is not touched: where it is damaged, the file stays as it is listed.
  func settle(_ name: SegmentName) throws {
    let segment = try SegmentFile.openExisting(name, in: directory)
    guard name.form == .sealed, try !isFollowed(segment) else { return }
    let manifest = try SegmentManifest(in: directory)
    let soundEnd = try soundEnd(of: segment, manifest)
    let isListed = try manifest[name.ordinal].map { try segment.holds($0) } ?? false
    guard soundEnd != nil || isListed else { return }
    let end = try soundEnd ?? segment.byteCount()
    if try end < segment.byteCount() { try copyAside(name) }
    let digest = try segment.plainDigest(ofFirst: end)
    let writer = try SegmentWriter(name, in: directory)
    try segment.forEachPiece(ofFirst: end) { writer.append($0) }
    try writer.finish { (written) throws(ArchiveError) in try written.plainDigest() == digest }
    guard let listed = manifest[name.ordinal], listed.sha256 != digest else { return }
    try list(name, as: listed)
  }

  /// Lists what stands under that name now as `summary`, with what only reading it tells. That lines are missing
  /// at its end reading need not tell: `keepsMissingEnd` says that they still are.
  func list(
    _ name: SegmentName, as summary: SegmentSummary, keepsMissingEnd: Bool = false
  ) throws {
    var read = try summarize(name, nil)
    read.removals = summary.removals.flatMap { $0.isEmpty ? nil : $0 }
    if keepsMissingEnd, summary.end > summary.bytes, read.end == read.bytes {
      read.last = summary.last
      read.noteMissingEnd(summary.end)
    }
    // A crash between both files leaves the old line and the checksum of what is there, which proves the file.
    try updateManifest(takingBack: true) { $0.set(read) }
  }

  /// Whether the archive goes on from the last line: none was given up.
  private func isFollowed(_ segment: SegmentFile) throws(ArchiveError) -> Bool {
    let byteCount = try segment.byteCount()
    let ends = try SegmentEnds(of: segment, byteCount: byteCount)
    guard ends.lastEnd == byteCount else { return false }
    guard let last = ends.lastSum else { return false }
    return try last == endSum(of: segment.name)
  }

  /// Where the sound lines end, when none is damaged of those that were not given up. Nil when that is
  /// not known, and of a segment that was written anew: all of it is durable, and listed.
  private func soundEnd(
    of segment: SegmentFile, _ manifest: SegmentManifest
  ) throws(ArchiveError) -> Int? {
    let listed = manifest[segment.name.ordinal]
    guard let next = try successor(of: segment.name), listed?.removals?.isEmpty ?? true else {
      return nil
    }
    let start = listed?.after ?? manifest[segment.name.ordinal - 1]?.last
    var isMet = start.flatMap { UInt64(hexadecimal: $0) } == next
    var scan = SegmentScan(path: segment.path)
    _ = try LineScanner(segment).scan(from: 0) { line, offset in
      guard scan.admits(line, at: offset) else { return false }
      if scan.chain.sum == next || scan.previousSum == next { isMet = true }
      return true
    }
    return isMet ? scan.soundEnd : nil
  }
}
