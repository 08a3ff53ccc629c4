import ArchiveSimulation
import StoryArchive
import Syndication
import Testing

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

extension MemoryFileSystem.Disk {
  /// Of segments in any form, in order; not of what is derived of them.
  var segmentPaths: [String] {
    files.keys.filter { $0.hasPrefix("stories/2") && !$0.contains(".changes") }.sorted()
  }
}

/// What `body` throws; nil when it ends well.
func outcome(_ body: () throws -> Void) -> (any Error)? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}
