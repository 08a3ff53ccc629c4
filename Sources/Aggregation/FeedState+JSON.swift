internal import FeedFetching
package import Syndication

/// One line of `state/feeds.jsonl`: the whole state of one feed, until when a host is left alone,
/// since when no host could be reached, or what was asked. The last line of a feed, of a host or of the
/// network wins.
package enum StateLine: Hashable, Sendable {
  case feed(FeedState)
  case host(String, LinePause)
  /// Nil when the network is there again.
  case network(offlineSince: Timestamp?)
  /// Requests to these feeds go out, the last ones of these lines (`FeedsConfiguration.queueHost`).
  case asked(feeds: [String], lines: [String], at: Timestamp)
  /// What was asked of these feeds came to nothing that says anything of them.
  case answered(feeds: [String])
  /// What was learned of how fast a line may be asked.
  case pace(String, LinePace)

  /// The line without its line feed. Moments are RFC 3339, so that a person can read them.
  package var json: [UInt8] {
    var line = JSONLine()
    switch self {
    case .feed(let state): line.add(state)
    case .host(let name, let pause):
      line.add("host", name)
      line.add("until", pause.until)
      line.add("cause", pause.cause)
    case .network(let moment):
      line.add("network", moment == nil ? "online" : "offline")
      line.add("since", moment)
    case .asked(let feeds, let lines, let moment):
      line.add("asked", moment)
      line.add("feeds", feeds)
      line.add("lines", lines)
    case .answered(let feeds): line.add("answered", feeds)
    case .pace(let name, let pace):
      line.add("line", name)
      line.add(pace)
    }
    return line.closed()
  }

  /// Nil for a line that this version does not know, which is left out.
  package init?(json: some Collection<UInt8>) {
    let line =
      json.withContiguousStorageIfAvailable { JSONObject($0) }
      ?? Array(json).withUnsafeBufferPointer { JSONObject($0) }
    guard let line, let meaning = Self.meaning(of: line) else { return nil }
    self = meaning
  }

  private static func meaning(of line: JSONObject) -> StateLine? {
    if let url = line.text("feed") { return .feed(FeedState(feed: url, line)) }
    if let moment = line.moment("asked") {
      return .asked(feeds: line.texts("feeds"), lines: line.texts("lines"), at: moment)
    }
    if line.has("answered") { return .answered(feeds: line.texts("answered")) }
    if let name = line.text("line") { return .pace(name, LinePace(line)) }
    if line.has("network") { return .network(offlineSince: line.moment("since")) }
    guard let host = line.text("host"), let until = line.moment("until") else { return nil }
    return .host(host, LinePause(until: until, cause: line.text("cause")))
  }
}

extension JSONLine {
  fileprivate mutating func add(_ state: FeedState) {
    add("feed", state.feed)
    add("firstAddress", state.firstAddress)
    add("title", state.title)
    add("etag", state.validators.etag)
    add("lastModified", state.validators.lastModified)
    add("finalURL", state.finalURL)
    addSchedule(of: state)
    addPolls(of: state)
    addHealth(of: state)
    if let archives = state.archives { addObject("archives") { $0.add(archives) } }
    if let toll = state.archiveToll { addObject("archiveToll") { toll.write(to: &$0) } }
    if let older = state.older {
      addObject("older") { line in
        line.add("href", older.href)
        line.add("isStable", older.isStable)
      }
    }
  }

  private mutating func addSchedule(of state: FeedState) {
    add("ttlSeconds", state.hints.timeToLive?.components.seconds)
    add("updatePeriodSeconds", state.hints.updateInterval?.components.seconds)
    add("skipHours", state.hints.skipHours.sorted())
    add("skipDays", state.hints.skipDays.sorted())
    addObject("rate") { state.rate.write(to: &$0) }
    add("due", state.due?.at)
    add("rule", state.due?.rule.rawValue)
    add("lifetimeSeconds", state.freshness.lifetime?.components.seconds)
    add("retryAfterSeconds", state.freshness.retryAfter?.components.seconds)
    add("window", state.windowCount)
    add("unitMilliseconds", state.unitInterval?.milliseconds)
  }

  private mutating func addPolls(of state: FeedState) {
    add("lastAttempt", state.lastAttempt)
    add("lastSuccess", state.lastSuccess)
    add("lastDocument", state.lastDocument)
    add("polls", state.pollCount)
    add("notModified", state.notModifiedCount)
    add("stored", state.storedCount)
    add("received", state.receivedByteCount)
  }

  private mutating func addHealth(of state: FeedState) {
    add("failures", state.failureCount == 0 ? nil : state.failureCount)
    add("firstFailure", state.firstFailure)
    add("firstRefusal", state.firstRefusal)
    if let failure = state.failure {
      addObject("failure") { line in
        line.add("kind", failure.kind)
        line.add("detail", failure.detail)
      }
    }
    add("gone", state.isGone ? true : nil)
    addObject("rhythm") { $0.add(state.rhythm) }
    if let gaps = state.gaps {
      addObject("gaps") { $0.addSpan(count: gaps.count, first: gaps.first, last: gaps.last) }
    }
    if let move = state.move {
      addObject("move") { line in
        line.add("target", move.target)
        line.addSpan(count: move.pollCount, first: move.first, last: move.last)
      }
    }
  }

