import Aggregation
import FeedFetching
import Foundation
import Synchronization
import Syndication
import Testing

/// A publisher with older pages, and what was asked of it.
private final class Publisher: Sendable {
  private let pages: [String: FetchResult]
  private let log = Mutex<[FetchRequest]>([])
  private let rests = Mutex<[Duration]>([])
  private let time: Mutex<Timestamp>

  init(_ pages: [String: FetchResult], now: Timestamp = Sample.noon) {
    self.pages = pages
    time = Mutex(now)
  }

  var now: Timestamp { time.withLock { $0 } }

  var asked: [String] { log.withLock { $0.map(\.url) } }
  var requests: [FetchRequest] { log.withLock { $0 } }
  var pauses: [Duration] { rests.withLock { $0 } }

  func answer(_ request: FetchRequest) -> FetchResult {
    log.withLock { $0.append(request) }
    if request.url.hasSuffix("/rss"), request.validators.etag == "\"/rss\"" {
      return .notModified(ResponseFacts(status: 304))
    }
    return pages[request.url]
      ?? .failed(FetchFailure(.http, "there is no document"), ResponseFacts(status: 404))
  }

  func rest(_ time: Duration) {
    rests.withLock { $0.append(time) }
    self.time.withLock { $0 = $0 + time }
  }
}

@Suite struct ArchiveReadingTests {
  private static let folderNames = ["/rss", "/old/2", "/old/1"]

  /// A page of one entry that links to the one before it.
  private static func page(
    _ path: String, guid: String, text: String = "It was said long ago.", before: String?,
    date: String = "Mon, 02 Jan 2006 15:04:05 GMT", finalURL: String? = nil, isWhole: Bool = true
  ) -> FetchResult {
    let link = before.map {
      "<atom:link rel='prev-archive' href='\($0.hasPrefix("/") ? "https://herald.example" : "")\($0)'/>"
    }
    let text = """
      <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>The Herald</title>
      \(link ?? "")<item><guid>\(guid)</guid><title>Story \(guid)</title><pubDate>\(date)</pubDate>
      <description>\(text)</description></item></channel></rss>
      """
    return .document(
      Document(
        bytes: Array(isWhole ? text.utf8[...] : text.utf8.prefix(text.utf8.count - 40)),
        contentType: "application/rss+xml", finalURL: finalURL ?? "https://herald.example\(path)",
        isWhole: isWhole),
      ResponseFacts(
        status: 200, validators: Validators(etag: "\"\(path)\""), receivedByteCount: 1000))
  }

  private static let pages: [String: FetchResult] = [
    "https://herald.example/rss": page("/rss", guid: "c", before: "/old/2"),
    "https://herald.example/old/2": page("/old/2", guid: "b", before: "/old/1"),
    "https://herald.example/old/1": page("/old/1", guid: "a", before: nil),
  ]

  private func read(
    _ publisher: Publisher, into aggregator: Aggregator, isForced: Bool = true,
    hosts: [HostRule] = [], limits: ArchiveWalk.Limits = .init(),
    feed: Feed = Sample.feed("herald")
  ) async throws -> ArchiveReading.Report {
    let configuration = FeedsConfiguration(hosts: hosts, feeds: [feed])
    return try await ArchiveReading(
      feed: feed, configuration: configuration, limits: limits,
      fetch: { publisher.answer($0) }, pause: { publisher.rest($0) }, now: { publisher.now }
    ).run(into: aggregator, isForced: isForced)
  }

  @Test func `every older page is stored, oldest dates and all, with a rest before each`()
    async throws
  {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let publisher = Publisher(Self.pages)
    let report = try await read(
      publisher, into: aggregator, hosts: [HostRule(host: "herald.example", gap: .seconds(7))])
    #expect(report.end == .walk(.oldest) && report.pageCount == 2 && report.counts.new == 3)
    #expect(publisher.asked == Self.folderNames.map { "https://herald.example\($0)" })
    #expect(publisher.pauses == [.seconds(7), .seconds(7)])
    #expect(publisher.requests.allSatisfy { $0.validators.isEmpty })
    let state = aggregator.state(of: Sample.feed("herald"))
    #expect(state.archives == ArchiveProgress(known: "https://herald.example/old/2"))
    #expect(state.validators.etag == "\"/rss\"", "an older page is no state of the feed")
    let again = try await read(publisher, into: aggregator)
    #expect(again.end == .walk(.known) && again.pageCount == 0 && again.counts.new == 0)
    #expect(publisher.requests.last?.validators.etag == "\"/rss\"", "force is conditional")
  }

