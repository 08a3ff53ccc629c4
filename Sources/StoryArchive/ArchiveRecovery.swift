internal import Checksums
internal import Syndication
internal import SystemPackage

/// Finding the end of the archive and putting right what a crash left there. Any step may be the last
/// that happens; the next writer begins again.
extension Archive {
  /// Makes `tail` true. Cheap when nothing happened since this value last held the lock.
  func prepareTail() throws(ArchiveError) {
    let head = try readHead()
    if try isTailCurrent(head) { return }
    let known = tail
    dropTail()
    // Derived: that it cannot be read keeps nobody from writing.
    let listed = (try? SegmentManifest(in: directory))?.last()
    try finishSealing(head, listed)
    let last = try SegmentListing.all(in: directory).last
    if let last, last.form == .open {
      tail = try recover(last, head, known)
    } else {
      tail = passOver(listed, try endOfSealed(last, head))
    }
    listSealed(head: head)
    if let tail, !writeHead(of: tail) { try confirmTail() }
  }

  /// What was made durable before HEAD could not be written has to be so once more, as after a batch.
  /// Where it cannot be, the file stays in doubt for whoever comes next.
  private func confirmTail() throws(ArchiveError) {
    guard let active = tail?.active else { return }
    do throws(ArchiveError) {
      try synchronizeSegment(active.file, active.name)
    } catch {
      try? directory.system.doubt(active.file)
      dropTail()
      throw error
    }
  }

  /// Seals what has a later segment, what was left between losing its permissions and its renaming, and what
  /// stands in the place of a listed one, as a copy that was made while that grew.
  private func finishSealing(
    _ head: ArchiveHead?, _ listed: SegmentSummary?
  ) throws(ArchiveError) {
    let segments = try SegmentListing.all(in: directory)
    let last = max(
      segments.last?.ordinal ?? 0, head?.ordinal ?? 0, (listed?.ordinal ?? 0) + 1)
    for segment in segments where segment.form == .open {
      let status = try directory.status(at: segment.path)
      if segment.ordinal < last || status?.isProtected == true { try sealFile(segment) }
    }
  }

  private func isTailCurrent(_ head: ArchiveHead?) throws(ArchiveError) -> Bool {
    guard let tail, head != nil, head == knownHead else { return false }
    guard let active = tail.active else { return try isSealedTailCurrent(tail) }
    let path = active.name.path
    // One without its permissions is being sealed: whoever finishes that counts every byte as durable.
    guard let status = try directory.status(at: path), status.inode == active.inode,
      !status.isProtected
    else { return false }
    return status.byteCount == tail.offset
  }

  /// Whether nobody touched the segment that this value sealed, nor began one behind it, which who was killed may
  /// have done without a word in HEAD.
  private func isSealedTailCurrent(_ tail: ArchiveTail) throws(ArchiveError) -> Bool {
    guard let sealed = tail.sealed, let status = try directory.status(at: sealed.name.path),
      status.inode == sealed.inode, status.byteCount == tail.offset
    else { return false }
    return try SegmentListing.all(in: directory).last == sealed.name
  }

  // MARK: The growing segment

  /// Goes on from where `known` ended when that is the same file, else reads it all.
  private func recover(
    _ name: SegmentName, _ head: ArchiveHead?, _ known: ArchiveTail?
  ) throws(ArchiveError) -> ArchiveTail {
    let file = try directory.open(name.path, for: .appending)
    do throws(ArchiveError) {
      let status = try directory.status(of: file, name.path)
      var acknowledged = head?.ordinal == name.ordinal ? head?.offset : nil
      var scan = SegmentScan(path: name.path, tally: SegmentTally())
      var resumed = false
      if let known, let active = known.active, active.inode == status.inode,
        known.offset <= status.byteCount, try ends(file, name, at: known.offset, with: known.sum)
      {
        scan = SegmentScan(path: name.path, goingOnFrom: known, active)
        acknowledged = max(acknowledged ?? 0, known.offset)
        resumed = true
      }
      let lines = LineScanner(directory: directory, file: file, name: name.path)
      try read(lines, to: status.byteCount, acknowledged: acknowledged, into: &scan)
      try scan.refuseNewer(in: directory)
      let isNew = head.map { $0.ordinal < name.ordinal } ?? false
      if isRot(scan, acknowledged, isNew: isNew) {
        let known = resumed ? known : nil
        return try retire(file, name, scan, head, known)
      }
      if scan.soundEnd < status.byteCount {
        try quarantine(file, name, scan.soundEnd..<status.byteCount)
        try directory.truncate(file, name.path, to: scan.soundEnd)
      }
      // Who could not do it may have been killed before it could go on elsewhere.
      guard !status.isDoubted, isSynchronized(file, name) else {
        try? directory.system.doubt(file)
        let base = try foothold(file, name, scan, head, resumed ? known : nil)
        return try carryOn(file, name, scan, from: base)
      }
      return try recovered(file, name, scan, inode: status.inode, known, head)
    } catch {
      directory.system.close(file)
      throw error
    }
  }

