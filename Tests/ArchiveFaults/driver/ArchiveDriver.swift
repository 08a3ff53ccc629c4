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
        "usage: archive-driver append DIRECTORY FIRST COUNT | check|close|read|seal|verify DIRECTORY "
          + "| flip DIRECTORY FILE\n",
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
      case "flip" where arguments.count == 4: try flip(in: arguments[2], file: arguments[3])
      case "read":
        try Archive.open(at: arguments[2], access: .readOnly, now: start).replay { _ in }
      case "verify":
        let report = try Archive.open(at: arguments[2], access: .readOnly, now: start)
          .verify(readData: true)
        write("\(report.byteCount) bytes, \(report.damage.count) damaged\n", to: 1)
      case "close":
        try Archive.open(at: arguments[2], access: .readWrite, now: start).seal(now: start)
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

  /// Flips each bit of a segment's file in turn and back, and writes how many were tried, and how many passed
  /// unnoticed or altered a story.
  private static func flip(in path: String, file: String) throws {
    let opened = open("\(path)/\(file)", O_RDWR)
    guard opened >= 0 else { exit(66) }
    defer { close(opened) }
    let length = Int(lseek(opened, 0, SEEK_END))
    var wrong = 0
    for place in 0..<8 * length {
      var byte: UInt8 = 0
      guard pread(opened, &byte, 1, off_t(place / 8)) == 1 else { exit(74) }
      var hurt = byte ^ 1 << UInt8(place % 8)
      guard pwrite(opened, &hurt, 1, off_t(place / 8)) == 1 else { exit(74) }
      if try !isNoticed(in: path, file: file) {
        wrong += 1
        write("\(file): bit \(place) passes\n", to: 2)
      }
      guard pwrite(opened, &byte, 1, off_t(place / 8)) == 1 else { exit(74) }
    }
    write("\(8 * length) \(wrong)\n", to: 1)
  }

  /// Whether `verify` names the file and no reader is given a story that was never stored.
  private static func isNoticed(in path: String, file: String) throws -> Bool {
    let archive = try Archive.open(at: path, access: .readOnly, now: start)
    var isAltered = false
    try archive.replay { record in
      guard case .story(let story, _, _) = record else { return }
      if record != Self.record(Int(truncatingIfNeeded: story.id.bits)) { isAltered = true }
    }
    let report = try archive.verify(readData: true)
    let isNamed = report.damage.contains { $0.path.hasSuffix(file) && !$0.detail.isEmpty }
    return isNamed && report.exitCode == 65 && !isAltered
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
