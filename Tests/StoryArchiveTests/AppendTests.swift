import ArchiveSimulation
import Syndication
import Testing

@testable import StoryArchive

@Suite struct AppendTests {
  let disk = MemoryFileSystem.Disk()

  @Test func `what was committed is replayed in order by the next to open the archive`() throws {
    let archive = try Archive.open(disk)
    try archive.store(0..<3)
    try archive.store(3..<5)
    #expect(try Archive.open(disk, access: .readOnly).storedNumbers() == [0, 1, 2, 3, 4])
    #expect(try archive.storedNumbers() == [0, 1, 2, 3, 4])
  }

  @Test func `what was staged and not committed is dropped`() throws {
    let archive = try Archive.open(disk)
    try archive.withWriterLock(waiting: .zero) { $0.stage(Sample.record(0)) }
    #expect(try archive.storedNumbers() == [])
  }

  @Test func `an empty commit leaves no trace`() throws {
    let archive = try Archive.open(disk)
    let before = disk.files.keys.sorted()
    try archive.store([])
    #expect(disk.files.keys.sorted() == before.union(["lock", "state/HEAD"]))
  }

  @Test func `catching up gives what another process appended and not one's own`() throws {
    let daemon = try Archive.open(disk)
    let hand = try Archive.open(disk)
    try daemon.store([0])
    #expect(try daemon.newNumbers() == [])
    try daemon.store([1])
    #expect(try daemon.newNumbers() == [])
    #expect(try hand.newNumbers() == [0, 1])
    try hand.store([2])
    #expect(try daemon.newNumbers() == [2])
    try daemon.store([3])
    #expect(try hand.newNumbers() == [3])
    #expect(try daemon.storedNumbers() == [0, 1, 2, 3])
  }

  @Test func `a value that has not caught up gets its own batch in its place`() throws {
    let daemon = try Archive.open(disk)
    let hand = try Archive.open(disk)
    try hand.store([0])
    try daemon.store([1])
    #expect(try daemon.newNumbers() == [0, 1])
  }

  @Test func `catching up goes on across a seal by another process`() throws {
    let daemon = try Archive.open(disk)
    let hand = try Archive.open(disk)
    try daemon.store([0])
    #expect(try hand.newNumbers() == [0])
    try daemon.store([1])
    try daemon.seal(now: Sample.noon)
    try daemon.store([2])
    #expect(try hand.newNumbers() == [1, 2])
    try hand.store([3])
    #expect(try daemon.newNumbers() == [3])
    #expect(disk.files["stories/2026/000001-2026-11-21.jsonl"] != nil)
    #expect(disk.files["stories/2026/000002-2026-11-21.open"] != nil)
  }

  @Test func `a second writer is told that the archive is locked`() throws {
    let daemon = try Archive.open(disk)
    let hand = try Archive.open(disk)
    try daemon.withWriterLock(waiting: .zero) { _ in
      #expect(throws: ArchiveError.locked(path: "A")) { try hand.store([0]) }
      #expect(throws: ArchiveError.locked(path: "A")) {
        try hand.withWriterLock(waiting: .milliseconds(20)) { _ in }
      }
    }
    try hand.store([0])
    #expect(try daemon.newNumbers() == [0])
  }

  @Test func `first-seen times never decrease though the clock does`() throws {
    let archive = try Archive.open(disk)
    try archive.store([0], now: Sample.noon)
    let stamped = try archive.withWriterLock(waiting: .zero) { transaction in
      transaction.stage(Sample.record(1))
      return try transaction.commit(now: Sample.noon - .seconds(60))
    }
    #expect(stamped == Sample.noon)
    var seen: [Timestamp] = []
    try Archive.open(disk).replay { seen.append($0.seen) }
    #expect(seen == [Sample.noon, Sample.noon])
  }

  @Test func `a commit stamps its own time on every record`() throws {
    let archive = try Archive.open(disk)
    let later = Sample.noon + .seconds(5)
    try archive.store([0, 1], now: later)
    var seen: [Timestamp] = []
    try archive.replay { seen.append($0.seen) }
    #expect(seen == [later, later])
  }

  @Test func `the first batch of another UTC day begins another segment`() throws {
    let archive = try Archive.open(disk)
    try archive.store([0], now: Sample.noon)
    try archive.store([1], now: Sample.noon + .seconds(86_400))
    let segments = disk.segmentPaths
    #expect(
      segments == ["stories/2026/000001-2026-11-21.jsonl", "stories/2026/000002-2026-11-22.open"])
    #expect(try archive.storedNumbers() == [0, 1])
  }

  @Test func `a new year begins a new directory`() throws {
    let archive = try Archive.open(disk)
    let silvester = try #require(Timestamp(year: 2026, month: 12, day: 31, hour: 23))
    try archive.store([0], now: silvester)
    try archive.store([1], now: silvester + .seconds(7200))
    #expect(disk.files["stories/2027/000002-2027-01-01.open"] != nil)
    #expect(try archive.storedNumbers() == [0, 1])
  }

  @Test func `opening for writing seals what yesterday left`() throws {
    try Archive.open(disk).store([0])
    _ = try Archive.open(disk, now: Sample.noon + .seconds(86_400))
    #expect(disk.files["stories/2026/000001-2026-11-21.jsonl"] != nil)
  }

  @Test func `what was begun while the clock was ahead goes on once it is right`() throws {
    try Archive.open(disk).store([0], now: Sample.noon + .seconds(86_400 * 9000))
    for number in 1..<4 {
      let now = Sample.noon + .seconds(number)
      try Archive.open(disk, now: now).store([number], now: now)
    }
    #expect(disk.segmentPaths == ["stories/2051/000001-2051-07-13.open"])
    #expect(try Archive.open(disk).storedNumbers() == [0, 1, 2, 3])
  }

  @Test func `a batch that would outgrow the segment begins another`() throws {
    let archive = try Archive.open(disk)
    archive.segmentByteLimit = 4096
    for round in 0..<5 { try archive.store(round * 4..<round * 4 + 4) }
    let sizes = disk.segmentPaths.compactMap { disk.files[$0]?.count }
    #expect(sizes.count == 3)
    #expect(sizes.allSatisfy { $0 <= 4096 })
    #expect(try archive.storedNumbers() == Array(0..<20))
  }

  @Test func `a writer leaves no file open but the growing segment`() throws {
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    for round in 0..<5 {
      try archive.store([round])
      _ = try archive.newNumbers()
      if round == 3 { try archive.seal(now: Sample.noon) }
    }
    #expect(system.openFileCount <= 2)
  }
}

extension [String] {
  fileprivate func union(_ others: [String]) -> [String] {
    Set(self).union(others).sorted()
  }
}
