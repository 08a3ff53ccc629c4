import Aggregation
import FeedFetching
import StoryArchive
import Syndication
import Testing

/// In which order the spine makes things durable, and what is left when it cannot.
@Suite struct DurabilityTests {
  private let folder: TemporaryFolder
  private let system: WatchedFileSystem
  private let feeds = ["herald", "mirror", "echo"].map(Sample.feed)

  init() throws {
    folder = try TemporaryFolder()
    system = try WatchedFileSystem(at: folder.path)
  }

  private static let stateLog = "state/feeds.jsonl"

  private func aggregator() throws -> Aggregator {
    try Aggregator(
      archive: Archive.open(
        on: system, named: folder.path, access: .readWrite, now: Sample.noon),
      now: Sample.noon)
  }

  private func answers(of feeds: some Sequence<Feed>, title: String) -> [ReadAnswer] {
    feeds.map { feed in
      let item = Sample.Item(guid: title, title: "\(title) in \(feed.url)")
      return ReadAnswer(
        of: Sample.answer(Sample.rss([item])), feed: feed, policy: RefreshPolicy(interval: nil),
        line: feed.url, now: Sample.noon)
    }
  }

  private func storedTitles() throws -> [String] {
    var titles: [String] = []
    try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon).replay { record in
      if case .story(let story, _, _) = record { titles.append(story.title) }
    }
    return titles
  }

  private func isStory(_ step: WatchedFileSystem.Step) -> Bool {
    switch step {
    case .append(let path), .synchronize(let path), .failed(let path): path.hasPrefix("stories/")
    }
  }

  @Test(arguments: [1, 3])
  func `validators are written once the stories of all answers are durable, by one fdatasync`(
    count: Int
  ) throws {
    let aggregator = try aggregator()
    // The first commit also begins a segment.
    for title in ["Harbour closed", "Market opens"] {
      system.forget()
      _ = try aggregator.refresh(
        answers(of: feeds.prefix(count), title: title), now: Sample.noon)
      let synchronized = system.journal.enumerated().filter {
        if case .synchronize = $0.element { isStory($0.element) } else { false }
      }.map(\.offset)
      #expect(synchronized.count == 1)
      let written = system.journal.enumerated().filter {
        $0.element == .append(path: Self.stateLog)
      }.map(\.offset)
      #expect(!written.isEmpty && written.allSatisfy { $0 > synchronized[0] })
      let lastStory = try #require(
        system.journal.lastIndex {
          if case .append = $0 { isStory($0) } else { false }
        })
      #expect(lastStory < synchronized[0])
    }
  }

  @Test(arguments: [1, 3])
  func `when stories cannot be made durable, no feed's validators advance`(count: Int) throws {
    let first = try aggregator()
    let followed = feeds.prefix(count)
    system.failsToSynchronize = true
    #expect(throws: ArchiveError.self) {
      try first.refresh(answers(of: followed, title: "Harbour closed"), now: Sample.noon)
    }
    #expect(system.journal.contains { if case .failed = $0 { isStory($0) } else { false } })
    #expect(!system.journal.contains(.append(path: Self.stateLog)))
    system.failsToSynchronize = false
    let second = try aggregator()
    for feed in followed { #expect(second.state(of: feed) == FeedState(feed: feed.url)) }
    _ = try second.refresh(answers(of: followed, title: "Harbour closed"), now: Sample.noon)
    #expect(Set(try storedTitles()).count == count)
    #expect(try storedTitles().count == count)
    for feed in followed { #expect(second.state(of: feed).validators.etag == "\"1\"") }
  }

  @Test func `an answer without stories needs no fdatasync`() throws {
    let aggregator = try aggregator()
    system.forget()
    let answer = ReadAnswer(
      of: .notModified(ResponseFacts(status: 304)), feed: feeds[0],
      policy: RefreshPolicy(interval: nil), line: "herald", now: Sample.noon)
    _ = try aggregator.refresh([answer], now: Sample.noon)
    #expect(system.journal == [.append(path: Self.stateLog)])
  }

  @Test func `until something new comes, stories are known without reading the archive again`()
    throws
  {
    _ = try aggregator().refresh(answers(of: feeds, title: "Harbour closed"), now: Sample.noon)
    let second = try aggregator()
    system.forget()
    let known = try second.refresh(answers(of: feeds, title: "Harbour closed"), now: Sample.noon)
    #expect(known.map(\.counts.known) == [1, 1, 1] && system.readSegments.isEmpty)
    _ = try second.refresh(answers(of: feeds, title: "Market opens"), now: Sample.noon)
    #expect(!system.readSegments.isEmpty)
    system.forget()
    _ = try second.refresh(answers(of: feeds, title: "Bridge lifted"), now: Sample.noon)
    #expect(system.readSegments.isEmpty)
  }

  @Test func `a restart groups what comes next as if there had been none`() throws {
    let report = "The harbour of Wexmoor was closed after the ferry Isolde lost its anchor there."
    let titles = ["Ferry Isolde adrift", "Wexmoor harbour closed", "Isolde loses its anchor"]
    func answer(_ feed: Feed, _ number: Int) -> ReadAnswer {
      let item = Sample.Item(guid: "\(number)", title: titles[number], text: report)
      return ReadAnswer(
        of: Sample.answer(Sample.rss(title: feed.url, [item])), feed: feed,
        policy: RefreshPolicy(interval: nil), line: feed.url, now: Sample.noon)
    }
    func clusters(restarting: Bool) throws -> [StoryID] {
      let folder = try TemporaryFolder()
      var aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
      for (number, feed) in feeds.enumerated() {
        _ = try aggregator.refresh([answer(feed, number)], now: Sample.noon)
        if restarting { aggregator = try Aggregator(storage: folder.path, now: Sample.noon) }
      }
      var clusters: [StoryID] = []
      try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon).replay { record in
        if case .story(_, let cluster, _) = record { clusters.append(cluster) }
      }
      return clusters
    }
    let lived = try clusters(restarting: false)
    #expect(Set(lived).count == 1 && lived.count == 3)
    #expect(try clusters(restarting: true) == lived)
  }
}
