internal import Checksums
internal import Syndication

extension Archive {
  /// Checks the archive against itself, without a lock and beside a running writer: names, ordinals,
  /// lengths and the links from segment to segment; of the segments in `sample` every line's checksum
  /// and the file's SHA-256, too. Changes nothing.
  ///
  /// A file that cannot be read counts as damage, and so does what a disk does not give of it; the rest
  /// is checked all the same.
  /// - Throws: `ArchiveError.io` when the directories cannot be listed.
  package func verify(reading sample: VerifySample) throws(ArchiveError) -> VerifyReport {
    var verification = try Verification(directory: directory, sample: sample)
    try verification.run()
    return verification.report
  }

  /// As above, with the data of all segments read, or of none.
  ///
  /// - Throws: as above.
  package func verify(readData: Bool) throws(ArchiveError) -> VerifyReport {
    try verify(reading: readData ? .all : .none)
  }
}

private struct Verification {
  private let directory: ArchiveDirectory
  private let head: ArchiveHead?
  private let sample: VerifySample
  /// Whether the data of the segment that is checked are read.
  private var readsData = false
  private let segments: [SegmentName]
  private let doubles: [SegmentDouble]
  private let strangers: [SegmentName]
  private let far: [SegmentName]
  private var manifest: SegmentManifest
  private(set) var report = VerifyReport()
  /// The last segment with a line before the one that is checked, what it follows from and the sum of
  /// its last line.
  private var previous: (name: SegmentName, after: UInt64?, sum: UInt64)?
  private var previousOrdinal = 0
  /// Segments that turned out to be what was sealed, by ordinal.
  private var proven: [Int: ManifestCheck.ProvenSegment] = [:]
  /// Segments that are being written anew.
  private var unsettled: Set<Int> = []

  init(directory: ArchiveDirectory, sample: VerifySample) throws(ArchiveError) {
    self.directory = directory
    var unreadable: [Damage] = []
    // HEAD first: whatever is written while we look comes after it.
    head = ArchiveError.told(to: &unreadable, in: directory) { () throws(ArchiveError) in
      try ArchiveHead(in: directory)
    }.flatMap(\.self)
    let found = try SegmentListing.read(directory)
    (segments, doubles, strangers) = (found.segments, found.doubles, found.strangers)
    far = found.far
    self.sample = sample.restricted(to: segments.map(\.ordinal))
    manifest =
      ArchiveError.told(to: &unreadable, in: directory) { () throws(ArchiveError) in
        try SegmentManifest(in: directory)
      } ?? .none
    report.damage = unreadable.map(named)
  }

  mutating func run() throws(ArchiveError) {
    for name in segments {
      var unreadable: [Damage] = []
      ArchiveError.told(to: &unreadable, in: directory) { () throws(ArchiveError) in
        try check(name)
      }
      report.damage += unreadable.map(named)
    }
    checkOrdinals()
    checkManifests()
    for stranger in strangers { note("no file, or a link to none", 0..<0, stranger.path) }
    for name in far { note(SegmentListing.farDetail, 0..<0, name.path) }
    for double in doubles { note(double.detail(in: directory), 0..<0, double.path) }
    if let quarantined = try? directory.names(in: ArchiveFormat.quarantine), !quarantined.isEmpty {
      report.notes.append(
        "\(directory.named(ArchiveFormat.quarantine)): "
          + (quarantined.count == 1 ? "1 file was" : "\(quarantined.count) files were")
          + " set aside")
    }
  }

  // MARK: What should be there

  private mutating func checkOrdinals() {
    let inventory = ArchiveInventory(names: segments, listed: manifest.pasts, head: head)
    for ordinal in inventory.missingOrdinals {
      if ordinal == head?.ordinal, !manifest.mentions(ordinal) {
        note(
          "segment \(ordinal), which was acknowledged, is gone", 0..<(head?.offset ?? 0))
      } else {
        report.damage.append(named(manifest.missing(ordinal)))
      }
    }
  }

