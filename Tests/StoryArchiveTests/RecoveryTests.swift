import ArchiveSimulation
import StoryArchive
import Syndication
import SystemPackage
import Testing

@Suite struct RecoveryTests {
  private static let active = "stories/2026/000001-2026-11-21.open"

  /// A disk with one open segment of three stories in two batches.
  private func smallArchive() throws -> MemoryFileSystem.Disk {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    try archive.store((0..<2).map(Sample.shortRecord))
    try archive.store([Sample.shortRecord(2)])
    return disk
  }

  private func node(
    _ path: String, _ disk: MemoryFileSystem.Disk
  ) throws -> MemoryFileSystem.Node {
    try #require(disk.node(at: path))
  }

  /// How many whole lines are stories: all but the segment's first.
  private func storyCount(_ bytes: some Sequence<UInt8>) -> Int {
    max(0, bytes.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) } - 1)
  }

  @Test func `a tail torn at any byte is cut off and everything before it stays`() throws {
    let disk = try smallArchive()
    let bytes = try node(Self.active, disk).bytes
    for length in 0...bytes.count {
      let torn = disk.copy()
      try torn.unlink("state/HEAD")
      try node(Self.active, torn).bytes = Array(bytes.prefix(length))
      let archive = try Archive.open(torn)
      let expected = Array(0..<storyCount(bytes.prefix(length)))
      #expect(try archive.storedNumbers() == expected, "cut at \(length)")
      try archive.store([9])
      #expect(try Archive.open(torn).storedNumbers() == expected + [9], "cut at \(length)")
      #expect(archive.damage.isEmpty)
      let saved = torn.files.filter { $0.key.hasPrefix("quarantine/") }.values.reduce(0) {
        $0 + $1.count
      }
      let isWhole = length == 0 || bytes[length - 1] == 0x0A
      #expect(saved == (isWhole ? 0 : length - (bytes[..<length].lastIndex(of: 0x0A) ?? -1) - 1))
    }
  }

  @Test func `acknowledged bytes that went missing are noticed and nothing is cut`() throws {
    let disk = try smallArchive()
    let bytes = try node(Self.active, disk).bytes
    for length in 0..<bytes.count {
      let cut = disk.copy()
      try node(Self.active, cut).bytes = Array(bytes.prefix(length))
      let archive = try Archive.open(cut)
      let expected = Array(0..<storyCount(bytes.prefix(length)))
      #expect(try archive.storedNumbers() == expected, "cut at \(length)")
      try archive.store([9])
      #expect(try archive.storedNumbers() == expected + [9], "cut at \(length)")
      let sealed = cut.files["stories/2026/000001-2026-11-21.jsonl"]
      #expect(sealed == Array(bytes.prefix(length)))
    }
  }

  @Test func `no flipped bit loses or alters another line`() throws {
    let disk = try smallArchive()
    let bytes = try node(Self.active, disk).bytes
    let lineOf = bytes.indices.map { place in bytes[..<place].count { $0 == 0x0A } }
    for place in bytes.indices {
      for bit in 0..<8 {
        let hurt = disk.copy()
        try node(Self.active, hurt).bytes[place] ^= 1 << UInt8(bit)
        let archive = try Archive.open(hurt)
        try archive.store([9])
        let numbers = try archive.storedNumbers()
        let broken = lineOf[place] - 1
        // A line feed that is hit joins its line to the next.
        let lost = bytes[place] == 0x0A ? [broken, broken + 1] : [broken]
        let expected = (0..<3).filter { !lost.contains($0) } + [9]
        #expect(numbers == expected, "bit \(bit) of byte \(place)")
        #expect(!archive.damage.isEmpty, "bit \(bit) of byte \(place)")
      }
    }
  }

  @Test(arguments: [true, false])
  func `a failing call leaves a batch stored whole or not at all`(isForGood: Bool) throws {
    for error in [Errno.noSpace, .ioError] {
      for tornByteCount in [0, 100] {
        try failEveryCall(isForGood: isForGood, error: error, tornByteCount: tornByteCount)
      }
    }
  }

  private func failEveryCall(isForGood: Bool, error: Errno, tornByteCount: Int) throws {
    let base = try smallArchive()
    for number in 1...200 {
      let disk = base.copy()
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      system.fault = .init(
        calls: MemoryFileSystem.Fault.writing, number: number, error: error,
        isForGood: isForGood, tornByteCount: tornByteCount)
      let acknowledged = story(of: archive, storing: [[3, 4], [5]])
      let didFail = system.countedCalls >= number
      system.fault = nil
      let context: Comment =
        "call \(number), \(error), for good: \(isForGood), torn \(tornByteCount)"
      let expected = [0, 1, 2] + acknowledged
      try expectAtLeast(expected, on: disk.copy(), context)
      try expectAtLeast(expected, on: disk.afterPowerCut(), context)
      try archive.store([8])
      try expectAtLeast(expected + [8], on: disk, context)
      if !didFail { return }
    }
    Issue.record("the run never ended")
  }

  /// A batch that could not be withdrawn may be there though it was not acknowledged.
  private func expectAtLeast(
    _ acknowledged: [Int], on disk: MemoryFileSystem.Disk, _ context: Comment
  ) throws {
    let archive = try Archive.open(disk)
    let stored = try archive.storedNumbers()
    #expect(stored.filter(acknowledged.contains) == acknowledged, context)
    #expect(archive.damage.isEmpty, context)
  }

  /// Stores batches with a seal between them and returns what was acknowledged.
  private func story(of archive: Archive, storing batches: [[Int]]) -> [Int] {
    var acknowledged: [Int] = []
    for batch in batches {
      do {
        try archive.store(batch)
        acknowledged += batch
        try archive.seal(now: Sample.noon)
      } catch {
        #expect(error is ArchiveError)
      }
    }
    return acknowledged
  }

  @Test func `a process that dies at any call loses nothing that it acknowledged`() throws {
    for tornByteCount in [0, 1, 250] {
      for number in 1...400 {
        let disk = MemoryFileSystem.Disk()
        let system = MemoryFileSystem(disk)
        system.fault = .init(
          calls: MemoryFileSystem.Fault.writing, number: number, error: .ioError,
          tornByteCount: tornByteCount, isDeath: true)
        var acknowledged: [Int] = []
        if let archive = try? Archive.open(
          on: system, named: "A", access: .readWrite, now: Sample.noon)
        {
          acknowledged = story(of: archive, storing: [[0, 1], [2], [3, 4]])
        }
        let didDie = system.isDead
        system.die()
        let context: Comment = "call \(number), torn \(tornByteCount)"
        try expect(acknowledged, on: disk.afterPowerCut(), context)
        try expect(acknowledged, on: disk, context)
        if !didDie { break }
        #expect(number < 400)
      }
    }
  }

  @Test func `recovery may itself be cut short at any call`() throws {
    let whole = try smallArchive()
    for number in 1...100 {
      let disk = whole.copy()
      try node(Self.active, disk).bytes += Array("{\"v\":1,\"type\":\"sto".utf8)
      let system = MemoryFileSystem(disk)
      system.fault = .init(
        calls: MemoryFileSystem.Fault.writing, number: number, error: .ioError, isDeath: true)
      _ = try? Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      let didDie = system.isDead
      system.die()
      let context: Comment = "call \(number)"
      try expect([0, 1, 2], on: disk.afterPowerCut(), context)
      try expect([0, 1, 2], on: disk, context)
      if !didDie { return }
    }
    Issue.record("the run never ended")
  }

  /// Opens, checks that all of `acknowledged` is there once and in order with nothing lost between,
  /// and that the archive still takes stories.
  private func expect(
    _ acknowledged: [Int], on disk: MemoryFileSystem.Disk, _ context: Comment
  ) throws {
    let archive = try Archive.open(disk)
    let stored = try archive.storedNumbers()
    #expect(stored.starts(with: acknowledged), context)
    #expect(try archive.numbersOnDisk() == Array(0..<stored.count), context)
    #expect(archive.damage.isEmpty, context)
    try archive.store([99])
    #expect(try Archive.open(disk).storedNumbers() == stored + [99], context)
  }

  @Test func `after a failed fsync the batch goes to a new segment and the old one is left`() throws
  {
    let disk = try smallArchive()
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    let before = try node(Self.active, disk).bytes
    system.fault = .init(calls: [.synchronize], number: 1, error: .ioError)
    try archive.store([5])
    #expect(disk.files["stories/2026/000001-2026-11-21.jsonl"] == before)
    #expect(disk.files["stories/2026/000002-2026-11-21.open"] != nil)
    #expect(try Archive.open(disk.afterPowerCut()).storedNumbers() == [0, 1, 2, 5])
  }

  @Test func `a HEAD that lags and a failed fsync set nothing aside that was acknowledged`() throws
  {
    for number in 1...20 {
      let disk = try smallArchive()
      let lagging = try node("state/HEAD", disk).bytes
      try Archive.open(disk).store((3..<6).map(Sample.shortRecord))
      try node("state/HEAD", disk).bytes = lagging
      let system = MemoryFileSystem(disk)
      system.fault = .init(calls: [.synchronize], number: number, error: .ioError)
      let archive = try? Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      let isOver = system.countedCalls < number
      try? archive?.store([Sample.shortRecord(6)])
      system.die()
      for disk in [disk.copy(), disk.afterPowerCut()] {
        disk.locks = [:]
        let reader = try Archive.open(disk)
        #expect(try reader.storedNumbers().starts(with: 0..<6), "call \(number)")
        #expect(reader.damage == [], "call \(number)")
        #expect(try reader.verify(readData: true).damage == [], "call \(number)")
        #expect(disk.files.keys.filter { $0.hasPrefix("quarantine/") } == [], "call \(number)")
      }
      if isOver { return }
    }
    Issue.record("the run never ended")
  }

  @Test func `nothing is appended to a segment that another process had begun to seal`() throws {
    for number in 1...40 {
      let disk = MemoryFileSystem.Disk()
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      try archive.store([0])
      let sealer = MemoryFileSystem(disk)
      let other = try Archive.open(on: sealer, named: "A", access: .readWrite, now: Sample.noon)
      sealer.fault = .init(calls: [.rename], number: 1, error: .ioError)
      #expect(throws: ArchiveError.self) { try other.seal(now: Sample.noon) }
      sealer.die()
      system.fault = .init(
        calls: MemoryFileSystem.Fault.writing, number: number, error: .ioError, isDeath: true)
      try? archive.store([1])
      let didDie = system.isDead
      system.die()
      try expectToStay(try Archive.open(disk).newNumbers(), on: disk, "call \(number)")
      if !didDie { return }
    }
    Issue.record("the run never ended")
  }

  @Test func `a process whose seal failed is given what another appended after that`() throws {
    for number in 1...40 {
      let disk = MemoryFileSystem.Disk()
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      try archive.store([0])
      system.fault = .init(
        calls: MemoryFileSystem.Fault.writing, number: number, error: .ioError)
      try? archive.seal(now: Sample.noon)
      let didFail = system.countedCalls >= number
      system.fault = nil
      try Archive.open(disk).store([1])
      #expect(try archive.newNumbers() == [1], "call \(number)")
      if !didFail { return }
    }
    Issue.record("the run never ended")
  }

  @Test func `what a killed writer left behind damage is durable before anyone is given it`() throws
  {
    let disk = try smallArchive()
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    system.fault = .init(calls: [.synchronize], number: 1, error: .ioError, isDeath: true)
    #expect(throws: ArchiveError.self) { try archive.store([Sample.shortRecord(3)]) }
    system.die()
    let segment = try node(Self.active, disk)
    let place = try #require(segment.durableBytes.firstIndex(of: 0x0A)) + 20
    segment.bytes[place] ^= 1
    segment.durableBytes[place] ^= 1
    let given = try Archive.open(disk).newNumbers()
    #expect(given == [1, 2, 3])
    #expect(try Archive.open(disk.afterPowerCut()).storedNumbers() == given)
  }

  // MARK: A failed fsync that nobody could answer

  @Test func `a failed fsync that could not be answered is not forgotten by the next writer`()
    throws
  {
    let disk = try smallArchive()
    let killed = MemoryFileSystem(disk)
    let first = try Archive.open(on: killed, named: "A", access: .readWrite, now: Sample.noon)
    killed.fault = .init(calls: [.synchronize], number: 1, error: .ioError, isDeath: true)
    try? first.store((3..<6).map(Sample.shortRecord))
    killed.die()
    // What it wrote cannot be made durable, nor is there room to write it elsewhere.
    let starved = MemoryFileSystem(disk)
    starved.fault = .init(
      calls: [.synchronize, .write], number: 2, error: .ioError, isForGood: true)
    #expect(throws: ArchiveError.self) {
      try Archive.open(on: starved, named: "A", access: .readWrite, now: Sample.noon)
    }
    starved.die()
    try expectToStay(try Archive.open(disk).storedNumbers(), on: disk, "what is there now")
  }

  @Test
  func
    `a batch that could be neither made durable nor cut off is durable before anyone is given it`()
    throws
  {
    let disk = try smallArchive()
    let failing = MemoryFileSystem(disk)
    let archive = try Archive.open(on: failing, named: "A", access: .readWrite, now: Sample.noon)
    failing.fault = .init(
      calls: [.synchronize, .truncate, .make], number: 1, error: .ioError, isForGood: true)
    #expect(throws: ArchiveError.self) { try archive.store((3..<6).map(Sample.shortRecord)) }
    failing.die()
    try expectToStay(try Archive.open(disk).storedNumbers(), on: disk, "what is there now")
  }

  @Test func `an earlier segment that cannot be sealed is told`() throws {
    let disk = try smallArchive()
    let archive = try Archive.open(disk)
    try archive.seal(now: Sample.noon)
    try archive.store([Sample.shortRecord(3)])
    let path = "stories/2026/000001-2026-11-21.jsonl"
    let sealed = try node(path, disk)
    try disk.unlink(path)
    try disk.link(sealed, at: Self.active)
    let system = MemoryFileSystem(disk)
    system.fault = .init(calls: [.rename], number: 1, error: .ioError)
    #expect(throws: ArchiveError.self) {
      try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    }
    #expect(try Archive.open(disk).storedNumbers() == [0, 1, 2, 3])
    #expect(disk.files[Self.active] == nil)
  }

  /// Checks that a power cut takes nothing of what a process was given, and leaves no damage.
  private func expectToStay(
    _ given: [Int], on disk: MemoryFileSystem.Disk, _ context: Comment
  ) throws {
    for disk in [disk.copy(), disk.afterPowerCut()] {
      let reader = try Archive.open(disk, access: .readOnly)
      #expect(try reader.verify(readData: true).damage == [], context)
      #expect(try Archive.open(disk).storedNumbers().starts(with: given), context)
    }
  }

  @Test func `a full disk is told as such and forgotten when there is room`() throws {
    let disk = try smallArchive()
    let archive = try Archive.open(disk)
    disk.capacity = disk.files.values.reduce(0) { $0 + $1.count } + 100
    #expect(throws: ArchiveError.full(path: "A/\(Self.active)", .noSpace)) {
      try archive.store([5])
    }
    disk.capacity = .max
    try archive.store([6])
    #expect(try archive.storedNumbers() == [0, 1, 2, 6])
  }

  @Test func `short writes are continued`() throws {
    let disk = MemoryFileSystem.Disk()
    let system = MemoryFileSystem(disk)
    system.writeByteLimit = 7
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    try archive.store(0..<3)
    #expect(try Archive.open(disk).storedNumbers() == [0, 1, 2])
  }

  /// Three stories in the second segment, stored in one batch or in two, while HEAD still stands in the
  /// first, and its first line damaged.
  private func damagedSecondSegment(isOneBatch: Bool) throws -> MemoryFileSystem.Disk {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    try archive.store([0])
    try archive.seal(now: Sample.noon)
    let head = try node("state/HEAD", disk).bytes
    try archive.store(1..<3)
    let later = isOneBatch ? Sample.noon : Sample.noon + .seconds(1)
    try archive.store([3], now: later)
    try node("state/HEAD", disk).bytes = head
    let second = try node("stories/2026/000002-2026-11-21.open", disk)
    second.bytes.replaceSubrange(..<40, with: repeatElement(0, count: 40))
    return disk
  }

  @Test func `the first batch of a segment may be torn anywhere by a power cut`() throws {
    let disk = try damagedSecondSegment(isOneBatch: true)
    let archive = try Archive.open(disk)
    #expect(try archive.verify(readData: true).damage == [])
    #expect(try archive.storedNumbers() == [0])
    try archive.store([4])
    #expect(try Archive.open(disk).storedNumbers() == [0, 4])
    #expect(disk.files.keys.filter { $0.hasPrefix("quarantine/") }.count == 1)
  }

  @Test func `damage before another batch is rot wherever HEAD stands`() throws {
    let disk = try damagedSecondSegment(isOneBatch: false)
    let archive = try Archive.open(disk)
    #expect(!(try archive.verify(readData: true).damage.isEmpty))
    #expect(try archive.storedNumbers() == [0, 1, 2, 3])
    #expect(disk.files.keys.filter { $0.hasPrefix("quarantine/") } == [])
  }

  /// The first call makes the layout's names durable, the next four seal what is damaged.
  @Test func `a damaged segment that cannot be sealed is told, and sealed by the next`() throws {
    for number in 1...5 {
      let disk = try damagedSecondSegment(isOneBatch: false)
      let system = MemoryFileSystem(disk)
      system.fault = .init(
        calls: [.synchronize, .protect, .rename], number: number, error: .ioError)
      #expect(throws: ArchiveError.self, "call \(number)") {
        try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      }
      system.die()
      disk.locks = [:]
      #expect(try Archive.open(disk).storedNumbers() == [0, 1, 2, 3], "call \(number)")
      #expect(!disk.files.keys.contains { $0.hasSuffix("2.open") }, "call \(number)")
    }
  }

  /// Sealed without one that goes on from what is known to be on disk, it would count as durable.
  /// The first of each kind of call goes before: it notes the doubt, and names the segment that goes on.
  @Test(arguments: [MemoryFileSystem.Fault.Call.protect, .rename])
  func `that a segment in doubt cannot be sealed is told`(
    call: MemoryFileSystem.Fault.Call
  ) throws {
    let disk = try smallArchive()
    let doubting = MemoryFileSystem(disk)
    try doubting.doubt(doubting.open(Self.active, for: .appending))
    doubting.die()
    let system = MemoryFileSystem(disk)
    system.fault = .init(calls: [call], number: 2, error: .ioError)
    #expect(throws: ArchiveError.self) {
      try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    }
    system.die()
    disk.locks = [:]
    #expect(try Archive.open(disk).storedNumbers() == [0, 1, 2])
  }

  @Test(arguments: [MemoryFileSystem.Fault.Call.write, .rename])
  func `a segment in doubt stays so until another goes on from it`(
    call: MemoryFileSystem.Fault.Call
  ) throws {
    let disk = try smallArchive()
    let doubting = MemoryFileSystem(disk)
    try doubting.doubt(doubting.open(Self.active, for: .appending))
    doubting.die()
    let system = MemoryFileSystem(disk)
    system.fault = .init(calls: [call], number: 1, error: .noSpace)
    #expect(throws: ArchiveError.self) {
      try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    }
    system.die()
    disk.locks = [:]
    #expect(try #require(disk.node(at: Self.active)).isDoubted)
    #expect(try Archive.open(disk).storedNumbers() == [0, 1, 2])
  }
}
