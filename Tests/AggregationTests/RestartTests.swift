import FeedFetching
import Foundation
import StoryArchive
import StoryGrouping
import Syndication
import TestNumbers
import Testing

@testable import Aggregation

/// What a restart changes of clusters: nothing, wherever it comes and whatever is left of `state/`.
@Suite struct RestartTests {
  /// What is left of what is kept of stories, and of what grouping knows.
  enum Leaving: String, CaseIterable, Sendable {
    case nothing, copy, olderCopy, lost, lostTables, damaged, foreign
  }

  /// A stretch of news: events that are told of several times, with copies and with stories that show two
  /// events to be one.
  private struct Press {
    private var numbers: SeededNumbers
    private var now = Sample.noon
    private var count = 0
    private var told: [Sample.Item] = []
    /// What each feed told lately, with the dates.
    private var lately: [String: [(item: Sample.Item, published: String)]] = [:]
    private static let feeds = ["herald", "mirror", "echo", "globe", "courier"].map(Sample.feed)

    init(seed: UInt64) {
      numbers = SeededNumbers(seed: seed)
    }

    mutating func next() -> (answer: ReadAnswer, now: Timestamp) {
      now = now + .seconds(Int.random(in: 600...72_000, using: &numbers))
      let feed = Self.feeds[Int.random(in: Self.feeds.indices, using: &numbers)]
      let news = (0..<Int.random(in: 1...4, using: &numbers)).map { _ in
        (item: item(), published: now.rfc3339)
      }
      let items = news + (lately[feed.url] ?? []).compactMap { again($0) }
      lately[feed.url] = Array(items.prefix(6))
      let answer = ReadAnswer(
        of: Sample.answer(document(items, title: feed.url)), feed: feed,
        policy: RefreshPolicy(interval: nil), line: feed.url, now: now)
      return (answer, now)
    }

    private func document(
      _ items: [(item: Sample.Item, published: String)], title: String
    ) -> [UInt8] {
      let entries = items.map { item, published in
        """
        <entry><id>\(item.guid)</id><title>\(item.title)</title><published>\(published)</published>
        <content>\(item.text)</content></entry>
        """
      }
      return Array(
        """
        <feed xmlns="http://www.w3.org/2005/Atom"><title>\(title)</title>\(entries.joined())</feed>
        """.utf8)
    }

    /// An entry as its feed tells it once more: as it was, with further words, or all others, or under another
    /// identifier.
    private mutating func again(
      _ told: (item: Sample.Item, published: String)
    ) -> (item: Sample.Item, published: String)? {
      var (item, published) = told
      switch Int.random(in: 0..<6, using: &numbers) {
      case 0: return nil
      case 1: item.text += " \(words(3, of: [count]))"
      case 2:
        count += 1
        item.guid = "\(count)"
      case 3:
        let event = count / 12 * 3 + Int.random(in: 0..<6, using: &numbers)
        (item.title, item.text) = (words(6, of: [event]), text(of: event))
      default: break
      }
      return (item, published)
    }

    private mutating func item() -> Sample.Item {
      count += 1
      var item = told.randomElement(using: &numbers).flatMap { told in
        Int.random(in: 0..<6, using: &numbers) == 0 ? told : nil
      }
      let first = count / 12 * 3 + Int.random(in: 0..<6, using: &numbers)
      item = item ?? Sample.Item(guid: "", title: words(6, of: [first]), text: text(of: first))
      item?.guid = "\(count)"
      if let item { told = told.suffix(60) + [item] }
      return item ?? Sample.Item(guid: "", title: "")
    }

    private mutating func text(of first: Int) -> String {
      let isShared = Int.random(in: 0..<4, using: &numbers) == 0
      return words(40, of: isShared ? [first, first + 1] : [first])
    }

    /// Words of some events among words of all news.
    private mutating func words(_ count: Int, of events: [Int]) -> String {
      (0..<count).map { place in
        place.isMultiple(of: 3)
          ? "said\(Int.random(in: 0..<40, using: &numbers))"
          : "event\(events[place % events.count])word\(Int.random(in: 0..<9, using: &numbers))"
      }.joined(separator: " ")
    }
  }

  private static let passCount = 64

