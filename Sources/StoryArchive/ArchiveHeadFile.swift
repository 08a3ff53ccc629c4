extension Archive {
  func readHead() throws(ArchiveError) -> ArchiveHead? {
    try directory.contents(of: ArchiveFormat.head, byteLimit: 2 * ArchiveHead.byteCount)
      .flatMap(ArchiveHead.init)
  }

  /// HEAD is derived: that it cannot be written is no reason to refuse a batch. Without it the next
  /// writer reads the whole segment again.
  func writeHead() {
    knownHead = nil
    guard let tail else { return }
    let head = ArchiveHead(ordinal: tail.ordinal, offset: tail.offset, sum: tail.sum)
    let system = directory.system
    guard let file = try? system.open(ArchiveFormat.head, for: .overwriting) else { return }
    defer { system.close(file) }
    let written = try? head.bytes.withUnsafeBytes { try system.overwrite(file, with: $0) }
    if written == ArchiveHead.byteCount {
      knownHead = head
    } else {
      // None is better than one that lags.
      try? system.remove(ArchiveFormat.head)
    }
  }
}
