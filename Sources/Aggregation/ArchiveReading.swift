package import FeedFetching
internal import StoryArchive
package import Syndication

/// Reads the older documents of one feed into the archive, one request after the other.
///
/// The server is spared as by any poll: every page stands in its host's line with the requests of all
/// processes, nothing is asked while the server wants to be left alone or within the floor after a
/// failure, and a bounded number of pages a day. Every page is durable before the next is asked for, so
/// that an end at any moment costs nothing but the page under way.
package struct ArchiveReading {
  package enum End: Hashable, Sendable {
    case walk(ArchiveWalk.End)
    /// Nothing may be asked now.
    case notAsked(FetchPlan.Reason)
    case failed(FailureNote)
  }

  /// What a walk came to.
  package struct Report: Hashable, Sendable {
    package var pageCount = 0
    package var counts = StoryCounts()
    package var end: End
    /// The older page that could not be read; nil where it is the feed itself.
    package var failedPage: String?
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
  ///   - limits: What one walk, and all of a day, may cost.
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

  /// Walks, and says how far. The feed itself is asked as a poll by hand would ask it, conditionally, and
  /// within the floor only where `isForced`; what it said last is known. A walk that stopped goes on
  /// without asking it. What a day may cost is no bound where `isForced`.
  ///
  /// - Throws: `ArchiveError` when a page cannot be made durable; what `pause` throws.
  package func run(into aggregator: Aggregator, isForced: Bool) async throws -> Report {
    try aggregator.catchUp()
    let state = aggregator.state(of: feed)
    let toll = aggregator.archiveToll(of: feed, now: now())
    var walk = ArchiveWalk(
      feed: feed.url, progress: state.archives, limits: limits,
      earlierPageCount: isForced ? 0 : toll?.pageCount(on: now().day) ?? 0)
    if let finalURL = state.finalURL { walk.begin(at: finalURL) }
    var report = Report(end: .walk(.oldest))
    if !isForced, let end = rest(after: toll) {
      report.end = end
      return report
    }
    var next =
      if let step = walk.resumption { Next.step(step) } else {
        try await begin(&walk, aggregator, isForced, &report)
      }
    while case .step(.read(let page)) = next {
      if !isForced, let end = end(of: &walk, aggregator) {
        next = end
      } else {
        next = try await read(page, &walk, aggregator, &report)
      }
    }
    report.end = next.end
    return report
  }

  private enum Next {
    case step(ArchiveWalk.Step)
    case end(End)

    var end: End {
      switch self {
      case .end(let end): end
      case .step(.end(let end)): .walk(end)
      case .step(.read): preconditionFailure("a page that is to be read is no end")
      }
    }
  }

  /// Why nothing is asked so soon after a page that failed.
  private func rest(after toll: ArchiveToll?) -> End? {
    guard let failed = toll?.failed, failed.isWithinFloor(at: now()) else { return nil }
    return .notAsked(.tooSoon(since: failed))
  }

  /// Why no further page is asked for, by what is known now: the feed may be read by other addresses too.
  private func end(of walk: inout ArchiveWalk, _ aggregator: Aggregator) -> Next? {
    let toll = aggregator.archiveToll(of: feed, now: now())
    if let end = rest(after: toll) { return .end(end) }
    return walk.charge(toll?.pageCount(on: now().day) ?? 0).map { .step(.end(.limit($0))) }
  }

  /// Finds where the newest document leads: asks for it where that is not known.
  private func begin(
    _ walk: inout ArchiveWalk, _ aggregator: Aggregator, _ isForced: Bool, _ report: inout Report
  ) async throws -> Next {
    let moment = now()
    let state = aggregator.state(of: feed)
    let plan = FetchPlan(
      configuration, selection: .chosen([feed.url], isForced: isForced), now: moment,
      pause: { aggregator.pause(of: $0, now: moment) },
      askedAt: { aggregator.askedAt($0) }, state: { aggregator.state(of: $0) })
    guard var request = plan.requests.first?.request else {
      guard case .tooSoon? = plan.skipped.first?.reason, let older = state.older else {
        return plan.skipped.first.map { .end(.notAsked($0.reason)) } ?? .step(.end(.oldest))
      }
      return .step(walk.step(along: older))
    }
    // Where nobody looked for older pages yet, a 304 would not say whether there are any.
    if state.older == nil, state.archives == nil { request.validators = Validators() }
    request.keepsConnection = true
    if let end = try await standInLine(for: feed.url, aggregator, isForced) { return .end(end) }
    let result = await fetch(request)
    return try await take(result, &walk, aggregator, &report)
  }

  /// Stores what the feed itself brought, and finds where it leads.
  private func take(
    _ result: FetchResult, _ walk: inout ArchiveWalk, _ aggregator: Aggregator,
    _ report: inout Report
  ) async throws -> Next {
    let unitInterval = configuration.unitInterval(now: now()) { aggregator.state(of: $0) }
    let policy = RefreshPolicy(
      interval: configuration.pollInterval(of: feed), unitInterval: unitInterval)
    let line = configuration.queueHost(of: feed)
    let answer = ReadAnswer(of: result, feed: feed, policy: policy, line: line, now: now())
    let outcome = try await unlocked { try aggregator.refresh([answer], now: now())[0] }
    report.counts.add(outcome.counts)
    switch answer.reading {
    case .feed(let parsed, _, let finalURL) where parsed.isComplete:
      walk.begin(at: finalURL)
      let step = walk.step(from: parsed.properties)
      if step == .end(.oldest) {
        try await unlocked { try aggregator.note(walk.progress, of: feed) }
      }
      return .step(step)
    case .notModified:
      guard let older = aggregator.state(of: feed).older else { return .step(.end(.oldest)) }
      return .step(walk.step(along: older))
    default:
      let unread = FailureNote(kind: "not-a-feed", detail: "the feed itself cannot be read whole")
      return .end(.failed(outcome.failure ?? unread))
    }
  }

  private func read(
    _ page: String, _ walk: inout ArchiveWalk, _ aggregator: Aggregator, _ report: inout Report
  ) async throws -> Next {
    try await pause(slot(for: page).gap)
    if let end = try await standInLine(for: page, aggregator, true) { return .end(end) }
    let reading = FeedReading(of: await fetch(request(for: page, among: walk.hosts)))
    let line = slot(for: page).line
    try await unlocked {
      try aggregator.learn(from: reading, ofPage: page, of: feed, line: line, now: now())
    }
    guard case .feed(let parsed, let facts, let finalURL) = reading, parsed.isComplete else {
      report.failedPage = page
      return .end(.failed(reading.failureOfPage))
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

  /// A page is asked for whole and on the feed's word: what is meant for the feed's origin stays there,
  /// and no redirect leads to a host that is not the publisher's.
  private func request(for page: String, among hosts: Set<String>) -> FetchRequest {
    var request = configuration.request(for: feed, FeedState(feed: feed.url), now: now())
    request.url = page
    request.ledFrom = feed.url
    request.hosts = hosts
    request.keepsConnection = true
    return request
  }

  // MARK: The line

  /// Where the request for `url` waits its turn: a page at the feed's own host in the feed's line, also
  /// where every address has a line of its own.
  private func slot(for url: String, isForced: Bool = true, lastAsked: Timestamp? = nil)
    -> RequestSlot
  {
    let isAtHome = WebAddress.host(of: url) == WebAddress.host(of: feed.url)
    let place = isAtHome ? feed : Feed(url: url)
    return RequestSlot(
      feed: url, line: configuration.queueHost(of: place),
      gap: configuration.rule(for: place)?.gap ?? Self.defaultGap, lastAsked: lastAsked,
      isForced: isForced)
  }

  /// Waits until every process that shares the archive knows that `url` is asked now.
  ///
  /// - Returns: Why it may not be.
  private func standInLine(
    for url: String, _ aggregator: Aggregator, _ isForced: Bool
  ) async throws -> End? {
    let lastAsked = url == feed.url ? aggregator.lastAsked(feed) : nil
    let slot = slot(for: url, isForced: isForced, lastAsked: lastAsked)
    while true {
      let ruling = try await unlocked { try aggregator.reserve([slot], now: now()) }.first
      switch ruling {
      case .granted, nil: return nil
      case .wait(let until): try await pause(max(until.since(now()), Self.lockPause))
      case .leftAlone(let pause): return .notAsked(.leftAlone(pause))
      case .askedElsewhere(let moment): return .notAsked(.tooSoon(since: moment))
      }
    }
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

extension Timestamp {
  /// Whether what happened then is too recent to be done again.
  fileprivate func isWithinFloor(at now: Timestamp) -> Bool {
    self < now + RefreshPolicy.clockSlack && now < self + RefreshPolicy.floor
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