  /// A writer may be about to replace them: what is wrong is so twice.
  private mutating func checkManifests() {
    var unreadable: [Damage] = []
    let sealed = segments.filter { $0.form != .open }
    for turn in 0..<2 {
      let check = ArchiveError.told(to: &unreadable, in: directory) { () throws(ArchiveError) in
        try ManifestCheck(
          in: directory, sealed: sealed, proven: proven, unsettled: unsettled)
      }
      guard let check else { break }
      guard !check.damage.isEmpty else { return }
      guard turn > 0 else { continue }
      report.damage += check.damage.map(named)
      report.wrongManifests = Set(check.damage.map(\.path))
      report.misstated = check.misstated
    }
    report.damage += unreadable.map(named).filter { !report.damage.contains($0) }
  }

  // MARK: One segment

  private mutating func check(_ name: SegmentName) throws(ArchiveError) {
    guard let segment = try open(name) else {
      note("the segment vanished while it was looked at", 0..<0, name.path)
      return
    }
    let name = segment.name
    report.segmentCount += 1
    readsData = sample.contains(name.ordinal)
    if readsData { report.readSegmentCount += 1 }
    let byteCount = try segment.byteCount()
    let listed = try listing(of: segment, byteCount)
    if let listed, try isStray(segment, listed) {
      note("the manifest lists another segment of this ordinal", 0..<byteCount, name.path)
    }
    if name.form != .open, listed == nil {
      report.notes.append("\(directory.named(name.path)): not in the manifests yet")
    }
    if listed?.isGivenUp == true {
      report.notes.append(
        "\(directory.named(name.path)): was given up, and is there again: `repair` lists it")
    }
    // Whether listed damage is in what was given up, only reading tells.
    if listed?.damage != nil { readsData = true }
    if !readsData, name.form != .open { readsData = try !isAsListed(segment, listed) }
    // What a damaged first line says would be believed of the segment before.
    if !readsData, byteCount > 0 { readsData = try SegmentEnds.header(of: segment) == nil }
    if readsData {
      try readAll(segment, byteCount)
    } else {
      if let listed { check(name, byteCount, against: listed) }
      try readEnds(segment, byteCount)
    }
    try checkFile(segment, listed)
    report.damage += segment.unreadable.map(named)
  }

  /// Whether length, ends and checksum are what the manifests say, as far as that is known without reading.
  private func isAsListed(
    _ segment: SegmentFile, _ listed: SegmentSummary?
  ) throws(ArchiveError) -> Bool {
    guard let listed else { return false }
    let byteCount = try segment.byteCount()
    var found = listed
    found.segment = segment.name.manifestPath
    found.bytes = byteCount
    if segment.name.form == .compressed {
      found.gzip?.bytes = try segment.fileByteCount()
      guard found.gzip != nil || segment.name.manifestPath != listed.segment else { return false }
    }
    let ends = try SegmentEnds(of: segment, byteCount: byteCount)
    guard let header = ends.header else { return false }
    found.after = header.previousSum.hexadecimal
    found.seenFirst = header.seen.text
    found.last = ends.lastSum?.hexadecimal ?? found.last
    found.seenLast = ends.lastSeen?.text ?? found.seenLast
    let sum = manifest.checksums[listed.segment] ?? listed.fileSHA256
    return listed.differences(from: found).isEmpty
      && (sum == listed.fileSHA256 || unsettled.contains(listed.ordinal))
  }

  /// What the manifests say of a segment; of one that is not yet what they say is to come, what it was.
  private mutating func listing(
    of segment: SegmentFile, _ byteCount: Int
  ) throws(ArchiveError) -> SegmentSummary? {
    let ordinal = segment.name.ordinal
    if manifest[ordinal].map(\.bytes) != byteCount {
      // It may have been written anew while the others were looked at.
      if let again = try? SegmentManifest(in: directory) { manifest = again }
    }
    guard var listed = manifest[ordinal] else { return nil }
    if listed.bytes != byteCount, let removal = listed.removals?.last,
      try segment.mayBeOne(before: removal, byteCount)
    {
      report.notes.append(
        "\(directory.named(segment.path)): to be written anew without some lines, not done yet")
      listed.bytes = removal.bytesBefore
      listed.sha256 = removal.sha256Before
      listed.gzip = nil
      manifest.believe(listed)
      unsettled.insert(ordinal)
    }
    return listed
  }

