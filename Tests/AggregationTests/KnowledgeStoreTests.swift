import FeedFetching
import Foundation
import StoryArchive
import Syndication
import TestNumbers
import Testing

@testable import Aggregation

/// What is kept of what is known spares a start the fold, and changes nothing else.
@Suite struct KnowledgeStoreTests {
  private let herald = Sample.feed("herald")

  private func document(_ numbers: Range<Int>, edition: Int = 0) -> FetchResult {
    let items = numbers.map {
      Sample.Item(guid: "\($0)", title: "Ferry \($0) sails", text: "Edition \(edition) of \($0).")
    }
    return Sample.answer(Sample.rss(items))
  }

  private func aggregator(_ folder: TemporaryFolder) throws -> Aggregator {
    try Aggregator(storage: folder.path, now: Sample.noon)
  }

  /// An archive of thirty stories, of which two tables are kept, and three more stories.
  private func made() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let aggregator = try aggregator(folder)
    for (numbers, edition) in [(0..<25, 0), (25..<28, 0), (3..<5, 1), (28..<30, 0)] {
      _ = try aggregator.refresh(
        herald, with: document(numbers, edition: edition), now: Sample.noon)
      aggregator.known.keepStories(always: true)
    }
    _ = try aggregator.refresh(herald, with: document(30..<33), now: Sample.noon)
    return folder
  }

  private func kept(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").sorted()
      .filter { $0 == "knowledge" || $0.hasPrefix("stories-") }
      .map { "\(folder.path)/state/\($0)" }
  }

  private func load(_ folder: TemporaryFolder) throws -> Knowledge? {
    let store = KnowledgeStore(
      try Archive.open(at: folder.path, access: .readWrite, now: Sample.noon))
    return try store.load(mark: store.mark)
  }

  /// Everything is known, in the edition that was stored.
  private func expectKnown(_ folder: TemporaryFolder, _ comment: Comment) throws {
    let aggregator = try aggregator(folder)
    #expect(aggregator.storyCount == 33, comment)
    let counts = try aggregator.refresh(herald, with: document(0..<33), now: Sample.noon).counts
    #expect(counts.new == 0 && counts.known == 31 && counts.edited == 2, comment)
  }

  @Test func `a start reads what came since the tables were written, and no more`() throws {
    let folder = try made()
    let archive = try Archive.open(at: folder.path, access: .readWrite, now: Sample.noon)
    let store = KnowledgeStore(archive)
    let knowledge = try #require(try store.load(mark: store.mark))
    #expect(knowledge.storyCount == 30 && knowledge.stories.recentCount == 0)
    #expect(knowledge.filed.hasStories(of: herald.url))
    var records: [ArchiveRecord] = []
    try archive.catchUp { records.append($0) }
    #expect(records.count == 3)
    try expectKnown(folder, "after that")
  }

  @Test func `stories are known whatever is left of what was kept`() throws {
    for name in try kept(made()).map({ URL(filePath: $0).lastPathComponent }) {
      let folder = try made()
      try FileManager.default.removeItem(atPath: "\(folder.path)/state/\(name)")
      try expectKnown(folder, "without \(name)")
    }
    let folder = try made()
    for path in try kept(folder) { try Data().write(to: URL(filePath: path)) }
    try expectKnown(folder, "with empty files")
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `stories are known whatever byte of what was kept is damaged`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let folder = try made()
    let path = try #require(try kept(folder).randomElement(using: &numbers))
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    // Pages are mostly empty here.
    let places = bytes.indices.filter { bytes[$0] != 0 }
    let place = try #require(places.randomElement(using: &numbers))
    bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
    try Data(bytes).write(to: URL(filePath: path))
    try expectKnown(folder, "seed \(seed): byte \(place) of \(path)")
    // And what was found damaged is not in the way for ever.
    try expectStored(folder, "seed \(seed)")
  }

  private func expectStored(_ folder: TemporaryFolder, _ comment: Comment) throws {
    let aggregator = try aggregator(folder)
    let counts = try aggregator.refresh(herald, with: document(33..<40), now: Sample.noon).counts
    #expect(counts.new == 7, comment)
    aggregator.known.keepStories(always: true)
    #expect(try load(folder)?.storyCount == 40, comment)
  }

  @Test
  func `processes that keep what they know beside each other leave something that can be used`()
    throws
  {
    let folder = try made()
    let (first, second) = try (aggregator(folder), aggregator(folder))
    for (number, aggregator) in [first, second, first, second, second, first].enumerated() {
      let numbers = 33 + number * 6..<39 + number * 6
      _ = try aggregator.refresh(herald, with: document(numbers), now: Sample.noon)
      aggregator.known.keepStories(always: true)
      #expect(try load(folder)?.storyCount == 39 + number * 6)
    }
  }

  @Test func `nothing is kept of an archive that was changed behind its end`() throws {
    let folder = try made()
    let archive = try Archive.open(at: folder.path, access: .readWrite, now: Sample.noon)
    var first: StoryID?
    try archive.replay { record in
      if case .story(let story, _, _) = record, first == nil { first = story.id }
    }
    #expect(try load(folder) != nil)
    _ = try archive.redact(try #require(first), now: Sample.noon)
    #expect(try load(folder) == nil)
    let counts = try aggregator(folder).refresh(herald, with: document(0..<33), now: Sample.noon)
      .counts
    #expect(counts.new == 0 && counts.known == 31 && counts.edited == 2)
  }

  @Test func `a fold writes its tables as it goes, and leaves none that it wrote into others`()
    throws
  {
    let folder = try made()
    for path in try kept(folder) { try FileManager.default.removeItem(atPath: path) }
    let aggregator = try Aggregator(
      archive: Archive.open(at: folder.path, access: .readWrite, now: Sample.noon),
      limits: TableLimits(mergedRowCount: 7, spilledRowCount: 8, foldedRecordCount: 4))
    #expect((1...3).contains(try kept(folder).count))
    let counts = try aggregator.refresh(herald, with: document(0..<33), now: Sample.noon).counts
    #expect(counts.new == 0 && counts.known == 31 && counts.edited == 2)
    aggregator.known.keepStories(always: true)
    #expect(try load(folder)?.storyCount == 33)
  }

  @Test func `a segment that is gone is noticed though what it told is kept`() throws {
    let folder = try made()
    let later = Sample.noon + .seconds(86_400)
    let aggregator = try Aggregator(storage: folder.path, now: later)
    _ = try aggregator.refresh(herald, with: document(40..<42), now: later)
    aggregator.known.keepStories(always: true)
    #expect(try load(folder)?.storyCount == 35)
    let files = FileManager.default
    let year = "\(folder.path)/stories/2026"
    let names = try files.contentsOfDirectory(atPath: year).sorted()
    let segment = try #require(names.first { $0.hasSuffix(".jsonl") })
    try files.removeItem(atPath: "\(year)/\(segment)")
    #expect(try load(folder) == nil)
    #expect(try !Aggregator(storage: folder.path, now: later).damage.isEmpty)
  }
}
