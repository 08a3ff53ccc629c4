package import Syndication

/// What `prune` is to remove.
package struct PruneRule: Hashable, Sendable {
  /// Segments whose every line was seen before this; nil for no bound.
  package var before: Timestamp?
  /// The most bytes of all segments together: the oldest go first. Nil for no bound.
  package var byteLimit: Int?
  /// Only the stories of these feeds, by the addresses at which they were first followed; nil for all.
  package var feeds: Set<String>?
  /// Whether even the stories' identifiers go: whatever a feed still lists is then stored as new.
  package var forgetsStories: Bool

  package init(
    before: Timestamp? = nil, byteLimit: Int? = nil, feeds: Set<String>? = nil,
    forgetsStories: Bool = false
  ) {
    self.before = before
    self.byteLimit = byteLimit
    self.feeds = feeds
    self.forgetsStories = forgetsStories
  }
}

/// What `prune` did, or would do.
package struct PruneReport: Hashable, Sendable {
  /// Below `stories/`.
  package var segments: [String] = []
  /// Lines that went; of a dry run, those of the segments as a whole.
  package var lineCount = 0
  /// Bytes of files before and after; of a dry run, only before.
  package var byteCountBefore = 0
  package var byteCountAfter = 0
  /// Segments that were left as they are, and why.
  package var notes: [String] = []

  package init() {}

  /// Once, also where a second try comes to the same.
  mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }
}

extension Archive {
  /// Removes what `rule` names from sealed segments, the oldest first; never from the newest segment.
  ///
  /// A segment is replaced by one that keeps its stories' identifiers and the moves of feeds, some
  /// hundredth of its size, so that nothing that a feed still lists is stored a second time; with
  /// `forgetsStories` the file goes. The manifests say so before it happens. A story stays whose text
  /// copies have that are not pruned. A dry run changes nothing and needs no permission to.
  /// - Throws: `ArchiveError`; what was done before stays, and doing it again does the rest.
  package func prune(
    _ rule: PruneRule, now: Timestamp, isDryRun: Bool = false
  ) throws -> PruneReport {
    var report = PruneReport()
    try prune(rule, now: now, isDryRun: isDryRun, into: &report)
    return report
  }

  /// As above; `report` has what was done also where it throws. A damaged segment is left as it is and keeps no
  /// other from being pruned; the error is of the first of them.
  ///
  /// - Throws: as above.
  package func prune(
    _ rule: PruneRule, now: Timestamp, isDryRun: Bool, into report: inout PruneReport
  ) throws {
    precondition(rule.feeds == nil || !rule.forgetsStories, "a whole segment knows no feeds")
    if isDryRun { return try pruneUnlocked(rule, now: now, isDryRun: true, &report) }
    try withMaintenance { try pruneUnlocked(rule, now: now, isDryRun: false, &report) }
  }

  private func pruneUnlocked(
    _ rule: PruneRule, now: Timestamp, isDryRun: Bool, _ report: inout PruneReport
  ) throws {
    let segments = try prunable(rule, isDryRun: isDryRun, &report)
    let lenders = try lenders(segments, rule)
    var damage: ArchiveError?
    for name in segments {
      do {
        try prune(name, rule, lenders, now: now, isDryRun: isDryRun, &report)
      } catch let error as ArchiveError {
        guard error.isOfOneSegment else { throw error }
        if damage == nil { damage = error } else { report.note("\(error)") }
      }
    }
    if let damage { throw damage }
  }

  /// Whether the last sound line of the segment is of before `moment`. What goes for good does not go because a
  /// list says so.
  private func ends(_ name: SegmentName, before moment: Timestamp) throws(ArchiveError) -> Bool {
    var last: Timestamp?
    var scan = SegmentScan(path: name.path)
    _ = try LineScanner(SegmentFile.openExisting(name, in: directory)).scan(from: 0) {
      line, offset in
      if scan.admits(line, at: offset), case .line(let bytes) = line {
        last = RecordReader.seen(of: bytes) ?? last
      }
      return true
    }
    return last.map { $0 < moment } ?? true
  }

