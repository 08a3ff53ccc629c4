import StoryGrouping
import Syndication
import TestNumbers
import Testing

@testable import Aggregation
@testable import StoryArchive

@Suite struct StoryTableTests {
  private final class Sink {
    var bytes: [UInt8] = []
  }

  private static func story(_ title: String) -> Story {
    Story(
      id: StoryID(bits: 1), seen: Sample.noon, feed: "https://herald.example/rss",
      source: "Herald", title: title, text: "")
  }

  private static func version(_ number: Int) -> StoryVersion {
    let story = story("Ferry \(number) sails")
    return StoryVersion(of: story, StoryFingerprint(of: story))
  }

  private static func bytes(of stories: KnownStories) throws -> (kept: [StoryTable], bytes: [UInt8])
  {
    let sink = Sink()
    let kept = try stories.writeTable { sink.bytes += $0 }.kept
    return (kept, sink.bytes)
  }

  /// Bytes that tests change beneath tables.
  private final class Memory {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
      self.bytes = .allocate(byteCount: bytes.count, alignment: 64)
      bytes.withUnsafeBytes { self.bytes.copyMemory(from: $0) }
    }

    deinit {
      bytes.deallocate()
    }

    /// The table of the first `count` bytes, which goes before this does.
    func table(_ count: Int? = nil) -> StoryTable? {
      let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(count ?? bytes.count)])
      return StoryTable(MappedFile(part) { _, _ in })
    }
  }

  private static func table(_ bytes: [UInt8]) -> StoryTable? {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    bytes.withUnsafeBytes { copy.copyMemory(from: $0) }
    return StoryTable(MappedFile(copy) { start, _ in start.deallocate() })
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

  @Test(arguments: [0, 1, 2, 101, 102, 103, 204, 255, 256, 257, 700])
  func `a table has every story that was written, and no other`(count: Int) throws {
    var numbers = SeededNumbers(seed: UInt64(count))
    let (stories, model) = Self.sample(count, &numbers)
    let table = try #require(Self.table(Self.bytes(of: stories).bytes))
    for (story, version) in model.versions {
      #expect(table.row(story.bits, in: table.versions)?.version == version)
      for other in [story.bits &+ 1, story.bits &- 1]
      where model.versions[StoryID(bits: other)] == nil {
        #expect(table.row(other, in: table.versions) == nil)
      }
    }
    for (sighting, story) in model.sightings {
      #expect(table.row(sighting.bits, in: table.sightings)?.story == story)
    }
    for key in [0, UInt64.max] where model.versions[StoryID(bits: key)] == nil {
      #expect(table.row(key, in: table.versions) == nil)
    }
    #expect(!table.foundDamage)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `stories in memory and in tables are known as if all were in memory`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var (stories, model) = (KnownStories(), Model())
    var mostTables = 0
    for step in 0..<1500 {
      // Few keys, so that much is known already.
      let story = StoryID(bits: .random(in: 0..<400, using: &numbers))
      let sighting = StoryID(bits: .random(in: 0..<400, using: &numbers))
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
        let (kept, bytes) = try Self.bytes(of: stories)
        stories = KnownStories(
          tables: kept + [try #require(Self.table(bytes))], count: stories.count)
        mostTables = max(mostTables, stories.tables.count)
      }
    }
    #expect(stories.count == model.versions.count, "seed \(seed)")
    #expect(mostTables > 1 && stories.isSound)
    for bits in 0..<400 as Range<UInt64> {
      let key = StoryID(bits: bits)
      #expect(stories[key] == model.versions[key], "seed \(seed)")
      #expect(stories.story(sightedAs: key) == model.sightings[key], "seed \(seed)")
    }
  }

  @Test func `tables are merged, so that few are searched`() throws {
    var numbers = SeededNumbers(seed: 1)
    var stories = KnownStories()
    for _ in 0..<100 {
      for number in 0..<8 {
        stories.add(StoryID(bits: .random(in: 0 ... .max, using: &numbers)), Self.version(number))
      }
      let (kept, bytes) = try Self.bytes(of: stories)
      stories = KnownStories(
        tables: kept + [try #require(Self.table(bytes))], count: stories.count)
      #expect(stories.tables.count <= 5)
    }
    #expect(stories.tables.reduce(0) { $0 + $1.versions.rowCount } == 800)
  }

  @Test func `whatever byte is damaged, it is noticed or makes no difference`() throws {
    var numbers = SeededNumbers(seed: 5)
    let (stories, model) = Self.sample(260, &numbers)
    let memory = Memory(try Self.bytes(of: stories).bytes)
    let versions = model.versions.shuffled(using: &numbers).prefix(6)
    let sightings = model.sightings.shuffled(using: &numbers).prefix(2)
    var believed = 0
    for place in memory.bytes.indices {
      memory.bytes[place] ^= 1 << UInt8(place % 8)
      defer { memory.bytes[place] ^= 1 << UInt8(place % 8) }
      guard let table = memory.table() else { continue }
      let isRight =
        versions.allSatisfy { table.row($0.key.bits, in: table.versions)?.version == $0.value }
        && sightings.allSatisfy { table.row($0.key.bits, in: table.sightings)?.story == $0.value }
      if isRight { believed += 1 }
      if !isRight, !table.foundDamage { Issue.record("byte \(place) is believed") }
    }
    // The pages that none of these stories is on, at most.
    #expect(believed < memory.bytes.count / 2)
  }

  @Test func `no part of a table passes for one`() throws {
    var numbers = SeededNumbers(seed: 6)
    let memory = Memory(try Self.bytes(of: Self.sample(110, &numbers).stories).bytes)
    #expect(memory.table() != nil)
    for count in memory.bytes.indices where memory.table(count) != nil {
      Issue.record("\(count) of \(memory.bytes.count) bytes are taken for a table")
    }
  }
}
