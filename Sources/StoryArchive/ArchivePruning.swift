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
}

extension Archive {
  /// Removes what `rule` names from sealed segments, the oldest first; never from the newest segment.
  ///
  /// A segment is replaced by one that keeps its stories' identifiers and the moves of feeds, some
  /// hundredth of its size, so that nothing that a feed still lists is stored a second time; with
  /// `forgetsStories` the file goes. The manifests say so before it happens.
  /// - Throws: `ArchiveError`; what was done before stays, and doing it again does the rest.
  package func prune(
    _ rule: PruneRule, now: Timestamp, isDryRun: Bool = false
  ) throws -> PruneReport {
    precondition(rule.feeds == nil || !rule.forgetsStories, "a whole segment knows no feeds")
    return try withMaintenance {
      var report = PruneReport()
      for name in try prunable(rule) {
        try prune(name, rule, now: now, isDryRun: isDryRun, &report)
      }
      return report
    }
  }

  /// The segments that the rule means, by ordinal.
  private func prunable(_ rule: PruneRule) throws -> [SegmentName] {
    let manifest = try SegmentManifest(in: directory)
    let newest = try SegmentListing.all(in: directory).last
    let segments = try settledSegments().filter { $0.ordinal != newest?.ordinal }
    var excess = try rule.byteLimit.map { try segmentByteCount() - $0 }
    return try segments.filter { name in
      let summary = manifest.summaries[name.ordinal]
      let isOld = rule.before.map { summary?.isSeen(before: $0) ?? false } ?? (excess == nil)
      let isTooMuch = excess.map { $0 > 0 } ?? false
      guard isOld || isTooMuch else { return false }
      if try isPruned(name, summary), !rule.forgetsStories { return false }
      excess? -= try fileByteCount(name)
      return true
    }
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
    _ name: SegmentName, _ rule: PruneRule, now: Timestamp, isDryRun: Bool,
    _ report: inout PruneReport
  ) throws {
    let before = try fileByteCount(name)
    var lineCount = 0
    if rule.forgetsStories {
      lineCount = try SegmentManifest(in: directory).summaries[name.ordinal]?.lines ?? 0
      if !isDryRun { try drop(name, now: now) }
    } else if isDryRun {
      lineCount = try countLines(name, rule)
    } else {
      lineCount = try rewrite(
        name, reason: rule.feeds == nil ? .pruned : .prunedFeeds, now: now, rule.choice)
    }
    guard lineCount > 0 else { return }
    report.segments.append(name.manifestPath)
    report.lineCount += lineCount
    report.byteCountBefore += before
    report.byteCountAfter += isDryRun ? 0 : try fileByteCount(name)
  }

  private func countLines(_ name: SegmentName, _ rule: PruneRule) throws(ArchiveError) -> Int {
    let segment = try SegmentFile.openExisting(name, in: directory)
    let choice = rule.choice
    var count = 0
    _ = try LineScanner(segment).scan(from: 0) { line, _ in
      if case .line(let bytes) = line, choice(bytes, true) != nil { count += 1 }
      return true
    }
    return count
  }

  private func drop(_ name: SegmentName, now: Timestamp) throws {
    try updateManifest { manifest in
      guard var summary = manifest.summaries[name.ordinal] else { return }
      summary.dropped = now.text
      manifest.set(summary)
    }
    try directory.remove(name.path)
    try directory.synchronizeNames(in: name.directory)
  }
}

extension PruneRule {
  /// Which lines of a segment go, and whose they are.
  fileprivate var choice: SegmentRewriting.Choice {
    { [feeds] line, isSound in
      guard isSound else { return feeds == nil ? [] : nil }
      var reader = RecordReader()
      switch reader.read(line) {
      case .record(.story(let story, _, _)), .record(.revision(let story)):
        return feeds?.contains(story.feed) ?? true ? [story.id] : nil
      case .record(.move): return feeds == nil ? [] : nil
      default: return nil
      }
    }
  }
}
