internal import Aggregation
internal import FeedFetching
internal import StoryArchive
internal import Syndication

/// Whom a failure is blamed on.
extension RefreshEngine {
  func report(of fetch: PendingFetches.Fetch, _ result: FetchResult) -> NetworkWatch.Report {
    let host = WebAddress.host(of: fetch.url) ?? fetch.url
    return NetworkWatch.Report(
      feed: fetch.url, host: host, evidence: .init(of: result),
      isPrivate: fetch.request.route(to: host).allowsPrivateAddresses,
      hasFailedBefore: archive.hasFailed(fetch.feed))
  }

  func lookAtNetwork() {
    carryOut(
      network.look(
        underWay: fetches.unansweredCount, waiting: fetches.waitingCount, now: now()))
  }

  func carryOut(_ ruling: NetworkWatch.Ruling) {
    guard !isStopped else { return }
    for url in ruling.believed { read(url) }
    for url in ruling.excused {
      let result = fetches.takeResult(of: url)
      if let fetch = fetches.forget(url) { excuse(fetch, result) }
    }
    settle(ruling.excused)
    switch ruling.turn {
    case .wentOffline(let since):
      observe(.offline(since: since))
      noteNetwork(offlineSince: since)
      for fetch in fetches.removeWaiting() { excuse(fetch, nil) }
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
      try archive.aggregator?.settle(urls)
    } catch {
      storageFailed(error)
    }
  }

  private func excuse(_ fetch: PendingFetches.Fetch, _ result: FetchResult?) {
    var note = FailureNote(kind: "offline", detail: "not asked: no host can be reached")
    if case .failed(let failure, _) = result {
      note = FailureNote(kind: failure.kind.rawValue, detail: failure.detail)
    }
    let source = fetch.feed.title ?? WebAddress.host(of: fetch.url) ?? fetch.url
    observe(.excused(RefreshOutcome(feed: fetch.url, source: source, result: .failed(note))))
  }

  /// A daemon's turn is told to `status`; a pass by hand ends before anybody could ask.
  private func noteNetwork(offlineSince moment: Timestamp?) {
    guard subscription != nil else { return }
    do {
      try archive.aggregator?.note(offlineSince: moment)
    } catch {
      storageFailed(error)
    }
  }

  /// What fell due at one moment, since the network came back or the clock was stepped, is asked soon,
  /// but not at once.
  func resumeAll() {
    guard let subscription, let aggregator = archive.aggregator else { return }
    let moment = now()
    let due = subscription.configuration.feeds.filter { feed in
      fetches[feed.url] == nil && aggregator.state(of: feed).due.map { $0.at <= moment } ?? true
    }
    self.subscription?.spread(due.map(\.url), now: moment)
    self.subscription?.look(at: moment)
  }
}
