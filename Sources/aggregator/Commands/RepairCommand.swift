internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive

struct RepairCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Puts right what verify found, as far as it can be; deletes nothing.",
    discussion: """
      A damaged segment is moved to quarantine/ and its bytes are taken from its other form or from \
      --from, if those have the SHA-256 that the manifest lists. Where there are none, its sound lines \
      are kept and one line says that others are lost; --from brings those back later, too. May run \
      beside the daemon. Exits with 65 when something is still damaged, and names it. A segment that \
      is gone, or whose last lines are, counts until it is back or --accept-loss says that it never \
      will be.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(
    help: "A backup of this archive to take segments from.", completion: .directory)
  var from: String?

  @Flag(
    help: "Write down that what is gone of the segments will not come back, and stop missing it.")
  var acceptLoss = false

  func run() async throws {
    let path = try options.storagePath()
    let report: RepairReport
    do {
      let now = Clock.now()
      let archive = try Archive.open(at: path, access: .readWrite, now: now, mayMake: false)
      let backup = try from.map { try Archive.open(at: $0, access: .readOnly, now: now) }
      report = try archive.repair(now: now, from: backup, acceptsLosses: acceptLoss)
      if report.hasLosses { try archive.askForEverythingAgain() }
    } catch let error as ArchiveError {
      // Fetching makes the archive, not its backup.
      throw CommandFailure(error, fetchMakesIt: error != .missing(path: from ?? ""))
    }
    if !options.quiet {
      var output = StandardOutput()
      for deed in report.deeds { try output.line(deed) }
      if report.deeds.isEmpty { try output.line("\(path): nothing to repair") }
      try output.flush()
    }
    for note in report.notes { StandardError.line("aggregator: \(note)") }
    guard report.damage.isEmpty else {
      throw CommandFailure(.damaged, messages: report.damage.map { "\($0)" } + [advice])
    }
  }

  private var advice: String {
    let backup = from.map { "\($0) does not have it" } ?? "--from BACKUP may bring it back"
    return "what is missing: \(backup); --accept-loss gives it up and asks the feeds again"
  }
}
