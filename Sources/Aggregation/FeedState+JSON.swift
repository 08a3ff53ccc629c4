internal import FeedFetching
internal import FoundationEssentials
package import Syndication

/// One line of `state/feeds.jsonl`: the whole state of one feed, until when a host is left alone,
/// since when no host could be reached, or what was asked. The last line of a feed, of a host or of the
/// network wins.
package enum StateLine: Hashable, Sendable {
  case feed(FeedState)
  case host(String, until: Timestamp)
  /// Nil when the network is there again.
  case network(offlineSince: Timestamp?)
  /// Requests to these feeds go out, the last ones of these lines (`FeedsConfiguration.queueHost`).
  case asked(feeds: [String], lines: [String], at: Timestamp)
  /// What was asked of these feeds came to nothing that says anything of them.
  case answered(feeds: [String])
  /// What was learned of how fast a line may be asked.
  case pace(String, LinePace)

  /// The line without its line feed.
  package var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings, numbers and booleans always encode.
    let bytes =
      if let wire = WireLine(self) { try? encoder.encode(wire) } else {
        try? encoder.encode(WireState(self))
      }
    return Array(bytes ?? Data())
  }

  /// Nil for a line that this version does not know, which is left out.
  package init?(json: some Collection<UInt8>) {
    let bytes = Data(json)
    let decoder = JSONDecoder()
    let line =
      (try? decoder.decode(WireState.self, from: bytes))?.line
      ?? (try? decoder.decode(WireLine.self, from: bytes))?.stateLine
    guard let line else { return nil }
    self = line
  }
}

/// The line's members. Moments are RFC 3339, so that a person can read them.
private struct WireState: Codable {
  var network: String?
  var since: String?
  var host: String?
  var until: String?
  var feed: String?
  var firstAddress: String?
  var title: String?
  var etag: String?
  var lastModified: String?
  var finalURL: String?
  var ttlSeconds: Int64?
  var updatePeriodSeconds: Int64?
  var skipHours: [Int]?
  var skipDays: [Int]?
  var rate: PublicationRate?
  var lastAttempt: String?
  var lastSuccess: String?
  var lastDocument: String?
  var failures: Int?
  var firstFailure: String?
  var failure: FailureNote?
  var gone: Bool?
  var due: String?
  var rule: DueDecision.Rule?
  var polls: Int?
  var notModified: Int?
  var stored: Int?
  var received: Int?
  var rhythm: WireRhythm?
  var gaps: WireSpan?
  var move: WireSpan?
  var lifetimeSeconds: Int64?
  var retryAfterSeconds: Int64?
  var window: Int?
  var unitMilliseconds: Int64?
  var archives: ArchiveProgress?
  var firstRefusal: String?
  var archiveToll: ArchiveToll?
  var older: ArchiveLink?

  init(_ line: StateLine) {
    switch line {
    case .network(let moment):
      network = moment == nil ? "online" : "offline"
      since = moment?.rfc3339
    case .host(let name, let moment):
      host = name
      until = moment.rfc3339
    case .feed(let state):
      fill(from: state)
    case .asked, .answered, .pace: break
    }
  }

  private mutating func fill(from state: FeedState) {
    feed = state.feed
    firstAddress = state.firstAddress
    title = state.title
    etag = state.validators.etag
    lastModified = state.validators.lastModified
    finalURL = state.finalURL
    ttlSeconds = state.hints.timeToLive?.components.seconds
    updatePeriodSeconds = state.hints.updateInterval?.components.seconds
    skipHours = state.hints.skipHours.isEmpty ? nil : state.hints.skipHours.sorted()
    skipDays = state.hints.skipDays.isEmpty ? nil : state.hints.skipDays.sorted()
    rate = state.rate
    lastAttempt = state.lastAttempt?.rfc3339
    lastSuccess = state.lastSuccess?.rfc3339
    lastDocument = state.lastDocument?.rfc3339
    failures = state.failureCount == 0 ? nil : state.failureCount
    firstFailure = state.firstFailure?.rfc3339
    failure = state.failure
    gone = state.isGone ? true : nil
    due = state.due?.at.rfc3339
    rule = state.due?.rule
    polls = state.pollCount
    notModified = state.notModifiedCount
    stored = state.storedCount
    received = state.receivedByteCount
    rhythm = WireRhythm(state.rhythm)
    gaps = state.gaps.map { WireSpan(count: $0.count, first: $0.first, last: $0.last) }
    move = state.move.map {
      WireSpan(target: $0.target, count: $0.pollCount, first: $0.first, last: $0.last)
    }
    lifetimeSeconds = state.freshness.lifetime?.components.seconds
    retryAfterSeconds = state.freshness.retryAfter?.components.seconds
    window = state.windowCount
    unitMilliseconds = state.unitInterval?.milliseconds
    archives = state.archives
    firstRefusal = state.firstRefusal?.rfc3339
    archiveToll = state.archiveToll
    older = state.older
  }

