extension SegmentSummary {
  /// Whether it is what is remembered of that segment, in whichever form.
  func isAbout(_ name: SegmentName) -> Bool {
    [SegmentName.Form.sealed, .compressed].contains { name.with($0).manifestPath == segment }
  }
}

extension Archive {
  /// Adds every sealed segment that one of the manifests does not list. `summary` spares reading the one that
  /// was just sealed, `head` is HEAD before it was renewed.
  ///
  /// The manifests are derived: that they cannot be written is no reason to refuse a batch. What is
  /// missing is added at the next seal, or by the next to open the archive.
  func listSealed(_ summary: SegmentSummary? = nil, head: ArchiveHead? = nil) {
    let before = completeManifests
    completeManifests = nil
    do throws(ArchiveError) {
      if let summary, let before, try addToList(summary, before) { return }
      let listed = try SegmentManifest.checksums(in: directory)
      var manifest = try SegmentManifest(in: directory)
      let unlisted = try SegmentListing.all(in: directory).filter {
        $0.form != .open
          && (!SegmentManifest.lists($0, in: listed) || !manifest.mentions($0.ordinal))
      }
      guard !unlisted.isEmpty else { return }
      var acknowledged = head
      if acknowledged == nil { acknowledged = try readHead() }
      // What is dropped and still there was left by a killed `prune`.
      // What another segment's line is about stands in that one's place.
      for name in unlisted
      where manifest[name.ordinal].map({ $0.dropped == nil && $0.isAbout(name) }) ?? true {
        if let summary, summary.ordinal == name.ordinal {
          manifest.set(summary)
        } else {
          manifest.set(try unlistedSummary(name, acknowledged, manifest, listed))
        }
      }
      let files = manifest.files
      try files.write(to: directory)
      completeManifests = summary.flatMap { CompleteManifests(manifest, files, last: $0) }
    } catch {
      return
    }
  }

  /// Adds the segment that comes right behind those that this value listed last, if nobody changed the manifests
  /// since; returns whether it did.
  private func addToList(
    _ summary: SegmentSummary, _ before: CompleteManifests
  ) throws(ArchiveError) -> Bool {
    guard let manifests = before.adding(summary),
      try ManifestFiles(in: directory) == before.files
    else { return false }
    try manifests.files.write(to: directory)
    completeManifests = manifests
    return true
  }

  /// What one manifest knows goes before what is read: a checksum of damaged bytes would make them
  /// right.
  private func unlistedSummary(
    _ name: SegmentName, _ head: ArchiveHead?, _ manifest: SegmentManifest,
    _ checksums: [String: String]
  ) throws(ArchiveError) -> SegmentSummary {
    let known = manifest[name.ordinal]
    if let known, known.segment == name.manifestPath { return known }
    var summary = try summarize(name, head)
    summary.removals = known?.removals
    if known == nil, name.form == .sealed, let sum = checksums[name.manifestPath] {
      summary.sha256 = sum
    }
    return summary
  }

  /// Reads a sealed segment for its line in the manifest. What comes next follows from the last line that was
  /// acknowledged, also where that is missing, as HEAD tells or the next segment.
  func summarize(
    _ name: SegmentName, _ head: ArchiveHead?
  ) throws(ArchiveError) -> SegmentSummary {
    let segment = try SegmentFile.openExisting(name, in: directory)
    let head = head?.ordinal == name.ordinal ? head : nil
    let next = try successor(of: name)
    var scan = SegmentScan(path: name.path)
    var tally = SegmentTally()
    var isFollowed = next == nil
    var handover = Int.max
    _ = try LineScanner(segment).scan(from: 0, piece: { tally.add(bytes: $0) }) { line, offset in
      guard scan.admits(line, at: offset), case .line(let bytes) = line else { return true }
      tally.add(line: bytes, at: offset)
      if scan.chain.sum == next { handover = scan.end }
      // Lines behind that one were given up. One that stands in the place of others may stand in that one's.
      isFollowed =
        isFollowed || scan.chain.sum == next || scan.previousSum == next
        || RecordLine.successorSum(of: bytes) != RecordLine.recordedSum(of: bytes)
      return true
    }
    let byteCount = try segment.byteCount()
    let isCut = !isFollowed && scan.lineCount > 0 && scan.damage.isEmpty
    scan.noteEnd(byteCount: byteCount, acknowledged: isCut ? byteCount + 1 : head?.offset)
    let missing = isCut ? next : head.flatMap { $0.offset > byteCount ? $0.sum : nil }
    var summary = SegmentSummary(
      name, tally, after: scan.previousSum, last: missing ?? scan.chain.sum,
      damage: scan.damage.filter { $0.range.lowerBound < handover })
    summary.gzip = try segment.compressedFile()
    return summary
  }
}
