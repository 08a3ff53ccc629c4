internal import Aggregation
internal import DigestExport
internal import FeedFetching
internal import Syndication

/// `why` for a person: the next poll, then a line for each thing that had, or might have had, a say.
struct WhyReport {
  struct Line {
    /// Nil for the first line, which says whom all is about.
    var name: String?
    var text: String
    /// Whether it is the rule that decided.
    var decides = false

    private static let nameWidth = 17
    /// A time of day has room in it.
    private static let leastTextWidth = 32
    private static let narrowMargin = "    "

    /// The line, broken where it is wider than `columns`: below the text of its first line where there is
    /// room for that, else below its name.
    func wrapped(columns: Int?) -> [String] {
      let text = text.showingHidden
      let line = head + text
      guard let columns, line.displayWidth > columns else { return [line] }
      guard name != nil else { return text.wrapped(columns: columns) }
      guard columns - head.count >= Self.leastTextWidth else {
        let lines = text.wrapped(columns: columns - Self.narrowMargin.count)
        let title =
          name?.nonBlank == nil ? [] : [String(head.reversed().drop { $0 == " " }.reversed())]
        return title + lines.map { Self.narrowMargin + $0 }
      }
      let margin = String(repeating: " ", count: head.count)
      return text.wrapped(columns: columns - head.count).enumerated()
        .map { ($0 == 0 ? head : margin) + $1 }
    }

    private var head: String {
      guard let name else { return "" }
      let padding = String(repeating: " ", count: max(Self.nameWidth - name.count, 1))
      return (decides ? "> " : "  ") + name + padding
    }
  }

  let explanation: PollExplanation
  let now: Timestamp

  private var row: FeedRoster.Row { explanation.row }
  private var state: FeedState { explanation.row.state }

  var lines: [Line] {
    let title = row.feed.title ?? state.title
    let address = "\(MaskedAddress(row.feed.url))"
    var lines = [Line(text: title.map { "\($0)  \(address)" } ?? address)]
    lines.append(line("next poll", nextPoll))
    if let last = state.lastAttempt { lines.append(line("last poll", lastPoll(last))) }
    lines += pace + (explanation.derivation.map(rules) ?? [])
    lines += failure
    lines += pause
    if row.learnedGap > .zero {
      let gap = Self.span(row.learnedGap)
      lines.append(line("host", "refuses to be asked fast: \(gap) between two requests for now"))
    }
    if let delay = explanation.meanDelay, explanation.rest == nil {
      let polls = Self.number(explanation.pollsPerDay)
      lines.append(
        line("expect", "\(polls) polls a day, and an entry to be seen \(Self.span(delay)) late"))
    }
    return lines
  }

  /// Whether the server's wish for the whole host is what is waited for.
  private var isHeldBack: Bool {
    guard let until = row.pause?.until else { return false }
    return state.due.map { $0.at < until } ?? true
  }

  /// What the host asked for, whose answer said so, and what to do where that is another feed's.
  private var pause: [Line] {
    guard let pause = row.pause else { return [] }
    var text = "wants to be left alone until \(pause.until.rfc3339)"
    if pause.isBorrowed(by: row.feed.url), let cause = pause.cause {
      text += ": \(MaskedAddress(cause)) was told so"
    }
    let advice = pause.advice(for: row.feed.url).map { [line("", "→ " + $0)] } ?? []
    return [line("host", text, wins: isHeldBack)] + advice
  }

  private var heldBackReason: String {
    row.pause?.isBorrowed(by: row.feed.url) ?? false
      ? "its host asked for a pause when another feed was asked" : "its server asked for a pause"
  }

  private var nextPoll: String {
    switch explanation.rest {
    case .paused: return "none: paused in feeds.conf"
    case .gone: return "none: the publisher took it away (410); fetch --force asks all the same"
    case nil: break
    }
    let reason =
      isHeldBack
      ? heldBackReason : state.due.map { $0.rule.reason } ?? "it was never asked"
    guard let next = row.nextPoll(now: now) else { return "now: \(reason)" }
    return "\(next.rfc3339), in \(Self.span(next.since(now))): \(reason)"
  }

  private func lastPoll(_ last: Timestamp) -> String {
    let result = state.failure.map { "\($0.kind): \($0.detail)" } ?? "all well"
    return "\(last.rfc3339), \(Self.span(now.since(last))) ago: \(result)"
  }

  // MARK: Pace

  private var pace: [Line] {
    guard state.lastSuccess != nil else { return [] }
    var lines = [line("rate", rate)]
    if !explanation.busyHours.isEmpty {
      let hours = explanation.busyHours.map { Self.two($0) + "h" }.joined(separator: " ")
      lines.append(line("busy hours", "\(hours) UTC"))
    }
    if !(0.67...1.5 ~= explanation.activity) {
      let factor = Self.number(explanation.activity)
      lines.append(line("lately", "\(factor) times the usual"))
    }
    lines.append(line("budget", budget))
    return lines
  }

  private var rate: String {
    let learned = state.rate.learnedFrom
    let rate = RateText.perTime(state.rate.entriesPerDay)
    guard learned.days > 0.05 else { return "\(rate), until it is known better" }
    let entries = Self.number(learned.entries, "entry", "entries")
    return "\(rate), learned from \(entries) in \(Self.number(learned.days, "day", "days")), "
      + "of which older ones count less"
  }

