import FeedFetching
import Foundation
import StoryArchive
import Syndication
import SystemPackage
import Testing

@testable import Aggregation

/// What a process knows of an archive that lacks a segment, or that others take out of meanwhile.
@Suite struct KnowledgeUnderMaintenanceTests {
  private let herald = Sample.feed("herald")
  private let folder: TemporaryFolder
  private let system: WatchedFileSystem
  private let end = Sample.noon + .seconds(3 * 86_400)

  /// Five stories a day, each day in a segment of its own.
  init() throws {
    folder = try TemporaryFolder()
    system = try WatchedFileSystem(at: folder.path)
    for day in 0..<4 {
      let now = Sample.noon + .seconds(day * 86_400)
      let aggregator = try Aggregator(storage: folder.path, now: now)
      _ = try aggregator.refresh(herald, with: document(day * 5..<day * 5 + 5), now: now)
      if day == 3 { aggregator.known.keepStories(always: true) }
    }
  }

  private func document(_ numbers: Range<Int>) -> FetchResult {
    Sample.answer(
      Sample.rss(numbers.map { Sample.Item(guid: "\($0)", title: "Ferry \($0) sails") }))
  }

  private func living() throws -> Aggregator {
    try Aggregator(
      archive: Archive.open(on: system, named: folder.path, access: .readWrite, now: end),
      now: end)
  }

  private func newCount(_ aggregator: Aggregator, _ numbers: Range<Int>) throws -> Int {
    try aggregator.refresh(herald, with: document(numbers), now: end).counts.new
  }

  private var segments: [String] {
    get throws {
      let year = "\(folder.path)/stories/2026"
      return try FileManager.default.contentsOfDirectory(atPath: year).sorted()
        .filter { $0.hasSuffix(".jsonl") }.map { "\(year)/\($0)" }
    }
  }

  /// Forgets what was seen before the given day.
  private func prune(before day: Int) throws {
    let archive = try Archive.open(at: folder.path, access: .readWrite, now: end)
    let moment = Timestamp(milliseconds: 0) + .seconds((Sample.noon.day + day) * 86_400)
    let report = try archive.prune(PruneRule(before: moment, forgetsStories: true), now: end)
    #expect(report.segments.count == 1)
  }

  @Test func `what is pruned while a segment is missing is noticed by who runs`() throws {
    try FileManager.default.removeItem(atPath: segments[1])
    let living = try living()
    #expect(try newCount(living, 10..<15) == 0)
    try prune(before: 1)
    #expect(try newCount(living, 0..<5) == 5)
    #expect(try newCount(living, 0..<20) == 5)
    #expect(try newCount(living, 0..<20) == 0)
  }

  @Test func `that a segment is missing is looked up once`() throws {
    try FileManager.default.removeItem(atPath: segments[1])
    let living = try living()
    #expect(try newCount(living, 10..<15) == 0)
    system.forget()
    for _ in 0..<5 { #expect(try newCount(living, 10..<15) == 0) }
    #expect(system.opened.filter { $0.hasSuffix("segments.jsonl") } == [])
  }

  @Test func `while segments are taken out of, all is folded once and once more at the end`() throws
  {
    let living = try living()
    #expect(try newCount(living, 10..<15) == 0)
    var foldCount = 0
    let first = try URL(filePath: #require(segments.last)).lastPathComponent
    for day in 1...3 {
      try prune(before: day)
      let others = try Archive.open(at: folder.path, access: .readWrite, now: end)
      try others.withStateLock(named: "maintenance.lock") { () throws in
        for _ in 0..<3 {
          system.forget()
          #expect(try newCount(living, 15..<20) == 0)
          if system.readSegments.contains(where: { $0.hasSuffix(first) }) { foldCount += 1 }
        }
      }
    }
    #expect(foldCount == 1)
    // The first knows by what it was folded to, the second by what is there.
    #expect(try newCount(living, 15..<20) == 0)
    #expect(try newCount(living, 0..<20) == 15)
    #expect(try newCount(living, 0..<20) == 0)
  }

  @Test func `a fold that cannot write tables ends before it takes all memory`() throws {
    try FileManager.default.removeItem(atPath: "\(folder.path)/state/knowledge")
    var limits = TableLimits()
    (limits.spilledRowCount, limits.foldedRecordCount, limits.heldRowCount) = (4, 3, 24)
    system.isFull = true
    func start() throws -> Aggregator {
      try Aggregator(
        archive: Archive.open(on: system, named: folder.path, access: .readWrite, now: end),
        limits: limits)
    }
    #expect(throws: ArchiveError.self) { try start() }
    system.isFull = false
    let aggregator = try start()
    #expect(aggregator.storyCount == 20)
    #expect(aggregator.known.knowledge.stories.recentRowCount <= 10)
  }
}