  /// Reads the lines up to `byteCount`, and notes what is missing at the end.
  func read(
    _ lines: LineScanner, to byteCount: Int, acknowledged: Int?, into scan: inout SegmentScan
  ) throws(ArchiveError) {
    var read = scan
    _ = try lines.scan(from: scan.end, to: byteCount) { line, offset in
      _ = read.admits(line, at: offset)
      return true
    }
    scan = read
    scan.noteEnd(byteCount: byteCount, acknowledged: acknowledged)
  }

  /// Whether the damage lies in what was acknowledged. What comes after was never promised: a torn
  /// tail. A power cut may leave any part of it, so sound lines of the same batch may stand behind.
  ///
  /// `isNew` says that HEAD still stands in an earlier segment, where it stays until the first batch of
  /// this one is stored.
  private func isRot(_ scan: SegmentScan, _ acknowledged: Int?, isNew: Bool) -> Bool {
    guard !scan.damage.isEmpty else { return false }
    if let acknowledged { return scan.soundEnd < acknowledged }
    return isNew ? scan.hasLaterBatchAfterDamage : scan.hasSoundLineAfterDamage
  }

  private func recovered(
    _ file: OpenFile, _ name: SegmentName, _ scan: SegmentScan, inode: UInt64,
    _ known: ArchiveTail?, _ head: ArchiveHead?
  ) throws(ArchiveError) -> ArchiveTail {
    var tail: ArchiveTail
    if let line = scan.lastLineOfPrefix {
      let seen = try seen(ofLineAt: line, file, name)
      tail = ArchiveTail(
        ordinal: name.ordinal, offset: scan.soundEnd, sum: scan.soundSum, seen: seen)
    } else if scan.soundEnd > 0, let known {
      tail = known
    } else {
      tail = try end(before: name, head)
      tail.ordinal = name.ordinal
      tail.offset = 0
    }
    tail.active = ArchiveTail.ActiveSegment(
      name: name, file: file, inode: inode, hasDurableName: true,
      tally: scan.tally ?? SegmentTally(), previousSum: scan.previousSum ?? tail.sum)
    return tail
  }

  private func segment(before name: SegmentName) throws(ArchiveError) -> SegmentName? {
    try SegmentListing.all(in: directory).last { $0.ordinal < name.ordinal }
  }

  /// Rot in acknowledged bytes: nothing is cut off. The segment is sealed as it is, and what comes
  /// next goes to a new one, which follows from the last line that was acknowledged, also where that is gone.
  private func retire(
    _ file: OpenFile, _ name: SegmentName, _ scan: SegmentScan, _ head: ArchiveHead?,
    _ known: ArchiveTail?
  ) throws(ArchiveError) -> ArchiveTail {
    var seen = Timestamp(milliseconds: 0)
    if let line = scan.lastSoundLine { seen = try self.seen(ofLineAt: line, file, name) }
    // Behind the damage may stand what a killed writer did not synchronize.
    do throws(ArchiveError) {
      try directory.synchronizeContents(of: file, name.path)
    } catch {
      try? directory.system.doubt(file)
      throw error
    }
    try sealFile(name)
    directory.system.close(file)
    var tail = ArchiveTail(
      ordinal: name.ordinal, offset: scan.end, sum: scan.chain.sum, seen: seen)
    passOverMissing(&tail, head)
    if let known, known.offset > tail.offset { (tail.offset, tail.sum) = (known.offset, known.sum) }
    return tail
  }

  /// What a killed writer wrote whole but did not synchronize counts from now on, so it must be
  /// durable before anyone relies on it.
  private func isSynchronized(_ file: OpenFile, _ name: SegmentName) -> Bool {
    do throws(ArchiveError) {
      try synchronizeSegment(file, name)
      return true
    } catch {
      return false
    }
  }

  /// Makes the bytes and the name of a segment durable.
  private func synchronizeSegment(_ file: OpenFile, _ name: SegmentName) throws(ArchiveError) {
    try directory.synchronizeContents(of: file, name.path)
    try directory.synchronizeNames(in: name.directory)
    try directory.synchronizeNames(in: ArchiveFormat.stories)
  }

  /// A place up to which a segment is known to be durable.
  private struct Foothold {
    var offset: Int
    /// What a line there follows from.
    var sum: UInt64
  }

