internal import Checksums
internal import Syndication

/// A sealed segment written anew without some of its lines.
///
/// Where lines were, one stands that names whose they were, has a checksum of its own and says which
/// sum the last of them carried. So every other line stays as it is, and the chain holds to its end.
struct SegmentRewriting {
  /// Says what becomes of a line: nil to keep it, or the stories that the line in its place names.
  typealias Choice = (_ line: UnsafeBufferPointer<UInt8>, _ isSound: Bool) -> [StoryID]?

  private let writer: SegmentWriter
  private let choice: Choice
  private(set) var scan: SegmentScan
  /// The lines that go and follow each other, and the line for them that is not written yet.
  private var pending: RemovalLine?
  private var pendingStories: Set<StoryID> = []
  /// What the pending line follows from.
  private var pendingAfter = RecordLine.origin
  private var lastSeen: Timestamp
  private(set) var tally = SegmentTally()
  private(set) var removedLineCount = 0
  /// What was damaged and is kept, where it stands now.
  private(set) var damage: [SegmentSummary.DamagedRange] = []
  /// What the first line follows from, and what follows from the last.
  private(set) var firstAfter: UInt64?
  private(set) var last = RecordLine.origin

  /// The first line, if the segment turns out to have lost it.
  private let header: SegmentHeader
  private var hasHeader = false
  private var hasLostHeader = false
  private let end: UInt64?
  /// Whether a line is there that the next segment follows from. Others may stand behind it: those
  /// were given up after a failed fsync.
  private var hasMetEnd = false
  /// Whether that line is not there: lines are missing at the end that nobody gave up.
  var lacksEnd: Bool { end != nil && !hasMetEnd }

  private init(
    _ segment: SegmentFile, to writer: SegmentWriter, header: SegmentHeader, end: UInt64?,
    _ choice: @escaping Choice
  ) {
    self.writer = writer
    self.header = header
    lastSeen = header.seen
    self.end = end
    self.choice = choice
    scan = SegmentScan(path: segment.path)
  }

  /// Writes `segment` without the lines that `choice` names, into `writer`; `header` in the place of a
  /// first line that is lost, so that a reader who begins here knows what the next one follows from.
  ///
  /// `end` is what the next segment follows from, if that is known and lines may be missing at the end:
  /// the last of them carried it.
  static func run(
    _ segment: SegmentFile, to writer: SegmentWriter, header: SegmentHeader, end: UInt64?,
    _ choice: @escaping Choice
  ) throws(ArchiveError) -> SegmentRewriting {
    var rewriting = SegmentRewriting(segment, to: writer, header: header, end: end, choice)
    let wholeEnd = try LineScanner(segment).scan(from: 0) { line, offset in
      rewriting.take(line, at: offset)
      return true
    }
    let byteCount = try segment.byteCount()
    if wholeEnd < byteCount {
      let rest = try segment.contents(from: wholeEnd, byteLimit: byteCount - wholeEnd)
      rest.withUnsafeBufferPointer { rewriting.takeUnfinished($0) }
    }
    rewriting.finish(before: end)
    return rewriting
  }

  private mutating func finish(before end: UInt64?) {
    if end != nil, pending == nil, !hasMetEnd {
      pending = RemovalLine(seen: lastSeen)
      pendingAfter = scan.chain.sum
    }
    last = end ?? scan.chain.sum
    flush(handingOver: last)
    firstAfter = hasLostHeader ? header.previousSum : scan.previousSum
  }

  private mutating func take(_ line: ScannedLine, at offset: Int) {
    let before = scan.chain.sum
    let isSound = scan.admits(line, at: offset)
    guard case .line(let bytes) = line else {
      return remove([], after: before)
    }
    if isSound {
      lastSeen = RecordReader.seen(of: bytes) ?? lastSeen
      if scan.chain.sum == end || scan.previousSum == end { hasMetEnd = true }
    }
    if let stories = choice(bytes, isSound) {
      remove(stories, after: isSound ? scan.chain.predecessor : before)
      // What the next segment follows from has to be found here.
      if isSound, let end, scan.chain.sum == end { flush(handingOver: end) }
    } else {
      flush(handingOver: isSound ? scan.chain.predecessor : before)
      if !isSound { keepDamage(bytes.count + 1) }
      write(bytes)
    }
  }

