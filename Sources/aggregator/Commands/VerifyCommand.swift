internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks the archive: manifests, links between segments, every checksum.",
    discussion: """
      Changes nothing, takes no lock and may run beside the daemon. Exits with 0 when the archive is \
      as it was acknowledged, with 65 when something is damaged; each damage is named with file and \
      offset.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Read every line and every sealed file, or only compare names, lengths and links.")
  var readData = true

  func run() async throws {
    let path = try options.storagePath()
    let report: VerifyReport
    do {
      let archive = try Archive.open(at: path, access: .readOnly, now: Clock.now())
      report = try archive.verify(readData: readData)
    } catch {
      throw CommandFailure(error)
    }
    if !options.quiet {
      for note in report.notes { StandardError.line("aggregator: \(note)") }
    }
    guard report.damage.isEmpty else {
      throw CommandFailure(.damaged, messages: report.damage.map { "\($0)" })
    }
    guard !options.quiet else { return }
    var output = StandardOutput()
    try output.line(
      "\(path): sound: \(report.lineCount) lines in \(report.segmentCount) segments")
    try output.flush()
  }
}
