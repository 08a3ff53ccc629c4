import ArchiveSimulation
import Syndication
import SystemPackage
import TestNumbers
import Testing

@testable import StoryArchive

@Suite struct CompactTests {
  private static let sealed = "stories/2026/000001-2026-11-21.jsonl"
  private static let compressed = sealed + ".gz"
  private static let later = Sample.noon + .seconds(86_400 * 40)

  let disk = MemoryFileSystem.Disk()

  /// A sealed segment of some 900 KB in three batches, an hour apart, and an open one.
  private func fillDisk() throws {
    let archive = try Archive.open(disk)
    for round in 0..<3 {
      try archive.store(
        round * 1000..<(round + 1) * 1000, now: Sample.noon + .seconds(3600 * round))
    }
    try archive.seal(now: Sample.noon + .seconds(7200))
    try archive.store([3000], now: Self.later)
  }

  @discardableResult
  private func compact(_ disk: MemoryFileSystem.Disk) throws -> CompactReport {
    try Archive.open(disk, now: Self.later).compact(
      now: Self.later, olderThan: .seconds(86_400 * 30))
  }

  private func bytes(
    _ path: String, _ disk: MemoryFileSystem.Disk
  ) throws -> MemoryFileSystem.Node {
    try #require(disk.node(at: path))
  }

  @Test func `an old segment is compressed and everything reads as before`() throws {
    try fillDisk()
    let plain = try bytes(Self.sealed, disk).bytes
    let report = try compact(disk)
    #expect(report.segmentCount == 1)
    #expect(report.plainByteCount == plain.count)
    #expect(report.notes == [])
    #expect(disk.files[Self.sealed] == nil)
    #expect(disk.files[Self.compressed]?.count == report.compressedByteCount)
    #expect(try bytes(Self.compressed, disk).isProtected)
    let archive = try Archive.open(disk, access: .readOnly)
    #expect(try archive.storedNumbers() == Array(0...3000))
    let verified = try archive.verify(readData: true)
    #expect(verified.damage == [])
    #expect(verified.notes == [])
    #expect(verified.byteCount > plain.count)
    #expect(try archive.verify(readData: false).damage == [])
    #expect(try compact(disk).segmentCount == 0)
  }

