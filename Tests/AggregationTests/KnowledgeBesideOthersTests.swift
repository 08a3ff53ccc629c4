import FeedFetching
import Foundation
import StoryArchive
import StoryGrouping
import Syndication
import SystemPackage
import TestNumbers
import Testing

@testable import Aggregation

/// What a process knows while others change the archive, and while disks rot: what the archive tells.
@Suite struct KnowledgeBesideOthersTests {
  private let herald = Sample.feed("herald")
  private let later = Sample.noon + .seconds(86_400)

  private func document(_ numbers: Range<Int>, edition: Int = 0) -> FetchResult {
    let items = numbers.map {
      Sample.Item(guid: "\($0)", title: "Ferry \($0) sails", text: "Edition \(edition) of \($0).")
    }
    return Sample.answer(Sample.rss(items))
  }

  private func open(_ folder: TemporaryFolder) throws -> Archive {
    try Archive.open(at: folder.path, access: .readWrite, now: later)
  }

  private func isKept(_ folder: TemporaryFolder) throws -> Bool {
    let store = KnowledgeStore(try open(folder))
    return try store.load(mark: store.mark) != nil
  }

  /// Ten stories in a sealed segment and ten in a growing one, all in tables that were kept.
  private func made() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let first = try Aggregator(storage: folder.path, now: Sample.noon)
    _ = try first.refresh(herald, with: document(0..<10), now: Sample.noon)
    let second = try Aggregator(storage: folder.path, now: later)
    _ = try second.refresh(herald, with: document(10..<20), now: later)
    second.known.keepStories(always: true)
    #expect(try isKept(folder))
    return folder
  }

  private func segment(_ folder: TemporaryFolder, _ form: String) throws -> String {
    let year = "\(folder.path)/stories/2026"
    let name = try FileManager.default.contentsOfDirectory(atPath: year).first {
      $0.hasSuffix(form)
    }
    return "\(year)/\(try #require(name))"
  }

  /// Changes a letter of the story of that number.
  private func rot(_ number: Int, in path: String) throws {
    var bytes = try Data(contentsOf: URL(filePath: path))
    let place = try #require(bytes.range(of: Data("Ferry \(number) sails".utf8)))
    bytes[place.lowerBound] ^= 1
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.write(contentsOf: bytes)
    try file.close()
  }

  private func counts(
    _ aggregator: Aggregator, _ numbers: Range<Int>, edition: Int = 0
  ) throws -> StoryCounts {
    try aggregator.refresh(
      herald, with: document(numbers, edition: edition), now: later
    ).counts
  }

  // MARK: Other processes

  @Test func `what a repair took out comes again, to who runs and to who starts after`() throws {
    let folder = try made()
    let living = try Aggregator(storage: folder.path, now: later)
    try rot(3, in: segment(folder, ".jsonl"))
    #expect(try open(folder).repair(now: later).hasLosses)
    #expect(try counts(living, 20..<25).new == 5)
    living.known.keepStories(always: true)
    #expect(try Aggregator(storage: folder.path, now: later).storyCount == 24)
    #expect(try counts(living, 0..<25).new == 1)
    living.known.keepStories(always: true)
    #expect(try isKept(folder))
    let next = try Aggregator(storage: folder.path, now: later)
    #expect(try counts(next, 0..<25) == StoryCounts(known: 25))
  }

  @Test func `what came to be known before a repair is not kept as what is known after it`() throws
  {
    let folder = try made()
    let living = try Aggregator(storage: folder.path, now: later)
    _ = try counts(living, 20..<25)
    try rot(3, in: segment(folder, ".jsonl"))
    _ = try open(folder).repair(now: later)
    living.known.keepStories(always: true)
    #expect(try !isKept(folder))
    let next = try Aggregator(storage: folder.path, now: later)
    #expect(try counts(next, 0..<25).new == 1)
  }

  @Test func `what prune forgot comes again, to who runs and to who starts after`() throws {
    for keeps in [false, true] {
      let folder = try made()
      let living = try Aggregator(storage: folder.path, now: later)
      _ = try counts(living, 20..<21)
      _ = try open(folder).prune(PruneRule(before: later, forgetsStories: true), now: later)
      if keeps {
        living.known.keepStories(always: true)
        #expect(try !isKept(folder))
        let next = try Aggregator(storage: folder.path, now: later)
        #expect(try counts(next, 0..<21).new == 10)
      }
      #expect(try counts(living, 0..<21).new == (keeps ? 0 : 10))
      #expect(try counts(living, 0..<21) == StoryCounts(known: 21))
    }
  }

  @Test func `a fold in slices keeps what was known until it is done`() throws {
    let folder = try made()
    let living = try Aggregator(storage: folder.path, now: later)
    _ = try open(folder).prune(PruneRule(before: later, forgetsStories: true), now: later)
    let answer = ReadAnswer(
      of: document(0..<20), feed: herald, policy: RefreshPolicy(interval: nil), line: "herald",
      now: later)
    var slices = 0
    var outcomes: [RefreshOutcome]?
    while true {
      outcomes = try living.refresh([answer], now: later, foldLimit: 3)
      guard outcomes == nil else { break }
      slices += 1
      // Another process goes on meanwhile.
      if slices == 2 {
        let other = try Aggregator(storage: folder.path, now: later)
        #expect(try counts(other, 40..<42).new == 2)
      }
      try living.catchUp()
      #expect(living.storyCount >= 10)
    }
    #expect(slices > 3)
    #expect(outcomes?[0].counts.new == 10)
    #expect(try counts(living, 40..<42).known == 2)
  }

  // MARK: Rot

  @Test func `rot in the growing segment is told by every start, and its story comes again`() throws
  {
    let folder = try made()
    try rot(13, in: segment(folder, ".open"))
    let first = try Aggregator(storage: folder.path, now: later)
    #expect(!first.damage.isEmpty)
    #expect(try counts(first, 0..<20).new == 1)
    first.known.keepStories(always: true)
    #expect(try !isKept(folder))
    let second = try Aggregator(storage: folder.path, now: later)
    #expect(!second.damage.isEmpty)
    #expect(try counts(second, 0..<20) == StoryCounts(known: 20))
  }

  @Test func `rot that another process finds is told by who runs`() throws {
    let folder = try made()
    let living = try Aggregator(storage: folder.path, now: later)
    try rot(13, in: segment(folder, ".open"))
    _ = try Aggregator(storage: folder.path, now: later)
    #expect(try counts(living, 0..<20).new == 1)
    #expect(!living.damage.isEmpty)
  }

  @Test func `rot in a sealed segment that grouping meets makes its story new`() throws {
    let folder = try made()
    try rot(3, in: segment(folder, ".jsonl"))
    let living = try Aggregator(storage: folder.path, now: later)
    // Nobody has looked yet.
    #expect(living.damage.isEmpty)
    #expect(try counts(living, 0..<21).new == 2)
    #expect(!living.damage.isEmpty)
    living.known.keepStories(always: true)
    #expect(try !isKept(folder))
    let next = try Aggregator(storage: folder.path, now: later)
    #expect(!next.damage.isEmpty)
    #expect(try counts(next, 0..<21) == StoryCounts(known: 21))
  }

  // MARK: Disks

  private func aggregator(
    _ folder: TemporaryFolder, _ disk: FaultyDisk, _ limits: TableLimits = .init()
  ) throws -> Aggregator {
    try Aggregator(
      archive: Archive.open(on: disk, named: folder.path, access: .readWrite, now: later),
      limits: limits)
  }

  @Test func `a table that cannot be read is done without`() throws {
    for (name, isRead) in [("stories-", true), ("stories-", false), ("knowledge", false)] {
      let folder = try made()
      let disk = try FaultyDisk(at: folder.path)
      var living: Aggregator? = isRead ? try aggregator(folder, disk) : nil
      disk.unreadable = "state/\(name)"
      let aggregator = try living ?? aggregator(folder, disk)
      #expect(try counts(aggregator, 0..<21, edition: 0) == StoryCounts(new: 1, known: 20))
      #expect(aggregator.storyCount == 21)
      let isTold = aggregator.damage.contains { $0.hasPrefix("state/stories-") }
      #expect(isTold == isRead)
      disk.unreadable = nil
      aggregator.known.keepStories(always: true)
      #expect(try isKept(folder))
      living = nil
    }
  }

  @Test func `tables that cannot be read back once they are written are done without`() throws {
    let folder = try made()
    try FileManager.default.removeItem(atPath: "\(folder.path)/state/knowledge")
    let disk = try FaultyDisk(at: folder.path)
    disk.unreadable = "state/stories-"
    var limits = TableLimits()
    (limits.spilledRowCount, limits.foldedRecordCount) = (4, 3)
    let aggregator = try aggregator(folder, disk, limits)
    #expect(try counts(aggregator, 0..<21) == StoryCounts(new: 1, known: 20))
    #expect(aggregator.storyCount == 21)
  }

  @Test func `damage that one process met is not hidden by what another keeps`() throws {
    let folder = try made()
    let living = try Aggregator(storage: folder.path, now: later)
    #expect(try counts(living, 20..<21).new == 1)
    try rot(3, in: segment(folder, ".jsonl"))
    let other = try Aggregator(storage: folder.path, now: later)
    #expect(try counts(other, 21..<22).new == 1)
    #expect(try !isKept(folder))
    #expect(try counts(living, 22..<23).new == 1)
    living.known.keepStories(always: true)
    #expect(try !isKept(folder))
    let next = try Aggregator(storage: folder.path, now: later)
    #expect(!next.damage.isEmpty)
    #expect(try counts(next, 3..<4).new == 1)
  }

  @Test func `a segment that cannot be opened is no reason to know less`() throws {
    let folder = try made()
    let disk = try FaultyDisk(at: folder.path)
    let living = try aggregator(folder, disk)
    disk.unopened = URL(filePath: try segment(folder, ".jsonl")).lastPathComponent
    // Grouping has to read it.
    #expect(throws: ArchiveError.self) { try counts(living, 20..<21) }
    let state = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/state")
    #expect(!state.contains("grouping"))
    disk.unopened = nil
    #expect(try counts(aggregator(folder, disk), 0..<21) == StoryCounts(new: 1, known: 20))
  }

  @Test func `no number in state knowledge is trusted that cannot be`() throws {
    let folder = try made()
    let archive = try open(folder)
    let store = KnowledgeStore(archive)
    let mark = try #require(store.mark)
    let path = "\(folder.path)/state/knowledge"
    let right = try #require(
      [UInt8](Data(contentsOf: URL(filePath: path))).withUnsafeBytes { KnowledgeList($0) })
    #expect(right.storyCount == 20 && right.past == mark.sum)
    for change: (inout KnowledgeList) -> Void in [
      { $0.position.ordinal = .max }, { $0.position.offset = .max }, { $0.storyCount = .max },
      { $0.storyCount = 21 }, { $0.position.ordinal = 0 }, { $0.tables += $0.tables },
      { $0.tables += [1] }, { $0.position.sum ^= 1 }, { $0.past ^= 1 },
    ] {
      var list = right
      change(&list)
      try Data(list.bytes).write(to: URL(filePath: path))
      #expect(try store.load(mark: mark) == nil)
    }
    try Data(right.bytes).write(to: URL(filePath: path))
    #expect(try store.load(mark: mark) != nil)
  }

  @Test func `kept knowledge that another version derived is not compared`() throws {
    let folder = try made()
    let path = "\(folder.path)/state/knowledge"
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    bytes[8] ^= 1
    #expect(bytes.withUnsafeBytes { KnowledgeList($0) } == nil)
    withKnownSum(&bytes)
    #expect(bytes.withUnsafeBytes { KnowledgeList($0) } == nil)
    bytes[8] ^= 1
    withKnownSum(&bytes)
    #expect(bytes.withUnsafeBytes { KnowledgeList($0) } != nil)
  }

  private func withKnownSum(_ bytes: inout [UInt8]) {
    let sum = KnowledgeList.sum(of: bytes.dropLast(8))
    withUnsafeBytes(of: sum) { bytes.replaceSubrange(bytes.count - 8..<bytes.count, with: $0) }
  }
}

extension StoryCounts {
  fileprivate init(new: Int = 0, known: Int = 0) {
    self.init()
    self.new = new
    self.known = known
  }
}