  /// Whether a growing segment is not the one that the manifest lists as sealed. A power cut may have taken back
  /// only the renaming of that.
  private func isStray(
    _ segment: SegmentFile, _ listed: SegmentSummary
  ) throws(ArchiveError) -> Bool {
    guard segment.name.form == .open, try directory.status(at: segment.name.path) != nil else {
      return false
    }
    return try !segment.holds(listed)
  }

  /// A segment may be sealed or compressed between the listing and the opening.
  private func open(_ name: SegmentName) throws(ArchiveError) -> SegmentFile? {
    try SegmentFile.openInAnyForm(name, in: directory)
  }

  /// Checks a compressed file as it is on disk, beside what it holds.
  private mutating func checkFile(
    _ segment: SegmentFile, _ listed: SegmentSummary?
  ) throws(ArchiveError) {
    guard segment.name.form == .compressed, let gzip = listed?.gzip else { return }
    let byteCount = try segment.fileByteCount()
    var isAltered = byteCount != gzip.bytes
    if readsData {
      let digest = try segment.fileDigest()
      let isListed = !isAltered && digest == gzip.sha256
      isAltered = !isListed && digest != manifest.checksums[segment.name.manifestPath]
    }
    if isAltered, !isKnownToBeDamaged(segment.name) {
      note("not the compressed bytes that SHA256SUMS lists", 0..<byteCount, segment.name.path)
    }
  }

  private mutating func check(
    _ name: SegmentName, _ byteCount: Int, against listed: SegmentSummary
  ) {
    if byteCount < listed.bytes {
      note("sealed bytes are missing", byteCount..<listed.bytes, name.path)
    } else if byteCount > listed.bytes {
      note("bytes were added after the seal", listed.bytes..<byteCount, name.path)
    }
    noteListedDamage(name, byteCount, listed)
  }

  /// What recovery found and reading does not show.
  private mutating func noteListedDamage(
    _ name: SegmentName, _ byteCount: Int, _ listed: SegmentSummary
  ) {
    for range in listed.damage ?? [] where !readsData || range.from >= byteCount {
      note(range.detail, range.from..<max(range.from, range.to), name.path)
    }
  }

  private mutating func readAll(
    _ segment: SegmentFile, _ byteCount: Int
  ) throws(ArchiveError) {
    let name = segment.name
    var scan = SegmentScan(path: name.path)
    var tally = SegmentTally()
    let next = try sumBefore(segmentAfter: name)
    var handover: Int?
    _ = try LineScanner(segment).scan(from: 0, piece: { tally.add(bytes: $0) }) { line, offset in
      if scan.admits(line, at: offset), case .line(let bytes) = line {
        tally.add(line: bytes, at: offset)
        if scan.chain.sum == next { handover = scan.end }
      }
      return true
    }
    // All of a segment was given up: it need not even have its first line.
    if let next, next == scan.previousSum ?? listedStart(of: name) { handover = 0 }
    scan.noteEnd(
      byteCount: max(byteCount, scan.end),
      acknowledged: acknowledged(name))
    report.lineCount += scan.lineCount
    report.byteCount += scan.end
    report.damage += scan.newer.map(named)
    let end = max(scan.end, byteCount)
    let listed = manifest[name.ordinal]
    // What the next one follows from counts as the last, and what was given up may stand behind it.
    let ending = handover != nil && listed?.last == next?.hexadecimal ? next : nil
    let isProven = try prove(segment, scan, tally, ending ?? scan.chain.sum, listed)
    if let listed, handover == scan.end, isLonger(listed, than: tally, last: scan.chain.sum) {
      proven[name.ordinal] = nil
    }
    let listedEnd = isProven ? end : listed?.bytes ?? 0
    if let handover, handover < max(end, listedEnd), !isWrittenAnew(name) {
      report.notes.append(
        "\(directory.named(name.path)):\(handover): what follows was given up after a failed fsync")
      judge(scan, promised: handover)
      // It was listed before anything followed from a line before it.
      for range in listed?.damage ?? [] where range.from >= handover {
        note(range.detail, range.from..<max(range.from, range.to), name.path)
      }
    } else {
      judge(scan, promised: name.form == .open ? promised(name, scan) : .max)
      if isProven, let listed {
        noteListedDamage(name, end, listed)
      } else {
        checkHash(tally.sha256, name, end, scan)
      }
    }
    let isFollowed = next.map { handover != nil || scan.chain.canBeFollowed(after: $0) } ?? false
    let last = isFollowed ? next : scan.chain.sum
    try link(name, scan.previousSum, last: scan.lineCount > 0 ? last : nil)
  }

