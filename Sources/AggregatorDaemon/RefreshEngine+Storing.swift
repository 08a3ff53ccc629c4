internal import Aggregation
internal import Dispatch
internal import FeedFetching
internal import StoryArchive
internal import Syndication

/// From results to what is durable.
extension RefreshEngine {
  /// Reads what came of the request, a document on another thread, and lines it up to be stored.
  func read(_ url: String) {
    guard let result = fetches.takeResult(of: url), let fetch = fetches[url] else { return }
    let (feed, moment) = (archive.named(fetch.feed), now())
    let read: @Sendable () -> ReadAnswer = {
      ReadAnswer(of: result, feed: feed, policy: fetch.policy, line: fetch.line, now: moment)
    }
    guard case .document(let document, _) = result else { return lineUp(read()) }
    let executor = executor
    readers.run(byteCount: document.bytes.count) { [self] in
      let answer = read()
      executor.queue.async { self.assumeIsolated { $0.lineUp(answer) } }
    }
  }

  /// To be stored together with what comes until the queue gets to it.
  private func lineUp(_ answer: ReadAnswer) {
    if storing.isEmpty { storeSoon() }
    storing.append(answer)
  }

  private func storeSoon(after wait: Duration = .zero) {
    let store: @Sendable () -> Void = { [self] in assumeIsolated { $0.storeAnswers() } }
    guard wait > .zero else { return executor.queue.async(execute: store) }
    let delay = DispatchTimeInterval.milliseconds(Int(wait.milliseconds))
    executor.queue.asyncAfter(deadline: .now() + delay, execute: store)
  }

  private func storeAnswers() {
    heedClock()
    let batch = storing.batch
    for answer in batch { forgetUnwanted(answer.feed.url) }
    let wanted = batch.filter { fetches[$0.feed.url] != nil }
    do {
      guard let outcomes = try store(wanted) else { return storeSoon() }
      storing.removeFirst(batch.count)
      if !storing.isEmpty { storeSoon() }
      end(batch)
      for (answer, outcome) in zip(wanted, outcomes) { tell(outcome, of: answer) }
      goOn()
    } catch ArchiveError.locked where storing.mayTryAgain() {
      storeSoon(after: Self.lockRetry)
    } catch {
      storageFailed(error)
    }
  }

  /// Nil where something is to be folded first: what is asked of the engine meanwhile comes between two
  /// slices. Without answers nothing is opened, which while storing is suspended would end that untold.
  private func store(_ answers: [ReadAnswer]) throws -> [RefreshOutcome]? {
    guard !answers.isEmpty else { return [] }
    let aggregator = try opened()
    defer { tellDamage() }
    return try aggregator.refresh(answers, now: now(), foldLimit: Self.foldLimit)
  }

  private func end(_ answers: some Sequence<ReadAnswer>) {
    let moment = now()
    for answer in answers { fetches.end(answer.feed.url, now: moment) }
  }

  private func tell(_ outcome: RefreshOutcome, of answer: ReadAnswer) {
    subscription?.learn(outcome)
    observe(.refreshed(outcome))
    if let target = outcome.successor { follow(answer.feed, at: target) }
    if let pause = outcome.pause { leaveAlone(answer.line, pause) }
  }

  /// The feed moved for good, and its stories will keep their identifiers.
  private func follow(_ feed: Feed, at target: String) {
    do {
      guard try relocate(feed, target) else { return }
      observe(.relocated(feed: feed.url, target: target))
      try archive.aggregator?.carryState(of: feed.url, to: target)
      // What else the files say by now is in force once somebody says so (SIGHUP).
      let inForce = nextConfiguration ?? subscription?.configuration
      nextConfiguration = inForce?.moving(feed.url, to: target)
    } catch let error as ArchiveError {
      storageFailed(error)
    } catch {
      observe(.notRelocated(feed: feed.url, error))
    }
  }

  /// What is still running is answered into the void: its results are fetched again later.
  func storageFailed(_ error: any Error) {
    archive.drop()
    end(storing.removeAll())
    fetches.forgetAll()
    finishPass(with: error)
    guard let until = subscription?.suspend(now: now()) else { return }
    observe(.suspended(error, until: until))
    pump()
  }
}
