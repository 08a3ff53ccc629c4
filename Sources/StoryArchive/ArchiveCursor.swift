internal import SystemPackage

/// How far a reader has come.
struct ArchiveCursor {
  /// The segment that is being read; 0 before the first.
  var ordinal = 0
  var offset = 0
  var chain = ChecksumChain(after: RecordLine.origin)
  /// Whether nothing can follow in this segment.
  var isFinished = true
  var segment: SegmentFile?
}

extension Archive {
  /// Reads on until there is nothing more, or until `apply` returns false.
  func advance(_ apply: (ArchiveRecord) -> Bool) throws(ArchiveError) {
    if access == .readWrite, lockFile == nil { try recoverIfUnlocked() }
    let head = try readHead()
    while true {
      if cursor.segment == nil {
        guard try openNextSegment() else { return }
      }
      guard let segment = cursor.segment else { return }
      // Asked before reading: what is sealed now does not grow while it is read.
      let isGrowing = try isStillOpen(segment)
      if segment.name.form == .open, try segment.byteCount() < cursor.offset { restart() }
      let end = min(
        readableEnd(of: segment.name, isGrowing, head),
        bound?.end(inSegment: segment.name.ordinal) ?? .max)
      guard try readOn(segment, to: end, apply), !isGrowing,
        bound.map({ segment.name.ordinal < $0.ordinal }) ?? true
      else { return }
      try finish(segment)
    }
  }

  /// Reads whole lines from the cursor up to `end`; false when `apply` wanted no more.
  private func readOn(
    _ segment: SegmentFile, to end: Int, _ apply: (ArchiveRecord) -> Bool
  ) throws(ArchiveError) -> Bool {
    guard end > cursor.offset else { return true }
    var scan = SegmentScan(path: segment.name.path, at: cursor.offset, chain: cursor.chain)
    var reader = reader
    var goesOn = true
    _ = try LineScanner(segment).scan(from: cursor.offset, to: end) { line, offset in
      guard scan.admits(line, at: offset), case .line(let bytes) = line else { return true }
      if case .record(let record) = reader.read(bytes) { goesOn = apply(record) }
      return goesOn
    }
    self.reader = reader
    cursor.offset = scan.end
    cursor.chain = scan.chain
    damage += scan.damage + scan.newer
    // Who stores goes by all that is stored.
    if access == .readWrite { try scan.refuseNewer(in: directory) }
    return goesOn
  }

  /// A file that bears the name no more is sealed, or replaced by one that goes on from here.
  private func isStillOpen(_ segment: SegmentFile) throws(ArchiveError) -> Bool {
    guard segment.name.form == .open else { return false }
    return try directory.status(at: segment.name.path)?.inode == segment.inode
  }

  /// Up to where a growing segment may be believed: a batch that is not acknowledged yet may still be
  /// withdrawn, and a writer that had taken its stories for stored would never store them.
  private func readableEnd(_ name: SegmentName, _ head: ArchiveHead?) -> Int {
    guard let head else { return 0 }
    if head.ordinal == name.ordinal { return head.offset }
    return head.ordinal > name.ordinal ? .max : 0
  }

  private func readableEnd(
    of name: SegmentName, _ isGrowing: Bool, _ head: ArchiveHead?
  ) -> Int {
    guard isGrowing, access == .readWrite else { return .max }
    if lockFile != nil, let tail, tail.ordinal == name.ordinal { return tail.offset }
    return readableEnd(name, head)
  }

  private func finish(_ segment: SegmentFile) throws(ArchiveError) {
    let byteCount = try segment.byteCount()
    if byteCount > cursor.offset {
      damage.append(
        Damage(
          path: segment.name.path, range: cursor.offset..<byteCount,
          detail: "the last line has no end"))
    }
    damage += segment.unreadable
    cursor.segment = nil
    cursor.isFinished = true
  }

  /// Opens the segment at the cursor, or the next one; false when there is none.
  private func openNextSegment() throws(ArchiveError) -> Bool {
    var patience = Archive.renameRaceLimit
    while patience > 0 {
      let first = cursor.isFinished ? cursor.ordinal + 1 : cursor.ordinal
      let segments = try SegmentListing.all(in: directory)
      guard let name = segments.first(where: { $0.ordinal >= first }) else { return false }
      let segment: SegmentFile?
      do throws(ArchiveError) {
        segment = try SegmentFile.open(name, in: directory)
      } catch {
        guard passesOverUnreadable, case .io = error else { throw error }
        if first < name.ordinal { try noteMissing(first..<name.ordinal) }
        ArchiveError.told(to: &damage, in: directory) { () throws(ArchiveError) in throw error }
        cursor.ordinal = name.ordinal
        cursor.isFinished = true
        continue
      }
      // Sealing and compressing rename: the file may be gone between the listing and the opening.
      guard let segment else {
        patience -= 1
        continue
      }
      if first < name.ordinal { try noteMissing(first..<name.ordinal) }
      try place(in: segment)
      cursor.ordinal = name.ordinal
      cursor.isFinished = false
      cursor.segment = segment
      return true
    }
    throw .io(path: directory.named(ArchiveFormat.stories), action: "open", .resourceBusy)
  }

  /// Notes segments that are neither there nor known to have been removed.
  func noteMissing(_ ordinals: Range<Int>) throws(ArchiveError) {
    let manifest = try SegmentManifest(in: directory)
    let known = Set(damage)
    damage += ordinals.filter { manifest[$0]?.dropped == nil }.map(manifest.missing)
      .filter { !known.contains($0) }
  }

  /// Puts the cursor where reading goes on: behind the line that was read last, if it is still there,
  /// since the segment may have been written anew without some lines; else at the start.
  private func place(in segment: SegmentFile) throws(ArchiveError) {
    if segment.name.ordinal == cursor.ordinal {
      if cursor.offset == 0 { return }
      let ends = try SegmentEnds(of: segment, byteCount: cursor.offset)
      if ends.lastSum == cursor.chain.sum {
        cursor.offset = ends.lastEnd
        return
      }
    }
    restart()
  }

  /// Begins the segment again, as where lines that were read are gone.
  private func restart() {
    cursor.offset = 0
    cursor.chain = ChecksumChain(after: cursor.chain.sum)
  }

  /// How often a segment may be renamed under a reader's hands before it gives up.
  private static let renameRaceLimit = 100
}