  /// Whether a sealed segment without damage has the bytes that one of the manifests lists. What it says then
  /// goes before what the manifests say of it.
  private mutating func prove(
    _ segment: SegmentFile, _ scan: SegmentScan, _ tally: SegmentTally, _ last: UInt64,
    _ listed: SegmentSummary?
  ) throws(ArchiveError) -> Bool {
    let name = segment.name
    guard let listed, name.form != .open, scan.damage.isEmpty else { return false }
    let file = try segment.compressedFile()
    let sum = manifest.checksums[name.manifestPath]
    guard listed.sha256 == tally.sha256 || (sum == file?.sha256 ?? tally.sha256) else {
      return false
    }
    guard !unsettled.contains(name.ordinal) else { return true }
    var summary = SegmentSummary(name, tally, after: scan.previousSum, last: last)
    summary.gzip = file
    proven[name.ordinal] = ManifestCheck.ProvenSegment(listed: listed, found: summary)
    return true
  }

  /// Whether `segments.jsonl` lists lines behind the last one that is there, and the segment is without them what
  /// `SHA256SUMS` lists. Where the next segment follows from that line they were given up, and whoever lists the
  /// segment anew was stopped between both files.
  private func isLonger(_ listed: SegmentSummary, than tally: SegmentTally, last: UInt64) -> Bool {
    listed.bytes > tally.byteCount && listed.sha256 != tally.sha256
      && listed.last != last.hexadecimal
  }

  /// Whether lines were taken out of the segment: then all that is left is durable, whatever of it was
  /// given up before, and the manifests say what it is.
  private func isWrittenAnew(_ name: SegmentName) -> Bool {
    guard let listed = manifest[name.ordinal], let last = listed.removals?.last else {
      return false
    }
    return listed.sha256 != last.sha256Before
  }

  /// What the first line of a segment follows from that has none, as far as others tell.
  private func listedStart(of name: SegmentName) -> UInt64 {
    let listed = manifest[name.ordinal]?.after ?? manifest[name.ordinal - 1]?.last
    return listed.flatMap { UInt64(hexadecimal: $0) } ?? previous?.sum ?? RecordLine.origin
  }

  /// How far a segment was acknowledged by HEAD. Of a listed one the manifests say how long it is.
  private func acknowledged(_ name: SegmentName) -> Int? {
    guard let head, head.ordinal == name.ordinal, manifest[name.ordinal] == nil else {
      return nil
    }
    return head.offset
  }

  private mutating func checkHash(
    _ hash: String, _ name: SegmentName, _ byteCount: Int, _ scan: SegmentScan
  ) {
    guard name.form != .open else { return }
    let damageCount = report.damage.count
    let summary = manifest[name.ordinal]
    if let summary { check(name, byteCount, against: summary) }
    let plainFile = name.form == .sealed ? manifest.checksums[name.manifestPath] : nil
    if scan.damage.isEmpty, report.damage.count == damageCount,
      let listed = summary?.sha256 ?? plainFile, listed != hash
    {
      note("not the bytes that SHA256SUMS lists", 0..<byteCount, name.path)
    }
  }

  /// What the next segment with a first line follows from: behind that line of this segment, anything
  /// was given up after a failed fsync.
  private func sumBefore(segmentAfter name: SegmentName) throws(ArchiveError) -> UInt64? {
    for later in segments where later.ordinal > name.ordinal {
      if let sum = try start(of: later) { return sum }
    }
    // HEAD may stand before the first line of a segment that was given up and is gone.
    if let head, head.ordinal > name.ordinal, head.offset == 0 { return head.sum }
    return nil
  }

