internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive
internal import Syndication

struct PruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Removes old stories from the archive, for good.",
    discussion: """
      Without it the archive keeps everything for ever. Whole segments are pruned, the oldest first, \
      and never the newest. Of a pruned segment the stories' identifiers stay, about a hundredth of \
      its size, so that nothing that a feed still lists is stored again; --forget removes the segment \
      with them. The manifests say what was pruned before it goes. May run beside the daemon.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "Prune the segments whose newest line is older than this.")
  var keep: ArgumentDuration?

  @Option(help: "Prune until the segments take no more bytes than this.")
  var maxSize: ArgumentSize?

  @Option(help: "Prune only the stories of feeds with this tag.")
  var tag: String?

  @Flag(
    help: "Remove the stories' identifiers as well: what a feed still lists comes again as new.")
  var forget = false

  @Flag(
    name: [.customLong("dry-run"), .customShort("n")],
    help: "Say what would go, and change nothing.")
  var dryRun = false

  func validate() throws {
    guard keep != nil || maxSize != nil || tag != nil else {
      throw ValidationError("say what to prune: --keep, --max-size or --tag")
    }
    guard !forget || tag == nil else {
      throw ValidationError("--forget removes whole segments, so it takes no --tag")
    }
  }

  func run() async throws {
    let path = try options.storagePath()
    do {
      let now = Clock.now()
      let archive = try Archive.open(
        at: path, access: dryRun ? .readOnly : .readWrite, now: now, mayMake: false)
      let rule = PruneRule(
        before: keep.map { now - $0.duration }, byteLimit: maxSize?.byteCount,
        feeds: try taggedFeeds(archive, now: now), forgetsStories: forget)
      var report = PruneReport()
      do {
        try prune(archive, rule, now: now, &report)
      } catch {
        // What went before it failed is gone for good.
        if report != PruneReport() { try show(report, path) }
        throw error
      }
      try show(report, path)
      try archive.reportDamage(isAnswer: false)
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
  }

  private func show(_ report: PruneReport, _ path: String) throws {
    for note in report.notes { StandardError.line("aggregator: \(note)") }
    guard !options.quiet else { return }
    var output = StandardOutput()
    for segment in report.segments { try output.line(segment) }
    try output.line("\(path): \(sentence(report))")
    try output.flush()
  }

  /// The way out of a full disk: what grouping keeps of the archive is made again when there is room.
  private func prune(
    _ archive: Archive, _ rule: PruneRule, now: Timestamp, _ report: inout PruneReport
  ) throws {
    do {
      try archive.prune(rule, now: now, isDryRun: dryRun, into: &report)
    } catch ArchiveError.full where forget {
      try archive.removeGroupingCopy()
      try archive.prune(rule, now: now, isDryRun: false, into: &report)
    }
  }

  private func taggedFeeds(_ archive: Archive, now: Timestamp) throws -> Set<String>? {
    guard let tag else { return nil }
    let feeds = try options.configuration().feeds.tagged(tag, namedBy: "--tag")
    var selection = DigestSelection(since: now, until: now, feeds: Set(feeds.map(\.url)))
    try selection.includeFormerAddresses(archive)
    return selection.feeds
  }

  private func sentence(_ report: PruneReport) -> String {
    guard !report.segments.isEmpty else { return "nothing to prune" }
    let what =
      "\(CountText.of(report.lineCount, "line")) in "
      + CountText.of(report.segments.count, "segment")
    guard !dryRun else { return "\(what) would go, of \(report.byteCountBefore) bytes" }
    return "\(what) went; \(report.byteCountBefore) bytes are \(report.byteCountAfter) now"
  }
}
