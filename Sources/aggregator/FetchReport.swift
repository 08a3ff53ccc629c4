internal import Aggregation
internal import AggregatorDaemon
internal import FeedFetching
internal import FoundationEssentials
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
    var counts = StoryCounts()
    var outputFailure: CommandFailure?
  }

  private let style: Style
  private let isQuiet: Bool
  private let progress = ProgressLine()
  private let tally = Mutex(Tally())

  init(style: Style, isQuiet: Bool) {
    self.style = style
    self.isQuiet = isQuiet
  }

  /// For `--dry-run`.
  func list(_ plan: FetchPlan) throws(CommandFailure) {
    var output = StandardOutput()
    for (feed, request) in plan.requests {
      let condition = request.validators.isEmpty ? "" : " (conditional)"
      try output.line("\(feed.url): would be asked\(condition)")
    }
    for (feed, reason) in plan.skipped { try output.line("\(feed.url): \(reason)") }
    try output.flush()
  }

  func begin(_ plan: FetchPlan, isVerbose: Bool) {
    tally.withLock { $0.asked = plan.requests.count }
    guard !isQuiet else { return }
    if isVerbose {
      for (feed, reason) in plan.skipped { StandardError.line("\(feed.url): \(reason)") }
    } else if plan.requests.isEmpty, !plan.skipped.isEmpty {
      StandardError.line(
        "aggregator: none of \(plan.skipped.count) feeds is due; --force asks all the same")
    }
  }

  func note(_ event: RefreshEngine.Event) {
    guard case .refreshed(let outcome) = event else { return }
    tally.withLock { tally in
      tally.done += 1
      if outcome.failure != nil { tally.failed += 1 }
      tally.counts.add(outcome.counts)
      progress.clear()
      tell(outcome, &tally)
      progress.show("\(tally.done)/\(tally.asked) feeds, \(tally.counts.new) new stories")
    }
  }

  /// The last line, and what the exit code says.
  func end(
    _ plan: FetchPlan, failOn: FetchCommand.FailOn, interruptedBy signal: Int32?
  ) throws(CommandFailure) {
    progress.clear()
    let tally = tally.withLock { $0 }
    if let failure = tally.outputFailure { throw failure }
    if let signal {
      throw CommandFailure(
        .signal(signal), "interrupted: \(tally.done) of \(tally.asked) feeds were done")
    }
    if !isQuiet, style == .lines, tally.asked > 1 { StandardError.line(summary(tally)) }
    guard tally.failed > 0, failOn != .none else { return }
    if tally.failed == tally.asked { throw CommandFailure(.allFeedsFailed, messages: []) }
    if failOn == .any { throw CommandFailure(.someFeedsFailed, messages: []) }
  }

  private func tell(_ outcome: RefreshOutcome, _ tally: inout Tally) {
    if style == .lines, let failure = outcome.failure {
      StandardError.line("aggregator: \(outcome.feed): \(failure.kind): \(failure.detail)")
      if outcome.counts.entries == 0 { return }
    }
    guard style == .json || !isQuiet, tally.outputFailure == nil else { return }
    do throws(CommandFailure) {
      var output = StandardOutput()
      try output.line(style == .json ? FetchLine(outcome).json : outcome.sentence)
      try output.flush()
    } catch {
      tally.outputFailure = error
    }
  }

  private func summary(_ tally: Tally) -> String {
    var parts = ["\(tally.done) feeds", "\(tally.counts.new) new stories"]
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
    return "\(StandardError.visible(source)): \(parts.joined(separator: ", "))"
  }
}

extension FetchPlan.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notDue(let due): "not due before \(due.at.rfc3339) (\(due.rule.rawValue))"
    case .tooSoon(let last): "asked at \(last.rfc3339), too soon to ask again without --force"
    case .paused: "paused"
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
  var error: FailureNote?
  var defects: [String]
  var due: String?
  var rule: String?

  init(_ outcome: RefreshOutcome) {
    feed = outcome.feed
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
    error = outcome.failure
    defects = outcome.defects.map { "\($0.kind.rawValue): \($0.detail)" }
    due = outcome.due?.at.rfc3339
    rule = outcome.due?.rule.rawValue
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and numbers always encode.
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
