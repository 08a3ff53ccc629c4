internal import Checksums
package import Syndication

/// What `repair` did.
package struct RepairReport: Hashable, Sendable {
  /// What was done, a sentence each that names the file.
  package var deeds: [String] = []
  /// What was not done, a sentence for each file: what a backup has and this archive does not, what belongs to
  /// another user.
  package var notes: [String] = []
  /// What is still damaged.
  package var damage: [Damage] = []
  /// Whether lines were given up that feeds may still hold.
  package var hasLosses = false
}

extension Archive {
  /// Puts right what can be, and deletes nothing: what is wrong is moved or copied to `quarantine/`.
  ///
  /// Of a damaged or missing segment the bytes that the manifest lists are taken from its other form or
  /// from `backup`, another archive of the same history. Where there are none, its first lines are taken
  /// from a backup that was made while it grew; of the rest the sound lines are kept,
  /// and a line that says so stands in the place of those which are lost; a backup that is given later
  /// still brings them back. A segment that is gone, or all behind a whole line of one, stays damage until it
  /// is back or `acceptsLosses` says that it will not come. What every writer does when it opens an archive
  /// (recovery, missing manifests, HEAD) is done as well.
  /// - Throws: `ArchiveError`; what was done before stays, and doing it again does the rest.
  package func repair(
    now: Timestamp, from backup: Archive? = nil, acceptsLosses: Bool = false
  ) throws -> RepairReport {
    try withMaintenance {
      var report = RepairReport()
      try protectSealed(&report)
      for path in try takeBackUnfinished() {
        report.deeds.append("\(path): listed as it is, since writing it anew was not finished")
      }
      let found = try verify(readData: true)
      if let newer = found.damage.first(where: { $0.problem == .newer }) {
        throw ArchiveError.newerLine(
          path: newer.path, offset: newer.range.lowerBound, detail: newer.detail)
      }
      try mendManifests(found, &report)
      // A segment that only does not follow from the one before is not damaged itself.
      let paths = Set(found.damage.filter { !$0.range.isEmpty }.map(\.path))
      let manifest = try SegmentManifest(in: directory)
      for summary in manifest.summaries {
        do {
          try repair(
            summary, isDamaged: paths, backup, now: now, acceptsLosses: acceptsLosses, &report)
        } catch ArchiveError.io(_, action: "open", _), ArchiveError.io(_, action: "read", _) {
          // What cannot be read is named below; the rest can be repaired all the same.
          continue
        }
      }
      try findUnlisted(in: backup, &report)
      try noteUntaken(of: backup, &report)
      if acceptsLosses { try acceptLosses(now: now, &report) }
      report.damage = try verify(readData: true).damage
      return report
    }
  }

  /// Takes back write permissions that a restored backup may have given. Of what belongs to another user they stay.
  private func protectSealed(_ report: inout RepairReport) throws(ArchiveError) {
    for name in try SegmentListing.all(in: directory) where name.form != .open {
      guard let status = try directory.status(at: name.path), !status.isProtected, !status.isLinked
      else { continue }
      do throws(ArchiveError) {
        try protect(name)
        report.deeds.append("\(directory.named(name.path)): made read-only again")
      } catch {
        guard let refusal = error.refusal else { throw error }
        report.notes.append("\(directory.named(name.path)): not made read-only: \(refusal)")
      }
    }
  }

  private func protect(_ name: SegmentName) throws(ArchiveError) {
    let file = try directory.open(name.path, for: .reading)
    defer { directory.system.close(file) }
    try directory.protect(file, name.path)
  }

