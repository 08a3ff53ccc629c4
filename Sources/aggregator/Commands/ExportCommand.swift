internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import DigestExport
internal import StoryArchive
internal import StoryGrouping
internal import Syndication

struct ExportCommand: AsyncParsableCommand {
  enum Grouping: String, ExpressibleByArgument, CaseIterable {
    case story, none
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "A digest: each event once, with every source that reports it.",
    discussion: """
      Clusters come in the order of how many independent sources report them, then the most \
      recent first. The same archive and window give the same bytes. Times are RFC 3339, \
      YYYY-MM-DD, or how long ago (30m, 24h, 7d). With --group none every report stands for itself; \
      as jsonl it is the line that the group command reads.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "First seen at or after this time.")
  var since = "24h"

  @Option(help: "First seen before this time.")
  var until = "now"

  @Option(help: "One of \(DigestFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format = DigestFormat.markdown

  @Option(name: .shortAndLong, help: "Write to this file, whole or not at all.")
  var output: String?

  @Option(help: "Only feeds with this tag.")
  var tag: String?

  @Option(help: "At most this many stories.")
  var limit: Int?

  @Option(help: "story: reports of one event are one entry; none: every report is its own.")
  var group = Grouping.story

  @Flag(help: "Say of each further report of a story why it is one.")
  var explain = false

  @Flag(inversion: .prefixedNo, help: "Name the feeds that need a person at the end.")
  var feedHealth = true

  func validate() throws {
    guard limit ?? 1 > 0 else { throw ValidationError("--limit: not above 0") }
    guard !explain || group == .story else {
      throw ValidationError("--explain: with --group none every report stands for itself")
    }
    guard !explain || format != .tsv else {
      throw ValidationError("--explain: tsv has no room for reasons")
    }
  }

  func run() async throws {
    let now = Clock.now()
    var selection = try selection(now: now)
    do {
      let archive = try Archive.open(at: options.storagePath(), access: .readOnly, now: now)
      try selection.includeFormerAddresses(archive)
      try write(render(selection, archive, notices: notices(selection, archive, now: now)))
      try tellOfLaterTimes(archive, now: now)
      try archive.reportDamage()
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
  }

  /// Where the clock was ahead once, all that came since bears later times than now, which no window until now
  /// holds.
  private func tellOfLaterTimes(_ archive: Archive, now: Timestamp) throws {
    let tomorrow = now + .seconds(86_400)
    guard until == "now", try archive.records(since: tomorrow, until: tomorrow, { _ in }) else {
      return
    }
    StandardError.line(
      "aggregator: stories are left out whose times are ahead of this machine's clock: it was wrong when they "
        + "were stored, or is now; --until with a later time shows them")
  }

  private func write(_ bytes: [UInt8]) throws(CommandFailure) {
    if let output, output != "-" {
      try OutputFile(path: output).replace(with: bytes)
    } else {
      var standardOutput = StandardOutput()
      try standardOutput.write(bytes)
      try standardOutput.flush()
    }
  }

  private func selection(now: Timestamp) throws(CommandFailure) -> DigestSelection {
    let start = try moment(since, "--since", now: now)
    let end = try moment(until, "--until", now: now)
    guard start <= end else {
      throw CommandFailure(
        .usage, "--since: later than --until: \(start.rfc3339) is after \(end.rfc3339)")
    }
    return DigestSelection(since: start, until: end, feeds: try taggedFeeds(), limit: limit)
  }

  private func render(
    _ selection: DigestSelection, _ archive: Archive, notices: [FeedNotice]
  ) throws -> [UInt8] {
    if case (.none, .jsonl) = (group, format) {
      return DigestRenderer.renderStories(try selection.stories(of: archive))
    }
    var digest =
      group == .none ? try ungrouped(selection, archive) : try selection.digest(of: archive)
    digest.notices = notices
    if explain {
      digest.addReasons {
        Grouper.explain(GroupingDocument($0), GroupingDocument($1)).inOneCluster
      }
    }
    return DigestRenderer.render(digest, as: format)
  }

  /// How long ago a window may have ended whose digest still speaks of the feeds as they are now.
  private static let healthAge = Duration.seconds(86_400)

  /// Of the configured feeds, where a configuration is in force; an archive alone has none to speak of.
  private func notices(
    _ selection: DigestSelection, _ archive: Archive, now: Timestamp
  ) throws -> [FeedNotice] {
    guard feedHealth, now.since(selection.until) <= Self.healthAge,
      let path = ConfigurationOptions.path(named: options.config),
      let configuration = try? ConfigurationFile(path: path).configuration()
    else { return [] }
    return try FeedRoster(configuration, archive: archive, now: now).notices(
      of: selection.feeds, now: now)
  }

  /// Every report of the window as a cluster of its own.
  private func ungrouped(_ selection: DigestSelection, _ archive: Archive) throws -> Digest {
    var whole = selection
    whole.limit = nil
    let clusters = try whole.stories(of: archive).map {
      DigestAssembly.cluster(id: $0.id, members: [DigestMember(story: $0)])
    }
    return DigestAssembly.digest(
      since: selection.since, until: selection.until, clusters: clusters, limit: limit)
  }

  private func moment(
    _ text: String, _ flag: String, now: Timestamp
  ) throws(CommandFailure) -> Timestamp {
    guard let moment = TimeText.parse(text, now: now) else {
      throw CommandFailure(
        .usage, "\(flag): not RFC 3339, YYYY-MM-DD or a duration such as 24h: \(text)")
    }
    return moment
  }

  private func taggedFeeds() throws(CommandFailure) -> Set<String>? {
    guard let tag else { return nil }
    let feeds = try options.configuration().feeds.tagged(tag, namedBy: "--tag")
    return Set(feeds.map(\.url))
  }
}

extension DigestFormat: ExpressibleByArgument {}
