import Aggregation
import Foundation
import StoryArchive
import StorySearch
import Syndication
import TestNumbers
import Testing

/// That a search finds what reading the whole archive would find, whatever lies beside the segments.
@Suite struct ArchiveSearchTests {
  private static let queries = [
    "ferry", "quay -ferry", "title:vote", "\"the ferry\"", "har*", "ferry OR vote", "-ferry",
    "feed:f1",
    "edited", "東京 ferry", "lang:de quay",
  ]

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  // MARK: An archive and what it tells

  private static func day(_ number: Int) -> Timestamp { Sample.noon + .seconds(86_400 * number) }

  private func archive(_ day: Int, _ access: Archive.Access = .readWrite) throws -> Archive {
    try Archive.open(at: folder.path + "/A", access: access, now: Self.day(day))
  }

  private static func story(_ number: Int, _ numbers: inout SeededNumbers) -> Story {
    let words = ["ferry", "quay", "harbour", "vote", "the", "東京都", "edited"]
    func text(_ count: Int) -> String {
      (0..<count).map { _ in words[numbers.next(below: words.count - 1)] }.joined(separator: " ")
    }
    return Story(
      id: StoryID(bits: UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15), seen: Sample.noon,
      feed: "https://f\(numbers.next(below: 3)).example/", source: "Outlet",
      title: text(numbers.next(below: 4)), language: numbers.next(below: 2) == 0 ? "de" : nil,
      text: text(1 + numbers.next(below: 6)))
  }

  /// Days of stories, copies, edits, moves and doubles.
  private func fill(seed: UInt64, days: Int = 6) throws {
    var numbers = SeededNumbers(seed: seed)
    var known: [Story] = []
    for day in 0..<days {
      let archive = try archive(day)
      for _ in 0..<2 {
        let records = (0..<numbers.next(below: 25)).flatMap { _ in
          Self.records(&known, &numbers)
        }
        try archive.withWriterLock(waiting: nil) { transaction in
          for record in records { transaction.stage(record) }
          try transaction.commit(now: Self.day(day))
        }
      }
    }
  }

  private static func records(
    _ known: inout [Story], _ numbers: inout SeededNumbers
  ) -> [ArchiveRecord] {
    var story = story(known.count, &numbers)
    let earlier = known.isEmpty ? nil : known[numbers.next(below: known.count)]
    switch (numbers.next(below: 8), earlier) {
    case (0, let earlier?):
      story.text = ""
      known.append(story)
      return [.story(story, cluster: earlier.id, original: earlier.id)]
    case (1, var earlier?):
      earlier.revision += 1
      earlier.text = "edited \(story.text)"
      return [.revision(earlier)]
    case (2, _):
      known.append(story)
      return Array(repeating: .story(story, cluster: story.id, original: nil), count: 2)
    default:
      known.append(story)
      return [.story(story, cluster: story.id, original: nil)]
    }
  }

  /// What a reader of the whole archive sees, the newest first.
  private func everything() throws -> [Story] {
    let selection = DigestSelection(since: Timestamp(milliseconds: 0), until: Self.day(1000))
    return try selection.stories(of: archive(1000, .readOnly)).reversed()
  }

  /// Of which a segment has a line, or the words.
  private func stories(touchedBy path: String) throws -> Set<StoryID> {
    var touched: Set<StoryID> = []
    var originals: [StoryID: StoryID] = [:]
    for segment in try archive(1000, .readOnly).segments() {
      _ = try segment.forEachRecord { record, _ in
        switch record {
        case .story(let story, _, let original):
          originals[story.id] = original
          if segment.path == path { touched.insert(story.id) }
        case .revision(let story):
          if segment.path == path { touched.insert(story.id) }
        case .move, .relocation, .removed: break
        }
      }
    }
    var count = -1
    while touched.count > count {
      count = touched.count
      touched.formUnion(originals.filter { touched.contains($0.value) }.map(\.key))
    }
    return touched
  }

  private func found(
    _ query: String, since: Timestamp = day(0), until: Timestamp = day(1000), keeps: Bool = true
  ) throws -> [Story] {
    let archive = try archive(1000, .readOnly)
    let search = try ArchiveSearch(
      SearchQuery(query), in: archive, since: since, until: until, keepsIndexes: keeps)
    var found: [Story] = []
    try search.run { story in
      found.append(story)
      return true
    }
    #expect(search.damage == [])
    return found
  }

