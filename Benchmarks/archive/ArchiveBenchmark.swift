import Glibc
import StoryArchive
import Syndication

/// Measures the archive: `archive-benchmark DIRECTORY [STORIES [DAYS]]`, in an empty directory on the disk
/// that is meant. Prints a line `name value` for each figure; times are seconds of CPU.
@main struct ArchiveBenchmark {
  private static let batchSize = 1000
  private static let start = Timestamp(milliseconds: 1_795_262_400_000)
  private static let day = Duration.seconds(86_400)

  private let path: String
  private let count: Int
  private let days: Int

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else {
      print("usage: archive-benchmark DIRECTORY [STORIES [DAYS]]")
      exit(64)
    }
    let numbers = arguments.dropFirst(2).compactMap { Int($0) }
    let benchmark = ArchiveBenchmark(
      path: arguments[1], count: numbers.first ?? 1_000_000, days: numbers.dropFirst().first ?? 365)
    try benchmark.ingest()
    try benchmark.readOneDay("day", benchmark.days / 2)
    try benchmark.replay()
    try benchmark.verify()
    try benchmark.compact()
    try benchmark.readOneDay("compressed-day", benchmark.days / 20)
  }

  /// Stories arrive evenly over the days, as those of `rivals.c` do.
  private func moment(of number: Int) -> Timestamp {
    Self.start + .seconds(86_400 * (number * days / count))
  }

  /// Making the stories is not timed.
  private func ingest() throws {
    let archive = try Archive.open(at: path, access: .readWrite, now: Self.start)
    var seconds: [Double] = []
    for first in stride(from: 0, to: count, by: Self.batchSize) {
      let stories = (first..<min(first + Self.batchSize, count)).map { number in
        InventedStory(number: number).story(seen: moment(of: number))
      }
      let clock = Stopwatch()
      try archive.withWriterLock(waiting: nil) { transaction in
        // By their places: a copy of a story costs more than it takes to write some of its members.
        stories.withUnsafeBufferPointer { stories in
          for place in stories.indices {
            transaction.stage(stories[place], cluster: stories[place].id, original: nil)
          }
        }
        try transaction.commit(now: moment(of: first))
      }
      seconds.append(clock.seconds)
    }
    let tenth = max(seconds.count / 10, 1)
    print("store", seconds.reduce(0, +))
    print("first-tenth", seconds.prefix(tenth).reduce(0, +))
    print("last-tenth", seconds.suffix(tenth).reduce(0, +))
  }

  private func readOneDay(_ name: String, _ day: Int) throws {
    let clock = Stopwatch()
    let archive = try Archive.open(at: path, access: .readOnly, now: Self.start)
    print("\(name)-open", clock.seconds)
    var found = 0
    let since = Self.start + .seconds(86_400 * day)
    try archive.records(since: since, until: since + Self.day) { _ in found += 1 }
    print(name, clock.seconds)
    print("\(name)-stories", found)
  }

  private func replay() throws {
    let archive = try Archive.open(at: path, access: .readOnly, now: Self.start)
    let clock = Stopwatch()
    var lines = 0
    try archive.replay { _ in lines += 1 }
    print("replay", clock.seconds)
    print("replay-lines", lines)
  }

  private func verify() throws {
    let archive = try Archive.open(at: path, access: .readOnly, now: Self.start)
    for readsData in [false, true] {
      let clock = Stopwatch()
      let report = try archive.verify(readData: readsData)
      print(readsData ? "verify-data" : "verify", clock.seconds)
      if readsData { print("bytes", report.byteCount) }
      precondition(report.exitCode == 0, "\(report.damage)")
    }
  }

  /// Compresses the first tenth, since made-up words take longer than real ones.
  private func compact() throws {
    let end = moment(of: count)
    let archive = try Archive.open(at: path, access: .readWrite, now: end)
    let clock = Stopwatch()
    let report = try archive.compact(now: end, olderThan: .seconds(86_400 * (days - days / 10)))
    print("compact", clock.seconds)
    print("compact-bytes-before", report.plainByteCount)
    print("compact-bytes-after", report.compressedByteCount)
  }
}

/// The same stories as those of `rivals.c`: words are drawn so that a few are frequent and most rare.
private struct InventedStory {
  private static let parts = [
    "ba", "ke", "tor", "min", "sal", "ve", "dru", "ni", "po", "gal", "esh", "um", "ri", "ta", "lo",
    "quen",
  ].map { Array($0.utf8) }
  private static let textByteCount = 850

  private let number: Int
  private var state: UInt64

  init(number: Int) {
    self.number = number
    state = UInt64(number) * 2 + 1
    for _ in 0..<4 { _ = draw() }
  }

  private mutating func draw() -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33 & 4095)
  }

  private mutating func appendWord(to text: inout [UInt8]) {
    var number = (draw() * draw()) >> 12
    repeat {
      text += Self.parts[number & 15]
      number >>= 4
    } while number > 0
  }

  private mutating func words(until isEnough: (_ count: Int, _ bytes: Int) -> Bool) -> [UInt8] {
    var text: [UInt8] = []
    var count = 0
    while !isEnough(count, text.count) {
      appendWord(to: &text)
      text.append(UInt8(ascii: " "))
      count += 1
    }
    text.removeLast()
    return text
  }

  func story(seen: Timestamp) -> Story {
    var source = self
    let title = source.words { count, _ in count == 7 }
    let text = source.words { _, bytes in bytes >= Self.textByteCount } + [UInt8(ascii: ".")]
    let outlet = number % 250
    return Story(
      id: StoryID(bits: UInt64(number) &* 0x9E37_79B9_7F4A_7C15), seen: seen,
      feed: "https://news\(outlet).example.org/feeds/all.rss", source: "The Example \(outlet)",
      guid: "https://news\(outlet).example.org/stories/\(number)",
      link: "https://news\(outlet).example.org/stories/\(number).html",
      title: String(decoding: title, as: UTF8.self), author: "A. Mole", published: seen,
      language: "en", categories: ["Local", "Transport"],
      text: String(decoding: text, as: UTF8.self))
  }
}

/// CPU time since it was made.
private struct Stopwatch {
  private let start = Stopwatch.cpuSeconds

  private static var cpuSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  var seconds: Double { Stopwatch.cpuSeconds - start }
}
