package import Syndication

extension Archive {
  /// Seals the growing segment, so that readers of whole files see it; the next batch begins another.
  ///
  /// With `evenToday` false, only a segment that was begun on an earlier UTC day than `now`'s: one of a later
  /// day was begun while the clock was ahead.
  /// - Throws: `ArchiveError.locked` when another process keeps writing.
  package func seal(now: Timestamp, evenToday: Bool = true) throws {
    try withWriterLock(waiting: .seconds(10)) { _ in
      try sealActive(before: evenToday ? nil : now.date)
    }
  }

  /// Seals what yesterday left, unless another process is writing.
  func sealEarlierDay(now: Timestamp) throws(ArchiveError) {
    guard let file = try WriterLock.take(in: directory, waiting: .zero) else { return }
    lockFile = file
    defer { releaseLock() }
    try prepareTail()
    try sealActive(before: now.date)
  }

  func sealActive(before today: CivilDate? = nil) throws(ArchiveError) {
    guard let tail, let active = tail.active, tail.offset > 0,
      today.map({ active.name.date < $0 }) ?? true
    else { return }
    do throws(ArchiveError) {
      try directory.synchronizeContents(of: active.file, active.name.path)
    } catch {
      fenceActive()
      throw error
    }
    // Who stores much takes the same memory for segment after segment then, instead of pushing what other programs
    // read out of it. The price is that who reads the segment next waits for the disk once.
    directory.system.releaseCache(of: active.file)
    dropTail()
    try sealFile(active.name)
    // Not before: to a file that could not be sealed another process may append.
    finishCursor(at: tail)
    var end = tail
    end.active = nil
    self.tail = end
    let sealed = active.name.with(.sealed)
    let summary = SegmentSummary(
      sealed, active.tally, after: active.previousSum, last: tail.sum)
    listSealed(summary)
    if completeManifests != nil { self.tail?.sealed = .init(name: sealed, inode: active.inode) }
    keepChanges(of: summary, sealed, active.tally.changes)
    // All that HEAD acknowledges was acknowledged before: nothing rests on its being written here, and the
    // renaming has told by now whether the file system was given up.
    _ = writeHead(of: end)
  }

  /// Gives a segment its final name. Its bytes are durable already.
  func sealFile(_ name: SegmentName) throws(ArchiveError) {
    let file = try directory.open(name.path, for: .reading)
    defer { directory.system.close(file) }
    try directory.protect(file, name.path)
    try directory.rename(name.path, to: name.with(.sealed).path)
    try directory.synchronizeNames(in: name.directory)
  }
}
