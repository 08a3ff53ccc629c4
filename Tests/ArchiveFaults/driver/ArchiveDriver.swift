import Glibc
import StoryArchive
import Syndication

/// What the kernel tests kill, starve and cut the power of: appends numbered stories and says which are
/// acknowledged, or tells which are there.
@main struct ArchiveDriver {
  private static let batchSize = 20
  private static let sealInterval = 5
  private static let start = Timestamp(milliseconds: 1_795_262_400_000)

  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      write(
        "usage: archive-driver append DIRECTORY FIRST COUNT | check|read|seal|verify DIRECTORY\n",
        to: 2)
      exit(64)
    }
    do {
      switch arguments[1] {
      case "append":
        let numbers = arguments.dropFirst(3).compactMap { Int($0) }
        guard numbers.count == 2 else { exit(64) }
        try append(at: arguments[2], from: numbers[0], count: numbers[1])
      case "check": try check(at: arguments[2])
      case "read":
        try Archive.open(at: arguments[2], access: .readOnly, now: start).replay { _ in }
      case "verify":
        let report = try Archive.open(at: arguments[2], access: .readOnly, now: start)
          .verify(readData: true)
        write("\(report.byteCount) bytes, \(report.damage.count) damaged\n", to: 1)
      case "seal":
        let archive = try Archive.open(at: arguments[2], access: .readWrite, now: start)
        try archive.seal(now: start)
        _ = try archive.compact(now: start + .seconds(1), olderThan: .zero)
      default: exit(64)
      }
    } catch {
      write("\(error)\n", to: 2)
      exit((error as? ArchiveError)?.exitCode ?? 70)
    }
  }

  /// Commits batches, seals and compresses now and then, and writes a line for each acknowledged batch.
  private static func append(at path: String, from first: Int, count: Int) throws {
    let archive = try Archive.open(at: path, access: .readWrite, now: start)
    for (round, batch) in stride(from: first, to: first + count, by: batchSize).enumerated() {
      let end = min(batch + batchSize, first + count)
      try archive.withWriterLock(waiting: .seconds(5)) { transaction in
        for number in batch..<end { transaction.stage(record(number)) }
        try transaction.commit(now: start)
      }
      write("\(batch) \(end)\n", to: 1)
      guard round % sealInterval == sealInterval - 1 else { continue }
      try archive.seal(now: start)
      _ = try archive.compact(now: start + .seconds(1), olderThan: .zero)
    }
  }

  /// Recovers, and writes the number of each story that is there and unaltered. Exits with 65 when the
  /// archive is damaged.
  private static func check(at path: String) throws {
    let archive = try Archive.open(at: path, access: .readWrite, now: start)
    var numbers: [Int] = []
    try archive.replay { record in
      guard case .story(let story, _, _) = record else { return }
      let number = Int(story.id.bits)
      if record == Self.record(number) {
        numbers.append(number)
      } else {
        write("\(number): altered\n", to: 2)
      }
    }
    write(numbers.map { "\($0)\n" }.joined(), to: 1)
    let report = try archive.verify(readData: true)
    for damage in report.damage { write("\(damage)\n", to: 2) }
    exit(report.exitCode)
  }

  /// No text compresses well, so that a small disk is full soon.
  private static func record(_ number: Int) -> ArchiveRecord {
    var state = UInt64(number)
    let words = (0..<60).map { _ in
      state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9 &+ 0x9E37_79B9_7F4A_7C15
      return String(state, radix: 36)
    }
    let story = Story(
      id: StoryID(bits: UInt64(number)), seen: start, feed: "https://example.org/feed",
      source: "The Example", title: "Ferry \(number) is late",
      text: words.joined(separator: " "))
    return .story(story, cluster: story.id, original: nil)
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 { exit(74) }
      bytes = bytes.dropFirst(count)
    }
  }
}