  /// Bytes behind the last line feed.
  private mutating func takeUnfinished(_ bytes: UnsafeBufferPointer<UInt8>) {
    if choice(bytes, false) != nil { return remove([], after: scan.chain.sum) }
    flush(handingOver: scan.chain.sum)
    keepDamage(bytes.count)
    tally.add(bytes: bytes)
    writer.append(bytes)
  }

  private mutating func keepDamage(_ byteCount: Int) {
    let start = tally.byteCount
    damage.append(
      SegmentSummary.DamagedRange(
        from: start, to: start + byteCount, detail: scan.damage.last?.detail ?? "damaged"))
  }

  private mutating func remove(_ stories: [StoryID], after sum: UInt64) {
    removedLineCount += 1
    if pendingStories.count >= RemovalLine.storyCountLimit { flush(handingOver: sum) }
    if pending == nil {
      pending = RemovalLine(seen: lastSeen)
      pendingAfter = sum
    }
    pending?.seen = lastSeen
    pending?.stories += stories.filter { pendingStories.insert($0).inserted }
  }

  /// Writes the line that stands in the place of those which went; the next follows from `sum`.
  private mutating func flush(handingOver sum: UInt64) {
    guard let removal = pending else { return }
    pending = nil
    pendingStories = []
    if !hasHeader { writeHeader() }
    var line: [UInt8] = []
    RecordEncoder.append(removal, replacing: sum, to: &line)
    line.withUnsafeMutableBufferPointer { line in
      _ = RecordLine.fillSum(of: line, after: pendingAfter)
      write(UnsafeBufferPointer(rebasing: line.dropLast()))
    }
  }

  private mutating func writeHeader() {
    hasLostHeader = true
    var lines = StagedLines()
    lines.append(header)
    pendingAfter = lines.complete(seen: header.seen, after: header.previousSum)
    lines.bytes.withUnsafeBufferPointer { write(UnsafeBufferPointer(rebasing: $0.dropLast())) }
  }

  /// Writes a line that is followed by its line feed in memory.
  private mutating func write(_ line: UnsafeBufferPointer<UInt8>) {
    hasHeader = true
    let whole = UnsafeBufferPointer(start: line.baseAddress, count: line.count + 1)
    tally.add(line: line, at: tally.byteCount)
    tally.add(bytes: whole)
    writer.append(whole)
  }
}

extension Archive {
  /// Replaces a sealed segment by one without the lines that `choice` names, unless there are none.
  ///
  /// The new file is made durable and read back, the manifests say what comes, and then it takes the
  /// place of the old one: a crash leaves either, and the manifests know both.
  /// - Returns: How many lines went.
  func rewrite(
    _ name: SegmentName, reason: SegmentSummary.Removal.Reason, story: StoryID? = nil,
    now: Timestamp, evenUnchanged: Bool = false,
    _ choice: @escaping SegmentRewriting.Choice
  ) throws -> Int {
    if reason != .damaged { try settle(name) }
    let segment = try SegmentFile.openExisting(name, in: directory)
    var removal = try removal(from: segment, name, reason)
    removal.at = now.text
    removal.story = story?.hexadecimal
    let writer = try SegmentWriter(name, in: directory)
    let rewriting = try SegmentRewriting.run(
      segment, to: writer, header: header(of: name), end: successor(of: name), choice)
    guard evenUnchanged || rewriting.removedLineCount > 0 else {
      writer.abandon()
      return 0
    }
    do {
      try rewriting.scan.refuseNewer(in: directory)
    } catch {
      writer.abandon()
      throw error
    }
    var summary = SegmentSummary(
      name, rewriting.tally, after: rewriting.firstAfter, last: rewriting.last)
    removal.lines = rewriting.removedLineCount
    try writer.finish { (written) throws(ArchiveError) in
      try written.holds(summary)
    } prepare: { written in
      summary.gzip = try written.compressedFile()
      try updateManifest { manifest in
        let before = manifest[name.ordinal]
        if reason != .damaged {
          summary.damage = rewriting.damage.isEmpty ? nil : rewriting.damage
          // Writing it anew once has put a line there that the next segment follows from.
          let missing = before.map { $0.end - $0.bytes } ?? 0
          if rewriting.lacksEnd || missing > 0 { summary.noteMissingEnd(summary.bytes + missing) }
        }
        summary.removals = (before?.removals ?? []) + [removal]
        manifest.set(summary)
      }
      try removeDerived(of: name)
    }
    // HEAD may name the end of this segment.
    try withWriterLock(waiting: Archive.maintenancePatience) { _ in }
    return rewriting.removedLineCount
  }

