import ArchiveSimulation
import StoryArchive
import Syndication
import SystemPackage
import TestNumbers
import Testing

/// What becomes of stories later, found by the lists beside the segments.
@Suite struct ArchiveChangesTests {
  private static let day = Duration.seconds(86_400)
  private static let dayCount = 8

  /// How the lists are when they are needed.
  enum Lists: CaseIterable {
    case asSealed, missing, cut, ofOtherBytes
  }

  /// Days of stories, each with changes of some that came before, the first days compressed.
  private func disk(_ numbers: inout SeededNumbers) throws -> MemoryFileSystem.Disk {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    var count = 0
    for day in 0..<Self.dayCount {
      for hour in 0..<4 {
        var records: [ArchiveRecord] = []
        for _ in 0..<numbers.next(below: 5) {
          records.append(Sample.record(count))
          count += 1
        }
        for _ in 0..<numbers.next(below: 3) where count > 0 {
          records.append(change(of: numbers.next(below: count), &numbers))
        }
        try archive.store(records, now: Sample.noon + Self.day * day + .seconds(3600 * hour))
      }
    }
    _ = try archive.compact(now: Sample.noon + Self.day * Self.dayCount, olderThan: Self.day * 5)
    return disk
  }

  private func change(of number: Int, _ numbers: inout SeededNumbers) -> ArchiveRecord {
    let id = StoryID(bits: UInt64(number + 1))
    return switch numbers.next(below: 3) {
    case 0: .revision(Sample.story(number, text: "Late by \(numbers.next() % 60) minutes."))
    case 1: .move(story: id, cluster: StoryID(bits: numbers.next()), seen: Sample.noon)
    default: .removed(stories: [id, StoryID(bits: UInt64(number + 2))], seen: Sample.noon)
    }
  }

  /// What reading all of the archive gives.
  private func allChanges(
    _ disk: MemoryFileSystem.Disk, since: Timestamp, of isMeant: (StoryID) -> Bool
  ) throws -> [ArchiveRecord] {
    var changes: [ArchiveRecord] = []
    try Archive.open(disk, access: .readOnly).records(since: since) { record in
      let stories: [StoryID] =
        switch record {
        case .revision(let story): [story.id]
        case .move(let story, _, _): [story]
        case .removed(let stories, _): stories
        case .story, .relocation: []
        }
      if stories.contains(where: isMeant) { changes.append(record) }
    }
    return changes
  }

  private func changes(
    _ disk: MemoryFileSystem.Disk, since: Timestamp, of isMeant: (StoryID) -> Bool
  ) throws -> (records: [ArchiveRecord], damage: [Damage]) {
    let archive = try Archive.open(disk, access: .readOnly)
    var records: [ArchiveRecord] = []
    try archive.changes(since: since, of: isMeant) { records.append($0) }
    return (records, archive.damage)
  }

  private func lists(_ disk: MemoryFileSystem.Disk) -> [String: [UInt8]] {
    disk.files.filter { $0.key.hasSuffix(".changes") }
  }

  private func bring(_ disk: MemoryFileSystem.Disk, to state: Lists) throws {
    let paths = lists(disk).keys.sorted()
    let first = try #require(paths.first.flatMap { disk.files[$0] })
    for path in paths {
      switch state {
      case .asSealed: break
      case .missing: try disk.unlink(path)
      case .cut: try #require(disk.node(at: path)).bytes.removeLast()
      case .ofOtherBytes: try #require(disk.node(at: path)).bytes = first
      }
    }
  }

  /// Rot in every line of a story, which whoever reads these lines meets.
  private func spoilStories(of node: MemoryFileSystem.Node) throws {
    let start = Array("\n{\"v\":1,\"type\":\"story\"".utf8)
    for place in node.bytes.indices where node.bytes[place...].starts(with: start) {
      node.bytes[place + start.count - 2] = UInt8(ascii: "Y")
    }
  }