  /// Where this value or HEAD says that the acknowledged part ends, if that is so; else the start.
  private func foothold(
    _ file: OpenFile, _ name: SegmentName, _ scan: SegmentScan, _ head: ArchiveHead?,
    _ known: ArchiveTail?
  ) throws(ArchiveError) -> Foothold {
    if let known { return Foothold(offset: known.offset, sum: known.sum) }
    if let head, head.ordinal == name.ordinal, head.offset <= scan.soundEnd,
      try ends(file, name, at: head.offset, with: head.sum)
    {
      return Foothold(offset: head.offset, sum: head.sum)
    }
    if let sum = scan.previousSum { return Foothold(offset: 0, sum: sum) }
    return Foothold(offset: 0, sum: try end(before: name, head).sum)
  }

  /// Whether a line ends there that has that checksum.
  private func ends(
    _ file: OpenFile, _ name: SegmentName, at offset: Int, with sum: UInt64
  ) throws(ArchiveError) -> Bool {
    let start = offset - RecordLine.trailerByteCount - 1
    guard start >= 0 else { return false }
    let end = try directory.contents(
      of: file, name.path, from: start, byteLimit: RecordLine.trailerByteCount + 1)
    var trailer: [UInt8] = []
    RecordLine.appendTrailer(sum, to: &trailer)
    return end == trailer
  }

  /// When it cannot be made durable, no second fsync of that file can be believed. After a power cut
  /// HEAD may lag behind what was acknowledged, so every line behind it goes on: it is written once more,
  /// to a new segment that follows from HEAD. Readers keep the first of two.
  private func carryOn(
    _ file: OpenFile, _ name: SegmentName, _ scan: SegmentScan, from base: Foothold
  ) throws(ArchiveError) -> ArchiveTail {
    let lines = try directory.contents(
      of: file, name.path, from: base.offset, byteLimit: scan.soundEnd - base.offset)
    let next = SegmentName(ordinal: name.ordinal + 1, date: name.date, form: .open)
    // Its first line tells how far this segment holds, even when no other line goes on.
    let seen =
      try lines.isEmpty ? lastSeen(file, name, scan) : seen(of: lines, at: base.offset, name)
    var staged = StagedLines()
    staged.append(SegmentHeader(ordinal: next.ordinal, seen: seen, previousSum: base.sum))
    staged.append(sealedLines: base.offset > 0 ? lines : lines.withoutFirstLine)
    _ = staged.complete(seen: nil, after: base.sum)
    try directory.replace(
      next.path, at: next.temporaryPath, in: next.directory, with: staged.bytes)
    try directory.synchronizeNames(in: ArchiveFormat.stories)
    try sealFile(name)
    directory.system.close(file)
    return try recover(next, nil, nil)
  }

  /// What no later line may be earlier than.
  private func lastSeen(
    _ file: OpenFile, _ name: SegmentName, _ scan: SegmentScan
  ) throws(ArchiveError) -> Timestamp {
    if let line = scan.lastLineOfPrefix { return try seen(ofLineAt: line, file, name) }
    return try end(before: name, nil).seen
  }

  /// Copies bytes to `quarantine/`, durably. The name holds their checksum, so that doing it again
  /// changes nothing and nothing that was saved before is replaced.
  private func quarantine(
    _ file: OpenFile, _ name: SegmentName, _ range: Range<Int>
  ) throws(ArchiveError) {
    let bytes = try directory.contents(
      of: file, name.path, from: range.lowerBound, byteLimit: range.count)
    let sum = SHA256(bytes).prefix.hexadecimal
    try directory.replace(
      "\(ArchiveFormat.quarantine)/\(name.name)@\(range.lowerBound)-\(sum)",
      in: ArchiveFormat.quarantine, with: bytes)
  }

  // MARK: Sealed segments

  /// The end of an archive whose last segment is sealed.
  private func endOfSealed(
    _ name: SegmentName?, _ head: ArchiveHead?
  ) throws(ArchiveError) -> ArchiveTail {
    var tail = ArchiveTail.empty
    if let name {
      tail = try end(of: name)
      passOverMissing(&tail, head)
    }
    if let head, head.ordinal > tail.ordinal {
      // A segment that was acknowledged is gone; its ordinal must not be given again.
      tail.ordinal = head.ordinal
      tail.offset = head.offset
      tail.sum = head.sum
    }
    return tail
  }

