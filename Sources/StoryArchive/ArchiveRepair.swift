package import Syndication

/// What `repair` did.
package struct RepairReport: Hashable, Sendable {
  /// What was done, a sentence each that names the file.
  package var deeds: [String] = []
  /// What is still damaged.
  package var damage: [Damage] = []
}

extension Archive {
  /// Puts right what can be, and deletes nothing: what is wrong is moved or copied to `quarantine/`.
  ///
  /// Of a damaged or missing segment the bytes that the manifest lists are taken from its other form or
  /// from `backup`, another archive of the same history. Where there are none, its sound lines are kept,
  /// and a line that says so stands in the place of those which are lost. What every writer does when it
  /// opens an archive (recovery, missing manifests, HEAD) is done as well.
  /// - Throws: `ArchiveError`; what was done before stays, and doing it again does the rest.
  package func repair(now: Timestamp, from backup: Archive? = nil) throws -> RepairReport {
    try withMaintenance {
      var report = RepairReport()
      try protectSealed(&report)
      for path in try takeBackUnfinished() {
        report.deeds.append("\(path): listed as it is, since writing it anew was not finished")
      }
      let found = try verify(readData: true)
      // A segment that only does not follow from the one before is not damaged itself.
      let paths = Set(found.damage.filter { !$0.range.isEmpty }.map(\.path))
      let manifest = try SegmentManifest(in: directory)
      for summary in manifest.summaries {
        try repair(summary, isDamaged: paths, backup, now: now, &report)
      }
      report.damage = try verify(readData: true).damage
      return report
    }
  }

  /// Takes back write permissions that a restored backup may have given.
  private func protectSealed(_ report: inout RepairReport) throws(ArchiveError) {
    for name in try SegmentListing.all(in: directory) where name.form != .open {
      guard try directory.status(at: name.path)?.isProtected == false else { continue }
      let file = try directory.open(name.path, for: .reading)
      defer { directory.system.close(file) }
      try directory.protect(file, name.path)
      report.deeds.append("\(directory.named(name.path)): made read-only again")
    }
  }

  private func repair(
    _ summary: SegmentSummary, isDamaged paths: Set<String>, _ backup: Archive?, now: Timestamp,
    _ report: inout RepairReport
  ) throws {
    guard summary.dropped == nil, let listed = SegmentName(manifestPath: summary.segment) else {
      return
    }
    let forms = try [SegmentName.Form.sealed, .compressed].map(listed.with).filter {
      try directory.status(at: $0.path) != nil
    }
    let right = try forms.first { try holds($0, summary) }
    if let right {
      for other in forms where other != right { try setAside(other, "damaged", &report) }
      if right != listed { try adopt(right, summary) }
    }
    guard right == nil || forms.contains(where: { paths.contains(directory.named($0.path)) }) else {
      return
    }
    if right == nil, try restore(listed, summary, from: backup, forms, &report) { return }
    guard let damaged = right ?? forms.first else { return }
    try salvage(damaged, now: now, &report)
  }

  private func setAside(
    _ name: SegmentName, _ reason: String, _ report: inout RepairReport
  ) throws(ArchiveError) {
    try setAside(name)
    report.deeds.append(
      "\(directory.named(name.path)): \(reason): moved to \(ArchiveFormat.quarantine)/")
  }

  /// Lists a segment in the form that it has.
  private func adopt(_ name: SegmentName, _ summary: SegmentSummary) throws {
    let file = try SegmentFile.openExisting(name, in: directory).compressedFile()
    try updateManifest { manifest in
      var summary = summary
      summary.segment = name.manifestPath
      summary.gzip = file
      manifest.set(summary)
    }
  }

  /// Takes the listed bytes from a backup, in whichever form it has them.
  private func restore(
    _ listed: SegmentName, _ summary: SegmentSummary, from backup: Archive?,
    _ damaged: [SegmentName], _ report: inout RepairReport
  ) throws -> Bool {
    guard let backup else { return false }
    for form in [SegmentName.Form.sealed, .compressed] {
      let name = listed.with(form)
      guard let copy = try SegmentFile.open(name, in: backup.directory), try copy.holds(summary)
      else { continue }
      try directory.makeDirectory(name.directory, in: ArchiveFormat.stories)
      let writer = try SegmentWriter(name, in: directory)
      try copy.forEachPiece { writer.append($0) }
      try writer.finish { (written) throws(ArchiveError) in
        try written.holds(summary)
      } prepare: { _ in
        for name in damaged { try setAside(name, "damaged", &report) }
      }
      try adopt(name, summary)
      report.deeds.append(
        "\(directory.named(name.path)): restored from \(backup.directory.named(name.path))")
      return true
    }
    return false
  }

  /// Keeps the sound lines. The file as it was is copied to `quarantine/` first.
  private func salvage(
    _ name: SegmentName, now: Timestamp, _ report: inout RepairReport
  ) throws {
    try copyAside(name)
    let count = try rewrite(
      name, reason: .damaged, now: now, evenUnchanged: true
    ) { _, isSound in
      isSound ? nil : []
    }
    report.deeds.append(
      "\(directory.named(name.path)): \(count) damaged lines taken out, the file as it was copied to "
        + "\(ArchiveFormat.quarantine)/")
  }

  private func copyAside(_ name: SegmentName) throws(ArchiveError) {
    let segment = try SegmentFile.openExisting(name, in: directory)
    let bytes = try segment.fileContents()
    let sum = try segment.fileDigest().prefix(16)
    try directory.replace(
      "\(ArchiveFormat.quarantine)/\(name.name)@0-\(sum)", in: ArchiveFormat.quarantine,
      with: bytes)
  }
}

extension SegmentName {
  /// Reads a path below `stories/`.
  fileprivate init?(manifestPath: String) {
    guard let name = manifestPath.split(separator: "/").last else { return nil }
    self.init(String(name))
    guard self.manifestPath == manifestPath else { return nil }
  }
}