  var line: StateLine? {
    if network != nil { return .network(offlineSince: moment(since)) }
    if let host, let until = moment(until) { return .host(host, until: until) }
    guard let feed else { return nil }
    var state = FeedState(feed: feed)
    state.firstAddress = firstAddress
    state.title = title
    state.validators = Validators(etag: etag, lastModified: lastModified)
    state.finalURL = finalURL
    state.hints = hints
    state.rate = rate ?? PublicationRate()
    state.lastAttempt = moment(lastAttempt)
    state.lastSuccess = moment(lastSuccess)
    state.failureCount = bounded(failures)
    state.firstFailure = moment(firstFailure)
    state.failure = failure
    state.isGone = gone ?? false
    if let at = moment(due), let rule { state.due = DueDecision(at: at, rule: rule) }
    state.lastDocument = moment(lastDocument)
    state.pollCount = bounded(polls)
    state.notModifiedCount = bounded(notModified)
    state.storedCount = bounded(stored)
    state.receivedByteCount = bounded(received)
    state.rhythm = rhythm?.rhythm ?? NewsRhythm()
    state.gaps = gaps?.gaps
    state.move = move?.move
    state.freshness = Freshness(
      lifetime: duration(lifetimeSeconds), retryAfter: duration(retryAfterSeconds))
    state.windowCount = window.map(bounded)
    state.unitInterval = unitMilliseconds.map { .milliseconds(min(max($0, 0), 1 << 50)) }
    state.archives = archives
    state.firstRefusal = moment(firstRefusal)
    state.archiveToll = archiveToll
    state.older = older
    return .feed(state)
  }

  private var hints: RefreshHints {
    var hints = RefreshHints()
    hints.timeToLive = duration(ttlSeconds)
    hints.updateInterval = duration(updatePeriodSeconds)
    hints.skipHours = Set(skipHours ?? [])
    hints.skipDays = Set(skipDays ?? [])
    return hints
  }

}

/// A count that a person or a broken disk may have written: no sum with it overflows.
private func bounded(_ value: Int?) -> Int { min(max(value ?? 0, 0), 1 << 50) }

private func duration(_ seconds: Int64?) -> Duration? {
  seconds.map { .seconds(min(max($0, 0), 1 << 40)) }
}

private func moment(_ text: String?) -> Timestamp? {
  text.flatMap { Timestamp(rfc3339: $0) }
}

private struct WireRhythm: Codable {
  var lastNews: String?
  var longestPauseSeconds: Int64?
  var entriesPerDay: Double?
  var news: Int?

  init(_ rhythm: NewsRhythm) {
    lastNews = rhythm.lastNews?.rfc3339
    longestPauseSeconds =
      rhythm.longestPause == .zero ? nil : rhythm.longestPause.components.seconds
    entriesPerDay = rhythm.entriesPerDay
    news = rhythm.newsCount == 0 ? nil : rhythm.newsCount
  }

  var rhythm: NewsRhythm {
    var rhythm = NewsRhythm()
    rhythm.lastNews = moment(lastNews)
    rhythm.longestPause = .seconds(min(max(longestPauseSeconds ?? 0, 0), 1 << 33))
    rhythm.entriesPerDay = entriesPerDay.map { min(max($0, 0), 1e6) }
    rhythm.newsCount = bounded(news)
    return rhythm
  }
}

/// Something that was met so often, from when to when.
private struct WireSpan: Codable {
  var target: String?
  var count: Int?
  var first: String?
  var last: String?

  init(target: String? = nil, count: Int, first: Timestamp, last: Timestamp) {
    self.target = target
    self.count = count
    self.first = first.rfc3339
    self.last = last.rfc3339
  }

  var gaps: EntryGaps? {
    guard let first = moment(first), let last = moment(last) else { return nil }
    return EntryGaps(count: bounded(count), first: first, last: last)
  }

  var move: PermanentMove? {
    guard let target, let first = moment(first), let last = moment(last) else { return nil }
    return PermanentMove(
      target: target, first: first, last: last, pollCount: bounded(count))
  }
}
