internal import Checksums
internal import Syndication

/// The first lines of a segment, from a copy that was made while it grew, and the rest of the segment as it is.
struct SegmentMending {
  private let own: SegmentFile?
  private let copy: SegmentFile
  /// Where the sound lines of the copy end.
  private let end: Int

  private static let pieceByteCount = 1 << 18

  /// Nil when the copy makes up for no damage, or when it does not agree with what is sound here: then it is
  /// of another history.
  ///
  /// `own` is the damaged segment, if there is one; `after` what its first line follows from, if that is known.
  init?(_ own: SegmentFile?, with copy: SegmentFile, after: String?) throws(ArchiveError) {
    var beginning = SegmentScan(path: copy.path)
    _ = try LineScanner(copy).scan(from: 0) { line, offset in
      beginning.admits(line, at: offset)
    }
    guard beginning.soundEnd > 0, let start = beginning.previousSum,
      after ?? start.hexadecimal == start.hexadecimal
    else { return nil }
    self.own = own
    self.copy = copy
    end = beginning.soundEnd
    guard let own else { return }
    guard try isOfUse(to: own, before: beginning.soundSum) else { return nil }
  }

  /// Whether `own` is damaged where the copy is sound, the same everywhere else, and goes on from it.
  private func isOfUse(to own: SegmentFile, before sum: UInt64) throws(ArchiveError) -> Bool {
    var scan = SegmentScan(path: own.path)
    var goesOn = true
    _ = try LineScanner(own).scan(from: 0) { line, offset in
      let isSound = scan.admits(line, at: offset)
      if offset == end, isSound, case .line(let bytes) = line {
        var chain = ChecksumChain(after: sum)
        goesOn = chain.admits(bytes)
      }
      return true
    }
    let byteCount = try own.byteCount()
    scan.noteEnd(byteCount: byteCount, acknowledged: end)
    let damaged = scan.damage.map(\.range).filter { $0.lowerBound < end }
    guard goesOn, !damaged.isEmpty else { return false }
    return try isSame(own, but: damaged)
  }

  private func isSame(_ own: SegmentFile, but damaged: [Range<Int>]) throws(ArchiveError) -> Bool {
    var offset = 0
    for range in damaged + [end..<end] {
      while offset < range.lowerBound {
        let count = min(Self.pieceByteCount, range.lowerBound - offset)
        let here = try own.contents(from: offset, byteLimit: count)
        guard try here == copy.contents(from: offset, byteLimit: count) else { return false }
        offset += count
      }
      offset = max(offset, range.upperBound)
    }
    return true
  }

  /// Gives all bytes to `body`, in order.
  func forEachPiece(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(ArchiveError) {
    try copy.forEachPiece(ofFirst: end, body)
    guard let own else { return }
    var offset = end
    while case let piece = try own.contents(from: offset, byteLimit: Self.pieceByteCount),
      !piece.isEmpty
    {
      piece.withUnsafeBufferPointer(body)
      offset += piece.count
    }
  }
}

extension Archive {
  /// Puts the first lines of a segment into its place as far as a backup has them that is not of all of it, as
  /// is one that was made while the segment grew. The manifests go on listing the bytes that were.
  ///
  /// Not where words were taken out: the backup may still have them.
  /// - Returns: The mended segment; nil where the backup does not help.
  func mend(
    _ listed: SegmentName, _ summary: SegmentSummary, from backup: Archive?, _ forms: [SegmentName],
    _ report: inout RepairReport
  ) throws -> SegmentName? {
    guard let backup, summary.removals?.isEmpty ?? true,
      let copy = try SegmentFile.openInAnyForm(listed.with(.open), in: backup.directory)
    else { return nil }
    let own = try forms.first.map { try SegmentFile.openExisting($0, in: directory) }
    guard let mending = try SegmentMending(own, with: copy, after: summary.after) else {
      return nil
    }
    let mended = listed.with(.sealed)
    try directory.makeDirectory(mended.directory, in: ArchiveFormat.stories)
    for name in forms { try copyAside(name) }
    try write(mending, to: mended)
    for name in forms where name != mended {
      try directory.remove(name.path)
      try directory.synchronizeNames(in: name.directory)
    }
    report.deeds.append(
      "\(directory.named(mended.path)): first lines taken from \(backup.directory.named(copy.path))"
        + (forms.isEmpty ? "" : ", the file as it was copied to \(ArchiveFormat.quarantine)/"))
    return mended
  }

  private func write(_ mending: SegmentMending, to mended: SegmentName) throws {
    let writer = try SegmentWriter(mended, in: directory)
    var hasher = SHA256Hasher()
    try mending.forEachPiece {
      hasher.update($0)
      writer.append($0)
    }
    let digest = hasher.finalize().hexadecimal
    try writer.finish { (written) throws(ArchiveError) in try written.plainDigest() == digest }
  }

  /// Whether a segment has nothing but sound lines, up to the one that the next segment follows from.
  func isWhole(_ name: SegmentName, _ summary: SegmentSummary) throws(ArchiveError) -> Bool {
    let segment = try SegmentFile.openExisting(name, in: directory)
    var scan = SegmentScan(path: name.path)
    _ = try LineScanner(segment).scan(from: 0) { line, offset in scan.admits(line, at: offset) }
    guard scan.damage.isEmpty, try scan.end == segment.byteCount() else { return false }
    let next = try successor(of: name) ?? summary.last.flatMap { UInt64(hexadecimal: $0) }
    return next == scan.chain.sum
  }
}