  @Test func `what is younger stays plain`() throws {
    try fillDisk()
    let archive = try Archive.open(disk, now: Self.later)
    #expect(
      try archive.compact(now: Self.later, olderThan: .seconds(86_400 * 41)).segmentCount == 0)
    #expect(disk.files[Self.sealed] != nil)
  }

  @Test func `appending goes on behind a compressed segment`() throws {
    try fillDisk()
    let archive = try Archive.open(disk, now: Self.later)
    try archive.seal(now: Self.later)
    _ = try archive.compact(now: Self.later + .seconds(1), olderThan: .zero)
    #expect(disk.files.keys.filter { $0.hasSuffix(".jsonl.gz") }.count == 2)
    try disk.unlink("state/HEAD")
    try Archive.open(disk, now: Self.later).store([3001], now: Self.later)
    let reader = try Archive.open(disk, access: .readOnly)
    #expect(try reader.storedNumbers() == Array(0...3001))
    #expect(try reader.verify(readData: true).damage == [])
  }

  @Test func `catching up goes on in a segment that was compressed meanwhile`() throws {
    try fillDisk()
    let daemon = try Archive.open(disk, now: Self.later)
    _ = try daemon.storedNumbers()
    let hand = try Archive.open(disk, now: Self.later)
    try hand.store([3001], now: Self.later)
    try hand.seal(now: Self.later)
    _ = try hand.compact(now: Self.later + .seconds(1), olderThan: .zero)
    try hand.store([3002], now: Self.later)
    #expect(try daemon.newNumbers() == [3001, 3002])
  }

  @Test func `a range of a compressed segment reads only the members that it needs`() throws {
    let archive = try Archive.open(disk)
    var chance = SeededNumbers(seed: 1)
    for hour in 0..<8 {
      let records = (hour * 100..<hour * 100 + 100).map { number in
        let words = (0..<200).map { _ in String(chance.next(), radix: 36) }
        let story = Sample.story(number, text: words.joined(separator: " "))
        return ArchiveRecord.story(story, cluster: story.id, original: nil)
      }
      try archive.store(records, now: Sample.noon + .seconds(3600 * hour))
    }
    try archive.seal(now: Sample.noon)
    _ = try archive.compact(now: Self.later, olderThan: .zero)
    let whole = try bytes(Self.compressed, disk).bytes.count
    for hour in 0..<8 {
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readOnly, now: Self.later)
      let start = Sample.noon + .seconds(3600 * hour)
      var numbers: [Int] = []
      try archive.records(since: start, until: start + .seconds(3600)) { record in
        if case .story(let story, _, _) = record { numbers.append(Int(story.id.bits) - 1) }
      }
      #expect(numbers == Array(hour * 100..<(hour + 1) * 100))
      // An hour is an eighth; the members that it begins and ends in are read whole.
      #expect(system.readByteCount < whole / 2, "hour \(hour) of \(whole) bytes")
    }
  }

  @Test func `every flipped bit of a compressed segment is found and costs its member at most`()
    throws
  {
    try fillDisk()
    try compact(disk)
    let bytes = try bytes(Self.compressed, disk).bytes
    for place in stride(from: 0, to: bytes.count, by: 4001) {
      let hurt = disk.copy()
      try #require(hurt.node(at: Self.compressed)).bytes[place] ^= 1 << UInt8(place % 8)
      let archive = try Archive.open(hurt, access: .readOnly)
      let report = try archive.verify(readData: true)
      #expect(report.damage.contains { $0.path == "A/\(Self.compressed)" }, "byte \(place)")
      // A member holds some 900 of these stories.
      #expect(try archive.storedNumbers().count > 1900, "byte \(place)")
      try Archive.open(hurt, now: Self.later).store([4000], now: Self.later)
    }
  }

  @Test func `every cut of a compressed segment is found and what stands before it is read`() throws
  {
    try fillDisk()
    try compact(disk)
    let bytes = try bytes(Self.compressed, disk).bytes
    for length in stride(from: 0, to: bytes.count, by: 4001) {
      let cut = disk.copy()
      try #require(cut.node(at: Self.compressed)).bytes = Array(bytes[..<length])
      let archive = try Archive.open(cut, access: .readOnly)
      for readData in [true, false] {
        let report = try archive.verify(readData: readData)
        #expect(report.damage.contains { $0.path == "A/\(Self.compressed)" }, "cut at \(length)")
      }
      #expect(try archive.storedNumbers().last == 3000, "cut at \(length)")
    }
  }

  @Test func `of a segment in both forms the one that is right is kept`() throws {
    try fillDisk()
    let plain = try bytes(Self.sealed, disk).bytes
    try compact(disk)
    let gzip = try bytes(Self.compressed, disk).bytes
    for (isPlainHurt, isGzipHurt) in [(false, false), (true, false), (false, true)] {
      let both = disk.copy()
      try both.create(Self.sealed).bytes = plain
      if isPlainHurt { try #require(both.node(at: Self.sealed)).bytes[500] ^= 1 }
      if isGzipHurt { try #require(both.node(at: Self.compressed)).bytes[500] ^= 1 }
      #expect(try compact(both).segmentCount == 1)
      #expect(both.files[Self.sealed] == nil)
      #expect(both.files[Self.compressed] == gzip)
      let setAside = both.files.filter { $0.key.hasPrefix("quarantine/") }.map(\.value.count)
      #expect(setAside == (isPlainHurt ? [plain.count] : isGzipHurt ? [gzip.count] : []))
      #expect(try Archive.open(both, access: .readOnly).verify(readData: true).damage == [])
    }
  }

  @Test func `where both forms are hurt nothing is touched`() throws {
    try fillDisk()
    let plain = try bytes(Self.sealed, disk).bytes
    try compact(disk)
    try disk.create(Self.sealed).bytes = plain
    for path in [Self.sealed, Self.compressed] {
      try #require(disk.node(at: path)).bytes[500] ^= 1
    }
    let before = disk.files
    let report = try compact(disk)
    #expect(
      report.notes == ["A/\(Self.sealed): not compressed: not the bytes that the manifest lists"])
    #expect(
      disk.files.filter { $0.key.hasPrefix("stories") }
        == before.filter { $0.key.hasPrefix("stories") })
  }

  @Test func `what another program compressed is read as well`() throws {
    try fillDisk()
    let plain = try bytes(Self.sealed, disk).bytes
    let member = plain.withUnsafeBufferPointer {
      GzipMember.compress($0, at: 0, seen: Sample.noon, after: 0)
    }
    // Without the extra field: the header that gzip itself writes.
    let bare = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + member.dropFirst(GzipMember.headerByteCount)
    try disk.unlink(Self.sealed)
    try disk.create(Self.compressed).bytes = bare
    let archive = try Archive.open(disk, access: .readOnly)
    #expect(try archive.storedNumbers() == Array(0...3000))
    #expect(try archive.verify(readData: true).damage == [])
    try #require(disk.node(at: Self.compressed)).bytes.removeLast(2000)
    #expect(!(try archive.verify(readData: true).damage.isEmpty))
    #expect(try Archive.open(disk, access: .readOnly).storedNumbers().last == 3000)
  }

  @Test func `compacting cut short or failing at any call loses nothing`() throws {
    let archive = try Archive.open(disk)
    try archive.store(0..<4)
    try archive.seal(now: Sample.noon)
    try archive.store([4], now: Self.later)
    for node in disk.files.keys.compactMap(disk.node(at:)) { node.durableBytes = node.bytes }
    for isDeath in [true, false] {
      try FailingCall.each(
        on: disk, tornByteCount: 10, isDeath: isDeath, now: Self.later
      ) { call in
        let done = try? call.archive.compact(now: Self.later, olderThan: .zero)
        #expect(!call.isOver || done?.segmentCount == 1)
        call.system.die()
        for disk in [call.disk.copy(), call.disk.afterPowerCut()] {
          disk.locks = [:]
          let reader = try Archive.open(disk, access: .readOnly)
          #expect(try reader.storedNumbers() == Array(0...4), call.context)
          #expect(try reader.verify(readData: true).damage == [], call.context)
          try compact(disk)
          #expect(try Archive.open(disk).storedNumbers() == Array(0...4), call.context)
          #expect(disk.files[Self.sealed] == nil)
          #expect(disk.files.keys.filter { $0.hasSuffix(".new") } == [])
        }
      }
    }
  }
}
