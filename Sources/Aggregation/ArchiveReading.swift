package import FeedFetching
internal import StoryArchive
package import Syndication

/// Reads the older documents of one feed into the archive, one request after the other.
///
/// The server is spared as by any poll: the gap of its host between requests, nothing while it wants to
/// be left alone, a bounded number of pages at a time. Every page is durable before the next is asked
/// for, so that an end at any moment costs nothing but the page under way.
package struct ArchiveReading {
  package enum End: Hashable, Sendable {
    case walk(ArchiveWalk.End)
    /// The feed itself may not be asked now.
    case notAsked(FetchPlan.Reason)
    case failed(FailureNote)
  }

  /// What a walk came to.
  package struct Report: Hashable, Sendable {
    package var pageCount = 0
    package var counts = StoryCounts()
    package var end: End
  }

  /// Between two requests to a host without a rule of its own.
  package static let defaultGap = FetchQueue<String>.Limits().hostGap
  /// Another process writes for milliseconds.
  static let lockPause = Duration.milliseconds(50)
  static let lockTryLimit = 1200

  private let feed: Feed
  private let configuration: FeedsConfiguration
  private let limits: ArchiveWalk.Limits
  private let fetch: @Sendable (FetchRequest) async -> FetchResult
  private let pause: @Sendable (Duration) async throws -> Void
  private let now: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - feed: Whose archives.
  ///   - configuration: What feeds.conf says of it and its host.
  ///   - limits: What one walk may cost.
  ///   - fetch: Asks a server, with the feed's credential.
  ///   - pause: Lets time pass.
  ///   - now: The wall clock.
  package init(
    feed: Feed, configuration: FeedsConfiguration, limits: ArchiveWalk.Limits = .init(),
    fetch: @escaping @Sendable (FetchRequest) async -> FetchResult,
    pause: @escaping @Sendable (Duration) async throws -> Void,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.feed = feed
    self.configuration = configuration
    self.limits = limits
    self.fetch = fetch
    self.pause = pause
    self.now = now
  }

  /// Walks, and says how far. Within the floor after the last poll the feed itself is asked only where
  /// `isForced`; a walk that stopped goes on without asking it.
  ///
  /// - Throws: `ArchiveError` when a page cannot be made durable; what `pause` throws.
  package func run(into aggregator: Aggregator, isForced: Bool) async throws -> Report {
    try aggregator.catchUp()
    let state = aggregator.state(of: feed)
    var walk = ArchiveWalk(feed: feed.url, progress: state.archives, limits: limits)
    if let finalURL = state.finalURL { walk.begin(at: finalURL) }
    var report = Report(end: .walk(.oldest))
    var step: ArchiveWalk.Step
    if let next = walk.progress.next {
      step = .read(next)
    } else {
      switch try await begin(&walk, aggregator, isForced: isForced, &report) {
      case .step(let first): step = first
      case .end(let end):
        report.end = end
        return report
      }
    }
    while case .read(let page) = step {
      switch try await read(page, &walk, aggregator, &report) {
      case .step(let next): step = next
      case .end(let end):
        report.end = end
        return report
      }
    }
    if case .end(let end) = step { report.end = .walk(end) }
    return report
  }

  private enum Progress {
    case step(ArchiveWalk.Step)
    case end(End)
  }

  /// Asks for the newest document, as a poll does, but for all of it.
  private func begin(
    _ walk: inout ArchiveWalk, _ aggregator: Aggregator, isForced: Bool, _ report: inout Report
  ) async throws -> Progress {
    let moment = now()
    let plan = FetchPlan(
      configuration, selection: .chosen([feed.url], isForced: isForced), now: moment,
      blockedUntil: { aggregator.blockedUntil(line: $0, now: moment) },
      state: { aggregator.state(of: $0) })
    guard var request = plan.requests.first?.request else {
      return .end(plan.skipped.first.map { .notAsked($0.reason) } ?? .walk(.oldest))
    }
    request.validators = Validators()
    request.keepsConnection = true
    let result = await fetch(request)
    let policy = RefreshPolicy(interval: configuration.pollInterval(of: feed))
    let line = configuration.queueHost(of: feed)
    let outcome = try await unlocked {
      try aggregator.refresh(feed, with: result, policy: policy, line: line, now: now())
    }
    report.counts.add(outcome.counts)
    guard case .document(let document, _) = result,
      let parsed = FeedReading(of: result).parsed, parsed.isComplete
    else {
      let unread = FailureNote(kind: "not-a-feed", detail: "the feed itself cannot be read whole")
      return .end(.failed(outcome.failure ?? unread))
    }
    walk.begin(at: document.finalURL)
    return .step(walk.step(from: parsed.properties))
  }

  private func read(
    _ page: String, _ walk: inout ArchiveWalk, _ aggregator: Aggregator, _ report: inout Report
  ) async throws -> Progress {
    try await pause(configuration.rule(for: feed)?.gap ?? Self.defaultGap)
    let line = configuration.queueHost(of: feed)
    if let until = aggregator.blockedUntil(line: line, now: now()) {
      return .end(.notAsked(.leftAlone(until: until)))
    }
    let result = await fetch(request(for: page))
    let reading = FeedReading(of: result)
    if let wait = reading.retryAfter {
      try await unlocked { try aggregator.leaveAlone(line: line, for: wait, now: now()) }
    }
    guard case .feed(let parsed, let facts, let finalURL) = reading, parsed.isComplete else {
      return .end(.failed(reading.failureOfPage))
    }
    guard FetchAddress(finalURL)?.host == FetchAddress(page)?.host else {
      return .end(.walk(.refused("the page \(MaskedAddress(page)) leads to another host")))
    }
    // What leads on hangs on what was new, and is to be stored with it.
    var advanced = walk
    var step = ArchiveWalk.Step.end(.oldest)
    let counts = try await unlocked {
      try aggregator.store(page: parsed, of: feed, now: now()) { counts in
        advanced = walk
        step = advanced.step(
          from: parsed.properties, at: finalURL, receivedByteCount: facts.receivedByteCount,
          newCount: counts.new)
        return advanced.progress
      }
    }
    walk = advanced
    report.counts.add(counts)
    report.pageCount += 1
    return .step(step)
  }

  /// A page is asked for whole; what is meant for the feed's origin stays there.
  private func request(for page: String) -> FetchRequest {
    var request = configuration.request(for: feed, FeedState(feed: feed.url), now: now())
    request.url = page
    request.keepsConnection = true
    if FetchAddress(page)?.origin != FetchAddress(feed.url)?.origin {
      request.credentials = nil
      request.headers = []
    }
    return request
  }

  /// The result of `body`, tried again while another process writes.
  private func unlocked<Value>(_ body: () throws -> Value) async throws -> Value {
    for _ in 1..<Self.lockTryLimit {
      do { return try body() } catch ArchiveError.locked {
        try await pause(Self.lockPause)
      }
    }
    return try body()
  }
}

extension FeedReading {
  /// Why a page could not be read.
  fileprivate var failureOfPage: FailureNote {
    switch self {
    case .failed(let note, _): note
    case .gone: FailureNote(kind: "gone", detail: "the page is gone for good (410)")
    case .notModified, .feed:
      FailureNote(
        kind: FetchFailure.Kind.incomplete.rawValue, detail: "the page stopped before its end")
    }
  }
}