  /// Puts `tail` where a sealed segment ended that has lost bytes since, as the manifest tells, or HEAD of one
  /// that was not listed while it was whole. A segment that followed from what is left would say that the rest
  /// was given up.
  private func passOverMissing(_ tail: inout ArchiveTail, _ head: ArchiveHead?) {
    // Derived: that it cannot be read keeps nobody from writing.
    let listed = (try? SegmentManifest(in: directory))?[tail.ordinal]
    if let listed, listed.end > tail.offset,
      let last = listed.last.flatMap({ UInt64(hexadecimal: $0) })
    {
      tail.offset = listed.end
      tail.sum = last
    } else if let head, head.ordinal == tail.ordinal, head.offset > tail.offset,
      listed?.removals?.isEmpty ?? true
    {
      tail.offset = head.offset
      tail.sum = head.sum
    }
  }

  /// What a segment without a line follows from: the end of those before it, also where the last of them are
  /// gone, as after `prune`.
  private func end(
    before name: SegmentName, _ head: ArchiveHead?
  ) throws(ArchiveError) -> ArchiveTail {
    let before = head.flatMap { $0.ordinal > name.ordinal ? nil : $0 }
    // Derived: that it cannot be read keeps nobody from writing.
    let listed = (try? SegmentManifest(in: directory))?.last(before: name.ordinal)
    return passOver(listed, try endOfSealed(try segment(before: name), before))
  }

  /// The end of the archive behind all that the manifest lists: the ordinal of a listed segment that is gone must
  /// not be given again.
  private func passOver(_ listed: SegmentSummary?, _ end: ArchiveTail) -> ArchiveTail {
    guard let listed, listed.ordinal > end.ordinal else { return end }
    var tail = end
    tail.ordinal = listed.ordinal
    tail.offset = listed.end
    if let last = listed.last.flatMap({ UInt64(hexadecimal: $0) }) { tail.sum = last }
    if let seen = listed.seenLast.flatMap(Timestamp.init(archivedText:)) {
      tail.seen = max(tail.seen, seen)
    }
    return tail
  }

  private func end(of name: SegmentName) throws(ArchiveError) -> ArchiveTail {
    guard let segment = try SegmentFile.openInAnyForm(name, in: directory) else {
      throw .io(path: directory.named(name.path), action: "open", .noSuchFileOrDirectory)
    }
    let byteCount = try segment.byteCount()
    let ends = try SegmentEnds(of: segment, byteCount: byteCount)
    guard segment.unreadable.isEmpty else {
      throw .io(path: directory.named(segment.path), action: "read", .ioError)
    }
    // What lies behind the sound lines counts as missing: they are not where the segment ended.
    if let sum = ends.lastSum, let seen = ends.lastSeen {
      return ArchiveTail(ordinal: name.ordinal, offset: ends.lastEnd, sum: sum, seen: seen)
    }
    var scan = SegmentScan(path: name.path)
    try read(LineScanner(segment), to: byteCount, acknowledged: nil, into: &scan)
    try scan.refuseNewer(in: directory)
    guard let line = scan.lastSoundLine else {
      var tail = try end(before: name, nil)
      tail.ordinal = name.ordinal
      tail.offset = scan.soundEnd
      return tail
    }
    let bytes = try segment.contents(from: line, byteLimit: RecordReader.seenByteLimit)
    return ArchiveTail(
      ordinal: name.ordinal, offset: scan.soundEnd, sum: scan.chain.sum,
      seen: try seen(of: bytes, at: line, name))
  }

  private func seen(
    ofLineAt offset: Int, _ file: OpenFile, _ name: SegmentName
  ) throws(ArchiveError) -> Timestamp {
    let bytes = try directory.contents(
      of: file, name.path, from: offset, byteLimit: RecordReader.seenByteLimit)
    return try seen(of: bytes, at: offset, name)
  }

  private func seen(
    of line: [UInt8], at offset: Int, _ name: SegmentName
  ) throws(ArchiveError) -> Timestamp {
    guard let seen = line.withUnsafeBufferPointer({ RecordReader.seen(of: $0) }) else {
      throw .damaged(
        path: directory.named(name.path), offset: offset, detail: "no time in the line")
    }
    return seen
  }
}

extension [UInt8] {
  /// Without the line that says which segment this is.
  fileprivate var withoutFirstLine: [UInt8] {
    firstIndex(of: 0x0A).map { Array(self[($0 + 1)...]) } ?? []
  }
}

extension SegmentScan {
  /// A scan that begins where the acknowledged part of a segment that is known ends.
  fileprivate init(
    path: String, goingOnFrom tail: ArchiveTail, _ active: ArchiveTail.ActiveSegment
  ) {
    self.init(
      path: path, at: tail.offset, chain: ChecksumChain(after: tail.sum), tally: active.tally)
    previousSum = active.previousSum
  }
}