  private func repair(
    _ summary: SegmentSummary, isDamaged paths: Set<String>, _ backup: Archive?, now: Timestamp,
    acceptsLosses: Bool, _ report: inout RepairReport
  ) throws {
    guard let listed = SegmentName(manifestPath: summary.segment) else { return }
    guard try !isTaken(listed) else { return }
    let forms = try [SegmentName.Form.sealed, .compressed].map(listed.with).filter {
      try directory.status(at: $0.path) != nil
    }
    if summary.dropped != nil { return try findAgain(listed, summary, forms, backup, &report) }
    let right = try forms.first { try holds($0, summary) }
    if let right {
      for other in forms where other != right { try setAside(other, "damaged", &report) }
      if right != listed { try adopt(right, summary) }
    }
    let isDamaged = forms.contains { paths.contains(directory.named($0.path)) }
    if right != nil, !isDamaged {
      return try bringBack(listed, summary, from: backup, forms, &report)
    }
    if right == nil, try restore(listed, summary, from: backup, forms, &report) { return }
    let isGone = try forms.first.map { try isCut($0, summary) } ?? true
    if let mended = try mend(listed, summary, from: backup, forms, &report) {
      return try settle(mended, summary, now: now, givesUp: acceptsLosses || !isGone, &report)
    }
    guard let damaged = right ?? forms.first else { return }
    if !isDamaged { return try listGivenUp(damaged, summary, &report) }
    // What a disk does not give today it may give tomorrow.
    if try isGone || !isReadable(damaged), !acceptsLosses { return }
    try copyAside(damaged)
    let count = try salvage(damaged, now: now, &report)
    let lines = count == 1 ? "line" : "lines"
    report.deeds.append(
      "\(directory.named(damaged.path)): \(count) damaged \(lines) taken out, the file as it was "
        + "copied to \(ArchiveFormat.quarantine)/")
  }

  /// Whether another segment stands in that one's place, which nobody can tell to be the wrong one.
  private func isTaken(_ listed: SegmentName) throws(ArchiveError) -> Bool {
    try SegmentListing.all(in: directory).contains {
      $0.ordinal == listed.ordinal && ($0.form == .open || $0.date != listed.date)
    }
  }

  /// Lists a mended segment if nothing is wrong with it any more; else the rest is given up if it may be.
  private func settle(
    _ mended: SegmentName, _ summary: SegmentSummary, now: Timestamp, givesUp: Bool,
    _ report: inout RepairReport
  ) throws {
    let isListed = try SegmentFile.openExisting(mended, in: directory).holds(summary)
    if try isListed || isWhole(mended, summary) { return try list(mended, as: summary) }
    guard givesUp else { return }
    _ = try salvage(mended, now: now, &report)
    report.deeds.append(
      "\(directory.named(mended.path)): given up what is damaged or missing behind them")
  }

