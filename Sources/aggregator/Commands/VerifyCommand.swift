internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive
internal import Syndication

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks the archive: manifests, links between segments, every checksum.",
    discussion: """
      Compares names, lengths and links, which is quick however large the archive; with --read-data, \
      every line's checksum and every sealed file's SHA-256 as well. Changes nothing, takes no lock and \
      may run beside the daemon. Exits with 0 when the archive is as it was acknowledged, with 65 when \
      something is damaged; each damage is named with file and offset. --json prints one object: "path", \
      "sound", "segments", "read" (segments), "lines", "bytes", "damage" (objects of "file", "offset", \
      "length", "detail") and "notes".
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(
    defaultAsFlag: .whole,
    help: ArgumentHelp(
      "Read the data as well: all, or as much of the segments (--read-data=5%), others each week.",
      valueName: "share"))
  var readData: ArgumentShare?

  @Flag(help: "One JSON object.")
  var json = false

  private static let weekMilliseconds: Int64 = 7 * 86_400_000

  func validate() throws {
    guard readData?.isValid ?? true else {
      throw ValidationError("--read-data: no share such as 5%")
    }
  }

  func run() async throws {
    let path = try options.storagePath()
    let report: VerifyReport
    do {
      let now = Clock.now()
      let archive = try Archive.open(at: path, access: .readOnly, now: now)
      report = try archive.verify(reading: sample(now: now))
    } catch {
      throw CommandFailure(error)
    }
    if json {
      var output = StandardOutput()
      try output.line(JSONLine.text(of: VerifyLine(path: path, report)))
      try output.flush()
    } else if !options.quiet {
      for note in report.notes { StandardError.line("aggregator: \(note)") }
    }
    guard report.damage.isEmpty else {
      throw CommandFailure(.damaged, messages: json ? [] : report.damage.map { "\($0)" })
    }
    guard !json, !options.quiet else { return }
    var output = StandardOutput()
    try output.line("\(path): sound: \(Self.extent(report))")
    try output.flush()
  }

  private func sample(now: Timestamp) -> VerifySample {
    guard let readData else { return .none }
    return VerifySample(
      percent: readData.percent, turn: Int(now.milliseconds / Self.weekMilliseconds))
  }

  private static func extent(_ report: VerifyReport) -> String {
    if report.readSegmentCount == 0 {
      return "\(CountText.of(report.segmentCount, "segment")), by their names, lengths and links"
    }
    let lines =
      "\(CountText.of(report.lineCount, "line")) in "
      + CountText.of(report.readSegmentCount, "segment")
    guard report.readSegmentCount < report.segmentCount else { return lines }
    return "\(lines) of \(report.segmentCount)"
  }
}

/// `verify --json`.
private struct VerifyLine: Encodable {
  struct DamageLine: Encodable {
    var file: String
    var offset: Int
    var length: Int
    var detail: String
  }

  var path: String
  var sound: Bool
  var segments: Int
  var read: Int
  var lines: Int
  var bytes: Int
  var damage: [DamageLine]
  var notes: [String]

  init(path: String, _ report: VerifyReport) {
    self.path = path
    sound = report.damage.isEmpty
    segments = report.segmentCount
    read = report.readSegmentCount
    lines = report.lineCount
    bytes = report.byteCount
    damage = report.damage.map {
      DamageLine(
        file: $0.path, offset: $0.range.lowerBound, length: $0.range.count, detail: $0.explanation)
    }
    notes = report.notes
  }
}
