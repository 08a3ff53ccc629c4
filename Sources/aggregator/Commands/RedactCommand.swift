internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive
internal import Syndication

struct RedactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redact",
    abstract: "Takes the words of one story out of the archive, for good.",
    discussion: """
      A story is named by its identifier, its link or its title. Its lines are replaced by one that \
      bears its identifier and nothing else, so the story is not stored again, the checksums hold to the \
      end, and segments.jsonl says what happened. Stories that repeat its words are named and stay. \
      Backups, digests that were written and the disk's free blocks are out of reach; files in the \
      archive that still hold bytes of it are named, and then the exit status is 1.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Argument(help: "The story.")
  var story: String

  func run() async throws {
    let path = try options.storagePath()
    let report: RedactReport
    do {
      let now = Clock.now()
      let archive = try Archive.open(at: path, access: .readWrite, now: now, mayMake: false)
      report = try archive.redactAll(of: try identifier(in: archive), now: now)
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
    if !options.quiet {
      var output = StandardOutput()
      for relative in report.relatives {
        try output.line("\(relative.hexadecimal) repeats its words or lends it them, and stays")
      }
      try output.line(
        "\(path): \(CountText.of(report.lineCount, "line")) redacted in "
          + CountText.of(report.segmentCount, "segment")
          + "; looked at: stories/ and quarantine/, and no other file")
      try output.flush()
    }
    guard report.leftovers.isEmpty else {
      throw CommandFailure(
        .leftOver,
        messages: report.leftovers.map {
          "\($0): still holds bytes of the story: delete it by hand"
        })
    }
  }

  private func identifier(in archive: Archive) throws -> StoryID {
    if let id = StoryID(hexadecimal: story) { return id }
    let found = try StoryLookup(archive).stories(named: story)
    guard let first = found.first else {
      throw CommandFailure(
        .noInput,
        "\(story): no story has this link or title: aggregator search finds stories by their words")
    }
    guard found.count == 1 else {
      let list = found.map { "  \($0.id.hexadecimal) \($0.source): \($0.title)" }
      throw CommandFailure(
        .usage, messages: ["\(story): several stories have this link or title:"] + list)
    }
    return first.id
  }
}
