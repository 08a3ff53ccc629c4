internal import SystemPackage

extension Archive {
  func readHead() throws(ArchiveError) -> ArchiveHead? { try ArchiveHead(in: directory) }

  /// HEAD is derived: that it cannot be written is by itself no reason to refuse a batch. Without it the
  /// next writer reads the whole segment again.
  ///
  /// - Returns: Whether it was written; if not, what the disk acknowledged before is in doubt.
  func writeHead(of tail: ArchiveTail) -> Bool {
    knownHead = nil
    let head = ArchiveHead(ordinal: tail.ordinal, offset: tail.offset, sum: tail.sum)
    let system = directory.system
    guard let file = try? system.open(ArchiveFormat.head, for: .overwriting) else {
      return false
    }
    defer { system.close(file) }
    let before = try? system.status(of: file)
    // Cuts off what is not ours, and fails where the journal was given up: overwriting need not (seen with
    // ext4 of Linux 6.18 whose journal cannot be written), and would say that the batch is acknowledged.
    let isCut = (try? system.truncate(file, to: ArchiveHead.byteCount)) != nil
    let written =
      isCut ? try? head.bytes.withUnsafeBytes { try system.overwrite(file, with: $0) } : nil
    guard written == ArchiveHead.byteCount else {
      // None is better than one that lags; but one that does not may be all that tells of a lost segment.
      if (try? readHead()) != head { try? system.remove(ArchiveFormat.head) }
      return false
    }
    knownHead = head
    if before?.byteCount != ArchiveHead.byteCount || before?.inode != durableHead {
      durableHead = isMadeDurable(file) ? before?.inode : nil
    }
    return true
  }

  /// Whether HEAD will be there after a power cut. From then on it is one sector that is written over, so that
  /// a power cut leaves this one or a later one, and never none: without one, a batch that was not
  /// acknowledged may pass for rot.
  private func isMadeDurable(_ file: OpenFile) -> Bool {
    do throws(Errno) {
      try directory.system.synchronizeContents(of: file)
      try directory.system.synchronizeNames(in: ArchiveFormat.state)
      return true
    } catch {
      return false
    }
  }
}

extension ArchiveHead {
  /// Reads the file; nil when there is none that can be believed.
  init?(in directory: ArchiveDirectory) throws(ArchiveError) {
    let bytes = try directory.contents(
      of: ArchiveFormat.head, byteLimit: 2 * ArchiveHead.byteCount)
    guard let bytes, let head = ArchiveHead(bytes) else { return nil }
    self = head
  }
}
