package import Aggregation
package import FeedFetching
package import Syndication

/// Moves feeds through fetching and the spine: starts what may start, has documents read, stores what
/// was read, and wakes up again when the next thing is due.
///
/// An actor on a Dispatch queue of its own; the transport's completions and the timer arrive there.
/// Documents are read on other threads meanwhile; what is to be decided and written comes back here. What
/// each stage knows is a type of its own; the engine hands on from one to the next.
package actor RefreshEngine {
  /// How long to wait before another process' write has likely ended, and how often that is tried where
  /// requests are to go out.
  static let lockRetry = Duration.milliseconds(50)
  static let lockRetryLimit = 1200
  /// Records that are folded at one go before new stories can be grouped: a tenth of a second.
  static let foldLimit = 2048
  /// The longest sleep, so that a stepped clock or a suspended machine costs an hour at most.
  static let longestSleep = Duration.seconds(3600)

  nonisolated let executor = QueueExecutor(label: "aggregator.engine")
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  let sender: RequestSender
  let relocate: Relocate
  let now: @Sendable () -> Timestamp
  let sinceBoot: @Sendable () -> Duration
  let observe: @Sendable (Event) -> Void
  let readers = ReadingPool()

  var archive: HeldArchive
  var fetches: PendingFetches
  var storing = StoringLine()
  var network = NetworkWatch()
  var clock = ClockWatch()
  var subscription: Subscription?
  var share = BudgetShare()
  /// What a relocation made of the configuration that is followed.
  var nextConfiguration: FeedsConfiguration?
  /// How often in a row another process held the lock when requests were to go out.
  var slotTries = 0
  private var toldDamage: [String] = []
  private(set) var isStopped = false
  private var running: RunningPass?
  private(set) lazy var timer = EngineTimer(on: executor.queue) { [self] in
    assumeIsolated {
      $0.alarm.rang()
      $0.wake()
    }
  }
  var alarm = Alarm()
  private var heart: EngineTimer?

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
    sender = RequestSender(transport: transport, credentials: credentials)
    self.relocate = relocate
    self.now = now
    self.sinceBoot = sinceBoot
    self.observe = observe
    archive = HeldArchive(storage: storage)
    fetches = PendingFetches(limits: limits)
  }

  /// Opens the archive and folds it.
  ///
  /// - Throws: `ArchiveError`.
  package func open() throws {
    _ = try archive.open(now: now())
    toldDamage = []
    tellDamage()
  }

  /// Says what damage was met since it was last said.
  func tellDamage() {
    let damage = archive.aggregator?.damage ?? []
    let news = damage.filter { !toldDamage.contains($0) }
    if !news.isEmpty { observe(.damaged(news)) }
    toldDamage = damage
  }

  /// Makes sure that no other daemon follows feeds into the same archive.
  ///
  /// - Throws: `ArchiveError.locked` when one does.
  package func claim() throws {
    let aggregator = try opened()
    try archive.claim()
    try aggregator.note(offlineSince: nil)
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
      pause: { aggregator.pause(of: $0, now: moment) },
      askedAt: { aggregator.askedAt($0) }, state: { aggregator.state(of: $0) })
  }

  /// The requests of `plan` that take longest, because they wait for each other.
  package func slowestLine(
    of plan: FetchPlan, _ configuration: FeedsConfiguration
  ) -> FetchPlan.Line? {
    let moment = now()
    return plan.slowestLine(configuration) { feed, line in
      max(
        configuration.rule(for: feed)?.gap ?? fetches.limits.hostGap,
        archive.aggregator?.learnedGap(line: line, now: moment) ?? .zero)
    }
  }

  /// Carries `plan` out and returns when every request has been answered and stored.
  ///
  /// - Throws: `ArchiveError` as soon as something cannot be made durable.
  package func run(_ plan: FetchPlan, _ configuration: FeedsConfiguration) async throws {
    precondition(running == nil, "one pass at a time")
    enqueue(plan, configuration)
    guard !fetches.isEmpty, !isStopped else { return }
    try await withCheckedThrowingContinuation { continuation in
      running = RunningPass(continuation: continuation)
      pump()
    }
  }

  /// Polls the feeds of `configuration` as they fall due, from now on; replaces the one in force. What
  /// still waits is planned anew, what is under way is stored if its feed is still followed.
  package func follow(_ configuration: FeedsConfiguration) {
    _ = fetches.removeWaiting()
    share = BudgetShare()
    clock.forgetOldRequests(at: clocks)
    archive.follow(configuration.feeds)
    subscription = Subscription(
      configuration, replacing: subscription, now: now(), state: archive.state)
    wake()
  }

  /// Ends everything that runs; what was stored stays stored.
  package func stop() {
    isStopped = true
    subscription = nil
    timer.cancel()
    heart?.cancel()
    sender.transport.shutDown()
    finishPass(with: nil)
    archive.aggregator?.keepCopies(toTheEnd: true)
  }

  /// In words for `systemctl status`.
  package var statusText: String {
    let feeds = subscription?.configuration.feeds.count ?? 0
    let stories = archive.aggregator?.storyCount ?? 0
    let offline = network.isOffline ? ", offline" : ""
    return "\(feeds) feeds, \(stories) stories, \(fetches.count) being fetched" + offline
  }

  /// Tells `action` the status on the engine's own queue every `interval`: a sign of life that stops
  /// when the engine does.
  package func beat(every interval: Duration, _ action: @escaping @Sendable (String) -> Void) {
    heart?.cancel()
    let heart = EngineTimer(on: executor.queue) { [self] in
      assumeIsolated {
        if $0.heedClock() { $0.wake() }
        action($0.statusText)
      }
    }
    heart.set(every: interval)
    self.heart = heart
  }

  func opened() throws -> Aggregator {
    if let aggregator = archive.aggregator { return aggregator }
    try open()
    return try opened()
  }

  /// What came of a request, or of reading it, goes on from here: starts what may start, and ends a pass
  /// that has nothing left to do.
  func goOn() {
    if let configuration = nextConfiguration {
      nextConfiguration = nil
      follow(configuration)
    }
    lookAtNetwork()
    pump()
    if running != nil, fetches.isIdle { carryOut(network.conclude()) }
    if fetches.isEmpty { finishPass(with: nil) }
    if storing.isEmpty, fetches.isQuiet { archive.aggregator?.keepCopies() }
  }

  func finishPass(with error: (any Error)?) {
    guard let pass = running else { return }
    running = nil
    if let error {
      pass.continuation.resume(throwing: error)
    } else {
      pass.continuation.resume()
    }
  }
}

/// The pass that `run` waits for.
private struct RunningPass {
  let continuation: CheckedContinuation<Void, any Error>
}
