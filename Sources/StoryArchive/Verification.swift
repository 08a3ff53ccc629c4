internal import Checksums
internal import Syndication

extension Archive {
  /// Checks the archive against itself, without a lock and beside a running writer: names, ordinals,
  /// lengths and the links from segment to segment; with `readData` every line's checksum and every
  /// sealed file's SHA-256, too. Changes nothing.
  ///
  /// - Throws: `ArchiveError.io` when a file cannot be read.
  package func verify(readData: Bool) throws(ArchiveError) -> VerifyReport {
    // HEAD first: whatever is written while we look comes after it.
    let head = try readHead()
    var verification = try Verification(directory: directory, head: head, readsData: readData)
    try verification.run()
    return verification.report
  }
}

private struct Verification {
  private let directory: ArchiveDirectory
  private let head: ArchiveHead?
  private let readsData: Bool
  private let segments: [SegmentName]
  private let manifest: SegmentManifest
  private(set) var report = VerifyReport()
  /// The segment before the one that is checked, and the sum of its last line.
  private var previous: (name: SegmentName, sum: UInt64)?

  init(directory: ArchiveDirectory, head: ArchiveHead?, readsData: Bool) throws(ArchiveError) {
    self.directory = directory
    self.head = head
    self.readsData = readsData
    segments = try SegmentListing.all(in: directory)
    manifest = try SegmentManifest(in: directory)
  }

  mutating func run() throws(ArchiveError) {
    for name in segments { try check(name) }
    checkOrdinals()
    if let quarantined = try? directory.names(in: ArchiveFormat.quarantine), !quarantined.isEmpty {
      report.notes.append(
        "\(directory.named(ArchiveFormat.quarantine)): \(quarantined.count) files were set aside")
    }
  }

  // MARK: What should be there

  private mutating func checkOrdinals() {
    var present = Set(segments.map(\.ordinal))
    for (ordinal, summary) in manifest.summaries.sorted(by: { $0.key < $1.key })
    where present.insert(ordinal).inserted {
      note(
        "the segment is gone", 0..<summary.bytes, "\(ArchiveFormat.stories)/\(summary.segment)")
    }
    if let head, head.ordinal > 0, present.insert(head.ordinal).inserted {
      note("segment \(head.ordinal), which was acknowledged, is gone", 0..<head.offset)
    }
    guard let first = present.min(), let last = present.max() else { return }
    for ordinal in first...last where !present.contains(ordinal) {
      note("segment \(ordinal) is gone", 0..<0)
    }
  }

  // MARK: One segment

  private mutating func check(_ name: SegmentName) throws(ArchiveError) {
    guard let (name, file) = try open(name) else {
      note("the segment vanished while it was looked at", 0..<0, name.path)
      return
    }
    defer { directory.system.close(file) }
    report.segmentCount += 1
    let byteCount = try directory.status(of: file, name.path).byteCount
    if name.form != .open { checkLength(name, byteCount) }
    if readsData {
      try readAll(file, name, byteCount)
    } else {
      try readEnds(file, name, byteCount)
    }
  }

  /// A segment may be sealed between the listing and the opening.
  private func open(_ name: SegmentName) throws(ArchiveError) -> (SegmentName, OpenFile)? {
    for form in [name.form] + SegmentName.Form.allCases {
      let name = name.with(form)
      if let file = try directory.openIfPresent(name.path) { return (name, file) }
    }
    return nil
  }

  private mutating func checkLength(_ name: SegmentName, _ byteCount: Int) {
    guard let summary = manifest.summaries[name.ordinal] else {
      report.notes.append("\(directory.named(name.path)): not in the manifests yet")
      return
    }
    if byteCount < summary.bytes {
      note("sealed bytes are missing", byteCount..<summary.bytes, name.path)
    } else if byteCount > summary.bytes {
      note("bytes were added after the seal", summary.bytes..<byteCount, name.path)
    }
    for range in summary.damage ?? [] where !readsData || range.from >= byteCount {
      note(range.detail, range.from..<max(range.from, range.to), name.path)
    }
  }