  @Test func `a walk that was stopped anywhere goes on there, without asking the feed again`()
    async throws
  {
    for stop in [1, 2] {
      let folder = try TemporaryFolder()
      var limits = ArchiveWalk.Limits()
      limits.pages = stop
      let publisher = Publisher(Self.pages)
      do {
        let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
        let report = try await read(publisher, into: aggregator, limits: limits)
        #expect(report.end == (stop == 1 ? .walk(.limit(.pages(1))) : .walk(.oldest)))
        let sameDay = try await read(publisher, into: aggregator, isForced: false, limits: limits)
        #expect(stop == 2 || sameDay.end == .walk(.limit(.pages(1))), "a day's, not a run's")
      }
      let restarted = try Aggregator(storage: folder.path, now: Sample.noon)
      _ = try await read(publisher, into: restarted)
      let first = Array(publisher.asked.prefix(3))
      #expect(first == Self.folderNames.map { "https://herald.example\($0)" })
      #expect(restarted.storyCount == 3)
    }
  }

  @Test(arguments: [0, 1])
  func `two lines that lead to one feed spend a day's pages once`(first: Int) async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    var pages = Self.pages
    pages["https://news.example/rss"] = Self.page(
      "/rss", guid: "c", before: "/old/2", finalURL: "https://herald.example/rss")
    let publisher = Publisher(pages)
    var limits = ArchiveWalk.Limits()
    limits.pages = 1
    let feeds = [Sample.feed("herald"), Sample.feed("news")]
    for feed in [feeds[first], feeds[1 - first]] {
      let report = try await read(
        publisher, into: aggregator, isForced: false, limits: limits, feed: feed)
      #expect(report.end == .walk(.limit(.pages(1))))
    }
    #expect(publisher.asked.filter { $0.contains("/old/") }.count == 1)
    publisher.rest(.seconds(86_400))
    _ = try await read(
      publisher, into: aggregator, isForced: false, limits: limits, feed: feeds[1 - first])
    #expect(publisher.asked.filter { $0.contains("/old/") }.count == 2)
  }

  @Test func `a page that failed by one line is not asked for at once by another`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    var pages = Self.pages
    pages["https://herald.example/old/2"] = nil
    pages["https://news.example/rss"] = Self.page(
      "/rss", guid: "c", before: "/old/2", finalURL: "https://herald.example/rss")
    let publisher = Publisher(pages)
    for name in ["herald", "news"] {
      _ = try await read(
        publisher, into: aggregator, isForced: false, feed: Sample.feed(name))
    }
    #expect(publisher.asked.filter { $0.contains("/old/") }.count == 1)
  }

  @Test func `a feed that leads to another publisher's pages spends none of what that one allows`()
    async throws
  {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let evil = Sample.feed("evil")
    let old = "https://evil.example/old"
    let news = { Self.page("/rss", guid: "e", before: $0, finalURL: evil.url) }
    let publisher = Publisher(Self.pages.merging([evil.url: news(old)]) { $1 })
    var limits = ArchiveWalk.Limits()
    limits.pages = 1
    _ = try await read(publisher, into: aggregator, limits: limits, feed: evil)
    #expect(publisher.asked.last == old)
    _ = try aggregator.refresh(evil, with: news("/old/2"), now: publisher.now)
    let report = try await read(publisher, into: aggregator, isForced: false, limits: limits)
    #expect(report.pageCount == 1)
  }

  @Test func `an older version of an entry does not replace the newer one`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    var pages = Self.pages
    pages["https://herald.example/old/2"] = Self.page(
      "/old/2", guid: "c", text: "What it said at first.", before: nil)
    let report = try await read(Publisher(pages), into: aggregator)
    #expect(report.counts.new == 1 && report.counts.edited == 0 && report.counts.known == 1)
  }

  @Test func `within the floor the walk begins where the last poll said`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let feed = Sample.feed("herald")
    _ = try aggregator.refresh(
      feed, with: Self.pages[feed.url] ?? .cancelledForTest, now: Sample.noon)
    let publisher = Publisher(Self.pages)
    let report = try await read(publisher, into: aggregator, isForced: false)
    #expect(report.end == .walk(.oldest) && report.pageCount == 2)
    #expect(publisher.asked == Self.folderNames.dropFirst().map { "https://herald.example\($0)" })
  }

  @Test func `within the floor a feed that leads nowhere is asked by force alone`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let alone = ["https://herald.example/rss": Self.page("/rss", guid: "c", before: nil)]
    let publisher = Publisher(alone)
    for (isForced, end) in [
      (false, ArchiveReading.End.walk(.oldest)), (false, .notAsked(.tooSoon(since: Sample.noon))),
      (true, .walk(.oldest)),
    ] {
      #expect(try await read(publisher, into: aggregator, isForced: isForced).end == end)
    }
    #expect(publisher.requests.map(\.validators.isEmpty) == [true, false])
  }

  @Test func `a page waits in line with what other processes ask of its host`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let daemon = try Aggregator(storage: folder.path, now: Sample.noon)
    let gap = Duration.seconds(61)
    let slot = RequestSlot(
      feed: "https://herald.example/other", line: "herald.example", gap: gap, lastAsked: nil,
      isForced: true)
    #expect(try daemon.reserve([slot], now: Sample.noon) == [.granted])
    let publisher = Publisher(Self.pages)
    let report = try await read(
      publisher, into: aggregator, hosts: [HostRule(host: "herald.example", gap: gap)])
    #expect(report.end == .walk(.oldest))
    #expect(publisher.pauses == [gap, gap, gap], "the feed, too")
    let until = publisher.now + gap
    #expect(try daemon.reserve([slot], now: publisher.now) == [.wait(until: until)])
  }

  @Test func `a page that failed is asked for again after the floor, or by force`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    var pages = Self.pages
    pages["https://herald.example/old/2"] = nil
    let publisher = Publisher(pages)
    _ = try await read(publisher, into: aggregator)
    let failed = publisher.now
    let report = try await read(publisher, into: aggregator, isForced: false)
    #expect(report.end == .notAsked(.tooSoon(since: failed)) && publisher.asked.count == 2)
    publisher.rest(RefreshPolicy.floor)
    _ = try await read(publisher, into: aggregator, isForced: false)
    #expect(publisher.asked.count == 4)
  }

  @Test func `pages slow their line down as polls do`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    var pages = Self.pages
    pages["https://herald.example/old/2"] = .failed(
      FetchFailure(.http, "too many requests"), ResponseFacts(status: 429))
    let publisher = Publisher(pages)
    _ = try await read(publisher, into: aggregator)
    #expect(aggregator.learnedGap(line: "herald.example", now: publisher.now) == .seconds(2))
  }

  @Test func `a page's failure names no secret of its address`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let pages = [
      "https://herald.example/rss": Self.page("/rss", guid: "c", before: "/old?token=s3cret"),
      "https://herald.example/old?token=s3cret": FetchResult.document(
        Document(
          bytes: Array("<html><link rel=feed href='/rss?token=s3cret'>".utf8), contentType: nil,
          finalURL: "https://herald.example/old?token=s3cret", isWhole: true),
        ResponseFacts(status: 200)),
    ]
    let report = try await read(Publisher(pages), into: aggregator)
    guard case .failed(let note) = report.end else {
      Issue.record("\(report.end)")
      return
    }
    #expect(note.kind == "not-a-feed" && !note.detail.contains("s3cret"), "\(note.detail)")
  }

  @Test func `a page that fails or is cut stores nothing and can be tried again`()
    async throws
  {
    let bad: [(FetchResult, ArchiveReading.End?)] = [
      (
        .failed(FetchFailure(.http, "no"), ResponseFacts(status: 503)),
        .failed(FailureNote(kind: "http-503", detail: "no"))
      ),
      (Self.page("/old/2", guid: "x", before: nil, isWhole: false), nil),
    ]
    for (answer, end) in bad {
      let folder = try TemporaryFolder()
      let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
      var pages = Self.pages
      pages["https://herald.example/old/2"] = answer
      let report = try await read(Publisher(pages), into: aggregator)
      if let end { #expect(report.end == end) }
      #expect(report.pageCount == 0 && aggregator.storyCount == 1)
      let mended = try await read(Publisher(Self.pages), into: aggregator)
      #expect(mended.end == .walk(.oldest) && aggregator.storyCount == 3)
    }
  }

  @Test func `a server that wants to be left alone ends the walk and every poll of its line`()
    async throws
  {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    var pages = Self.pages
    pages["https://herald.example/old/2"] = .failed(
      FetchFailure(.http, "too many requests"),
      ResponseFacts(status: 429, freshness: Freshness(retryAfter: .seconds(600))))
    _ = try await read(Publisher(pages), into: aggregator)
    let until = Sample.noon + ArchiveReading.defaultGap + .seconds(600)
    #expect(aggregator.blockedUntil(line: "herald.example", now: Sample.noon) == until)
    let publisher = Publisher(Self.pages)
    let report = try await read(publisher, into: aggregator)
    #expect(
      report.end
        == .notAsked(.leftAlone(LinePause(until: until, cause: "https://herald.example/old/2")))
        && publisher.asked.isEmpty)
  }

  @Test func `a page is asked for on the feed's word, and leads to no other host`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    var pages = Self.pages
    pages["https://herald.example/rss"] = .document(
      Document(
        bytes: Array(
          """
          <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>
          <atom:link rel="prev-archive" href="https://herald.example:8443/old/2"/></channel></rss>
          """.utf8), contentType: nil, finalURL: "https://herald.example/rss", isWhole: true),
      ResponseFacts(status: 200))
    let publisher = Publisher(pages)
    _ = try await read(publisher, into: aggregator)
    #expect(publisher.requests.map(\.ledFrom) == [nil, "https://herald.example/rss"])
    #expect(publisher.requests.map(\.hosts) == [nil, ["herald.example"]])
  }
}

extension FetchResult {
  fileprivate static var cancelledForTest: FetchResult {
    .failed(FetchFailure(.cancelled, "stopped"), nil)
  }
}
