package import Syndication

/// What `compact` did.
package struct CompactReport: Hashable, Sendable {
  package var segmentCount = 0
  /// Of the segments that were compressed.
  package var plainByteCount = 0
  package var compressedByteCount = 0
  /// Segments that were left as they are, and why.
  package var notes: [String] = []
}

extension Archive {
  /// Compresses the sealed segments whose last line was seen `age` ago or earlier, one after another.
  /// Writers and readers go on meanwhile.
  ///
  /// A segment is compressed into a new file, which is made durable, decoded again and compared before
  /// it takes the place of the plain one; so a crash leaves the plain file, or both, or the new one. Of
  /// a segment that is there in both forms, the one that decodes to the recorded SHA-256 is kept.
  /// - Throws: `ArchiveError`; the segments done before stay compressed.
  package func compact(now: Timestamp, olderThan age: Duration) throws -> CompactReport {
    try withMaintenance {
      var report = CompactReport()
      let manifest = try SegmentManifest(in: directory)
      for name in try SegmentListing.all(in: directory) where name.form == .sealed {
        guard let summary = manifest[name.ordinal], summary.isSeen(before: now - age)
        else { continue }
        try compact(name, summary, &report)
      }
      return report
    }
  }

  func compact(
    _ name: SegmentName, _ summary: SegmentSummary, _ report: inout CompactReport
  ) throws {
    let compressed = name.with(.compressed)
    let isPlainRight = try holds(name, summary)
    if try holds(compressed, summary) {
      // It may be a killed compact's or a person's: read back is not yet on disk.
      try makeDurable(compressed)
    } else {
      guard isPlainRight else {
        report.notes.append(
          "\(directory.named(name.path)): not compressed: not the bytes that the manifest lists")
        return
      }
      try setAside(compressed)
      try writeCompressed(name, summary)
    }
    let file = try SegmentFile.openExisting(compressed, in: directory).compressedFile()
    try updateManifest { manifest in
      var summary = manifest[name.ordinal] ?? summary
      summary.segment = compressed.manifestPath
      summary.gzip = file
      manifest.set(summary)
    }
    if isPlainRight {
      try directory.remove(name.path)
      try directory.synchronizeNames(in: name.directory)
    } else {
      try setAside(name)
    }
    report.segmentCount += 1
    report.plainByteCount += summary.bytes
    report.compressedByteCount += file?.bytes ?? 0
  }

  private func makeDurable(_ name: SegmentName) throws(ArchiveError) {
    let file = try directory.open(name.path, for: .reading)
    defer { directory.system.close(file) }
    try directory.synchronizeContents(of: file, name.path)
    try directory.protect(file, name.path)
    try directory.synchronizeNames(in: name.directory)
  }

  /// Whether the file of that name is there and decodes to the recorded bytes.
  func holds(_ name: SegmentName, _ summary: SegmentSummary) throws(ArchiveError) -> Bool {
    guard let segment = try SegmentFile.open(name, in: directory) else { return false }
    return try segment.holds(summary)
  }

  private func writeCompressed(_ name: SegmentName, _ summary: SegmentSummary) throws {
    let segment = try SegmentFile.openExisting(name, in: directory)
    let writer = try SegmentWriter(name.with(.compressed), in: directory)
    try segment.forEachPiece { writer.append($0) }
    try writer.finish { (written) throws(ArchiveError) in try written.holds(summary) }
  }
}

extension SegmentSummary {
  /// Whether all of it was seen before `moment`.
  func isSeen(before moment: Timestamp) -> Bool {
    guard let seenLast else { return false }
    var text: [UInt8] = []
    moment.appendRFC3339(to: &text)
    return seenLast < String(decoding: text, as: UTF8.self)
  }
}
