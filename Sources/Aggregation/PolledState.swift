internal import FeedFetching
package import Syndication

/// Decides what is remembered of a feed after a poll, and what the poll is reported as.
package struct PolledState {
  let before: FeedState
  let feed: Feed
  let policy: RefreshPolicy
  let counts: StoryCounts
  let now: Timestamp

  /// A poll at `now` of `feed`, known as `before`, whose document brought the stories of `counts`.
  package init(
    before: FeedState, feed: Feed, policy: RefreshPolicy, counts: StoryCounts, now: Timestamp
  ) {
    self.before = before
    self.feed = feed
    self.policy = policy
    self.counts = counts
    self.now = now
  }

  /// What is remembered from now on.
  package func after(_ reading: FeedReading) -> FeedState {
    var state = before
    state.firstAddress = feed.firstAddress
    state.lastAttempt = now
    state.pollCount += 1
    // Some servers answer 304 to an unconditional request too; they are not asked for more each time.
    if before.validators(now: now) != before.validators { state.lastDocument = now }
    switch reading {
    case .feed(let parsed, let facts, let finalURL):
      state.receivedByteCount += facts.receivedByteCount
      state.title = StoryAcceptance(feed: feed).sourceName(parsed.properties)
      state.hints = parsed.properties.hints
      state.storedCount += counts.new
      learnRate(of: parsed, &state)
      // A document that stopped before its end must be asked for whole again.
      state.validators = parsed.isComplete ? facts.validators : Validators()
      state.finalURL = finalURL
      // After differences alone it is time again for the whole, as after 304 alone.
      if !facts.isDelta {
        state.lastDocument = now
        if parsed.isComplete {
          state.windowCount = parsed.entries.count
          state.older = ArchiveLink(in: parsed.properties)
        }
      }
      succeed(&state, facts)
    case .notModified(let facts):
      state.receivedByteCount += facts.receivedByteCount
      state.notModifiedCount += 1
      if !facts.validators.isEmpty { state.validators = facts.validators }
      state.rate.observe(newEntries: 0, now: now)
      succeed(&state, facts)
    case .gone:
      state.isGone = true
      state.failure = FailureNote(kind: "gone", detail: "gone for good (410)")
      state.firstFailure = before.isGone ? before.firstFailure ?? now : now
      state.due = DueDecision(at: now + RefreshPolicy.hintCeiling, rule: .gone)
    case .failed(let note, let freshness):
      fail(&state, note, freshness)
    }
    learnHealth(from: reading, &state)
    return state
  }

  func outcome(of reading: FeedReading, state: FeedState) -> RefreshOutcome {
    var outcome = RefreshOutcome(
      feed: feed.url,
      source: feed.title ?? state.title ?? WebAddress.host(of: feed.url) ?? feed.url,
      result: .notModified, due: state.due)
    switch reading {
    case .feed(let parsed, let facts, _):
      outcome.defects = parsed.defects + [parsed.futureDates(after: now)].compactMap { $0 }
      outcome.movedTo = facts.permanentURL
      outcome.result = result(of: parsed)
    case .notModified(let facts): outcome.movedTo = facts.permanentURL
    case .gone: outcome.result = .gone
    case .failed(let note, _): outcome.result = .failed(note)
    }
    outcome.leavesGap = leavesGap(reading)
    outcome.healthChange = FeedHealth(of: state, now: now)
      .change(from: FeedHealth(of: before, now: before.lastAttempt ?? now))
    return outcome
  }

  private func result(of parsed: ParsedFeed) -> RefreshOutcome.Result {
    cutNote(of: parsed).map { .cut(counts, $0) } ?? .stored(counts)
  }

  func cutNote(of parsed: ParsedFeed) -> FailureNote? {
    parsed.defects.first { $0.kind == .truncated }
      .map { FailureNote(kind: "truncated", detail: $0.detail) }
  }

  private func learnRate(of parsed: ParsedFeed, _ state: inout FeedState) {
    if before.lastSuccess == nil {
      state.rate.begin(publishedDates: parsed.publishedDates, now: now)
    } else {
      state.rate.observe(
        newEntries: counts.new, publishedDates: parsed.publishedDates, now: now)
    }
  }

  private func succeed(_ state: inout FeedState, _ facts: ResponseFacts) {
    state.lastSuccess = now
    state.failureCount = 0
    state.firstFailure = nil
    state.firstRefusal = nil
    state.failure = nil
    state.isGone = false
    state.freshness = facts.freshness
    state.unitInterval = policy.unitInterval
    state.due = policy.due(
      after: state, freshness: facts.freshness, hints: state.hints, now: now)
  }

  private func fail(_ state: inout FeedState, _ note: FailureNote, _ freshness: Freshness) {
    // Being told to slow down says nothing about the feed.
    let isRefusal = note.kind == "http-429"
    if !isRefusal { state.failureCount += 1 }
    state.firstRefusal = isRefusal ? state.firstRefusal ?? now : nil
    state.firstFailure = state.firstFailure ?? now
    state.failure = note
    state.freshness = freshness
    state.unitInterval = policy.unitInterval
    if note.isOurs {
      // No server was asked: what feeds.conf says may be mended in a minute.
      state.lastAttempt = before.lastAttempt
      state.due = DueDecision(at: now + RefreshPolicy.floor, rule: .backoff)
      return
    }
    state.due = policy.due(afterFailureOf: state, freshness: freshness, now: now)
  }
}

extension ParsedFeed {
  /// Looked up one by one: entries are large, and an iteration copies each.
  var publishedDates: [Timestamp] {
    entries.indices.compactMap { entries[$0].published }
  }
}

extension FeedReading {
  /// What the host asked for itself as a whole.
  var retryAfter: Duration? {
    switch self {
    case .feed(_, let facts, _), .notModified(let facts): facts.freshness.retryAfter
    case .failed(_, let freshness): freshness.retryAfter
    case .gone: nil
    }
  }
}
