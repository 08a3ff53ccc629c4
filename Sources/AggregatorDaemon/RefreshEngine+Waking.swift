internal import Aggregation
internal import FeedFetching
internal import Syndication

/// When the engine looks again, and what it then finds due.
extension RefreshEngine {
  /// Arms the one timer for whatever comes next: a host's gap, a due feed, a storage to try again.
  func arm() {
    let moment = now()
    let starts = network.isDoubting ? nil : fetches.wakeUp(after: moment)
    let plans = network.isOffline ? subscription?.suspendedUntil : subscription?.nextWake
    let moments = [starts, plans, network.wakeUp].compactMap { $0 }
    guard !isStopped, let next = moments.min() else { return }
    let alarmMoment = min(next, moment + Self.longestSleep)
    guard alarm.mustBeSet(for: alarmMoment, now: moment) else { return }
    timer.set(after: max(.milliseconds(1), alarmMoment.since(moment)))
  }

  var clocks: ClockWatch.Reading {
    ClockWatch.Reading(now: now(), sinceBoot: sinceBoot())
  }

  /// Whether the wall clock was stepped: then what is due by it is planned anew.
  @discardableResult
  func heedClock() -> Bool {
    let reading = clocks
    guard subscription != nil, let step = clock.step(at: reading) else { return false }
    observe(.clockStepped(by: step))
    fetches.clockStepped(by: step)
    do {
      try archive.clockStepped(by: step, now: reading.now)
    } catch {
      storageFailed(error)
    }
    resumeAll()
    return true
  }

  func wake() {
    heedClock()
    lookAtNetwork()
    guard let subscription else { return goOn() }
    let moment = now()
    if let until = subscription.suspendedUntil, moment < until,
      until.since(moment) <= Subscription.lastStorageRetry
    {
      return pump()
    }
    do {
      if archive.aggregator == nil || subscription.suspendedUntil != nil { try resume(moment) }
      try enqueueDue(subscription.configuration, moment)
      pump()
    } catch {
      storageFailed(error)
    }
  }

  /// Opens the archive again, once it has room for what would be fetched.
  private func resume(_ moment: Timestamp) throws {
    if subscription?.suspendedUntil != nil {
      try Aggregator.probe(storage: archive.storage, now: moment)
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
      pause: { aggregator.pause(of: $0, now: moment) },
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
    let due = plan.requests.map(\.feed).filter { fetches[$0.url] == nil }
    let feed = network.probe(among: due.map(\.url), now: moment) { url in
      archive.hasFailed(Feed(url: url))
    }
    return plan.keeping { $0.url == feed }
  }
}
