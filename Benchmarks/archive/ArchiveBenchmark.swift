import Glibc
import StoryArchive
import Syndication

/// Measures the archive: `archive-benchmark DIRECTORY [STORIES]`, in an empty directory on the disk
/// that is meant. Figures are of CPU time unless they say otherwise.
@main struct ArchiveBenchmark {
  private static let batchSize = 1000
  private static let start = Timestamp(milliseconds: 1_795_262_400_000)

  static func main() throws {
    guard CommandLine.arguments.count > 1 else {
      print("usage: archive-benchmark DIRECTORY [STORIES]")
      exit(64)
    }
    let path = CommandLine.arguments[1]
    let count = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 0 : 1_000_000
    try ingest(path, count)
    try replay(path)
    try verify(path)
    try readOneDay(path)
  }

  /// Stories of about 1 KB, spread over ten days.
  private static func story(_ number: Int, _ text: String) -> Story {
    Story(
      id: StoryID(bits: UInt64(number) &* 0x9E37_79B9_7F4A_7C15), seen: start,
      feed: "https://news\(number % 250).example.org/feeds/all.rss",
      source: "The Example \(number % 250)",
      guid: "https://news\(number % 250).example.org/stories/\(number)",
      link: "https://news\(number % 250).example.org/stories/\(number).html",
      title: "Council votes on ferry timetable for the \(number)th time", author: "A. Mole",
      published: start, language: "en", categories: ["Local", "Transport"], text: text)
  }

  private static func ingest(_ path: String, _ count: Int) throws {
    let archive = try Archive.open(at: path, access: .readWrite, now: start)
    let sentence = "The ferry to “Kettle Quay” left an hour late, and nobody minded much — again. "
    let text = String(repeating: sentence, count: 8) + "\nThe end."
    let tenth = max(count / 10, batchSize)
    for part in 0..<(count / tenth) {
      let stories = (part * tenth..<(part + 1) * tenth).map { story($0, text) }
      let now = start + .seconds(86_400 * part)
      let clock = Stopwatch()
      for first in stride(from: 0, to: stories.count, by: batchSize) {
        try archive.withWriterLock(waiting: nil) { transaction in
          for story in stories[first..<min(first + batchSize, stories.count)] {
            transaction.stage(.story(story, cluster: story.id, original: nil))
          }
          try transaction.commit(now: now)
        }
      }
      clock.report("ingest, tenth \(part + 1)", stories.count, "stories")
    }
  }

  private static func replay(_ path: String) throws {
    let archive = try Archive.open(at: path, access: .readOnly, now: start)
    let clock = Stopwatch()
    var count = 0
    try archive.replay { _ in count += 1 }
    clock.report("replay", count, "lines")
  }

  private static func verify(_ path: String) throws {
    let archive = try Archive.open(at: path, access: .readOnly, now: start)
    for readData in [false, true] {
      let clock = Stopwatch()
      let report = try archive.verify(readData: readData)
      clock.report(
        readData ? "verify, all data (\(report.lineCount) lines)" : "verify, names and ends",
        readData ? report.byteCount / 1_000_000 : report.segmentCount,
        readData ? "MB" : "segments")
      if report.exitCode != 0 { print(report.damage) }
    }
  }

  private static func readOneDay(_ path: String) throws {
    let archive = try Archive.open(at: path, access: .readOnly, now: start)
    let clock = Stopwatch()
    var found = 0
    let day = start + .seconds(86_400 * 5)
    try archive.records(since: day, until: day + .seconds(86_400)) { _ in found += 1 }
    clock.report("one day", found, "stories")
  }
}

/// CPU and wall time since it was made.
private struct Stopwatch {
  private let cpu = Stopwatch.cpuSeconds
  private let wall = ContinuousClock.now

  private static var cpuSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    return seconds + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
  }

  func report(_ name: String, _ count: Int, _ unit: String) {
    let cpu = Stopwatch.cpuSeconds - cpu
    let wall = ContinuousClock.now - wall
    let rate = Int(Double(count) / max(cpu, 0.000_001))
    let milliseconds = Int(cpu * 1000)
    print(
      "\(name): \(count) \(unit), \(milliseconds) ms CPU, \(wall) elapsed, \(rate) \(unit)/s of CPU"
    )
  }
}