  /// What is known of the bytes that go.
  ///
  /// Bytes that are not the listed ones are written anew by `repair` alone, which says then what was
  /// listed: a backup may have it.
  private func removal(
    from segment: SegmentFile, _ name: SegmentName, _ reason: SegmentSummary.Removal.Reason
  ) throws -> SegmentSummary.Removal {
    let summary = try SegmentManifest(in: directory)[name.ordinal]
    var removal = SegmentSummary.Removal(
      at: "", reason: reason, story: nil, lines: 0, bytesBefore: try segment.byteCount(),
      sha256Before: try segment.plainDigest())
    if summary?.sha256 == removal.sha256Before { return removal }
    guard reason == .damaged else { throw unlike(name) }
    if let summary {
      removal.bytesBefore = summary.bytes
      removal.sha256Before = summary.sha256
    }
    return removal
  }

  /// Why a segment is not written anew that is not what was sealed.
  func unlike(_ name: SegmentName) -> ArchiveError {
    .damaged(
      path: directory.named(name.path), offset: 0,
      detail: "not the bytes that segments.jsonl lists: run `aggregator repair` first")
  }

  /// Takes back what the manifests promised of segments whose writing was killed before the new file
  /// took the old one's place.
  /// - Returns: The segments' paths below `stories/`.
  func takeBackUnfinished() throws -> [String] {
    let manifest = try SegmentManifest(in: directory)
    var paths: [String] = []
    for name in try SegmentListing.all(in: directory) where name.form != .open {
      guard let summary = manifest[name.ordinal], let last = summary.removals?.last,
        let segment = try SegmentFile.open(name, in: directory),
        try !segment.holds(summary), try segment.holds(before: last)
      else { continue }
      var earlier = try summarize(name, nil)
      earlier.removals = summary.removals?.dropLast()
      if summary.end > summary.bytes {
        earlier.last = summary.last
        earlier.noteMissingEnd(earlier.bytes + summary.end - summary.bytes)
      } else {
        earlier.damage = earlier.damage ?? summary.damage
      }
      try updateManifest(takingBack: true) { $0.set(earlier) }
      paths.append(name.manifestPath)
    }
    return paths
  }

  /// What the first line of a segment says that has lost it: nothing else is told of the line before.
  private func header(of name: SegmentName) throws(ArchiveError) -> SegmentHeader {
    var header = SegmentHeader(
      ordinal: name.ordinal, seen: Timestamp(milliseconds: 0), previousSum: RecordLine.origin)
    if let listed = try SegmentManifest(in: directory)[name.ordinal]?.after {
      header.previousSum = UInt64(hexadecimal: listed) ?? header.previousSum
    }
    let earlier = try SegmentListing.all(in: directory).last { $0.ordinal < name.ordinal }
    guard let earlier, let segment = try SegmentFile.openInAnyForm(earlier, in: directory) else {
      return header
    }
    let ends = try SegmentEnds(of: segment, byteCount: segment.byteCount())
    header.seen = ends.lastSeen ?? header.seen
    if header.previousSum == RecordLine.origin {
      header.previousSum = ends.lastSum ?? RecordLine.origin
    }
    return header
  }

  /// What the next segment follows from.
  func successor(of name: SegmentName) throws(ArchiveError) -> UInt64? {
    let segments = try SegmentListing.all(in: directory)
    guard let next = segments.first(where: { $0.ordinal == name.ordinal + 1 }),
      let segment = try SegmentFile.openInAnyForm(next, in: directory)
    else { return nil }
    return try SegmentEnds.header(of: segment)?.previousSum
  }

  /// The sealed segments, each in one form: what a killed `compact` left in both is finished, what was
  /// promised of files that are still the old ones is taken back.
  func settledSegments() throws -> [SegmentName] {
    _ = try takeBackUnfinished()
    let manifest = try SegmentManifest(in: directory)
    var report = CompactReport()
    for name in try SegmentListing.all(in: directory)
    where try name.form == .sealed && directory.status(at: name.with(.compressed).path) != nil {
      guard let summary = manifest[name.ordinal] else { continue }
      try compact(name, summary, &report)
    }
    return try SegmentListing.all(in: directory).filter { $0.form != .open }
  }
}

extension Timestamp {
  /// As the archive writes it.
  var text: String {
    var bytes: [UInt8] = []
    appendRFC3339(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