  /// The segments that the rule means, by ordinal.
  private func prunable(
    _ rule: PruneRule, isDryRun: Bool, _ report: inout PruneReport
  ) throws -> [SegmentName] {
    let manifest = try SegmentManifest(in: directory)
    let newest = try SegmentListing.all(in: directory).last
    let segments = try (isDryRun ? unsettledSegments() : settledSegments())
      .filter { $0.ordinal != newest?.ordinal }
    var excess = try rule.byteLimit.map { try segmentByteCount() - $0 }
    return try segments.filter { name in
      let summary = manifest[name.ordinal]
      let isTooMuch = excess.map { $0 > 0 } ?? false
      guard try isTooMuch || isOld(name, summary, rule, &report) else { return false }
      if rule.byteLimit != nil, !rule.forgetsStories, try isPruned(name, summary) { return false }
      excess? -= try fileByteCount(name)
      return true
    }
  }

  /// Whether the segment goes because of its age.
  private func isOld(
    _ name: SegmentName, _ summary: SegmentSummary?, _ rule: PruneRule,
    _ report: inout PruneReport
  ) throws(ArchiveError) -> Bool {
    guard let moment = rule.before else { return rule.byteLimit == nil }
    guard summary?.isSeen(before: moment) ?? false else { return false }
    if try ends(name, before: moment) { return true }
    report.note(
      "\(directory.named(name.path)): kept: it has lines of later than \(ArchiveFormat.manifest) says: "
        + "run `aggregator repair`")
    return false
  }

  /// Each sealed segment once, with nothing changed.
  private func unsettledSegments() throws(ArchiveError) -> [SegmentName] {
    var ordinals: Set<Int> = []
    return try SegmentListing.all(in: directory).filter {
      $0.form != .open && ordinals.insert($0.ordinal).inserted
    }
  }

  /// The stories whose text copies have that are to stay: a copy's line has none of its own.
  private func lenders(
    _ pruned: [SegmentName], _ rule: PruneRule
  ) throws(ArchiveError) -> Set<StoryID> {
    guard let first = pruned.first?.ordinal else { return [] }
    let whole = rule.feeds == nil ? Set(pruned.map(\.ordinal)) : []
    var lenders: Set<StoryID> = []
    // A copy comes after its original.
    for name in try SegmentListing.all(in: directory)
    where name.ordinal >= first && !whole.contains(name.ordinal) {
      guard let segment = try SegmentFile.openInAnyForm(name, in: directory) else { continue }
      _ = try LineScanner(segment).scan(from: 0) { line, _ in
        var reader = RecordReader()
        if case .line(let bytes) = line, bytes.matches(RecordLine.copyStart, at: 0),
          case .record(.story(let copy, _, let original?)) = reader.read(bytes),
          copy.text.isEmpty, rule.feeds?.contains(copy.feed) != true
        {
          lenders.insert(original)
        }
        return true
      }
    }
    return lenders
  }

  private func tells(
    _ name: SegmentName, ofAny stories: Set<StoryID>
  ) throws(ArchiveError) -> Bool {
    var isFound = false
    _ = try LineScanner(SegmentFile.openExisting(name, in: directory)).scan(from: 0) { line, _ in
      var reader = RecordReader()
      if case .line(let bytes) = line, case .record(.story(let story, _, _)) = reader.read(bytes) {
        isFound = stories.contains(story.id)
      }
      return !isFound
    }
    return isFound
  }

  private func isPruned(
    _ name: SegmentName, _ summary: SegmentSummary?
  ) throws(ArchiveError) -> Bool {
    guard let summary, summary.removals?.contains(where: { $0.reason == .pruned }) == true
    else { return false }
    return try SegmentFile.openExisting(name, in: directory).byteCount() == summary.bytes
  }

  private func segmentByteCount() throws -> Int {
    try SegmentListing.all(in: directory).reduce(0) { try $0 + fileByteCount($1) }
  }

  private func fileByteCount(_ name: SegmentName) throws(ArchiveError) -> Int {
    try directory.status(at: name.path)?.byteCount ?? 0
  }

