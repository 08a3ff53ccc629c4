import FeedFetching
import FeedParsing
import Foundation
import StoryArchive
import StoryGrouping
import Syndication
import SystemPackage
import Testing

@testable import Aggregation

/// What becomes of new stories when the tables that tell copies of old ones rot while they are used.
@Suite struct GroupingDamageTests {
  private let folder: TemporaryFolder
  private let herald = Sample.feed("herald")
  private let later = Sample.noon + .seconds(9 * 86_400)
  private let texts: [String] = (0..<30).map { number in
    (0..<60).map { "word\(number * 61 + $0)" }.joined(separator: " ")
  }

  /// Old stories, whose clusters are closed, and a table of their copies.
  init() throws {
    folder = try TemporaryFolder()
    let aggregator = try aggregator()
    _ = try aggregator.refresh(herald, with: document("old", 0..<30), now: Sample.noon)
    let other = Sample.Item(guid: "other", title: "Goats board the last ferry")
    _ = try aggregator.refresh(herald, with: Sample.answer(Sample.rss([other])), now: later)
    aggregator.keepCopies(always: true, toTheEnd: true)
    #expect(try !tables.isEmpty)
  }

  private func aggregator(
    on disk: FaultyDisk? = nil, _ change: (inout TableLimits) -> Void = { _ in }
  ) throws -> Aggregator {
    var limits = TableLimits()
    limits.heldCopiesByteCount = 0
    change(&limits)
    let disk = try disk ?? FaultyDisk(at: folder.path)
    return try Aggregator(
      archive: Archive.open(on: disk, named: folder.path, access: .readWrite, now: later),
      limits: limits)
  }

  /// Has all opened that new stories are grouped with.
  private func publishOne(_ aggregator: Aggregator, now: Timestamp? = nil) throws {
    let item = Sample.Item(guid: "one", title: "A mayor resigns over a bridge")
    _ = try aggregator.refresh(
      Sample.feed("gazette"), with: Sample.answer(Sample.rss([item])), now: now ?? later)
  }

  private func rotTables() throws {
    for path in try tables {
      var bytes = try Data(contentsOf: URL(filePath: path))
      for place in 32..<5792 { bytes[place] = ~bytes[place] }
      // Where it lies, since it is open.
      let file = try FileHandle(forUpdating: URL(filePath: path))
      try file.write(contentsOf: bytes)
      try file.close()
    }
  }

  private func removeDerived() throws {
    for path in try tables + ["\(folder.path)/state/grouping"] {
      try FileManager.default.removeItem(atPath: path)
    }
  }

  private func document(_ kind: String, _ numbers: Range<Int>) -> FetchResult {
    Sample.answer(
      Sample.rss(
        numbers.map {
          Sample.Item(guid: "\(kind) \($0)", title: "Report number \($0)", text: texts[$0])
        }))
  }