  /// What the first line of a segment follows from; of one that is damaged or cannot be read, which is told in its
  /// turn, what is listed.
  private func start(of name: SegmentName) throws(ArchiveError) -> UInt64? {
    do throws(ArchiveError) {
      guard let segment = try open(name) else { return nil }
      if let header = try SegmentEnds.header(of: segment) { return header.previousSum }
    } catch {
      guard case .io = error else { throw error }
    }
    return manifest[name.ordinal]?.after.flatMap { UInt64(hexadecimal: $0) }
  }

  /// In the growing segment, what lies behind the acknowledged part was never promised.
  private func promised(_ name: SegmentName, _ scan: SegmentScan) -> Int {
    guard let head else { return scan.hasSoundLineAfterDamage ? .max : 0 }
    if head.ordinal == name.ordinal { return head.offset }
    return head.ordinal < name.ordinal ? 0 : .max
  }

  private mutating func judge(_ scan: SegmentScan, promised: Int) {
    for damage in scan.damage {
      if damage.range.lowerBound < promised {
        report.damage.append(named(damage))
      } else {
        let place = "\(directory.named(damage.path)):\(damage.range.lowerBound)"
        report.notes.append("\(place): \(damage.range.count) bytes of a batch without its end")
      }
    }
  }

  private mutating func readEnds(
    _ segment: SegmentFile, _ byteCount: Int
  ) throws(ArchiveError) {
    let name = segment.name
    var acknowledged = byteCount
    if name.form == .open, let head, head.ordinal == name.ordinal {
      acknowledged = head.offset
      if byteCount < acknowledged {
        note("acknowledged bytes are missing", byteCount..<acknowledged, name.path)
        return
      }
    }
    let ends = try SegmentEnds(of: segment, byteCount: acknowledged)
    if acknowledged > 0, ends.lastSum == nil, name.form != .open {
      note("the last line has no checksum", ends.lastLine..<acknowledged, name.path)
    }
    // Of a segment that was only begun, HEAD has the sum that it follows from.
    if name.form == .open, acknowledged > 0, let head, head.ordinal == name.ordinal,
      head.sum != ends.lastSum
    {
      note("not the line that was acknowledged last", ends.lastLine..<acknowledged, name.path)
    }
    // Where the next segment was begun, HEAD lags behind what this one holds.
    let isFollowed = segments.last.map { $0.ordinal > name.ordinal } ?? false
    let last =
      isFollowed && acknowledged < byteCount
      ? try SegmentEnds(of: segment, byteCount: byteCount).lastSum : ends.lastSum
    try link(name, ends.header?.previousSum, last: last)
  }

  // MARK: From segment to segment

  private mutating func link(
    _ name: SegmentName, _ first: UInt64?, last: UInt64?
  ) throws(ArchiveError) {
    defer {
      previousOrdinal = name.ordinal
      if let last { previous = (name, first, last) }
    }
    guard let previous, let first, first != previous.sum,
      previousOrdinal == name.ordinal - 1
    else { return }
    // After a failed fsync the rest of a segment is given up, or all of a new one, and the next
    // segment goes on before it.
    var isGivenUp = first == previous.after
    if !isGivenUp { isGivenUp = try holds(first, previous.name) }
    if isGivenUp {
      report.notes.append(
        "\(directory.named(previous.name.path)): its last lines were given up after a failed fsync")
    } else if !isKnownToBeDamaged(previous.name) {
      note("the segment does not follow from the one before it", 0..<0, name.path)
    }
  }

  private func isKnownToBeDamaged(_ name: SegmentName) -> Bool {
    report.damage.contains { $0.path == directory.named(name.path) }
  }

  private func holds(_ sum: UInt64, _ name: SegmentName) throws(ArchiveError) -> Bool {
    guard let segment = try open(name) else { return false }
    var isFound = false
    _ = try LineScanner(segment).scan(from: 0) { line, _ in
      if case .line(let bytes) = line { isFound = RecordLine.successorSum(of: bytes) == sum }
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
    damage.at(directory.named(damage.path))
  }
}

extension SegmentFile {
  /// Whether it is to be judged by what the manifests say of the segment before that removal.
  fileprivate func mayBeOne(
    before removal: SegmentSummary.Removal, _ byteCount: Int
  ) throws(ArchiveError) -> Bool {
    if byteCount == removal.bytesBefore { return true }
    return try holds(before: removal)
  }
}
