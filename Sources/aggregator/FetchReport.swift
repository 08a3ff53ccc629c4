internal import Aggregation
internal import AggregatorDaemon
internal import FeedFetching
internal import Synchronization
internal import Syndication

/// What `fetch` tells: a line a feed as it is done, progress on a terminal, and the exit code.
final class FetchReport: Sendable {
  enum Style: Sendable {
    case lines, json
  }

  private struct Tally {
    var asked = 0
    var done = 0
    var failed = 0
    /// Not asked, since their hosts want to be left alone or another process asks them.
    var spared = 0
    /// What was advised already, since many feeds may share a host.
    var advice: Set<String> = []
    var counts = StoryCounts()
    var output = StandardOutput()
    var outputFailure: CommandFailure?
    var isOver = false

    var progress: String {
      "\(done)/\(asked) feeds, \(CountText.of(counts.new, "new story", "new stories"))"
    }
  }

  /// A box that the progress task may hold.
  private final class Shared: Sendable {
    private let tally = Mutex(Tally())

    func withLock<Result: Sendable>(_ body: (inout sending Tally) -> sending Result) -> Result {
      tally.withLock(body)
    }
  }

  private let style: Style
  private let isQuiet: Bool
  private let progress = ProgressLine()
  private let tally = Shared()

  init(style: Style, isQuiet: Bool) {
    self.style = style
    self.isQuiet = isQuiet
  }

  /// For `--dry-run`.
  func list(_ plan: FetchPlan) throws(CommandFailure) {
    var output = StandardOutput()
    for (feed, request) in plan.requests {
      let condition = request.validators.isEmpty ? "" : " (conditional)"
      try output.line("\(MaskedAddress(feed.url)): would be asked\(condition)")
    }
    for (feed, reason) in plan.skipped { try output.line("\(MaskedAddress(feed.url)): \(reason)") }
    try output.flush()
  }

  /// A pass that takes longer than this says so at its beginning.
  private static let longPass = Duration.seconds(30)

  func begin(_ plan: FetchPlan, slowest: FetchPlan.Line?, isVerbose: Bool) {
    tally.withLock { $0.asked = plan.requests.count }
    for case (let feed, .leftAlone(let pause)) in plan.skipped { leftAlone(feed.url, pause) }
    guard !isQuiet else { return }
    if isVerbose {
      for (feed, reason) in plan.skipped {
        StandardError.line("\(MaskedAddress(feed.url)): \(reason)")
      }
    } else if plan.requests.isEmpty, let reason = plan.commonReason {
      StandardError.line("aggregator: \(reason); --force asks all the same")
    }
    if let slowest, slowest.duration > Self.longPass {
      let seconds = slowest.gap.milliseconds / 1000
      let minutes = slowest.duration.milliseconds / 60_000 + 1
      StandardError.line(
        "aggregator: \(MaskedAddress(slowest.name)): \(slowest.count) feeds, one every \(seconds) s: \(minutes) min in all"
          + "; what is interrupted goes on with the next fetch")
    }
    Task { [progress, tally] in
      // A server that keeps everybody waiting is no reason to say nothing.
      while !Task.isCancelled, tally.withLock({ $0.done < $0.asked && !$0.isOver }) {
        try await Task.sleep(for: ProgressLine.patience)
        tally.withLock { if !$0.isOver { progress.show($0.progress) } }
      }
    }
  }

  func note(_ event: RefreshEngine.Event) {
    switch event {
    case .refreshed(let outcome): note(outcome)
    case .leftAlone(let feed, let pause):
      tally.withLock { $0.asked -= 1 }
      leftAlone(feed, pause)
    case .askedElsewhere(let feed, let moment):
      tally.withLock { tally in
        tally.asked -= 1
        tally.spared += 1
      }
      progress.clear()
      StandardError.line(
        "aggregator: \(MaskedAddress(feed)): another process asked it at \(moment.rfc3339)")
    case .damaged(let stretches):
      for stretch in stretches { StandardError.line("aggregator: archive: skipped: \(stretch)") }
    case .excused(let outcome): note(outcome)
    case .offline:
      progress.clear()
      StandardError.line("aggregator: offline: no host can be reached; no feed is blamed for it")
    case .relocated(let feed, let target):
      progress.clear()
      StandardError.line(
        "aggregator: \(MaskedAddress(feed)): moved for good: feeds.conf says \(MaskedAddress(target)) now"
      )
    case .notRelocated(_, let error):
      progress.clear()
      StandardError.line("aggregator: \(error)")
    case .suspended, .resumed, .online, .clockStepped: break
    }
  }

  private func note(_ outcome: RefreshOutcome) {
    tally.withLock { tally in
      tally.done += 1
      if outcome.failure != nil { tally.failed += 1 }
      tally.counts.add(outcome.counts)
      progress.clear()
      tell(outcome, &tally)
      progress.show(tally.progress)
    }
  }

  /// Says of a feed that is not asked who asked for that and, once a host, what helps.
  private func leftAlone(_ feed: String, _ pause: LinePause) {
    let advice = pause.advice(for: feed)
    let isNew = tally.withLock { tally in
      tally.spared += 1
      return advice.map { tally.advice.insert($0).inserted } ?? false
    }
    progress.clear()
    StandardError.line(
      "aggregator: \(MaskedAddress(feed)): not asked before \(pause.until.rfc3339): \(pause.reason(for: feed))"
    )
    if isNew, !isQuiet, style == .lines, let advice { StandardError.line("  → \(advice)") }
  }

