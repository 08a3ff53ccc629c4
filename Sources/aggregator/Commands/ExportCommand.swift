internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import DigestExport
internal import StoryArchive
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
      YYYY-MM-DD, or how long ago (30m, 24h, 7d).
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

  func validate() throws {
    guard group == .story || format == .jsonl else {
      throw ValidationError("--group none: needs --format jsonl, one line a story")
    }
    guard limit ?? 1 > 0 else { throw ValidationError("--limit: not above 0") }
  }

  func run() async throws {
    let now = Clock.now()
    let selection = DigestSelection(
      since: try moment(since, "--since", now: now), until: try moment(until, "--until", now: now),
      feeds: try taggedFeeds(), limit: limit)
    let bytes: [UInt8]
    do {
      let archive = try Archive.open(at: options.storagePath(), access: .readOnly, now: now)
      bytes = try render(selection, archive)
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
    if let output, output != "-" {
      try OutputFile(path: output).replace(with: bytes)
    } else {
      var standardOutput = StandardOutput()
      try standardOutput.write(bytes)
      try standardOutput.flush()
    }
  }

  private func render(_ selection: DigestSelection, _ archive: Archive) throws -> [UInt8] {
    switch group {
    case .story:
      DigestRenderer.render(try selection.digest(of: archive), as: format)
    case .none:
      DigestRenderer.renderStories(try selection.stories(of: archive))
    }
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
    let feeds = try options.configuration().feeds.filter { $0.tags.contains(tag) }
    guard !feeds.isEmpty else { throw CommandFailure(.usage, "--tag: no feed has it: \(tag)") }
    return Set(feeds.map(\.url))
  }
}

extension DigestFormat: ExpressibleByArgument {}
