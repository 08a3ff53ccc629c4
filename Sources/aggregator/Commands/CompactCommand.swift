internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive
internal import Syndication

struct CompactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Compresses the archive's old segments.",
    discussion: """
      A segment is written anew as gzip, made durable, decoded and compared before it takes the place \
      of the plain one. May run beside the daemon. What is compressed reads as before, with zcat and \
      zgrep instead of cat and grep.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "The age of a segment's newest line from which on it is compressed.")
  var olderThan = ArgumentDuration(.seconds(30 * 86_400))

  func run() async throws {
    let path = try options.storagePath()
    let report: CompactReport
    let archive: Archive
    do {
      let now = Clock.now()
      archive = try Archive.open(at: path, access: .readWrite, now: now, mayMake: false)
      report = try archive.compact(now: now, olderThan: olderThan.duration)
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
    for note in report.notes { StandardError.line("aggregator: \(note)") }
    if !options.quiet {
      var output = StandardOutput()
      try output.line("\(path): \(Self.sentence(report))")
      try output.flush()
    }
    try archive.reportDamage(isAnswer: false)
    guard report.notes.isEmpty else { throw CommandFailure(.damaged, messages: []) }
  }

  private static func sentence(_ report: CompactReport) -> String {
    guard report.segmentCount > 0 else { return "nothing to compress" }
    let percent = report.compressedByteCount * 100 / max(report.plainByteCount, 1)
    return "\(CountText.of(report.segmentCount, "segment")) compressed to \(percent) % of "
      + "\(report.plainByteCount) bytes"
  }
}