  private func expectRight(_ context: String, keeps: Bool = true) throws {
    let everything = try everything()
    let some: Set = ["ferry", "edited", "feed:f1"]
    for query in Self.queries {
      let matcher = StoryMatcher(try SearchQuery(query))
      let all = everything.filter(matcher.matches)
      for (since, until) in [(Self.day(0), Self.day(1000)), (Self.day(1), Self.day(4))]
      where since == Self.day(0) || some.contains(query) {
        let found = try found(query, since: since, until: until, keeps: keeps)
        let expected = all.filter { since <= $0.seen && $0.seen < until }
        #expect(found.map(\.id) == expected.map(\.id), "\(context): \(query), since \(since)")
        #expect(found == expected, "\(context): \(query), since \(since)")
      }
    }
  }

  private func indexes() throws -> [String] {
    let stories = folder.path + "/A/stories"
    return try FileManager.default.subpathsOfDirectory(atPath: stories)
      .filter { $0.hasSuffix(".words") }.map { "\(stories)/\($0)" }.sorted()
  }

  // MARK: Tests

  @Test(arguments: 0..<8)
  func `a search finds what reading everything finds`(seed: UInt64) throws {
    try fill(seed: seed)
    try expectRight("seed \(seed), nothing kept", keeps: false)
    #expect(try indexes() == [])
    try expectRight("seed \(seed), kept as it goes")
    #expect(try !indexes().isEmpty)
    try expectRight("seed \(seed), kept")
    _ = try archive(1000).compact(now: Self.day(1000), olderThan: .zero)
    try expectRight("seed \(seed), compressed")
  }

  @Test func `a limit ends the search, and what it did not come to is not read`() throws {
    try fill(seed: 3)
    var count = 0
    try ArchiveSearch(
      SearchQuery("the OR quay"), in: archive(1000, .readOnly), since: Self.day(0),
      until: Self.day(1000), keepsIndexes: true
    ).run { _ in
      count += 1
      return count < 2
    }
    #expect(count == 2)
    #expect(try indexes().count < 5)
  }

  @Test func `index makes what is missing and is content then`() throws {
    try fill(seed: 4)
    let first = try ArchiveIndexing(archive(1000, .readOnly)) { _ in }
    #expect(first.madeCount == first.segmentCount && first.segmentCount >= 5)
    var readPaths: [String] = []
    let second = try ArchiveIndexing(archive(1000, .readOnly)) { readPaths.append($0) }
    #expect(second.madeCount == 0 && readPaths == [])
    try FileManager.default.removeItem(atPath: indexes()[2])
    #expect(try ArchiveIndexing(archive(1000, .readOnly)) { _ in }.madeCount == 1)
    try expectRight("indexed")
  }

  @Test(arguments: ["cut", "flipped", "foreign", "empty", "swapped"])
  func `an index that is damaged or another's changes no answer and is made anew`(
    harm: String
  ) throws {
    try fill(seed: 5)
    _ = try ArchiveIndexing(archive(1000, .readOnly)) { _ in }
    let paths = try indexes()
    let whole = try paths.map { try Data(contentsOf: URL(filePath: $0)) }
    for (place, path) in paths.enumerated() {
      var bytes = whole[place]
      switch harm {
      case "cut": bytes.removeLast(bytes.count / 3)
      case "flipped": for byte in stride(from: 400, to: bytes.count, by: 97) { bytes[byte] ^= 4 }
      case "foreign": bytes = Data("something else".utf8)
      case "swapped": bytes = whole[(place + 1) % whole.count]
      default: bytes = Data()
      }
      try bytes.write(to: URL(filePath: path))
    }
    try expectRight(harm)
    #expect(try paths.map { try Data(contentsOf: URL(filePath: $0)) } == whole)
  }

