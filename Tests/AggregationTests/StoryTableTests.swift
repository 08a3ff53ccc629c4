import Foundation
import StoryGrouping
import Syndication
import TestNumbers
import Testing

@testable import Aggregation
@testable import StoryArchive

@Suite struct StoryTableTests {
  private static func story(_ title: String) -> Story {
    Story(
      id: StoryID(bits: 1), seen: Sample.noon, feed: "https://herald.example/rss",
      source: "Herald", title: title, text: "")
  }

  private static func version(_ number: Int) -> StoryVersion {
    let story = story("Ferry \(number) sails")
    return StoryVersion(of: story, StoryFingerprint(of: story))
  }

  /// A folder in which tables are made.
  private struct Workshop {
    let folder: TemporaryFolder
    let archive: Archive
    let cache = PageCache()

    init() throws {
      folder = try TemporaryFolder()
      archive = try Archive.open(at: folder.path, access: .readWrite, now: Sample.noon)
    }

    func path(_ sum: UInt64) -> String {
      "\(folder.path)/state/\(KnowledgeStore.tableName(sum))"
    }

    func open(_ sum: UInt64) throws -> StoryTable? {
      try archive.storedFile(named: KnowledgeStore.tableName(sum)).flatMap {
        StoryTable($0, cache: cache)
      }
    }

    func table(of stories: KnownStories) throws -> StoryTable {
      let rows = stories.recentRows
      let sum = try finish(
        TableMerge(of: rows.versions, rows.sightings, to: archive.draftStoredFile(at: "new")))
      return try #require(try open(sum))
    }

    func merge(_ tables: some Collection<StoryTable>, step: Int) throws -> StoryTable {
      let sum = try finish(
        TableMerge(of: tables, to: archive.draftStoredFile(at: "new")), step: step)
      return try #require(try open(sum))
    }

    private func finish(_ work: TableMerge, step: Int = 10) throws -> UInt64 {
      var work = work
      while true {
        if let written = try work.goOn(limit: step) { return written.sum }
      }
    }
  }

  /// What `KnownStories` is to answer, told in the plainest way.
  private struct Model {
    var versions: [StoryID: StoryVersion] = [:]
    var sightings: [StoryID: StoryID] = [:]
  }

  private static func sample(
    _ count: Int, _ numbers: inout SeededNumbers
  ) -> (stories: KnownStories, model: Model) {
    var (stories, model) = (KnownStories(), Model())
    for number in 0..<count {
      let story = StoryID(bits: .random(in: 0 ... .max, using: &numbers))
      let sighting = StoryID(bits: .random(in: 0 ... .max, using: &numbers))
      stories.add(story, version(number))
      stories.note(sighting, of: story)
      model.versions[story] = version(number)
      model.sightings[sighting] = story
    }
    return (stories, model)
  }

  @Test(arguments: [0, 1, 2, 101, 102, 103, 204, 255, 256, 257, 5000])
  func `a table has every story that was written, and no other`(count: Int) throws {
    var numbers = SeededNumbers(seed: UInt64(count))
    let (stories, model) = Self.sample(count, &numbers)
    let table = try Workshop().table(of: stories)
    for (story, version) in model.versions {
      #expect(table.version(of: story) == version)
      for other in [story.bits &+ 1, story.bits &- 1]
      where model.versions[StoryID(bits: other)] == nil {
        #expect(table.version(of: StoryID(bits: other)) == nil)
      }
    }
    for (sighting, story) in model.sightings {
      #expect(table.story(sightedAs: sighting) == story)
    }
    for key in [0, UInt64.max] where model.versions[StoryID(bits: key)] == nil {
      #expect(table.version(of: StoryID(bits: key)) == nil)
    }
    #expect(!table.foundDamage)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `stories in memory and in tables are known as if all were in memory`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let workshop = try Workshop()
    var (stories, model) = (KnownStories(), Model())
    var mostTables = 0
    for step in 0..<1500 {
      // Few keys, so that much is known already.
      let story = StoryID(bits: .random(in: 0..<400, using: &numbers) << 55)
      let sighting = StoryID(bits: .random(in: 0..<400, using: &numbers) << 55)
      let version = step % 17 == 0 ? StoryVersion.removed : Self.version(step)
      if stories[story] == nil, step % 2 == 0 {
        stories.add(story, version)
      } else {
        stories.set(story, version)
      }
      model.versions[story] = version
      stories.note(sighting, of: story)
      model.sightings[sighting] = model.sightings[sighting] ?? story
      if Int.random(in: 0..<60, using: &numbers) == 0 {
        stories.moveRecent(to: try workshop.table(of: stories))
        mostTables = max(mostTables, stories.tables.count)
        if let places = stories.mergeable {
          let step = Int.random(in: 1...40, using: &numbers)
          stories.replace(places, by: try workshop.merge(stories.tables[places], step: step))
        }
      }
    }
    #expect(stories.count == model.versions.count, "seed \(seed)")
    #expect(mostTables > 1 && stories.isSound)
    for bits in 0..<400 as Range<UInt64> {
      let key = StoryID(bits: bits << 55)
      #expect(stories[key] == model.versions[key], "seed \(seed)")
      #expect(stories.story(sightedAs: key) == model.sightings[key], "seed \(seed)")
    }
  }