  private var budget: String {
    let unit =
      explanation.unitInterval < .seconds(1)
      ? "more than they may use"
      : "\(Self.span(explanation.unitInterval)) where one entry a day comes"
    guard let budget = explanation.budget else {
      return "none set (set polls-per-day); \(unit)"
    }
    let share = explanation.pollsPerDay / Double(budget.pollsPerDay) * 100
    return "\(budget.pollsPerDay) polls a day for \(budget.feedCount) feeds, "
      + "\(Self.number(share)) % of them for this one; \(unit)"
  }

  // MARK: Rules

  private func rules(_ derivation: DueDerivation) -> [Line] {
    let winner = derivation.winner
    let isDecisive = derivation.decision.rule != .skipped && !isHeldBack
    var lines = ([derivation.base] + derivation.bounds).map { bound in
      line(bound.rule.name, value(of: bound), wins: bound == winner && isDecisive)
    }
    if let window = state.windowCount, winner.rule != .window {
      let entries = window == 1 ? "1 entry" : "\(window) entries"
      lines.append(line("window", "\(entries) in the document: nothing falls out of it"))
    }
    lines += skips(derivation)
    if derivation.spread > .zero {
      lines.append(
        line("spread", "\(Self.span(derivation.spread)) later, by a hash of the address"))
    }
    return lines
  }

  private func value(of bound: DueDerivation.Bound) -> String {
    let asked = Self.span(bound.asked)
    switch bound.rule {
    case .rate where bound.asked < .seconds(1): return "\(Self.span(bound.wait)), the least"
    case .rate where bound.asked != bound.wait:
      let limit = bound.asked < bound.wait ? "the least" : "the most"
      return "\(asked) by rate and budget; \(Self.span(bound.wait)) is \(limit)"
    case .rate: return "\(asked) by rate and budget"
    case .window:
      return
        "\(state.windowCount ?? 0) entries in the document: \(asked), before any falls out of it"
    case .noValidators: return "none: a server that cannot say \"unchanged\" is asked once a day"
    case .backoff:
      let polls = state.failureCount == 1 ? "1 failure" : "\(state.failureCount) failures in a row"
      return "\(Self.span(bound.wait)) after \(polls)"
    default: break
    }
    guard bound.asked > bound.wait else { return asked }
    return "\(asked), more than is believed; counts as \(Self.span(bound.wait))"
  }

  private func skips(_ derivation: DueDerivation) -> [Line] {
    let isDecisive = derivation.decision.rule == .skipped && !isHeldBack
    let hours = state.hints.skipHours.sorted().map(Self.two).joined(separator: " ")
    let names = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    let days = state.hints.skipDays.sorted().filter(names.indices.contains).map { names[$0] }
      .joined(separator: " ")
    return [("skipHours", hours), ("skipDays", days)].filter { !$0.1.isEmpty }
      .map { line($0.0, "\($0.1) UTC", wins: isDecisive) }
  }

  private var failure: [Line] {
    guard let failure = state.failure, let since = state.firstFailure else { return [] }
    return [line("failing since", "\(since.rfc3339): \(failure.kind)")]
  }

  // MARK: Words

  private func line(_ name: String, _ text: String, wins: Bool = false) -> Line {
    Line(name: name, text: text, decides: wins)
  }

  /// Two units at most: `2h 5m`, `30d`, `12s`.
  private static func span(_ duration: Duration) -> String {
    let seconds = max(duration.milliseconds / 1000, 0)
    return switch seconds {
    case ..<60: "\(seconds)s"
    case ..<3600: parts(seconds / 60, "m", seconds % 60, "s", isLong: seconds >= 600)
    case ..<172_800: parts(seconds / 3600, "h", seconds % 3600 / 60, "m", isLong: false)
    default: parts(seconds / 86_400, "d", seconds % 86_400 / 3600, "h", isLong: seconds > 864_000)
    }
  }

  private static func parts(
    _ large: Int64, _ unit: String, _ small: Int64, _ subunit: String, isLong: Bool
  ) -> String {
    isLong || small == 0 ? "\(large)\(unit)" : "\(large)\(unit) \(small)\(subunit)"
  }

  private static func number(_ value: Double, _ one: String, _ many: String) -> String {
    let text = number(value)
    return "\(text) \(text == "1" ? one : many)"
  }

  private static func number(_ value: Double) -> String {
    guard value < 10 else { return "\(Int(min(value, 1e12).rounded()))" }
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension DueDecision.Rule {
  /// What the rule is called in feeds and headers.
  var name: String {
    switch self {
    case .interval: "interval"
    case .rate: "own pace"
    case .window: "window"
    case .freshness: "max-age, Expires"
    case .timeToLive: "ttl"
    case .updatePeriod: "sy:updatePeriod"
    case .skipped: "skipHours"
    case .retryAfter: "Retry-After"
    case .noValidators: "validators"
    case .backoff: "backoff"
    case .new: "new"
    case .gone: "gone"
    }
  }

  /// Why a feed waits until then.
  var reason: String {
    switch self {
    case .interval: "the interval that feeds.conf sets"
    case .rate: "its own pace"
    case .window: "its document is short, and entries would fall out of it"
    case .freshness: "its server says how long the last answer stays fresh"
    case .timeToLive: "its ttl asks for that"
    case .updatePeriod: "its sy:updatePeriod asks for that"
    case .skipped: "its skipHours and skipDays ask for that"
    case .retryAfter: "its server asked for a pause"
    case .noValidators: "its server cannot say \"unchanged\""
    case .backoff: "it failed, and is asked less often until it answers"
    case .new: "it was never asked"
    case .gone: "the publisher took it away"
    }
  }
}