  private func aggregator(_ folder: TemporaryFolder) throws -> Aggregator {
    try Aggregator(storage: folder.path, now: Sample.noon)
  }

  private func clusters(_ folder: TemporaryFolder) throws -> [String] {
    var lines: [String] = []
    try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon).replay { record in
      switch record {
      case .story(let story, let cluster, let original):
        lines.append("\(story.id) in \(cluster) of \(original.map { "\($0)" } ?? "none")")
      case .move(let story, let cluster, _): lines.append("\(story) to \(cluster)")
      case .revision(let story):
        lines.append("\(story.id), \(story.revision): \(story.title), \(story.text)")
      default: break
      }
    }
    return lines
  }

  private func live(
    _ seed: UInt64, passes: Int = passCount, in folder: TemporaryFolder,
    restarting: (Int, Aggregator) throws -> Aggregator = { $1 }
  ) throws {
    var press = Press(seed: seed)
    var aggregator = try aggregator(folder)
    for pass in 0..<passes {
      let (answer, now) = press.next()
      _ = try aggregator.refresh([answer], now: now)
      if pass % 8 == 7 { try moveSome(in: folder, SeededNumbers(seed: seed + UInt64(pass)), now) }
      aggregator = try restarting(pass, aggregator)
    }
  }

  /// Another process joins one of the latest stories' clusters to another.
  private func moveSome(
    in folder: TemporaryFolder, _ numbers: SeededNumbers, _ now: Timestamp
  ) throws {
    var numbers = numbers
    let archive = try Archive.open(at: folder.path, access: .readWrite, now: now)
    var clusters: [StoryID: StoryID] = [:]
    var order: [StoryID] = []
    try archive.replay { record in
      switch record {
      case .story(let story, let cluster, _):
        clusters[story.id] = cluster
        order.append(story.id)
      case .move(let story, let cluster, _): clusters[story] = cluster
      default: break
      }
    }
    let latest = order.suffix(40)
    guard let from = latest.randomElement(using: &numbers).flatMap({ clusters[$0] }),
      let to = latest.randomElement(using: &numbers).flatMap({ clusters[$0] }), from != to
    else { return }
    try archive.withWriterLock(waiting: nil) { transaction in
      for story in order where clusters[story] == from {
        transaction.stage(.move(story: story, cluster: to, seen: now))
      }
      try transaction.commit(now: now)
    }
  }

  private func state(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").sorted()
      .filter { name in
        !name.hasSuffix(".lock")
          && ["grouping", "copies-", "knowledge", "stories-"].contains { name.hasPrefix($0) }
      }
      .map { "\(folder.path)/state/\($0)" }
  }

  private func leave(
    _ leaving: Leaving, _ folder: TemporaryFolder, _ numbers: inout SeededNumbers,
    foreign: TemporaryFolder
  ) throws {
    let files = FileManager.default
    switch leaving {
    case .nothing, .copy, .olderCopy: break
    case .lost: for path in try state(folder) { try files.removeItem(atPath: path) }
    case .lostTables:
      for path in try state(folder) where path.contains("copies-") || path.contains("stories-") {
        try files.removeItem(atPath: path)
      }
    case .damaged:
      let path = try #require(try state(folder).randomElement(using: &numbers))
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      bytes[Int.random(in: bytes.indices, using: &numbers)] ^=
        1
        << UInt8.random(
          in: 0...7, using: &numbers)
      try Data(bytes).write(to: URL(filePath: path))
    case .foreign:
      for path in try state(folder) { try files.removeItem(atPath: path) }
      for path in try state(foreign) {
        let name = URL(filePath: path).lastPathComponent
        try files.copyItem(atPath: path, toPath: "\(folder.path)/state/\(name)")
      }
    }
  }

  /// Each leaving once in two histories; with RESTART_HISTORIES as many more, of random leavings.
  private static let histories: [(seed: UInt64, leavings: [Leaving])] = {
    let more = ProcessInfo.processInfo.environment["RESTART_HISTORIES"].flatMap(UInt64.init) ?? 0
    var histories: [(UInt64, [Leaving])] = [
      (1, [.nothing, .olderCopy, .damaged, .copy]), (2, [.copy, .lostTables, .lost, .foreign]),
    ]
    for seed in (0..<more).map({ $0 + 3 }) {
      var numbers = SeededNumbers(seed: seed)
      let leavings = (0..<4).map { _ in Leaving.allCases.randomElement(using: &numbers) ?? .copy }
      histories.append((seed, leavings))
    }
    return histories
  }()

  @Test(arguments: histories)
  func `stories are grouped as if there had been no restart`(
    seed: UInt64, leavings: [Leaving]
  ) throws {
    let (lived, restarted, foreign) = try (
      TemporaryFolder(), TemporaryFolder(), TemporaryFolder()
    )
    try live(seed, in: lived)
    let expected = try clusters(lived)
    #expect(expected.contains { $0.contains(" to ") }, "no story moved: seed \(seed)")
    #expect(expected.contains { $0.contains(" of ") && !$0.hasSuffix("none") }, "no copies")
    #expect(expected.contains { $0.contains(", 1: ") }, "no edits")
    let isMoved = zip(expected, expected.dropFirst()).contains { edit, move in
      edit.contains("), ") && move.hasPrefix("\(edit.prefix { $0 != "," }) to ")
    }
    #expect(isMoved, "no edit moved its story: seed \(seed)")
    if leavings.contains(.foreign) {
      try live(seed + 100, passes: 16, in: foreign) { pass, aggregator in
        aggregator.keepCopies(always: pass == 15)
        return aggregator
      }
    }
    var numbers = SeededNumbers(seed: seed)
    // The last ones late enough that old clusters were let go.
    let places = [8..<20, 22..<32, 36..<46, 48..<60].map { Int.random(in: $0, using: &numbers) }
    try live(seed, in: restarted) { pass, aggregator in
      let next = places.firstIndex { pass <= $0 }
      guard let next else { return aggregator }
      let leaving = leavings[next]
      let kept = leaving == .olderCopy ? places[next] - 6 : places[next]
      aggregator.keepCopies(always: leaving != .nothing && pass == kept)
      guard pass == places[next] else { return aggregator }
      try leave(leaving, restarted, &numbers, foreign: foreign)
      return try self.aggregator(restarted)
    }
    #expect(try clusters(restarted) == expected, "seed \(seed)")
  }

  @Test func `what was folded until then is not read again, but the end`() throws {
    let folder = try TemporaryFolder()
    let passCount = 32
    try live(1, passes: passCount, in: folder) { pass, aggregator in
      // Another process may have moved stories since.
      try aggregator.catchUp()
      aggregator.keepCopies(always: pass == passCount - 1)
      return aggregator
    }
    let archive = try Archive.open(at: folder.path, access: .readWrite, now: Sample.noon)
    try archive.replay { _ in }
    var fold = try GroupingFold(of: archive, GroupingStore(archive))
    #expect(try fold.goOn(to: archive.position, limit: .max))
    #expect(fold.recordCount == 0)
    #expect(fold.grouping.grouper.sealed.contains { $0.storyCount > 0 })
  }

  @Test func `a fold in slices is the fold at one go`() throws {
    let folder = try TemporaryFolder()
    try live(3, passes: 24, in: folder)
    let archive = try Archive.open(at: folder.path, access: .readWrite, now: Sample.noon)
    try archive.replay { _ in }
    var snapshots: [[UInt8]] = []
    for limit in [7, .max] {
      var fold = try GroupingFold(of: archive, GroupingStore(archive))
      while try !fold.goOn(to: archive.position, limit: limit) {}
      let sink = Sink()
      try fold.grouping.grouper.writeSnapshot { sink.bytes += $0 }
      snapshots.append(sink.bytes)
    }
    let isSame = snapshots[0] == snapshots[1]
    #expect(isSame)
  }

  private final class Sink {
    var bytes: [UInt8] = []
  }

  @Test func `a copy is made once enough came, and seldom of a large archive`() {
    var copy = GroupingCopy()
    #expect(!copy.isOutdated(storyCount: 1_000_000))
    copy.epoch = 1
    #expect(!copy.isOutdated(storyCount: 2047) && copy.isOutdated(storyCount: 2048))
    copy.storyCount = 640_000
    #expect(!copy.isOutdated(storyCount: 650_000) && copy.isOutdated(storyCount: 650_200))
    copy.storyCount = 100_000_000
    #expect(copy.isOutdated(storyCount: 100_016_384))
  }
}