  /// Lists a segment as it is that a power cut left without lines that had been given up, or with more
  /// of them: nothing that was acknowledged is missing.
  private func listGivenUp(
    _ name: SegmentName, _ summary: SegmentSummary, _ report: inout RepairReport
  ) throws {
    try settle(name)
    try list(name, as: summary)
    report.deeds.append(
      "\(directory.named(name.path)): listed as it is, since all that differs was given up")
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

  /// Lists a segment again that a person had given up and that is there again, or takes it from a backup.
  private func findAgain(
    _ listed: SegmentName, _ summary: SegmentSummary, _ forms: [SegmentName], _ backup: Archive?,
    _ report: inout RepairReport
  ) throws {
    guard summary.isGivenUp else { return }
    var earlier = summary
    earlier.dropped = nil
    earlier.removals = summary.removals?.dropLast()
    if earlier.removals?.isEmpty == true { earlier.removals = nil }
    guard let right = try forms.first(where: { try holds($0, earlier) }) else {
      _ = try restore(listed, earlier, from: backup, [], &report)
      return
    }
    try list(right, as: earlier)
    report.deeds.append("\(directory.named(right.path)): is there again, and listed")
  }

  /// Takes from a backup what an earlier repair without one had to give up.
  private func bringBack(
    _ listed: SegmentName, _ summary: SegmentSummary, from backup: Archive?,
    _ forms: [SegmentName], _ report: inout RepairReport
  ) throws {
    let removals = summary.removals ?? []
    // What was taken out on purpose after it must not come back.
    let salvages = removals.reversed().prefix { $0.reason == .damaged }.reversed()
    for (place, salvage) in zip(removals.indices.suffix(salvages.count), salvages) {
      var earlier = summary
      earlier.bytes = salvage.bytesBefore
      earlier.sha256 = salvage.sha256Before
      earlier.removals = place > 0 ? Array(removals[..<place]) : nil
      if try restore(listed, earlier, from: backup, forms, &report) { return }
    }
  }

  /// Takes the bytes that `summary` has from a backup, in whichever form that has them.
  private func restore(
    _ listed: SegmentName, _ summary: SegmentSummary, from backup: Archive?,
    _ damaged: [SegmentName], _ report: inout RepairReport
  ) throws -> Bool {
    guard let backup else { return false }
    for form in [SegmentName.Form.sealed, .compressed] {
      let name = listed.with(form)
      guard let copy = try SegmentFile.open(name, in: backup.directory), try copy.holds(summary)
      else { continue }
      let deed = "restored from \(backup.directory.named(name.path))"
      try replace(damaged, by: name, deed, &report) {
        let writer = try SegmentWriter(name, in: directory)
        try copy.forEachPiece { writer.append($0) }
        try writer.finish { (written) throws(ArchiveError) in
          try written.holds(summary)
        }
        try list(name, as: summary)
      }
      return true
    }
    return false
  }

  /// Puts segments into their places that are gone and that no manifest lists, as one that grew, as far as a
  /// backup has them.
  private func findUnlisted(in backup: Archive?, _ report: inout RepairReport) throws {
    guard let backup else { return }
    let manifest = try SegmentManifest(in: directory)
    let present = Set(try SegmentListing.all(in: directory).map(\.ordinal))
    let end = max(present.max() ?? 0, try readHead()?.ordinal ?? 0)
    for copy in try SegmentListing.all(in: backup.directory)
    where copy.ordinal <= end && !present.contains(copy.ordinal)
      && !manifest.mentions(copy.ordinal)
    {
      let name = copy.with(.sealed)
      let unseen = SegmentSummary(unseen: name)
      // Where listing it fails the next writer does it.
      if try mend(name, unseen, from: backup, [], &report) != nil { listSealed() }
    }
  }

  /// Names the last segments of a backup that this archive has not: it went on otherwise, or does not know that
  /// they were its own.
  private func noteUntaken(
    of backup: Archive?, _ report: inout RepairReport
  ) throws(ArchiveError) {
    guard let backup else { return }
    let present = try SegmentListing.all(in: directory)
    let end = max(present.last?.ordinal ?? 0, try readHead()?.ordinal ?? 0)
    let copies = try SegmentListing.all(in: backup.directory)
    for copy in copies where copy.ordinal > end || copy == copies.last {
      if copy.ordinal <= end {
        guard let own = present.first(where: { $0.ordinal == copy.ordinal }),
          try !has(own, copy, of: backup)
        else { continue }
      }
      let archive = backup.directory.path
      report.notes.append(
        "\(backup.directory.named(copy.path)): not taken: nothing here tells that it is of this archive: "
          + "`aggregator import \(archive)` takes its stories over")
    }
  }

  /// Whether a segment has the last line that `copy` has, or may have had it.
  private func has(
    _ own: SegmentName, _ copy: SegmentName, of backup: Archive
  ) throws(ArchiveError) -> Bool {
    let theirs = try SegmentFile.openExisting(copy, in: backup.directory)
    let end = try SegmentEnds(of: theirs, byteCount: theirs.byteCount()).lastSum
    // Words that were taken out took their lines' checksums along.
    guard let end, try SegmentManifest(in: directory)[own.ordinal]?.removals?.isEmpty ?? true else {
      return true
    }
    let ours = try SegmentFile.openExisting(own, in: directory)
    var scan = SegmentScan(path: ours.path)
    var isFound = false
    _ = try LineScanner(ours).scan(from: 0) { line, offset in
      _ = scan.admits(line, at: offset)
      isFound = isFound || scan.chain.sum == end
      return !isFound
    }
    return isFound || !scan.damage.isEmpty
  }

  private func isReadable(_ name: SegmentName) throws(ArchiveError) -> Bool {
    let segment = try SegmentFile.openExisting(name, in: directory)
    _ = try segment.fileDigest()
    return segment.isReadable
  }

  /// Lets `write` put a segment under `name`, where its damaged forms are, and tells it as `deed`. Until it is
  /// there readers find the files that were there before, which are copied to `quarantine/`; but one that cannot
  /// be read to its end is moved there, since a copy would not have what the disk may give another time.
  func replace(
    _ damaged: [SegmentName], by name: SegmentName, _ deed: String, _ report: inout RepairReport,
    _ write: () throws -> Void
  ) throws {
    try directory.makeDirectory(name.directory, in: ArchiveFormat.stories)
    let readable = try damaged.filter(isReadable)
    for form in damaged {
      if readable.contains(form) {
        try copyAside(form)
      } else {
        try setAside(form)
      }
    }
    try write()
    for form in readable where form != name {
      try directory.remove(form.path)
      try directory.synchronizeNames(in: form.directory)
    }
    let copied =
      damaged.isEmpty
      ? ""
      : ", the file as it was \(readable == damaged ? "copied" : "moved") to \(ArchiveFormat.quarantine)/"
    report.deeds.append("\(directory.named(name.path)): \(deed)\(copied)")
  }

  /// Writes down that the segments which are gone will not come back.
  private func acceptLosses(now: Timestamp, _ report: inout RepairReport) throws {
    let manifest = try SegmentManifest(in: directory)
    let present = try SegmentListing.all(in: directory)
    let dates = Dictionary(uniqueKeysWithValues: present.map { ($0.ordinal, $0.date) })
    let end = max(
      manifest.summaries.last?.ordinal ?? 0, present.last?.ordinal ?? 0,
      try readHead()?.ordinal ?? 0)
    var date = present.first?.date ?? now.date
    var lost: [SegmentSummary] = []
    for ordinal in 1..<(end + 1) {
      date = dates[ordinal] ?? date
      guard dates[ordinal] == nil, manifest[ordinal]?.dropped == nil else { continue }
      let name = SegmentName(ordinal: ordinal, date: date, form: .sealed)
      let listed = manifest[ordinal]
      var summary = listed ?? SegmentSummary(unseen: name)
      let removal = SegmentSummary.Removal(
        at: now.text, reason: .lost, lines: summary.lines, bytesBefore: summary.bytes,
        sha256Before: summary.sha256)
      summary.removals = (summary.removals ?? []) + [removal]
      summary.dropped = now.text
      lost.append(summary)
      let stories = directory.named(ArchiveFormat.stories)
      report.deeds.append(
        listed.map { "\(stories)/\($0.segment): given up" }
          ?? "\(stories): segment \(ordinal): given up")
    }
    guard !lost.isEmpty else { return }
    report.hasLosses = true
    try updateManifest { manifest in
      for summary in lost { manifest.set(summary) }
    }
  }

  /// Keeps the sound lines, and tells how many others went. The file as it was is in `quarantine/` by now.
  private func salvage(
    _ name: SegmentName, now: Timestamp, _ report: inout RepairReport
  ) throws -> Int {
    report.hasLosses = true
    return try rewrite(name, reason: .damaged, now: now, evenUnchanged: true) { _, isSound in
      isSound ? nil : []
    }
  }

  /// Copies a segment's file to `quarantine/`, durably.
  func copyAside(_ name: SegmentName) throws(ArchiveError) {
    let segment = try SegmentFile.openExisting(name, in: directory)
    let path = "\(ArchiveFormat.quarantine)/\(name.name)@0-\(try segment.fileDigest().prefix(16))"
    let temporary = path + ".new"
    if try directory.status(at: temporary) != nil { try directory.remove(temporary) }
    let file = try directory.open(temporary, for: .creating)
    defer { directory.system.close(file) }
    var offset = 0
    while case let piece = try segment.fileContents(from: offset), !piece.isEmpty {
      try directory.append(piece, to: file, temporary)
      offset += piece.count
    }
    try directory.synchronizeContents(of: file, temporary)
    try directory.rename(temporary, to: path)
    try directory.synchronizeNames(in: ArchiveFormat.quarantine)
  }
}
