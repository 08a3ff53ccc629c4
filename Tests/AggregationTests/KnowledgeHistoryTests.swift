import FeedFetching
import Foundation
import StoryArchive
import Syndication
import SystemPackage
import TestNumbers
import Testing

@testable import Aggregation

/// Whatever happens to an archive and to what is kept of it, a start with tables decides of every story what a
/// fold of the whole archive decides; and so does a process that lived through it.
@Suite struct KnowledgeHistoryTests {
  /// With KNOWN_HISTORIES as many more, from KNOWN_SEED on.
  private static let seeds: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    let more = environment["KNOWN_HISTORIES"].flatMap(UInt64.init) ?? 0
    let first = environment["KNOWN_SEED"].flatMap(UInt64.init) ?? 100
    return [1, 2, 3, 4, 5, 6] + Array(first..<first + more)
  }()

  @Test(arguments: seeds)
  func `a start with tables decides as a fold of the whole archive`(seed: UInt64) throws {
    var history = try History(seed: seed)
    for step in 0..<30 { try history.goOn(step) }
  }

  private struct History {
    private let seed: UInt64
    private var numbers: SeededNumbers
    private let folder: TemporaryFolder
    private let older: TemporaryFolder
    private var now = Sample.noon
    private var living: Aggregator?
    private var itemCount = 0
    private var edition = 0
    /// Whether a sealed segment may be damaged without anybody having noticed.
    private var mayRot = false
    private var steps: [String] = []
    private let feeds = ["herald", "mirror"].map(Sample.feed)

    init(seed: UInt64) throws {
      self.seed = seed
      numbers = SeededNumbers(seed: seed)
      folder = try TemporaryFolder()
      older = try TemporaryFolder()
      _ = try start(folder.path)
    }

    private var told: Comment { "seed \(seed): \(steps.joined(separator: ", "))" }

    mutating func goOn(_ step: Int) throws {
      now = now + .seconds(Int.random(in: 60...50_000, using: &numbers))
      switch Int.random(in: 0..<16, using: &numbers) {
      case 0...4: try refresh()
      case 5, 6: try keep()
      case 7: try killWhileKeeping()
      case 8: steps.append("restart"); living = try start(folder.path)
      case 9: try maintain("prune", forgets: false)
      case 10: try maintain("forget", forgets: true)
      case 11: try repair()
      case 12: try redact()
      case 13: try rot("state")
      case 14: try rot("stories")
      default: try restoreState()
      }
      if step % 3 == 2 { try compare() }
    }

    private func start(_ path: String, disk: FaultyDisk? = nil) throws -> Aggregator {
      let disk = try disk ?? FaultyDisk(at: path)
      return try Aggregator(
        archive: Archive.open(on: disk, named: path, access: .readWrite, now: now),
        limits: TableLimits(
          mergedRowCount: 7, spilledRowCount: 25, foldedRecordCount: 10))
    }

    private func answer(_ feed: Feed, _ items: Range<Int>, edited: Bool) -> ReadAnswer {
      let items = items.map { number in
        // Some publish without a GUID of their own, so that stories are known by sight.
        Sample.Item(
          guid: number % 5 == 0 ? "\(number)-\(edition)" : "\(number)", title: "Ferry \(number)",
          text: edited && number % 3 == 0 ? "Edition \(edition)." : "Ferry \(number) sails.")
      }
      return ReadAnswer(
        of: Sample.answer(Sample.rss(items)), feed: feed, policy: RefreshPolicy(interval: nil),
        line: feed.url, now: now)
    }

    /// All there ever was, with some new and some edited.
    private func everything() -> [ReadAnswer] {
      feeds.map { answer($0, max(0, itemCount - 40)..<itemCount + 2, edited: true) }
    }

    /// Decisions of a process, told in full.
    private func decisions(_ aggregator: Aggregator, _ answers: [ReadAnswer]) throws -> [String] {
      try aggregator.refresh(answers, now: now).map { outcome in
        let counts = outcome.counts
        return "\(counts.new) new, \(counts.edited) edited, \(counts.known) known, "
          + "\(counts.withheld) withheld"
      }
    }

    private func stories(_ path: String) throws -> [String] {
      var lines: [String] = []
      try Archive.open(at: path, access: .readOnly, now: now).replay { record in
        switch record {
        case .story(let story, _, _): lines.append("\(story.id) \(story.title)")
        case .revision(let story): lines.append("\(story.id) \(story.revision) \(story.text)")
        case .removed(let stories, _): lines.append("\(stories.map { "\($0)" }.sorted()) removed")
        default: break
        }
      }
      return lines
    }

    private func copy() throws -> TemporaryFolder {
      let copy = try TemporaryFolder()
      try FileManager.default.removeItem(atPath: copy.path)
      try FileManager.default.copyItem(atPath: folder.path, toPath: copy.path)
      return copy
    }

    private func withoutTables() throws -> TemporaryFolder {
      let copy = try copy()
      for name in try FileManager.default.contentsOfDirectory(atPath: copy.path + "/state")
      where name == "knowledge" || name.hasPrefix("stories-") {
        try FileManager.default.removeItem(atPath: "\(copy.path)/state/\(name)")
      }
      return copy
    }

    // MARK: What is compared

    private func compare() throws {
      let (kept, folded) = try (copy(), withoutTables())
      let (starting, folding) = try (start(kept.path), start(folded.path))
      if starting.known.skipped.count != folding.known.skipped.count {
        #expect(mayRot, told)
        // Nobody has looked there since. Whoever repairs does.
        for folder in [kept, folded] {
          _ = try Archive.open(at: folder.path, access: .readWrite, now: now).repair(now: now)
        }
      }
      let answers = everything()
      let decided = try (decisions(starting, answers), decisions(folding, answers))
      let isSame = decided.0 == decided.1
      #expect(isSame, "\(told): \(decided)")
      #expect(starting.storyCount == folding.storyCount, told)
      let written = try (stories(kept.path), stories(folded.path))
      let isWrittenSame = written.0 == written.1
      #expect(isWrittenSame, told)
    }

    // MARK: What happens

    private mutating func refresh() throws {
      edition += 1
      let first = max(0, itemCount - Int.random(in: 0...20, using: &numbers))
      itemCount += Int.random(in: 0...9, using: &numbers)
      let feed = try #require(feeds.randomElement(using: &numbers))
      let answer = answer(feed, first..<itemCount, edited: Bool.random(using: &numbers))
      let isLiving = living != nil && Int.random(in: 0..<4, using: &numbers) > 0
      steps.append("\(isLiving ? "living" : "fresh") \(first)..<\(itemCount)")
      let aggregator = try isLiving ? living : start(folder.path)
      guard let aggregator else { return }
      let folded = try withoutTables()
      let folding = try start(folded.path)
      let isSeen = aggregator.known.skipped.count == folding.known.skipped.count
      let decided = try (decisions(aggregator, [answer]), decisions(folding, [answer]))
      // What has rotted since it was read is known to those who read it.
      if isSeen || !mayRot {
        let isSame = decided.0 == decided.1
        #expect(isSame, "\(told): \(decided)")
      }
      if Bool.random(using: &numbers) { aggregator.known.keepStories(always: true) }
    }

    private mutating func keep() throws {
      let toTheEnd = Bool.random(using: &numbers)
      steps.append("keep \(toTheEnd)")
      if living == nil { living = try start(folder.path) }
      living?.known.keepStories(always: true, toTheEnd: toTheEnd)
    }

    private mutating func killWhileKeeping() throws {
      let count = Int.random(in: 0...14, using: &numbers)
      steps.append("killed after \(count)")
      living = nil
      let disk = try FaultyDisk(at: folder.path)
      let aggregator = try start(folder.path, disk: disk)
      _ = try aggregator.refresh(
        [answer(feeds[0], max(0, itemCount - 3)..<itemCount + 2, edited: true)], now: now)
      itemCount += 2
      disk.stepsLeft = count
      aggregator.known.keepStories(always: true, toTheEnd: true)
      withExtendedLifetime(aggregator) {}
    }

    private mutating func maintain(_ name: String, forgets: Bool) throws {
      steps.append(name)
      let rule = PruneRule(
        before: now + .seconds(-100_000),
        feeds: forgets || Bool.random(using: &numbers) ? nil : [feeds[0].url],
        forgetsStories: forgets)
      // What is damaged is not pruned.
      do {
        _ = try Archive.open(at: folder.path, access: .readWrite, now: now).prune(rule, now: now)
      } catch is ArchiveError {
        steps.append("in vain")
      }
    }

    private mutating func repair() throws {
      steps.append("repair")
      _ = try Archive.open(at: folder.path, access: .readWrite, now: now)
        .repair(now: now, acceptsLosses: true)
      mayRot = false
    }

    private mutating func redact() throws {
      steps.append("redact")
      let archive = try Archive.open(at: folder.path, access: .readWrite, now: now)
      var stories: [StoryID] = []
      try archive.replay { if case .story(let story, _, _) = $0 { stories.append(story.id) } }
      guard let story = stories.randomElement(using: &numbers) else { return }
      do {
        _ = try archive.redact(story, now: now)
      } catch is ArchiveError {
        steps.append("in vain")
      }
    }

    private mutating func rot(_ place: String) throws {
      let root = "\(folder.path)/\(place)"
      let names = try FileManager.default.subpathsOfDirectory(atPath: root).sorted().filter {
        place == "state"
          ? $0 == "knowledge" || $0.hasPrefix("stories-")
          : $0.hasPrefix("2")
            && ($0.hasSuffix(".jsonl") || $0.hasSuffix(".open"))
      }
      guard let name = names.randomElement(using: &numbers) else { return }
      let path = "\(root)/\(name)"
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      guard let byte = bytes.indices.randomElement(using: &numbers) else { return }
      steps.append("rot in byte \(byte) of \(name)")
      bytes[byte] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
      if place == "state", Int.random(in: 0..<4, using: &numbers) == 0 {
        bytes.removeLast(bytes.count - byte)
      }
      if place == "stories" {
        mayRot = true
        // Who lives may be appending to it.
        if name.hasSuffix(".open") { living = nil }
      }
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      defer { try? file.close() }
      try file.write(contentsOf: bytes)
      try file.truncate(atOffset: UInt64(bytes.count))
    }

    /// Keeps what is kept for later, or brings back what was.
    private mutating func restoreState() throws {
      let files = FileManager.default
      let (from, to) =
        Bool.random(using: &numbers)
        ? (folder.path + "/state", older.path) : (older.path, folder.path + "/state")
      steps.append("\(from) restored")
      for name in try files.contentsOfDirectory(atPath: from)
      where name == "knowledge" || name.hasPrefix("stories-") {
        try? files.removeItem(atPath: "\(to)/\(name)")
        try files.copyItem(atPath: "\(from)/\(name)", toPath: "\(to)/\(name)")
      }
    }
  }
}