  @Test(arguments: Lists.allCases)
  func `what changed later is what reading all gives`(state: Lists) throws {
    for seed in UInt64(1)...30 {
      var numbers = SeededNumbers(seed: seed)
      let disk = try disk(&numbers)
      try bring(disk, to: state)
      for day in 0...Self.dayCount {
        let since = Sample.noon + Self.day * day + .seconds(3600 * Int(numbers.next() % 5))
        let rest = numbers.next() % 3
        let found = try changes(disk, since: since) { $0.bits % 3 == rest }
        #expect(
          try found.records == allChanges(disk, since: since) { $0.bits % 3 == rest },
          "seed \(seed), day \(day)")
        #expect(found.damage == [])
      }
    }
  }

  @Test func `a list that is made is the one that sealing made`() throws {
    var numbers = SeededNumbers(seed: 7)
    let disk = try disk(&numbers)
    let sealed = lists(disk)
    #expect(sealed.count == Self.dayCount - 1)
    try bring(disk, to: .missing)
    _ = try changes(disk, since: Sample.noon) { _ in false }
    #expect(lists(disk) == sealed)
  }

  @Test func `what came since is not read for a change`() throws {
    var numbers = SeededNumbers(seed: 7)
    let disk = try disk(&numbers)
    let since = Sample.noon + Self.day
    let before = try changes(disk, since: since) { $0.bits == 2 }.records
    #expect(!before.isEmpty)
    for path in disk.segmentPaths where path.hasSuffix(".jsonl") {
      try spoilStories(of: try #require(disk.node(at: path)))
    }
    #expect(try changes(disk, since: since) { $0.bits == 2 }.damage == [])
    try bring(disk, to: .missing)
    #expect(try changes(disk, since: since) { $0.bits == 2 }.damage != [])
  }

  @Test func `no flipped bit of a list hides a change`() throws {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    try archive.store([0])
    try archive.store(
      [.revision(Sample.story(0, text: "Sunk."))], now: Sample.noon + Self.day)
    try archive.seal(now: Sample.noon + Self.day)
    let since = Sample.noon + .seconds(1)
    let expected = try allChanges(disk, since: since) { $0.bits == 1 }
    #expect(expected.count == 1)
    for (path, bytes) in lists(disk) {
      for bit in 0..<bytes.count * 8 {
        let hurt = disk.copy()
        try #require(hurt.node(at: path)).bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(try changes(hurt, since: since) { $0.bits == 1 }.records == expected, "bit \(bit)")
      }
    }
  }

  @Test func `a change whose line is damaged is told`() throws {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    try archive.store([0])
    try archive.store(
      [.revision(Sample.story(0, text: "Sunk."))], now: Sample.noon + Self.day)
    try archive.seal(now: Sample.noon + Self.day)
    let path = try #require(disk.segmentPaths.last)
    let node = try #require(disk.node(at: path))
    let place = try #require(node.bytes.firstIndex(of: UInt8(ascii: "S")))
    node.bytes[place] ^= 0x20
    let found = try changes(disk, since: Sample.noon + .seconds(1)) { $0.bits == 1 }
    #expect(found.records == [])
    #expect(found.damage.map(\.path) == [path])
  }

  @Test func `words that are taken out take the list of their segment along`() throws {
    var numbers = SeededNumbers(seed: 7)
    let disk = try disk(&numbers)
    let list = try #require(lists(disk).keys.min())
    _ = try Archive.open(disk).redact(StoryID(bits: 1), now: Sample.noon + Self.day * 9)
    #expect(disk.files[list] == nil)
    let since = Sample.noon - Self.day
    #expect(
      try changes(disk, since: since) { $0.bits < 5 }.records
        == allChanges(disk, since: since) { $0.bits < 5 })
  }

  @Test func `a missing segment is told`() throws {
    var numbers = SeededNumbers(seed: 7)
    let disk = try disk(&numbers)
    let path = disk.segmentPaths[4]
    try disk.unlink(path)
    let found = try changes(disk, since: Sample.noon) { _ in true }
    #expect(found.damage.map(\.detail) == ["the segment is gone"])
  }

  @Test func `a missing segment is told, or why nobody can tell`() throws {
    var numbers = SeededNumbers(seed: 7)
    let disk = try disk(&numbers)
    try disk.unlink(disk.segmentPaths[4])
    var (number, failureCount) = (1, 0)
    while true {
      let failing = MemoryFileSystem(disk.copy())
      let archive = try Archive.open(
        on: failing, named: "A", access: .readOnly, now: Sample.noon)
      failing.fault = MemoryFileSystem.Fault(calls: [.open], number: number, error: .ioError)
      do {
        try archive.changes(since: Sample.noon, of: { _ in true }) { _ in }
        #expect(archive.damage.contains { $0.detail == "the segment is gone" }, "open \(number)")
        if failing.countedCalls < number { break }
      } catch {
        failureCount += 1
      }
      number += 1
    }
    #expect(failureCount > 2)
  }

  @Test func `a list that cannot be written is left out, the others are not`() throws {
    var numbers = SeededNumbers(seed: 7)
    let disk = try disk(&numbers)
    let sealed = lists(disk)
    for path in sealed.keys { try disk.unlink(path) }
    var number = 1
    while true {
      let failing = MemoryFileSystem(disk.copy())
      let archive = try Archive.open(
        on: failing, named: "A", access: .readOnly, now: Sample.noon)
      failing.fault = MemoryFileSystem.Fault(
        calls: [.write, .rename], number: number, error: .noSpace, tornByteCount: 60)
      try archive.changes(since: Sample.noon, of: { _ in true }) { _ in }
      let made = lists(failing.disk)
      #expect(made.allSatisfy { sealed[$0.key] == $0.value }, "call \(number)")
      #expect(failing.disk.files.keys.allSatisfy { !$0.hasSuffix(".new") }, "call \(number)")
      if failing.countedCalls < number { break }
      #expect(made.count == sealed.count - 1, "call \(number)")
      number += 1
    }
    #expect(number > 2 * sealed.count)
  }
}