  @Test func `the words of a redacted story are gone from the indexes`() throws {
    try fill(seed: 6)
    var secret = Story(
      id: StoryID(bits: 99), seen: Sample.noon, feed: "https://f1.example/", source: "Outlet",
      title: "unspeakable", text: "The ferry was unspeakable.")
    let archive = try archive(7)
    try archive.withWriterLock(waiting: nil) { transaction in
      transaction.stage(.story(secret, cluster: secret.id, original: nil))
      try transaction.commit(now: Self.day(7))
    }
    try archive.seal(now: Self.day(7))
    secret.revision = 1
    secret.text = "It was unspeakable twice."
    var copy = Story(
      id: StoryID(bits: 100), seen: Sample.noon, feed: "https://f2.example/", source: "Outlet",
      title: "A copy", text: "")
    copy.language = "de"
    try archive.withWriterLock(waiting: nil) { transaction in
      transaction.stage(.story(copy, cluster: secret.id, original: secret.id))
      transaction.stage(.revision(secret))
      try transaction.commit(now: Self.day(8))
    }
    try archive.seal(now: Self.day(8))
    #expect(try found("unspeakable").map(\.id.bits) == [100, 99])
    func holdsWord() throws -> Bool {
      try indexes().contains { path in
        try Data(contentsOf: URL(filePath: path)).range(of: Data("unspeakable".utf8)) != nil
      }
    }
    #expect(try holdsWord())
    _ = try archive.redact(secret.id, now: Self.day(9))
    #expect(try !holdsWord())
    #expect(try found("unspeakable") == [])
    #expect(try !holdsWord())
    #expect(try found("title:copy").map(\.id.bits) == [100])
    try expectRight("redacted")
  }

  @Test func `what is pruned is not found, nor its index left`() throws {
    try fill(seed: 7)
    _ = try ArchiveIndexing(archive(1000, .readOnly)) { _ in }
    let before = try indexes()
    _ = try archive(1000).prune(PruneRule(before: Self.day(2)), now: Self.day(1000))
    #expect(try indexes().count < before.count)
    try expectRight("pruned")
    _ = try archive(1000).prune(PruneRule(feeds: ["https://f1.example/"]), now: Self.day(1000))
    try expectRight("one feed pruned")
    var rule = PruneRule(before: Self.day(3))
    rule.forgetsStories = true
    _ = try archive(1000).prune(rule, now: Self.day(1000))
    try expectRight("forgotten")
  }

  /// What the others' copies borrow from it is not found meanwhile, and found again later.
  @Test(arguments: [false, true])
  func `a segment that may not be opened hides its own stories only, and not for good`(
    hasIndexes: Bool
  ) throws {
    try fill(seed: 5)
    if hasIndexes { _ = try ArchiveIndexing(archive(1000, .readOnly)) { _ in } }
    let system = try WatchedFileSystem(at: folder.path + "/A")
    let all = try everything()
    for path in try archive(1000, .readOnly).segments().map(\.path) {
      system.forbidden = path
      let touched = try stories(touchedBy: path)
      for query in Self.queries {
        let archive = try Archive.open(
          on: system, named: "A", access: .readOnly, now: Self.day(1000))
        let search = try ArchiveSearch(
          SearchQuery(query), in: archive, since: Self.day(0), until: Self.day(1000),
          keepsIndexes: true)
        var found: [Story] = []
        try search.run { story in
          found.append(story)
          return true
        }
        #expect(search.damage.map(\.path) == [path], "\(query)")
        let matcher = StoryMatcher(try SearchQuery(query))
        let others = found.filter { !touched.contains($0.id) }
        let expected = all.filter { matcher.matches($0) && !touched.contains($0.id) }
        #expect(others.map(\.id) == expected.map(\.id), "\(query), \(path)")
      }
      system.forbidden = nil
      try expectRight("after \(path) could not be opened")
    }
  }

  @Test func `damaged lines are passed over, and the others found`() throws {
    try fill(seed: 8)
    _ = try ArchiveIndexing(archive(1000, .readOnly)) { _ in }
    let segment = try #require(indexes().dropFirst().first).replacing(".words", with: ".jsonl")
    var bytes = try Data(contentsOf: URL(filePath: segment))
    bytes[bytes.count / 2] ^= 1
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: segment)
    try bytes.write(to: URL(filePath: segment))
    for query in Self.queries {
      let search = try ArchiveSearch(
        SearchQuery(query), in: archive(1000, .readOnly), since: Self.day(0), until: Self.day(1000),
        keepsIndexes: true)
      var found: [Story] = []
      try search.run { story in
        found.append(story)
        return true
      }
      let matcher = StoryMatcher(try SearchQuery(query))
      #expect(try found == everything().filter(matcher.matches), "\(query)")
    }
  }
}
