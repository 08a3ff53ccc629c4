internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive

struct IndexCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Makes the indexes that searches need.",
    discussion: """
      A search makes what it misses itself; this does it ahead of time. An index is a file beside a \
      sealed segment, about a fifth of its size, that may be deleted at any time. May run beside the \
      daemon.
      """)

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let path = try options.storagePath()
    let progress = ProgressLine()
    let report: ArchiveIndexing
    let archive: Archive
    do {
      archive = try Archive.open(at: path, access: .readOnly, now: Clock.now())
      report = try ArchiveIndexing(archive) { progress.show("reading \($0)") }
      progress.clear()
    } catch let error as ArchiveError {
      progress.clear()
      throw CommandFailure(error)
    }
    for path in report.leftPaths {
      StandardError.line(
        "aggregator: \(path): not indexed: it is being changed or damaged, or one that it may repeat"
      )
    }
    if !options.quiet {
      var output = StandardOutput()
      try output.line(
        "\(path): \(report.madeCount) of \(report.segmentCount) sealed segments indexed now")
      try output.flush()
    }
    try archive.reportDamage(besides: report.damage, isAnswer: false)
  }
}
