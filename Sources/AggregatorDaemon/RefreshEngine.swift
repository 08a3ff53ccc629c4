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
    /// Not asked after all: the feed's server wants to be left alone.
    case leftAlone(feed: String, until: Timestamp)
    /// Not asked after all: another process did that at this moment.
    case askedElsewhere(feed: String, at: Timestamp)
    /// Stretches of the archive that were skipped, a sentence each.
    case damaged([String])
    /// The storage failed; polling pauses until it opens again.
    case suspended(any Error, until: Timestamp)
    case resumed
    /// No host can be reached, so that no feed is blamed and next to nothing is asked.
    case offline(since: Timestamp)
    case online(offlineSince: Timestamp)
    /// Somebody set the wall clock while feeds were followed.
    case clockStepped(by: Duration)
    /// A failure that counts for nothing, since the network is gone: nothing is remembered of it.
    case excused(RefreshOutcome)
    /// The configuration follows the feed at its new address from now on.
    case relocated(feed: String, target: String)
    /// It was to, and could not be changed.
    case notRelocated(feed: String, any Error)
  }

  /// How long a daemon waits before it tries a failed storage again: doubled each time it fails.
  static let firstStorageRetry = Duration.seconds(60)
  static let lastStorageRetry = Duration.seconds(3600)
  /// How long to wait before another process' write has likely ended, and how often that is tried.
  static let lockRetry = Duration.milliseconds(50)
  static let lockRetryLimit = 1200
  /// The longest sleep, so that a stepped clock or a suspended machine costs an hour at most.
  static let longestSleep = Duration.seconds(3600)

  private nonisolated let executor = QueueExecutor(label: "aggregator.engine")
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private let storage: String
  private let transport: any Transport
  private let credentials: @Sendable (String) -> Credentials?
  private let relocate: Relocate
  private let now: @Sendable () -> Timestamp
  private let sinceBoot: @Sendable () -> Duration
  private let observe: @Sendable (Event) -> Void
  private var aggregator: Aggregator?
  private var queue: FetchQueue<String>
  private var jobs: [String: Job] = [:]
  private var running: RunningPass?
  private var subscription: Subscription?
  private var share = BudgetShare()
  private var timer: (any DispatchSourceTimer)?
  private var heart: (any DispatchSourceTimer)?
  private var isStopped = false
  private var isClaimed = false
  private var network = NetworkWatch()
  private var clock = ClockWatch()
  /// How often in a row another process held the lock when requests were to go out.
  private var slotTries = 0
  /// What a relocation made of the configuration that is followed.
  private var nextConfiguration: FeedsConfiguration?

  private struct Job {
    var feed: Feed
    var request: FetchRequest
    var policy: RefreshPolicy
    var slot: RequestSlot
    var line: String { slot.line }
    var lockTries = 0
    /// Held back until it is clear whether the feed or the network is at fault.
    var result: FetchResult?
  }

  /// Follows a feed at another address in the configuration files; false where they are to stay as they are.
  package typealias Relocate = @Sendable (_ feed: Feed, _ target: String) throws -> Bool

  /// An engine on the archive in `storage`; nothing is opened yet.
  ///
  /// - Parameters:
  ///   - storage: The archive's folder.
  ///   - transport: What asks the servers.
  ///   - limits: How many are asked at once, and how fast each.
  ///   - credentials: What a feed's credential name stands for; nil where there is none.
  ///   - relocate: Changes the configuration of a feed that moved for good.
  ///   - now: The wall clock.
  ///   - sinceBoot: A clock that never steps and goes on while the machine is suspended.
  ///   - observe: Told what happens, on the engine's queue.
  package init(
    storage: String, transport: any Transport, limits: FetchQueue<String>.Limits,
    credentials: @escaping @Sendable (String) -> Credentials? = { _ in nil },
    relocate: @escaping Relocate = { _, _ in false },
    now: @escaping @Sendable () -> Timestamp = Clock.now,
    sinceBoot: @escaping @Sendable () -> Duration = Clock.sinceBoot,
    observe: @escaping @Sendable (Event) -> Void
  ) {
    self.storage = storage
    self.transport = transport
    self.credentials = credentials
    self.relocate = relocate
    self.now = now
    self.sinceBoot = sinceBoot
    self.observe = observe
    queue = FetchQueue(limits: limits)
  }

  /// Opens the archive and folds it.
  ///
  /// - Throws: `ArchiveError`.
  package func open() throws {
    let aggregator = try Aggregator(storage: storage, now: now())
    if isClaimed { try aggregator.claim() }
    if let subscription { aggregator.follow(subscription.configuration.feeds) }
    if !aggregator.damage.isEmpty { observe(.damaged(aggregator.damage)) }
    self.aggregator = aggregator
  }

  /// Makes sure that no other daemon follows feeds into the same archive.
  ///
  /// - Throws: `ArchiveError.locked` when one does.
  package func claim() throws {
    try opened().claim()
    isClaimed = true
    try opened().note(offlineSince: nil)
  }

  /// What the feed calls itself, as far as it was ever read.
  ///
  /// - Throws: `ArchiveError` when the storage cannot be read.
  package func title(of feed: Feed) throws -> String? {
    try opened().state(of: feed).title
  }

  /// What would be asked now.
  ///
  /// - Throws: `ArchiveError` when the storage cannot be read.
  package func plan(
    _ configuration: FeedsConfiguration, _ selection: FetchPlan.Selection
  ) throws -> FetchPlan {
    let aggregator = try opened()
    try aggregator.catchUp()
    aggregator.follow(configuration.feeds)
    let moment = now()
    return FetchPlan(
      configuration, selection: selection, now: moment,
      blockedUntil: { aggregator.blockedUntil(line: $0, now: moment) },
      askedAt: { aggregator.askedAt($0) }, state: { aggregator.state(of: $0) })
  }

  /// The requests of `plan` that take longest, because they wait for each other.
  package func slowestLine(
    of plan: FetchPlan, _ configuration: FeedsConfiguration
  ) -> FetchPlan.Line? {
    let moment = now()
    return plan.slowestLine(configuration) { feed, line in
      max(
        configuration.rule(for: feed)?.gap ?? queue.limits.hostGap,
        aggregator?.learnedGap(line: line, now: moment) ?? .zero)
    }
  }

  /// Carries `plan` out and returns when every request has been answered and stored.
  ///
  /// - Throws: `ArchiveError` as soon as something cannot be made durable.
  package func run(_ plan: FetchPlan, _ configuration: FeedsConfiguration) async throws {
    precondition(running == nil, "one pass at a time")
    enqueue(plan, configuration)
    guard !jobs.isEmpty, !isStopped else { return }
    try await withCheckedThrowingContinuation { continuation in
      running = RunningPass(continuation: continuation)
      pump()
    }
  }

  /// Polls the feeds of `configuration` as they fall due, from now on; replaces the one in force. What
  /// still waits is planned anew, what is under way is stored if its feed is still followed.
  package func follow(_ configuration: FeedsConfiguration) {
    for url in queue.removeWaiting() { jobs[url] = nil }
    share = BudgetShare()
    clock.forgetOldRequests(at: clocks)
    aggregator?.follow(configuration.feeds)
    subscription = Subscription(configuration, replacing: subscription, now: now()) { feed in
      aggregator?.state(of: feed) ?? FeedState(feed: feed.url)
    }
    wake()
  }

  /// Ends everything that runs; what was stored stays stored.
  package func stop() {
    isStopped = true
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
    let offline = network.isOffline ? ", offline" : ""
    return "\(feeds) feeds, \(aggregator?.storyCount ?? 0) stories, \(jobs.count) being fetched"
      + offline
  }

  /// Tells `action` the status on the engine's own queue every `interval`: a sign of life that stops
  /// when the engine does. A timer of the wall clock would come late after that was put back.
  package func beat(every interval: Duration, _ action: @escaping @Sendable (String) -> Void) {
    self.heart?.cancel()
    let heart = DispatchSource.makeTimerSource(queue: executor.queue)
    heart.schedule(deadline: .now(), repeating: .milliseconds(Int(interval.milliseconds)))
    heart.setEventHandler { [self] in
      assumeIsolated {
        if $0.heedClock() { $0.wake() }
        action($0.statusText)
      }
    }
    heart.activate()
    self.heart = heart
  }

  private func opened() throws -> Aggregator {
    if let aggregator { return aggregator }
    try open()
    return try opened()
  }

  // MARK: Fetching

  private func enqueue(_ plan: FetchPlan, _ configuration: FeedsConfiguration) {
    guard !plan.requests.isEmpty else { return }
    let unitInterval = share.unitInterval(of: configuration, now: now()) {
      aggregator?.state(of: $0) ?? FeedState(feed: $0.url)
    }
    for (feed, request) in plan.requests where jobs[feed.url] == nil {
      let feed = aggregator?.named(feed) ?? feed
      let rule = configuration.rule(for: feed)
      let slot = RequestSlot(
        feed: feed.url, line: configuration.queueHost(of: feed),
        gap: rule?.gap ?? queue.limits.hostGap, lastAsked: aggregator?.lastAsked(feed),
        isForced: plan.isForced)
      jobs[feed.url] = Job(
        feed: feed, request: request,
        policy: RefreshPolicy(
          interval: configuration.pollInterval(of: feed), unitInterval: unitInterval), slot: slot)
      queue.enqueue(
        feed.url, host: slot.line, pace: .init(inFlight: rule?.maxInFlight, gap: rule?.gap))
    }
  }

  private func pump() {
    guard !isStopped else { return }
    if !network.isDoubting { startNext() }
    arm()
  }

  private func startNext() {
    let moment = now()
    let urls = queue.next(now: moment).filter { jobs[$0] != nil }
    guard !urls.isEmpty else { return }
    do {
      let rulings = try opened().reserve(urls.compactMap { jobs[$0]?.slot }, now: moment)
      slotTries = 0
      // From the last to the first: what is put back stands first in its line.
      for (url, ruling) in zip(urls, rulings).reversed() where ruling != .granted {
        giveWay(url, ruling, moment)
      }
      for (url, ruling) in zip(urls, rulings) where ruling == .granted { start(url) }
      if jobs.isEmpty { finishPass(with: nil) }
    } catch ArchiveError.locked where slotTries < Self.lockRetryLimit {
      slotTries += 1
      for url in urls.reversed() { queue.putBack(url, restingUntil: moment + Self.lockRetry) }
    } catch {
      slotTries = 0
      for url in urls { queue.finished(url, now: moment) }
      storageFailed(error)
    }
  }

  private func giveWay(_ url: String, _ ruling: RequestSlot.Ruling, _ moment: Timestamp) {
    guard let line = jobs[url]?.line else { return queue.finished(url, now: moment) }
    switch ruling {
    case .granted: break
    case .wait(let until): queue.putBack(url, restingUntil: until)
    case .leftAlone(let until):
      queue.putBack(url, restingUntil: moment)
      leaveAlone(line, until)
    case .askedElsewhere(let asked):
      queue.finished(url, now: moment)
      jobs[url] = nil
      observe(.askedElsewhere(feed: url, at: asked))
      subscription?.look(at: asked + RefreshPolicy.floor)
    }
  }

  private func start(_ url: String) {
    guard let job = jobs[url] else { return }
    var request = job.request
    request.keepsConnection = queue.hasMore(besides: url)
    request.requestedAt = now()
    clock.noteRequest(for: url, at: clocks)
    let executor = executor
    let deliver: @Sendable (FetchResult) -> Void = { [self] result in
      executor.queue.async { self.assumeIsolated { $0.received(result, for: url) } }
    }
    if let name = job.feed.credential {
      guard let secret = credentials(name) else {
        let detail = "there is no credential named \(name) in $CREDENTIALS_DIRECTORY"
        return deliver(.failed(FetchFailure(.credential, detail), nil))
      }
      request.credentials = secret
    }
    transport.start(request, completion: deliver)
  }

  private func received(_ result: FetchResult, for url: String) {
    queue.finished(url, now: now())
    if isStopped { jobs[url] = nil }
    if case .failed(let failure, _) = result, failure.kind == .cancelled { jobs[url] = nil }
    if let subscription, !subscription.follows(url) { jobs[url] = nil }
    jobs[url]?.result = result
    if let job = jobs[url] {
      let report = report(of: job, result)
      carryOut(
        network.note(
          report, underWay: queue.inFlightCount, waiting: queue.waitingCount, now: now()))
    }
    goOn()
  }

  /// The feed moved for good, and its stories will keep their identifiers.
  private func follow(_ feed: Feed, at target: String) {
    do {
      guard try relocate(feed, target) else { return }
      observe(.relocated(feed: feed.url, target: target))
      try aggregator?.carryState(of: feed.url, to: target)
      // What else the files say by now is in force once somebody says so (SIGHUP).
      let inForce = nextConfiguration ?? subscription?.configuration
      nextConfiguration = inForce?.moving(feed.url, to: target)
    } catch let error as ArchiveError {
      storageFailed(error)
    } catch {
      observe(.notRelocated(feed: feed.url, error))
    }
  }

  /// After a result: starts what may start, and ends a pass that has nothing left to do.
  private func goOn() {
    if let configuration = nextConfiguration {
      nextConfiguration = nil
      follow(configuration)
    }
    lookAtNetwork()
    pump()
    if running != nil, queue.inFlightCount == 0, queue.waitingCount == 0 {
      carryOut(network.conclude())
    }
    if jobs.isEmpty { finishPass(with: nil) }
  }

  private func store(_ result: FetchResult, _ job: Job) {
    guard let aggregator else { return jobs[job.feed.url] = nil }
    do {
      let outcome = try aggregator.refresh(
        job.feed, with: result, policy: job.policy, line: job.line, now: now())
      jobs[job.feed.url] = nil
      subscription?.learn(outcome)
      observe(.refreshed(outcome))
      if let target = outcome.successor { follow(job.feed, at: target) }
      if let until = outcome.leftAloneUntil { leaveAlone(job.line, until) }
    } catch ArchiveError.locked where job.lockTries < Self.lockRetryLimit {
      jobs[job.feed.url]?.lockTries += 1
      let wait = DispatchTimeInterval.milliseconds(Int(Self.lockRetry.milliseconds))
      executor.queue.asyncAfter(deadline: .now() + wait) { [self] in
        assumeIsolated { $0.storeAgain(job.feed.url) }
      }
    } catch {
      storageFailed(error)
    }
  }

  private func storeAgain(_ url: String) {
    if isStopped { jobs[url] = nil }
    if let job = jobs[url], let result = job.result { store(result, job) }
    goOn()
  }

  /// What waits in `line` is planned anew once its server may be asked again.
  private func leaveAlone(_ line: String, _ until: Timestamp) {
    queue.block(host: line, until: until)
    for url in queue.removeWaiting(of: line) {
      jobs[url] = nil
      observe(.leftAlone(feed: url, until: until))
    }
    subscription?.look(at: until)
  }

  /// What is still running is answered into the void: its results are fetched again later.
  private func storageFailed(_ error: any Error) {
    aggregator = nil
    jobs = [:]
    _ = queue.removeWaiting()
    finishPass(with: error)
    guard let until = subscription?.suspend(now: now()) else { return }
    observe(.suspended(error, until: until))
    pump()
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

  // MARK: The network

  private func report(of job: Job, _ result: FetchResult) -> NetworkWatch.Report {
    let host = WebAddress.host(of: job.feed.url) ?? job.feed.url
    return NetworkWatch.Report(
      feed: job.feed.url, host: host, evidence: .init(of: result),
      isPrivate: job.request.route(to: host).allowsPrivateAddresses,
      hasFailedBefore: hasFailed(job.feed))
  }

  private func hasFailed(_ feed: Feed) -> Bool {
    aggregator.map { $0.state(of: feed).failureCount > 0 } ?? false
  }

  private func lookAtNetwork() {
    carryOut(
      network.look(underWay: queue.inFlightCount, waiting: queue.waitingCount, now: now()))
  }

  private func carryOut(_ ruling: NetworkWatch.Ruling) {
    guard !isStopped else { return }
    for url in ruling.believed {
      if let job = jobs[url], let result = job.result { store(result, job) }
    }
    for url in ruling.excused { excuse(url) }
    settle(ruling.excused)
    switch ruling.turn {
    case .wentOffline(let since):
      observe(.offline(since: since))
      noteNetwork(offlineSince: since)
      for url in queue.removeWaiting() { excuse(url) }
    case .cameBack(let since):
      observe(.online(offlineSince: since))
      noteNetwork(offlineSince: nil)
      resumeAll()
    case nil: break
    }
  }

  private func settle(_ urls: [String]) {
    clock.settle(urls)
    do {
      try aggregator?.settle(urls)
    } catch {
      storageFailed(error)
    }
  }

  private func excuse(_ url: String) {
    guard let job = jobs.removeValue(forKey: url) else { return }
    var note = FailureNote(kind: "offline", detail: "not asked: no host can be reached")
    if case .failed(let failure, _) = job.result {
      note = FailureNote(kind: failure.kind.rawValue, detail: failure.detail)
    }
    let source = job.feed.title ?? WebAddress.host(of: url) ?? url
    observe(.excused(RefreshOutcome(feed: url, source: source, result: .failed(note))))
  }

  /// A daemon's turn is told to `status`; a pass by hand ends before anybody could ask.
  private func noteNetwork(offlineSince moment: Timestamp?) {
    guard subscription != nil else { return }
    do {
      try aggregator?.note(offlineSince: moment)
    } catch {
      storageFailed(error)
    }
  }

  /// What fell due at one moment, since the network came back or the clock was stepped, is asked soon,
  /// but not at once.
  private func resumeAll() {
    guard let subscription, let aggregator else { return }
    let moment = now()
    let due = subscription.configuration.feeds.map(\.url).filter { url in
      jobs[url] == nil && aggregator.state(of: Feed(url: url)).due.map { $0.at <= moment } ?? true
    }
    self.subscription?.spread(due, now: moment)
    self.subscription?.look(at: moment)
  }

  // MARK: Waking

  /// Arms the one timer for whatever comes next: a host's gap, a due feed, a storage to try again.
  private func arm() {
    let moment = now()
    let starts = network.isDoubting ? nil : queue.wakeUp(after: moment)
    let plans = network.isOffline ? subscription?.suspendedUntil : subscription?.nextWake
    let moments = [starts, plans, network.wakeUp].compactMap { $0 }
    guard !isStopped, let next = moments.min() else { return }
    let wait = max(.milliseconds(1), min(next.since(moment), Self.longestSleep))
    if timer == nil {
      let timer = DispatchSource.makeTimerSource(queue: executor.queue)
      timer.setEventHandler { [self] in assumeIsolated { $0.wake() } }
      timer.activate()
      self.timer = timer
    }
    timer?.schedule(wallDeadline: .now() + .milliseconds(Int(wait.milliseconds)))
  }

  private var clocks: ClockWatch.Reading {
    ClockWatch.Reading(now: now(), sinceBoot: sinceBoot())
  }

  /// Whether the wall clock was stepped: then what is due by it is planned anew.
  private func heedClock() -> Bool {
    guard subscription != nil, let step = clock.step(at: clocks) else { return false }
    observe(.clockStepped(by: step))
    resumeAll()
    return true
  }

  private func wake() {
    _ = heedClock()
    lookAtNetwork()
    guard let subscription else { return goOn() }
    let moment = now()
    if let until = subscription.suspendedUntil, moment < until,
      until.since(moment) <= Self.lastStorageRetry
    {
      return pump()
    }
    do {
      if aggregator == nil { try resume(moment) }
      try enqueueDue(subscription.configuration, moment)
      pump()
    } catch {
      storageFailed(error)
    }
  }

  /// Opens the archive again, once it has room for what would be fetched.
  private func resume(_ moment: Timestamp) throws {
    if subscription?.suspendedUntil != nil {
      try Aggregator.probe(storage: storage, now: moment)
    }
    try open()
    guard subscription?.suspendedUntil != nil else { return }
    subscription?.resume()
    observe(.resumed)
  }

  private func enqueueDue(_ configuration: FeedsConfiguration, _ moment: Timestamp) throws {
    let aggregator = try opened()
    try aggregator.catchUp()
    let clocks = ClockWatch.Reading(now: moment, sinceBoot: sinceBoot())
    var plan = FetchPlan(
      configuration, selection: .due, now: moment,
      blockedUntil: { aggregator.blockedUntil(line: $0, now: moment) },
      askedAt: { clock.askedAt($0.url, at: clocks) ?? aggregator.askedAt($0) },
      state: {
        subscription?.state(of: $0, known: aggregator.state(of: $0)) ?? FeedState(feed: $0.url)
      })
    if network.isOffline { plan = probe(of: plan, moment) }
    enqueue(plan, configuration)
    subscription?.nextDue = plan.nextDue
  }

  /// While the network is gone, one feed of those that are due is asked now and then.
  private func probe(of plan: FetchPlan, _ moment: Timestamp) -> FetchPlan {
    let due = plan.requests.map(\.feed).filter { jobs[$0.url] == nil }
    let feed = network.probe(among: due.map(\.url), now: moment) { url in
      hasFailed(Feed(url: url))
    }
    return plan.keeping { $0.url == feed }
  }
}

/// The pass that `run` waits for.
private struct RunningPass {
  let continuation: CheckedContinuation<Void, any Error>
}