  private func prune(
    _ name: SegmentName, _ rule: PruneRule, _ lenders: Set<StoryID>, now: Timestamp,
    isDryRun: Bool, _ report: inout PruneReport
  ) throws {
    let before = try fileByteCount(name)
    var lineCount = 0
    if rule.forgetsStories {
      if !isDryRun { try listSettled(name) }
      guard try !tells(name, ofAny: lenders) else {
        report.note(
          "\(directory.named(name.path)): kept: copies that stay have their text from it")
        return
      }
      guard try isAsListed(name) || isWhole(name) else { throw unlike(name) }
      lineCount = try SegmentManifest(in: directory)[name.ordinal]?.lines ?? 0
      if !isDryRun { try drop(name, now: now) }
    } else if isDryRun {
      guard try isAsListed(name) else { throw unlike(name) }
      lineCount = try countLines(name, rule.choice(keeping: lenders))
    } else {
      lineCount = try rewrite(
        name, reason: rule.feeds == nil ? .pruned : .prunedFeeds, now: now,
        rule.choice(keeping: lenders))
    }
    guard lineCount > 0 else { return }
    report.segments.append(name.manifestPath)
    report.lineCount += lineCount
    report.byteCountBefore += before
    report.byteCountAfter += isDryRun ? 0 : try fileByteCount(name)
  }

  /// Whether the bytes are those which the manifest lists: others are not written anew.
  private func isAsListed(_ name: SegmentName) throws(ArchiveError) -> Bool {
    guard let summary = try SegmentManifest(in: directory)[name.ordinal] else { return false }
    let segment = try SegmentFile.openExisting(name, in: directory)
    if try segment.holds(summary) { return true }
    // What was begun and killed is taken back first.
    return try summary.removals?.last.map { (last) throws(ArchiveError) in
      try segment.holds(before: last)
    } ?? false
  }

  /// Whether it has what counts of it, though a power cut took lines that had been given up.
  private func isWhole(_ name: SegmentName) throws(ArchiveError) -> Bool {
    guard let summary = try SegmentManifest(in: directory)[name.ordinal] else { return false }
    return try isWhole(name, summary)
  }

  /// Lists it without what was given up of it: that is known from the next segment, which may go.
  private func listSettled(_ name: SegmentName) throws {
    try settle(name)
    guard try !isAsListed(name), try isWhole(name),
      let summary = try SegmentManifest(in: directory)[name.ordinal]
    else { return }
    try list(name, as: summary)
  }

  private func countLines(
    _ name: SegmentName, _ choice: SegmentRewriting.Choice
  ) throws(ArchiveError) -> Int {
    let segment = try SegmentFile.openExisting(name, in: directory)
    var count = 0
    _ = try LineScanner(segment).scan(from: 0) { line, _ in
      if case .line(let bytes) = line, choice(bytes, true) != nil { count += 1 }
      return true
    }
    return count
  }

  private func drop(_ name: SegmentName, now: Timestamp) throws {
    guard var summary = try SegmentManifest(in: directory)[name.ordinal] else {
      throw ArchiveError.damaged(
        path: directory.named(name.path), offset: 0,
        detail: "not listed in segments.jsonl: run `aggregator repair` first")
    }
    summary.dropped = now.text
    try listDropped(summary)
    try removeDerived(of: name)
    try directory.remove(name.path)
    try directory.synchronizeNames(in: name.directory)
  }

  /// On a full disk what is derived makes room for the manifests, which have to say first what goes.
  private func listDropped(_ summary: SegmentSummary) throws {
    do {
      try updateManifest { $0.set(summary) }
    } catch ArchiveError.full {
      for name in try unsettledSegments() { try removeDerived(of: name) }
      try updateManifest { $0.set(summary) }
    }
  }
}

extension PruneRule {
  /// Which lines of a segment go, and whose they are; those of `lenders` stay.
  fileprivate func choice(keeping lenders: Set<StoryID>) -> SegmentRewriting.Choice {
    { [feeds] line, isSound in
      guard isSound else { return feeds == nil ? [] : nil }
      var reader = RecordReader()
      switch reader.read(line) {
      case .record(.story(let story, _, _)), .record(.revision(let story)):
        if lenders.contains(story.id) { return nil }
        return feeds?.contains(story.feed) ?? true ? [story.id] : nil
      case .record(.move): return feeds == nil ? [] : nil
      default: return nil
      }
    }
  }
}
