package import Aggregation
internal import Dispatch
package import FeedFetching
internal import StoryArchive
package import Syndication

/// Moves feeds through fetching and the spine: starts what the queue allows, stores what comes back,
/// and wakes up again when the next thing is due.
///
/// An actor on a Dispatch queue of its own; the transport's completions and the timer arrive there.
package actor RefreshEngine {
  /// What a front end may want to tell its user.
  package enum Event: Sendable {
    case refreshed(RefreshOutcome)
    /// The storage failed; polling pauses until it opens again.
    case suspended(any Error, until: Timestamp)
    case resumed
  }

  /// How long a daemon waits before it tries a failed storage again.
  static let storageRetry = Duration.seconds(60)
  /// The longest sleep, so that a stepped clock or a suspended machine costs an hour at most.
  static let longestSleep = Duration.seconds(3600)

  private nonisolated let executor = QueueExecutor(label: "aggregator.engine")
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private let storage: String
  private let transport: any Transport
  private let observe: @Sendable (Event) -> Void
  private var aggregator: Aggregator?
  private var queue: FetchQueue<String>
  private var jobs: [String: Job] = [:]
  private var running: RunningPass?
  private var subscription: Subscription?
  private var timer: (any DispatchSourceTimer)?
  private var heart: (any DispatchSourceTimer)?

  private struct Job {
    var feed: Feed
    var request: FetchRequest
    var policy: RefreshPolicy
  }

  /// An engine on the archive in `storage`; nothing is opened yet.
  package init(
    storage: String, transport: any Transport, limits: FetchQueue<String>.Limits,
    observe: @escaping @Sendable (Event) -> Void
  ) {
    self.storage = storage
    self.transport = transport
    self.observe = observe
    queue = FetchQueue(limits: limits)
  }

  /// Opens the archive and folds it.
  ///
  /// - Throws: `ArchiveError`.
  package func open() throws {
    aggregator = try Aggregator(storage: storage, now: Clock.now())
  }

  /// What would be asked now.
  ///
  /// - Throws: `ArchiveError` when the storage cannot be read.
  package func plan(
    _ configuration: FeedsConfiguration, _ selection: FetchPlan.Selection
  ) throws -> FetchPlan {
    let aggregator = try opened()
    try aggregator.catchUp()
    return FetchPlan(configuration, selection: selection, now: Clock.now()) {
      aggregator.state(of: $0)
    }
  }

  /// Carries `plan` out and returns when every request has been answered and stored.
  ///
  /// - Throws: `ArchiveError` as soon as something cannot be made durable.
  package func run(_ plan: FetchPlan, _ configuration: FeedsConfiguration) async throws {
    precondition(running == nil, "one pass at a time")
    try enqueue(plan, configuration)
    guard !jobs.isEmpty else { return }
    try await withCheckedThrowingContinuation { continuation in
      running = RunningPass(continuation: continuation)
      pump()
    }
  }

  /// Polls the feeds of `configuration` as they fall due, from now on; replaces the one in force.
  package func follow(_ configuration: FeedsConfiguration) {
    subscription = Subscription(configuration, now: Clock.now()) { feed in
      aggregator?.state(of: feed) ?? FeedState(feed: feed.url)
    }
    wake()
  }

  /// Ends everything that runs; what was stored stays stored.
  package func stop() {
    subscription = nil
    timer?.cancel()
    timer = nil
    heart?.cancel()
    heart = nil
    transport.shutDown()
    finishPass(with: nil)
  }

  /// In words for `systemctl status`.
  package var statusText: String {
    let feeds = subscription?.configuration.feeds.count ?? 0
    return "\(feeds) feeds, \(aggregator?.storyCount ?? 0) stories, \(jobs.count) being fetched"
  }

  /// Tells `action` the status on the engine's own queue every `interval`: a sign of life that stops
  /// when the engine does.
  package func beat(every interval: Duration, _ action: @escaping @Sendable (String) -> Void) {
    let heart = DispatchSource.makeTimerSource(queue: executor.queue)
    heart.schedule(deadline: .now(), repeating: .milliseconds(Int(interval.milliseconds)))
    heart.setEventHandler { [self] in assumeIsolated { action($0.statusText) } }
    heart.activate()
    self.heart = heart
  }

  private func opened() throws -> Aggregator {
    if let aggregator { return aggregator }
    try open()
    return try opened()
  }

  // MARK: Fetching

  private func enqueue(_ plan: FetchPlan, _ configuration: FeedsConfiguration) throws {
    let blocked = try opened().blockedHosts(now: Clock.now())
    for (host, until) in blocked { queue.block(host: host, until: until) }
    for (feed, request) in plan.requests where jobs[feed.url] == nil {
      let policy = RefreshPolicy(interval: configuration.pollInterval(of: feed))
      jobs[feed.url] = Job(feed: feed, request: request, policy: policy)
      let rule = configuration.rule(for: feed)
      queue.enqueue(
        feed.url, host: configuration.queueHost(of: feed),
        pace: .init(inFlight: rule?.maxInFlight, gap: rule?.gap))
    }
  }

  private func pump() {
    for url in queue.next(now: Clock.now()) {
      guard var request = jobs[url]?.request else { continue }
      request.keepsConnection = queue.hasMore(besides: url)
      let executor = executor
      transport.start(request) { [self] result in
        executor.queue.async { self.assumeIsolated { $0.received(result, for: url) } }
      }
    }
    arm()
  }

  private func received(_ result: FetchResult, for url: String) {
    guard let job = jobs.removeValue(forKey: url) else { return }
    let now = Clock.now()
    queue.finished(url, now: now)
    if case .failed(let failure, _) = result, failure.kind == .cancelled { return }
    do {
      guard let aggregator else { return }
      let outcome = try aggregator.refresh(
        job.feed, with: result, policy: job.policy, now: now)
      subscription?.learn(outcome)
      observe(.refreshed(outcome))
    } catch {
      storageFailed(error)
      return
    }
    pump()
    if jobs.isEmpty { finishPass(with: nil) }
  }

  /// What is still running is answered into the void: its results are fetched again later.
  private func storageFailed(_ error: any Error) {
    aggregator = nil
    jobs = [:]
    queue = FetchQueue(limits: queue.limits)
    finishPass(with: error)
    guard subscription != nil else { return }
    let until = Clock.now() + Self.storageRetry
    subscription?.suspendedUntil = until
    observe(.suspended(error, until: until))
    arm()
  }

  private func finishPass(with error: (any Error)?) {
    guard let pass = running else { return }
    running = nil
    if let error {
      pass.continuation.resume(throwing: error)
    } else {
      pass.continuation.resume()
    }
  }

  // MARK: Waking

  /// Arms the one timer for whatever comes next: a host's gap, a due feed, a storage to try again.
  private func arm() {
    let now = Clock.now()
    let moments = [queue.wakeUp(after: now), subscription?.nextWake].compactMap { $0 }
    guard let next = moments.min() else { return }
    let wait = max(.milliseconds(1), min(next.since(now), Self.longestSleep))
    if timer == nil {
      let timer = DispatchSource.makeTimerSource(queue: executor.queue)
      timer.setEventHandler { [self] in assumeIsolated { $0.wake() } }
      timer.activate()
      self.timer = timer
    }
    timer?.schedule(wallDeadline: .now() + .milliseconds(Int(wait.milliseconds)))
  }

  private func wake() {
    guard let subscription else { return pump() }
    let now = Clock.now()
    if let until = subscription.suspendedUntil, now < until { return arm() }
    do {
      if subscription.suspendedUntil != nil {
        try open()
        self.subscription?.suspendedUntil = nil
        observe(.resumed)
      }
      try enqueueDue(subscription, now)
      pump()
    } catch {
      storageFailed(error)
    }
  }

  private func enqueueDue(_ subscription: Subscription, _ now: Timestamp) throws {
    let aggregator = try opened()
    try aggregator.catchUp()
    let plan = FetchPlan(subscription.configuration, selection: .due, now: now) {
      subscription.state(of: $0, known: aggregator.state(of: $0))
    }
    try enqueue(plan, subscription.configuration)
    self.subscription?.nextDue = plan.nextDue
  }
}

/// The pass that `run` waits for.
private struct RunningPass {
  let continuation: CheckedContinuation<Void, any Error>
}
