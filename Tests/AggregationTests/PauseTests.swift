import Aggregation
import FeedFetching
import StoryArchive
import Syndication
import Testing

/// A server's wish to be left alone, and disks that are full.
@Suite struct PauseTests {
  private let folder: TemporaryFolder
  private let system: WatchedFileSystem
  private let feeds = ["herald", "mirror"].map(Sample.feed)
  private static let later = Sample.noon + .seconds(60)

  init() throws {
    folder = try TemporaryFolder()
    system = try WatchedFileSystem(at: folder.path)
  }

  private func aggregator() throws -> Aggregator {
    try Aggregator(
      archive: Archive.open(
        on: system, named: folder.path, access: .readWrite, now: Sample.noon),
      now: Sample.noon)
  }

  /// The one feed brings a story, the other's server wants an hour.
  private var answers: [ReadAnswer] {
    let story = Sample.answer(Sample.rss([Sample.Item(guid: "1", title: "Harbour closed")]))
    let refusal = FetchResult.failed(
      FetchFailure(.http, "too many requests"),
      ResponseFacts(status: 429, freshness: Freshness(retryAfter: .seconds(3600))))
    return zip(feeds, [story, refusal]).map { feed, result in
      ReadAnswer(
        of: result, feed: feed, policy: RefreshPolicy(interval: nil), line: feed.url,
        now: Sample.noon)
    }
  }

  private var end: Timestamp { Sample.noon + .seconds(3600) }

  @Test func `a pause is written down before the stories that came with it`() throws {
    let aggregator = try aggregator()
    system.forget()
    _ = try aggregator.refresh(answers, now: Sample.noon)
    #expect(system.journal.first == .append(path: "state/feeds.jsonl"))
    #expect(
      try self.aggregator().blockedUntil(line: feeds[1].url, now: Self.later) == end)
  }

  @Test(arguments: [true, false])
  func `a pause outlives stories that could not be stored, and the process`(isFull: Bool) throws {
    do {
      let aggregator = try aggregator()
      system.isFull = isFull
      system.failsToSynchronize = !isFull
      #expect(throws: ArchiveError.self) { try aggregator.refresh(answers, now: Sample.noon) }
    }
    let restarted = try aggregator()
    #expect(restarted.blockedUntil(line: feeds[1].url, now: Self.later) == end)
    #expect(restarted.blockedUntil(line: feeds[0].url, now: Self.later) == nil)
  }

  @Test func `a pause that a full disk had no room for is written down once there is some`() throws
  {
    let first = try aggregator()
    system.isFull = true
    #expect(try first.leaveAlone("herald", for: .seconds(3600), now: Sample.noon) == end)
    #expect(first.blockedUntil(line: "herald", now: Self.later) == end)
    let second = try aggregator()
    #expect(try second.leaveAlone("mirror", for: .seconds(60), now: Self.later) != nil)
    system.isFull = false
    #expect(try second.leaveAlone("echo", for: .seconds(7200), now: Self.later) != nil)
    let third = try aggregator()
    for line in ["herald", "mirror", "echo"] {
      #expect(third.blockedUntil(line: line, now: Self.later) != nil, "\(line)")
    }
    let reserve = try Archive.open(
      on: system, named: folder.path, access: .readOnly, now: Self.later
    ).stateReserve(named: "pauses")
    #expect(try reserve.lines().isEmpty)
  }

  @Test(arguments: [1, 3600]) func `a pause is kept however short it is, and none is shortened`(
    seconds: Int64
  ) throws {
    let pause = Duration.seconds(seconds)
    let aggregator = try aggregator()
    _ = try aggregator.leaveAlone("herald", for: pause, now: Sample.noon)
    let next = Sample.noon + .milliseconds(400)
    _ = try aggregator.leaveAlone("herald", for: pause, now: next)
    _ = try aggregator.leaveAlone("herald", for: pause, now: Sample.noon)
    #expect(try self.aggregator().blockedUntil(line: "herald", now: next) == next + pause)
  }

  @Test
  func
    `an answer from before the clock was put back is left alone from now on, not from a day ahead`()
    throws
  {
    let aggregator = try aggregator()
    let stepped = Sample.noon + .seconds(-86_400)
    _ = try aggregator.refresh(answers, now: stepped)
    let until = aggregator.blockedUntil(line: feeds[1].url, now: stepped)
    #expect(until == stepped + .seconds(3600))
  }

  @Test
  func `a clock put forward while the disk is full ends no pause, nor does a restart after it`()
    throws
  {
    let step = Duration.seconds(86_400)
    let aggregator = try aggregator()
    _ = try aggregator.leaveAlone("herald", for: .seconds(3600), now: Sample.noon)
    system.isFull = true
    try aggregator.clockStepped(by: step, now: Self.later + step)
    let restarted = try self.aggregator()
    for aggregator in [aggregator, restarted] {
      #expect(aggregator.blockedUntil(line: "herald", now: Self.later + step) == end + step)
    }
  }

  @Test func `a clock that is stepped while nobody has the archive open ends no pause`() throws {
    let step = Duration.seconds(86_400)
    do { _ = try aggregator().leaveAlone("herald", for: .seconds(3600), now: Sample.noon) }
    try Aggregator.clockStepped(by: step, storage: folder.path, now: Self.later + step)
    let until = try aggregator().blockedUntil(line: "herald", now: Self.later + step)
    #expect(until == end + step)
  }

  @Test func `an older pause in the reserve does not shorten a newer one`() throws {
    let first = try aggregator()
    system.isFull = true
    _ = try first.leaveAlone("herald", for: .seconds(60), now: Sample.noon)
    system.isFull = false
    let second = try Aggregator(storage: folder.path, now: Sample.noon)
    _ = try second.leaveAlone("herald", for: .seconds(3600), now: Sample.noon)
    #expect(try aggregator().blockedUntil(line: "herald", now: Self.later) == end)
  }

  @Test func `more pauses than the reserve has room for keep the archive as it is`() throws {
    let aggregator = try aggregator()
    system.isFull = true
    for number in 1...400 {
      _ = try aggregator.leaveAlone("host\(number).example", for: .seconds(3600), now: Sample.noon)
    }
    let restarted = try self.aggregator()
    #expect(restarted.blockedUntil(line: "host1.example", now: Self.later) == end)
    #expect(aggregator.blockedUntil(line: "host400.example", now: Self.later) == end)
  }
}
