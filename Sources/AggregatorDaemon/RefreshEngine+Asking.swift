internal import Aggregation
internal import Dispatch
internal import FeedFetching
internal import StoryArchive
internal import Syndication

/// From a plan to requests that go out, and to their results.
extension RefreshEngine {
  func enqueue(_ plan: FetchPlan, _ configuration: FeedsConfiguration) {
    guard !plan.requests.isEmpty else { return }
    let unitInterval = share.unitInterval(of: configuration, now: now(), state: archive.state)
    for (feed, request) in plan.requests where fetches[feed.url] == nil {
      let feed = archive.named(feed)
      let rule = configuration.rule(for: feed)
      let slot = RequestSlot(
        feed: feed.url, line: configuration.queueHost(of: feed),
        gap: rule?.gap ?? fetches.limits.hostGap, lastAsked: archive.aggregator?.lastAsked(feed),
        isForced: plan.isForced)
      let policy = RefreshPolicy(
        interval: configuration.pollInterval(of: feed), unitInterval: unitInterval)
      fetches.add(
        feed, request, policy, slot, pace: .init(inFlight: rule?.maxInFlight, gap: rule?.gap))
    }
  }

  func pump() {
    guard !isStopped else { return }
    if !network.isDoubting { startNext() }
    arm()
  }

  private func startNext() {
    heedClock()
    let moment = now()
    let next = fetches.next(now: moment)
    guard !next.isEmpty else { return }
    do {
      let rulings = try opened().reserve(next.map(\.slot), now: moment)
      slotTries = 0
      // From the last to the first: what is put back stands first in its line.
      for (fetch, ruling) in zip(next, rulings).reversed() where ruling != .granted {
        giveWay(fetch, ruling, moment)
      }
      for (fetch, ruling) in zip(next, rulings) where ruling == .granted { start(fetch) }
      if fetches.isEmpty { finishPass(with: nil) }
    } catch ArchiveError.locked where slotTries < Self.lockRetryLimit {
      slotTries += 1
      for fetch in next.reversed() {
        fetches.putBack(fetch.url, restingUntil: moment + Self.lockRetry)
      }
    } catch {
      slotTries = 0
      for fetch in next { fetches.release(fetch.url, now: moment) }
      storageFailed(error)
    }
  }

  private func giveWay(
    _ fetch: PendingFetches.Fetch, _ ruling: RequestSlot.Ruling, _ moment: Timestamp
  ) {
    switch ruling {
    case .granted: break
    case .wait(let until): fetches.putBack(fetch.url, restingUntil: until)
    case .leftAlone(let pause):
      fetches.putBack(fetch.url, restingUntil: moment)
      leaveAlone(fetch.line, pause)
    case .askedElsewhere(let asked):
      fetches.end(fetch.url, now: moment)
      observe(.askedElsewhere(feed: fetch.url, at: asked))
      subscription?.look(at: asked + RefreshPolicy.floor)
    }
  }

  /// What waits in `line` is planned anew once its server may be asked again.
  func leaveAlone(_ line: String, _ pause: LinePause) {
    for fetch in fetches.block(line, until: pause.until) {
      observe(.leftAlone(feed: fetch.url, pause))
    }
    subscription?.look(at: pause.until)
  }

  private func start(_ fetch: PendingFetches.Fetch) {
    let url = fetch.url
    clock.noteRequest(for: url, at: clocks)
    let line = fetch.line
    let executor = executor
    sender.send(fetch, keepsConnection: fetches.hasMore(besides: url), at: now()) { [self] result in
      executor.queue.async { self.assumeIsolated { $0.received(result, for: url, in: line) } }
    }
  }

  private func received(_ result: FetchResult, for url: String, in line: String) {
    heedClock()
    respect(result.pause, of: line, askedBy: url)
    if case .failed(let failure, _) = result, failure.kind == .cancelled { fetches.forget(url) }
    forgetUnwanted(url)
    guard let fetch = fetches[url] else {
      fetches.release(url, now: now())
      return goOn()
    }
    fetches.note(result, of: url)
    let ruling = network.note(
      report(of: fetch, result), underWay: fetches.unansweredCount,
      waiting: fetches.waitingCount, now: now())
    // What is held back takes no place from others.
    if !ruling.believed.contains(url) { fetches.release(url, now: now()) }
    carryOut(ruling)
    goOn()
  }

  /// A server asked for a pause: that holds from now on, whatever becomes of the rest of the answer.
  private func respect(_ pause: Duration?, of line: String, askedBy url: String) {
    guard let pause else { return }
    let moment = now()
    fetches.rest(line, until: moment + min(pause, RefreshPolicy.hintCeiling))
    // Where not even this can be written, this process remembers.
    try? archive.leaveAlone(line, for: pause, cause: url, now: moment)
  }

  /// What comes of the request is no longer to be stored once the engine was stopped or its feed is
  /// followed no more.
  func forgetUnwanted(_ url: String) {
    if isStopped || !(subscription?.follows(url) ?? true) { fetches.forget(url) }
  }
}

extension FetchResult {
  /// What the server asked to be left alone for; nil where it did not.
  fileprivate var pause: Duration? {
    switch self {
    case .document(_, let facts), .notModified(let facts): facts.freshness.retryAfter
    case .failed(_, let facts): facts?.freshness.retryAfter
    case .gone: nil
    }
  }
}
