internal import Syndication
internal import SystemPackage

/// How a batch becomes durable. The numbers are those of the protocol on the format page.
extension Archive {
  /// Why a batch is not stored: the two call for different answers.
  private enum StoreFailure: Error {
    /// The file is as before, or can be made so.
    case write(ArchiveError)
    /// What the disk holds is unknown, and the kernel will not say so a second time.
    case synchronization(ArchiveError)

    var reason: ArchiveError {
      switch self {
      case .write(let error), .synchronization(let error): error
      }
    }
  }

  func seen(at now: Timestamp) -> Timestamp {
    guard let tail else { return now }
    return max(now, tail.seen)
  }

  func commit(_ batch: inout StagedLines, now: Timestamp) throws(ArchiveError) -> Timestamp {
    precondition(lockFile != nil, "a transaction ends with its writer lock")
    if tail == nil { try prepareTail() }
    let seen = seen(at: now)
    if batch.isEmpty { return seen }
    if durableHead == nil, let tail { _ = writeHead(of: tail) }
    if mustRoll(before: batch, seen: seen) { try sealActive() }
    do throws(StoreFailure) {
      try store(&batch, seen: seen)
    } catch {
      guard case .synchronization = error else { throw error.reason }
      try storeElsewhere(&batch, seen: seen)
    }
    return seen
  }

  private func mustRoll(before batch: StagedLines, seen: Timestamp) -> Bool {
    guard let tail, let active = tail.active, tail.offset > 0 else { return false }
    return active.name.date != seen.date
      || tail.offset + batch.byteCount > segmentByteLimit
  }

  /// Step 6: after a failed fsync the file is left alone for ever and the batch goes, once, to a new
  /// one.
  private func storeElsewhere(
    _ batch: inout StagedLines, seen: Timestamp
  ) throws(ArchiveError) {
    fenceActive()
    do throws(StoreFailure) {
      try store(&batch, seen: seen)
    } catch {
      if case .synchronization = error { fenceActive() }
      throw error.reason
    }
  }

  private func store(_ batch: inout StagedLines, seen: Timestamp) throws(StoreFailure) {
    try beginSegmentIfNeeded(seen: seen)
    guard let tail else { return }
    guard tail.offset == 0 else { return try append(&batch, seen: seen) }
    batch.insert(SegmentHeader(ordinal: tail.ordinal, seen: seen, previousSum: tail.sum))
    do throws(StoreFailure) {
      try append(&batch, seen: seen)
    } catch {
      batch.removeFirst()
      throw error
    }
  }

  /// Steps 3 to 5, and HEAD.
  private func append(_ lines: inout StagedLines, seen: Timestamp) throws(StoreFailure) {
    guard var tail, let before = tail.active else { return }
    var active = before
    tail.sum = lines.complete(seen: seen, after: tail.sum)
    tail.seen = seen
    try write(lines, to: active, at: tail.offset)
    try synchronize(&active)
    let start = tail.offset
    tail.offset += lines.byteCount
    active.tally.add(lines)
    tail.active = active
    if !writeHead(of: tail) { try confirm(before) }
    self.tail = tail
    advanceCursor(from: start, by: lines.byteCount, sum: tail.sum)
  }

  /// An fdatasync that meets a journal which is just being given up may return 0 (seen with ext4 of Linux
  /// 6.18, both when it is shut down and when its journal cannot be written). HEAD, which comes next and
  /// needs the journal, is the first that tells. So where it fails, the batch is made durable once more,
  /// which a file system that was given up, and knows it by then, refuses. Where HEAD fails for another
  /// reason, as a full disk or quota, that costs an fdatasync. XFS and btrfs refuse fdatasync itself.
  private func confirm(_ active: ArchiveTail.ActiveSegment) throws(StoreFailure) {
    var active = active
    try synchronize(&active)
  }

