import StoryArchive
import Syndication
import Testing

/// Moments, stories and archives for the tests.
enum Sample {
  static let noon = Timestamp(milliseconds: 1_795_262_400_000)

  /// The `number`th invented story; no two are equal.
  static func story(_ number: Int, seen: Timestamp = noon, text: String? = nil) -> Story {
    Story(
      id: StoryID(bits: UInt64(number + 1)), seen: seen, feed: "https://example.org/feed",
      source: "The Example", guid: "tag:example.org,2026:\(number)",
      link: "https://example.org/\(number)", title: "Ferry \(number) is late",
      text: text ?? "The ferry no. \(number) left \"Kettle Quay\" an hour late.\nNobody minded.")
  }

  /// A story with the shortest line, for tests that go over every bit.
  static func shortRecord(_ number: Int) -> ArchiveRecord {
    let story = Story(
      id: StoryID(bits: UInt64(number + 1)), seen: noon, feed: "f", source: "S", title: "T",
      text: "t")
    return .story(story, cluster: story.id, original: nil)
  }

  static func record(_ number: Int, seen: Timestamp = noon) -> ArchiveRecord {
    let story = story(number, seen: seen)
    return .story(story, cluster: story.id, original: nil)
  }
}

extension Archive {
  /// Opens an archive on a disk in memory.
  static func open(
    _ disk: MemoryFileSystem.Disk, access: Access = .readWrite, now: Timestamp = Sample.noon
  ) throws(ArchiveError) -> Archive {
    try open(on: MemoryFileSystem(disk), named: "A", access: access, now: now)
  }

  /// Commits records in one batch.
  func store(_ records: [ArchiveRecord], now: Timestamp = Sample.noon) throws {
    try withWriterLock(waiting: .zero) { transaction in
      for record in records { transaction.stage(record) }
      try transaction.commit(now: now)
    }
  }

  func store(_ numbers: some Sequence<Int>, now: Timestamp = Sample.noon) throws {
    try store(numbers.map { Sample.record($0) }, now: now)
  }

  /// The numbers of the sample stories as every reader takes them: of a story that a crash left in the
  /// archive twice, the first.
  func storedNumbers() throws -> [Int] {
    var known: Set<Int> = []
    return try numbersOnDisk().filter { known.insert($0).inserted }
  }

  /// The numbers of the sample stories that a replay gives, checked to be unaltered.
  func numbersOnDisk() throws -> [Int] {
    var numbers: [Int] = []
    try replay { record in
      guard case .story(let story, _, _) = record else { return }
      let number = Int(story.id.bits) - 1
      let isShort = record == Sample.shortRecord(number)
      #expect(isShort || story == Sample.story(number, seen: story.seen))
      numbers.append(number)
    }
    return numbers
  }

  func newNumbers() throws -> [Int] {
    var numbers: [Int] = []
    try catchUp { record in
      if case .story(let story, _, _) = record { numbers.append(Int(story.id.bits) - 1) }
    }
    return numbers
  }
}
