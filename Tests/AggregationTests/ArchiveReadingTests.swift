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

  init(_ pages: [String: FetchResult]) {
    self.pages = pages
  }

  var asked: [String] { log.withLock { $0.map(\.url) } }
  var requests: [FetchRequest] { log.withLock { $0 } }
  var pauses: [Duration] { rests.withLock { $0 } }

  func answer(_ request: FetchRequest) -> FetchResult {
    log.withLock { $0.append(request) }
    return pages[request.url]
      ?? .failed(FetchFailure(.http, "there is no document"), ResponseFacts(status: 404))
  }

  func rest(_ time: Duration) {
    rests.withLock { $0.append(time) }
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
      "<atom:link rel='prev-archive' href='https://herald.example\($0)'/>"
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
    credentials: Logins = Logins()
  ) async throws -> ArchiveReading.Report {
    let feed = Sample.feed("herald")
    var configuration = FeedsConfiguration(hosts: hosts, feeds: [feed])
    configuration.logins = credentials
    return try await ArchiveReading(
      feed: feed, configuration: configuration, limits: limits,
      fetch: { publisher.answer($0) }, pause: { publisher.rest($0) }, now: { Sample.noon }
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
        _ = try await read(publisher, into: aggregator, limits: limits)
      }
      let restarted = try Aggregator(storage: folder.path, now: Sample.noon)
      _ = try await read(publisher, into: restarted)
      let first = Array(publisher.asked.prefix(3))
      #expect(first == Self.folderNames.map { "https://herald.example\($0)" })
      #expect(restarted.storyCount == 3)
    }
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

  @Test func `within the floor the feed is asked by force alone`() async throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let feed = Sample.feed("herald")
    _ = try aggregator.refresh(
      feed, with: Self.pages[feed.url] ?? .cancelledForTest, now: Sample.noon)
    let publisher = Publisher(Self.pages)
    let report = try await read(publisher, into: aggregator, isForced: false)
    #expect(report.end == .notAsked(.tooSoon(since: Sample.noon)) && publisher.asked.isEmpty)
  }

  @Test func `a page that fails, is cut or leads elsewhere stores nothing and can be tried again`()
    async throws
  {
    let bad: [(FetchResult, ArchiveReading.End?)] = [
      (
        .failed(FetchFailure(.http, "no"), ResponseFacts(status: 503)),
        .failed(FailureNote(kind: "http-503", detail: "no"))
      ),
      (Self.page("/old/2", guid: "x", before: nil, isWhole: false), nil),
      (
        Self.page("/old/2", guid: "x", before: nil, finalURL: "https://evil.example/"),
        .walk(.refused("the page https://herald.example/old/2 leads to another host"))
      ),
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
    let until = Sample.noon + .seconds(600)
    #expect(aggregator.blockedUntil(line: "herald.example", now: Sample.noon) == until)
    let publisher = Publisher(Self.pages)
    let report = try await read(publisher, into: aggregator)
    #expect(report.end == .notAsked(.leftAlone(until: until)) && publisher.asked.isEmpty)
  }

  @Test func `credentials go to pages of the feed's own origin only`() async throws {
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
    let logins = try Logins(
      reading: Array("machine herald.example bearer s3cret".utf8), file: "logins")
    _ = try await read(publisher, into: aggregator, credentials: logins)
    #expect(publisher.requests.map { $0.credentials == nil } == [false, true])
  }
}

extension FetchResult {
  fileprivate static var cancelledForTest: FetchResult {
    .failed(FetchFailure(.cancelled, "stopped"), nil)
  }
}