  /// The last line, and what the exit code says.
  func end(
    _ plan: FetchPlan, failOn: FetchCommand.FailOn, interruptedBy signal: Int32?
  ) throws(CommandFailure) {
    let tally = tally.withLock { tally in
      tally.isOver = true
      progress.clear()
      return tally
    }
    if let failure = tally.outputFailure { throw failure }
    if let signal {
      throw CommandFailure(
        .signal(signal), "interrupted: \(tally.done) of \(tally.asked) feeds were done")
    }
    if !isQuiet, style == .lines, tally.asked > 1 { StandardError.line(summary(tally)) }
    guard tally.failed > 0, failOn != .none else { return }
    if tally.failed == tally.asked, tally.spared == 0 {
      throw CommandFailure(.allFeedsFailed, messages: [])
    }
    if failOn == .any { throw CommandFailure(.someFeedsFailed, messages: []) }
  }

  private func tell(_ outcome: RefreshOutcome, _ tally: inout Tally) {
    if style == .lines, let failure = outcome.failure {
      StandardError.line(
        "aggregator: \(MaskedAddress(outcome.feed)): \(failure.kind): \(failure.detail)")
      // The sentence on a blocked address says itself what to do, which hangs on the cause.
      if !isQuiet, failure.kind != FetchFailure.Kind.blockedAddress.rawValue {
        StandardError.line("  → \(FailureAdvice(kind: failure.kind).text)")
      }
      if outcome.counts.entries == 0 { return }
    }
    guard style == .json || !isQuiet, tally.outputFailure == nil else { return }
    do throws(CommandFailure) {
      try tally.output.line(style == .json ? FetchLine(outcome).json : outcome.sentence)
      try tally.output.flush()
    } catch {
      tally.outputFailure = error
    }
  }

  private func summary(_ tally: Tally) -> String {
    var parts = [
      CountText.of(tally.done, "feed"), CountText.of(tally.counts.new, "new story", "new stories"),
    ]
    if tally.counts.edited > 0 { parts.append("\(tally.counts.edited) edited") }
    if tally.failed > 0 { parts.append("\(tally.failed) failed") }
    return parts.joined(separator: ", ")
  }
}

extension RefreshOutcome {
  /// `Example World: 3 new, 1 edited`
  var sentence: String {
    let counts = counts
    var parts: [String] = []
    if case .notModified = result { parts.append("not modified") }
    if counts.new > 0 { parts.append("\(counts.new) new") }
    if counts.edited > 0 { parts.append("\(counts.edited) edited") }
    if counts.withheld > 0 { parts.append("\(counts.withheld) edits withheld") }
    if counts.ignored > 0 { parts.append("\(counts.ignored) ignored") }
    if parts.isEmpty { parts.append(counts.entries == 0 ? "no entries" : "nothing new") }
    if !defects.isEmpty, failure == nil { parts.append("mended") }
    if leavesGap { parts.append("at least one entry may have been missed") }
    if let movedTo {
      parts.append("moved for good to \(MaskedAddress(movedTo).description.showingHidden)")
    }
    return "\(source.showingHidden): \(parts.joined(separator: ", "))"
  }
}

extension FetchPlan {
  /// Why nothing at all is asked.
  var commonReason: String? {
    guard requests.isEmpty, !skipped.isEmpty else { return nil }
    let isTooSoon = skipped.contains { if case .tooSoon = $0.reason { true } else { false } }
    let isAlone = skipped.count == 1
    return isTooSoon
      ? "\(isAlone ? "the feed was" : "all \(skipped.count) feeds were") asked less than half an hour ago"
      : isAlone ? "the feed is not due" : "none of \(skipped.count) feeds is due"
  }
}

extension FetchPlan.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notDue(let due): "not due before \(due.at.rfc3339) (\(due.rule.rawValue))"
    case .tooSoon(let last): "asked at \(last.rfc3339), too soon to ask again without --force"
    case .paused: "paused"
    case .gone: "gone for good (410)"
    case .leftAlone(let pause):
      "not asked before \(pause.until.rfc3339): its host wants to be left alone\(pause.cause.map { ", as \(MaskedAddress($0)) was told" } ?? "")"
    }
  }
}

/// The stable object a feed of `fetch --json`.
private struct FetchLine: Encodable {
  var feed: String
  var source: String
  var result: String
  var new: Int
  var edited: Int
  var known: Int
  var error: FailureLine?
  var gap: Bool
  var defects: [String]
  var due: String?
  var rule: String?

  init(_ outcome: RefreshOutcome) {
    feed = "\(MaskedAddress(outcome.feed))"
    source = outcome.source
    result =
      switch outcome.result {
      case .stored: "stored"
      case .cut: "cut"
      case .notModified: "not-modified"
      case .gone: "gone"
      case .failed: "failed"
      }
    new = outcome.counts.new
    edited = outcome.counts.edited
    known = outcome.counts.known
    error = outcome.failure.map(FailureLine.init)
    gap = outcome.leavesGap
    defects = outcome.defects.map { "\($0.kind.rawValue): \($0.detail)" }
    due = outcome.due?.at.rfc3339
    rule = outcome.due?.rule.rawValue
  }

  var json: String { JSONLine.text(of: self) }
}