  private mutating func add(_ rhythm: NewsRhythm) {
    add("lastNews", rhythm.lastNews)
    let pause = rhythm.longestPause
    add("longestPauseSeconds", pause == .zero ? nil : pause.components.seconds)
    add("entriesPerDay", rhythm.entriesPerDay)
    add("news", rhythm.newsCount == 0 ? nil : rhythm.newsCount)
  }

  /// Something that was met so often, from when to when.
  private mutating func addSpan(count: Int, first: Timestamp, last: Timestamp) {
    add("count", count)
    add("first", first)
    add("last", last)
  }

  private mutating func add(_ progress: ArchiveProgress) {
    add("next", progress.next)
    add("first", progress.first)
    add("known", progress.known)
  }

  fileprivate mutating func add(_ pace: LinePace) {
    add("learnedMilliseconds", pace.learned.milliseconds)
    add("refused", pace.lastRefusal)
    add("forbidden", pace.forbiddenCount)
    add("rationMilliseconds", pace.ration?.gap.milliseconds)
    add("rationUntil", pace.ration?.until)
  }
}

extension FeedState {
  fileprivate init(feed: String, _ line: JSONObject) {
    self.init(feed: feed)
    firstAddress = line.text("firstAddress")
    title = line.text("title")
    validators = Validators(etag: line.text("etag"), lastModified: line.text("lastModified"))
    finalURL = line.text("finalURL")
    readSchedule(line)
    readPolls(line)
    readHealth(line)
    archives = line.object("archives").map {
      ArchiveProgress(next: $0.text("next"), first: $0.text("first"), known: $0.text("known"))
    }
    archiveToll = line.object("archiveToll").flatMap { ArchiveToll($0) }
    older = line.object("older").flatMap { older in
      guard let href = older.text("href"), let isStable = older.flag("isStable") else { return nil }
      return ArchiveLink(href: href, isStable: isStable)
    }
  }

  private mutating func readSchedule(_ line: JSONObject) {
    hints.timeToLive = line.seconds("ttlSeconds")
    hints.updateInterval = line.seconds("updatePeriodSeconds")
    hints.skipHours = Set(line.integers("skipHours").compactMap(Int.init(exactly:)))
    hints.skipDays = Set(line.integers("skipDays").compactMap(Int.init(exactly:)))
    rate = line.object("rate").map(PublicationRate.init) ?? PublicationRate()
    if let at = line.moment("due"), let rule = line.text("rule").flatMap(DueDecision.Rule.init) {
      due = DueDecision(at: at, rule: rule)
    }
    freshness = Freshness(
      lifetime: line.seconds("lifetimeSeconds"), retryAfter: line.seconds("retryAfterSeconds"))
    windowCount = line.has("window") ? line.count("window") : nil
    unitInterval = line.integer("unitMilliseconds").map { .milliseconds(min(max($0, 0), 1 << 50)) }
  }

  private mutating func readPolls(_ line: JSONObject) {
    lastAttempt = line.moment("lastAttempt")
    lastSuccess = line.moment("lastSuccess")
    lastDocument = line.moment("lastDocument")
    pollCount = line.count("polls")
    notModifiedCount = line.count("notModified")
    storedCount = line.count("stored")
    receivedByteCount = line.count("received")
  }

  private mutating func readHealth(_ line: JSONObject) {
    failureCount = line.count("failures")
    firstFailure = line.moment("firstFailure")
    firstRefusal = line.moment("firstRefusal")
    failure = line.object("failure").flatMap { failure in
      guard let kind = failure.text("kind"), let detail = failure.text("detail") else { return nil }
      return FailureNote(kind: kind, detail: detail)
    }
    isGone = line.flag("gone") ?? false
    rhythm = line.object("rhythm").map(NewsRhythm.init) ?? NewsRhythm()
    gaps = line.object("gaps").flatMap { gaps in
      guard let first = gaps.moment("first"), let last = gaps.moment("last") else { return nil }
      return EntryGaps(count: gaps.count("count"), first: first, last: last)
    }
    move = line.object("move").flatMap { move in
      guard let target = move.text("target"), let first = move.moment("first"),
        let last = move.moment("last")
      else { return nil }
      return PermanentMove(target: target, first: first, last: last, pollCount: move.count("count"))
    }
  }
}

extension NewsRhythm {
  fileprivate init(_ line: JSONObject) {
    self.init()
    lastNews = line.moment("lastNews")
    longestPause = .seconds(min(max(line.integer("longestPauseSeconds") ?? 0, 0), 1 << 33))
    entriesPerDay = line.number("entriesPerDay").map { min(max($0, 0), 1e6) }
    newsCount = line.count("news")
  }
}

extension LinePace {
  fileprivate init(_ line: JSONObject) {
    let gap = Duration.milliseconds(line.integer("rationMilliseconds") ?? 0)
    self.init(
      learned: .milliseconds(line.integer("learnedMilliseconds") ?? 0),
      lastRefusal: line.moment("refused"), forbiddenCount: line.count("forbidden"),
      ration: line.moment("rationUntil").map { Ration(gap: gap, until: $0) })
  }
}

extension JSONObject {
  /// A count that a person or a broken disk may have written: no sum with it overflows.
  fileprivate func count(_ name: String) -> Int {
    Int(min(max(integer(name) ?? 0, 0), 1 << 50))
  }

  fileprivate func seconds(_ name: String) -> Duration? {
    integer(name).map { .seconds(min(max($0, 0), 1 << 40)) }
  }
}