  private func beginSegmentIfNeeded(seen: Timestamp) throws(StoreFailure) {
    guard let tail, tail.active == nil else { return }
    do throws(ArchiveError) {
      let name = SegmentName(ordinal: tail.ordinal + 1, date: seen.date, form: .open)
      try directory.makeDirectory(name.directory, in: ArchiveFormat.stories)
      let file = try directory.open(name.path, for: .creating)
      let inode = try inode(of: file, name)
      self.tail?.active = ArchiveTail.ActiveSegment(
        name: name, file: file, inode: inode, hasDurableName: false, previousSum: tail.sum)
      self.tail?.sealed = nil
      self.tail?.ordinal = name.ordinal
      self.tail?.offset = 0
    } catch {
      throw .write(error)
    }
  }

  private func inode(of file: OpenFile, _ name: SegmentName) throws(ArchiveError) -> UInt64 {
    do throws(ArchiveError) {
      return try directory.status(of: file, name.path).inode
    } catch {
      directory.system.close(file)
      throw error
    }
  }

  private func write(
    _ lines: StagedLines, to active: ArchiveTail.ActiveSegment, at offset: Int
  ) throws(StoreFailure) {
    let path = active.name.path
    do throws(ArchiveError) {
      try directory.append(lines.bytes, to: active.file, path)
    } catch {
      withdraw(from: active, to: offset)
      throw .write(error)
    }
  }

  /// Step 4: what was written of a batch goes away again. If it does not, nothing more is known of the
  /// tail, and the next writer recovers it.
  private func withdraw(from active: ArchiveTail.ActiveSegment, to offset: Int) {
    do throws(ArchiveError) {
      try directory.truncate(active.file, active.name.path, to: offset)
    } catch {
      dropTail()
    }
  }

  private func synchronize(
    _ active: inout ArchiveTail.ActiveSegment
  ) throws(StoreFailure) {
    do throws(ArchiveError) {
      try directory.synchronizeContents(of: active.file, active.name.path)
      if !active.hasDurableName {
        try directory.synchronizeNames(in: active.name.directory)
        // The year may have been made by a writer that was killed before it could do this.
        try directory.synchronizeNames(in: ArchiveFormat.stories)
        active.hasDurableName = true
      }
    } catch {
      throw .synchronization(error)
    }
  }

  /// Gives the active segment up. Whether the cut and the new name reach the disk does not matter:
  /// the next segment says from which line it goes on. What could not be cut stays in doubt for whoever
  /// comes next, so that nobody takes it for stored.
  func fenceActive() {
    guard let tail, let active = tail.active else { return }
    let path = active.name.path
    let system = directory.system
    _ = try? system.doubt(active.file)
    if (try? system.truncate(active.file, to: tail.offset)) != nil {
      _ = try? system.protect(active.file)
      _ = try? system.rename(path, to: active.name.with(.sealed).path)
    }
    finishCursor(at: tail)
    system.close(active.file)
    self.tail?.active = nil
  }

  /// A value that has seen everything need not read its own batch back.
  private func advanceCursor(from offset: Int, by byteCount: Int, sum: UInt64) {
    guard let tail else { return }
    let isAtStart = offset == 0 && cursor.isFinished && cursor.ordinal == tail.ordinal - 1
    let isAtEnd = !cursor.isFinished && cursor.ordinal == tail.ordinal && cursor.offset == offset
    guard isAtStart || isAtEnd else { return }
    cursor.ordinal = tail.ordinal
    cursor.isFinished = false
    cursor.offset = offset + byteCount
    cursor.chain = ChecksumChain(after: sum)
  }

  /// A value that has seen all of a segment that grows no more need not look at it again.
  func finishCursor(at tail: ArchiveTail) {
    guard !cursor.isFinished, cursor.ordinal == tail.ordinal, cursor.offset == tail.offset else {
      return
    }
    cursor.segment = nil
    cursor.isFinished = true
  }

  func dropTail() {
    if let active = tail?.active { directory.system.close(active.file) }
    tail = nil
  }
}