  private mutating func readAll(
    _ file: OpenFile, _ name: SegmentName, _ byteCount: Int
  ) throws(ArchiveError) {
    var scan = SegmentScan(path: name.path)
    var hasher = SHA256Hasher()
    let lines = LineScanner(directory: directory, file: file, name: name.path)
    _ = try lines.scan(from: 0, piece: { hasher.update($0) }) { line, offset in
      _ = scan.admits(line, at: offset)
      return true
    }
    scan.noteEnd(
      byteCount: max(byteCount, scan.end),
      acknowledged: head?.ordinal == name.ordinal ? head?.offset : nil)
    report.lineCount += scan.lineCount
    report.byteCount += scan.end
    let damageBefore = report.damage.count
    judge(scan, name)
    if name.form == .sealed, report.damage.count == damageBefore,
      let listed = manifest.checksums[name.manifestPath], listed != hasher.finalize().hexadecimal
    {
      note("not the bytes that SHA256SUMS lists", 0..<byteCount, name.path)
    }
    try link(name, scan.previousSum, last: scan.chain.sum)
  }

  /// In the growing segment, what lies behind the acknowledged part was never promised.
  private mutating func judge(_ scan: SegmentScan, _ name: SegmentName) {
    var promised = Int.max
    if name.form == .open {
      if let head {
        promised =
          head.ordinal < name.ordinal ? 0 : head.ordinal == name.ordinal ? head.offset : .max
      } else if !scan.hasSoundLineAfterDamage {
        promised = 0
      }
    }
    for damage in scan.damage {
      if damage.range.lowerBound < promised {
        report.damage.append(named(damage))
      } else {
        report.notes.append(
          "\(directory.named(name.path)):\(damage.range.lowerBound): \(damage.range.count) bytes of a torn tail or of a batch that is being written"
        )
      }
    }
  }

  private mutating func readEnds(
    _ file: OpenFile, _ name: SegmentName, _ byteCount: Int
  ) throws(ArchiveError) {
    var acknowledged = byteCount
    if name.form == .open, let head, head.ordinal == name.ordinal {
      acknowledged = head.offset
      if byteCount < acknowledged {
        note("acknowledged bytes are missing", byteCount..<acknowledged, name.path)
        return
      }
    }
    let ends = try SegmentEnds(of: file, name.path, byteCount: acknowledged, in: directory)
    if acknowledged > 0, ends.lastSum == nil, name.form != .open {
      note("the last line has no checksum", ends.lastLine..<acknowledged, name.path)
    }
    if name.form == .open, let head, head.ordinal == name.ordinal, head.sum != ends.lastSum {
      note("not the line that was acknowledged last", ends.lastLine..<acknowledged, name.path)
    }
    try link(name, ends.header?.previousSum, last: ends.lastSum)
  }

  // MARK: From segment to segment

  private mutating func link(
    _ name: SegmentName, _ first: UInt64?, last: UInt64?
  ) throws(ArchiveError) {
    defer { if let last { previous = (name, last) } }
    guard let previous, let first, first != previous.sum,
      previous.name.ordinal == name.ordinal - 1
    else { return }
    // After a failed fsync the rest of a segment is given up, and the next goes on before it.
    if try holds(first, previous.name) {
      report.notes.append(
        "\(directory.named(previous.name.path)): its last lines were given up after a failed fsync")
    } else {
      note("the segment does not follow from the one before it", 0..<0, name.path)
    }
  }

  private func holds(_ sum: UInt64, _ name: SegmentName) throws(ArchiveError) -> Bool {
    guard let (name, file) = try open(name) else { return false }
    defer { directory.system.close(file) }
    var isFound = false
    let lines = LineScanner(directory: directory, file: file, name: name.path)
    _ = try lines.scan(from: 0) { line, _ in
      if case .line(let bytes) = line { isFound = RecordLine.recordedSum(of: bytes) == sum }
      return !isFound
    }
    return isFound
  }

  // MARK: -

  private mutating func note(_ detail: String, _ range: Range<Int>, _ path: String? = nil) {
    report.damage.append(
      named(Damage(path: path ?? ArchiveFormat.stories, range: range, detail: detail)))
  }

  private func named(_ damage: Damage) -> Damage {
    Damage(path: directory.named(damage.path), range: damage.range, detail: damage.detail)
  }
}