  private var tables: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state")
        .filter { $0.hasPrefix("copies-") }.map { "\(folder.path)/state/\($0)" }
    }
  }

  /// Of the stories of `kind`, those that were told to be copies.
  private func copyCount(_ kind: String) throws -> Int {
    var count = 0
    try Archive.open(at: folder.path, access: .readOnly, now: later).replay { record in
      if case .story(let story, _, _?) = record, story.guid?.hasPrefix(kind) ?? false { count += 1 }
    }
    return count
  }

  /// Another publisher's copies of all that is old.
  private func publishCopies(_ aggregator: Aggregator) throws -> Int {
    let outcome = try aggregator.refresh(
      Sample.feed("tribune"), with: document("late", 0..<30), now: later)
    return outcome.counts.new
  }

  @Test func `copies of old stories are found in a table on disk`() throws {
    #expect(try publishCopies(aggregator()) == 30)
    #expect(try copyCount("late") == 30)
  }

  @Test(arguments: ["rots", "is cut short", "is emptied"])
  func `a table that is damaged while it is used makes no wrong cluster`(what: String) throws {
    let aggregator = try aggregator()
    try publishOne(aggregator)
    for path in try tables {
      let file = try FileHandle(forUpdating: URL(filePath: path))
      let bytes = try #require(try file.readToEnd())
      switch what {
      case "rots":
        try file.seek(toOffset: 0)
        // The records' identifiers among others, behind the header.
        try file.write(contentsOf: bytes.prefix(32) + bytes.dropFirst(32).prefix(5760).map { ~$0 })
      case "is cut short": try file.truncate(atOffset: 3000)
      default: try file.truncate(atOffset: 0)
      }
      try file.close()
    }
    #expect(try publishCopies(aggregator) == 30)
    #expect(try copyCount("late") == 30)
    aggregator.keepCopies(always: true, toTheEnd: true)
    #expect(try !tables.isEmpty)
  }

  @Test func `a damaged table that a start finds is done without`() throws {
    try rotTables()
    #expect(try publishCopies(aggregator()) == 30)
    #expect(try copyCount("late") == 30)
  }

  @Test func `nothing is folded while others wait for the writer lock`() throws {
    let disk = try FaultyDisk(at: folder.path)
    let living = try aggregator(on: disk)
    try publishOne(living)
    try rotTables()
    #expect(try publishCopies(living) == 30)
    #expect(disk.readUnderLock == [])
    #expect(try copyCount("late") == 30)
  }

  @Test func `what was decided by a damaged table is folded anew in slices`() throws {
    let living = try aggregator()
    try publishOne(living)
    try rotTables()
    let answer = ReadAnswer(
      of: document("late", 0..<30), feed: Sample.feed("tribune"),
      policy: RefreshPolicy(interval: nil), line: "tribune", now: later)
    var sliceCount = 0
    var outcomes: [RefreshOutcome]?
    while outcomes == nil {
      sliceCount += 1
      try #require(sliceCount < 100)
      outcomes = try living.refresh([answer], now: later, foldLimit: 5)
    }
    // 32 stories, folded to know them and once more to group with them.
    #expect(sliceCount > 12)
    #expect(outcomes?[0].counts.new == 30)
    #expect(try copyCount("late") == 30)
  }

  @Test func `nothing is folded under the writer lock for what is imported`() throws {
    try removeDerived()
    let disk = try FaultyDisk(at: folder.path)
    let living = try aggregator(on: disk)
    let items = (0..<3).map { Sample.Item(guid: "imported \($0)", title: "", text: texts[$0]) }
    let document = try FeedParser.parse(Sample.rss(items), ParseRequest(url: nil))
    let counts = try living.store(imported: document, of: Sample.feed("courier"), now: later)
    #expect(counts.new == 3)
    #expect(disk.readUnderLock == [])
  }

  @Test func `a damaged table is named once`() throws {
    let living = try aggregator()
    try publishOne(living)
    let name = try #require(try tables.first.map { URL(filePath: $0).lastPathComponent })
    try rotTables()
    _ = try publishCopies(living)
    let told = living.damage
    #expect(told.count == 1 && told[0].hasPrefix("state/\(name):"), "\(told)")
    living.keepCopies(always: true, toTheEnd: true)
    try rotTables()
    _ = try living.refresh(
      Sample.feed("courier"), with: document("later", 0..<30), now: later)
    #expect(living.damage == told)
  }

  @Test func `a disk that keeps reading tables back wrong does not keep stories from being stored`()
    throws
  {
    let disk = try FaultyDisk(at: folder.path)
    let living = try aggregator(on: disk) { $0.spilledCopiesByteCount = 0 }
    disk.wrong = "state/copies-"
    #expect(try publishCopies(living) == 30)
    #expect(try copyCount("late") == 30)
    living.keepCopies(always: true, toTheEnd: true)
    let next = try living.refresh(
      Sample.feed("courier"), with: document("later", 0..<30), now: later)
    #expect(next.counts.new == 30)
    #expect(try copyCount("later") == 30)
  }

  @Test func `a copy names no table that is gone`() throws {
    let living = try aggregator()
    try publishOne(living)
    for path in try tables { try FileManager.default.removeItem(atPath: path) }
    living.keepCopies(always: true, toTheEnd: true)
    let archive = try Archive.open(at: folder.path, access: .readWrite, now: later)
    #expect(try !tables.isEmpty)
    #expect(GroupingStore(archive).load() != nil)
  }

  @Test func `a fold writes tables out before it ends`() throws {
    let items = texts.indices.map { number in
      let words = texts[number].split(separator: " ").reversed().joined(separator: " ")
      return Sample.Item(guid: "second \(number)", title: "second \(number)", text: words)
    }
    let first = try aggregator()
    _ = try first.refresh(herald, with: Sample.answer(Sample.rss(items)), now: later)
    let last = later + .seconds(9 * 86_400)
    try publishOne(first, now: last)
    try removeDerived()
    let disk = try FaultyDisk(at: folder.path)
    var written: [String] = []
    disk.beforeRename = { if $0.hasPrefix("state/copies-") { written.append($0) } }
    let living = try aggregator(on: disk) {
      ($0.spilledCopiesByteCount, $0.foldedRecordCount) = (0, 8)
    }
    let other = Sample.Item(guid: "two", title: "Rain delays the regatta")
    _ = try living.refresh(
      Sample.feed("gazette"), with: Sample.answer(Sample.rss([other])), now: last)
    #expect(written.count == 2, "\(written)")
  }

  @Test func `whatever byte of a file is damaged, it is noticed or makes no difference`() throws {
    let archive = try Archive.open(at: folder.path, access: .readWrite, now: later)
    let whole: [UInt8] = (0..<5000 * 8).map { UInt8(truncatingIfNeeded: $0 &* 37 >> 3) }
    var written: [UInt8] = []
    try SummedFile.write(whole) { written += $0 }
    let path = "\(folder.path)/state/tried"
    func open(_ bytes: [UInt8]) throws -> SummedFile? {
      try Data(bytes).write(to: URL(filePath: path))
      return try archive.storedFile(named: "tried").flatMap(SummedFile.init)
    }
    #expect(try open(written)?.contents() == whole)
    for place in stride(from: 0, to: written.count, by: 97) {
      var bytes = written
      bytes[place] ^= 0x10
      guard let file = try open(bytes) else { continue }
      #expect(place < whole.count, "byte \(place)")
      #expect(file.contents() == nil && !file.isSound, "byte \(place)")
    }
    for count in stride(from: 0, to: written.count, by: 499) {
      #expect(try open(Array(written.prefix(count))) == nil, "\(count) bytes")
    }
  }
}