  @Test func `tables are merged, so that few are searched`() throws {
    var numbers = SeededNumbers(seed: 1)
    let workshop = try Workshop()
    var stories = KnownStories()
    for _ in 0..<100 {
      for number in 0..<8 {
        stories.add(StoryID(bits: .random(in: 0 ... .max, using: &numbers)), Self.version(number))
      }
      stories.moveRecent(to: try workshop.table(of: stories))
      while let places = stories.mergeable {
        stories.replace(places, by: try workshop.merge(stories.tables[places], step: 100))
      }
      #expect(stories.tables.count <= 5)
    }
    #expect(stories.tables.reduce(0) { $0 + $1.versions.rowCount } == 800)
  }

  private static func flip(_ place: Int, in path: String) throws {
    let file = try FileHandle(forUpdating: URL(filePath: path))
    defer { try? file.close() }
    try file.seek(toOffset: UInt64(place))
    let byte = try #require(try file.read(upToCount: 1)?.first)
    try file.seek(toOffset: UInt64(place))
    try file.write(contentsOf: [byte ^ 1 << UInt8(place % 8)])
  }

  @Test func `whatever byte is damaged, it is noticed or makes no difference`() throws {
    var numbers = SeededNumbers(seed: 5)
    let (stories, model) = Self.sample(260, &numbers)
    let workshop = try Workshop()
    let sum = try workshop.table(of: stories).sum
    let path = workshop.path(sum)
    let byteCount = try Data(contentsOf: URL(filePath: path)).count
    // So many that the filters are read, too.
    let versions = model.versions.shuffled(using: &numbers).prefix(68)
    let sightings = model.sightings.shuffled(using: &numbers).prefix(2)
    var believed = 0
    let tail = byteCount - 300
    for place in Array(stride(from: 0, to: tail, by: 5)) + Array(tail..<byteCount) {
      try Self.flip(place, in: path)
      defer { try? Self.flip(place, in: path) }
      guard let table = try workshop.open(sum), table.sum == sum else { continue }
      let isRight =
        versions.allSatisfy { table.version(of: $0.key) == $0.value }
        && sightings.allSatisfy { table.story(sightedAs: $0.key) == $0.value }
      if isRight, !table.foundDamage { believed += 1 }
      if !isRight, !table.foundDamage { Issue.record("byte \(place) is believed") }
    }
    // The pages that none of these stories is on, at most.
    #expect(believed < byteCount / 5 / 3)
  }

  @Test func `no part of a table passes for one`() throws {
    var numbers = SeededNumbers(seed: 6)
    let workshop = try Workshop()
    let table = try workshop.table(of: Self.sample(110, &numbers).stories)
    let bytes = try Data(contentsOf: URL(filePath: workshop.path(table.sum)))
    let file = try FileHandle(forUpdating: URL(filePath: workshop.path(table.sum)))
    for count in bytes.indices.reversed() {
      try file.truncate(atOffset: UInt64(count))
      if try workshop.open(table.sum) != nil { Issue.record("\(count) bytes are a table") }
    }
  }

  @Test func `a page that rots after it was read is not written into another table`() throws {
    var numbers = SeededNumbers(seed: 7)
    let (stories, model) = Self.sample(300, &numbers)
    let workshop = try Workshop()
    let table = try workshop.table(of: stories)
    for story in model.versions.keys { _ = table.version(of: story) }
    #expect(!table.foundDamage)
    try Self.flip(4096 + 20, in: workshop.path(table.sum))
    #expect(throws: DamagedTable.self) { try workshop.merge([table], step: 1000) }
    #expect(table.foundDamage)
  }

  @Test func `a table that is cut short while it is used is damaged, not a crash`() throws {
    var numbers = SeededNumbers(seed: 8)
    let (stories, model) = Self.sample(300, &numbers)
    let workshop = try Workshop()
    let table = try workshop.table(of: stories)
    try FileHandle(forUpdating: URL(filePath: workshop.path(table.sum))).truncate(atOffset: 100)
    for story in model.versions.keys { #expect(table.version(of: story) == nil) }
    #expect(table.foundDamage)
  }

  @Test func `a table whose rows stand in another order is damaged for all who use it`() throws {
    let workshop = try Workshop()
    let draft = try workshop.archive.draftStoredFile(at: "new")
    var writer = StoryTableWriter(to: draft, versionCount: 2)
    for bits in [7, 3] as [UInt64] {
      try writer.append(KnownVersion(story: StoryID(bits: bits), version: Self.version(1)))
    }
    try writer.endSection()
    try writer.endSection()
    let sum = try writer.finish()
    try draft.finish(named: KnowledgeStore.tableName(sum))
    let table = try #require(try workshop.open(sum))
    #expect(throws: DamagedTable.self) { try workshop.merge([table], step: 1000) }
    #expect(table.foundDamage)
  }
}
