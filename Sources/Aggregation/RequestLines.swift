internal import FeedFetching
internal import Syndication

/// What all processes know of the lines that requests wait in: when each was asked last, and which feeds
/// were asked and have not been answered. Pure.
struct RequestLines {
  /// No gap is longer (feeds.conf), so that a moment before says nothing any more.
  static let memory = Duration.seconds(3600)
  /// Clocks of two processes agree to this; what is farther ahead was noted by a clock that was wrong.
  static let clockTolerance = Duration.seconds(1)

  /// When the last request of each line went out.
  private var lastRequests: [String: Timestamp] = [:]
  private var unanswered: [String: Timestamp] = [:]
  /// Of the lines whose servers refused something.
  private var paces: [String: LinePace] = [:]
  /// The operator's gaps of the lines that this process asked.
  private var operatorGaps: [String: Duration] = [:]

  /// When `feed` was asked without an answer having been stored; nil when none is outstanding.
  func askedAt(_ feed: String) -> Timestamp? { unanswered[feed] }

  /// When the last request of `line` went out, as far as that still matters.
  func lastRequest(of line: String) -> Timestamp? { lastRequests[line] }

  /// How fast `line` may be asked.
  func pace(of line: String) -> LinePace { paces[line] ?? LinePace() }

  mutating func apply(_ pace: LinePace, of line: String) {
    paces[line] = pace == LinePace() ? nil : pace
  }

  /// What is known of the pace of `line` after an answer; nil where the answer says nothing new.
  func pace(
    of line: String, after answer: LinePace.Answer, limit: RateLimit?, now: Timestamp
  ) -> LinePace? {
    let before = pace(of: line)
    var after = before
    after.note(answer, limit: limit, operatorGap: operatorGaps[line] ?? .zero, now: now)
    return after == before ? nil : after
  }

  mutating func apply(feeds: [String], lines: [String], askedAt moment: Timestamp) {
    for feed in feeds { unanswered[feed] = moment }
    for line in lines { lastRequests[line] = moment }
  }

  /// The wall clock was stepped when it showed `moment`: requests are as long ago as they were.
  mutating func shift(by step: Duration, from moment: Timestamp) {
    for (line, last) in lastRequests where moment.since(last) <= Self.memory {
      lastRequests[line] = last + step
    }
  }

  /// What was asked of these feeds is over.
  mutating func settle(_ feeds: some Sequence<String>) {
    for feed in feeds { unanswered[feed] = nil }
  }

  /// Who of `slots` may ask at `now`; what is granted counts for those behind it. `lastAttempt` is when
  /// a feed's last answer came.
  mutating func rule(
    on slots: [RequestSlot], now: Timestamp, pause: (String) -> LinePause?,
    lastAttempt: (String) -> Timestamp?
  ) -> [RequestSlot.Ruling] {
    slots.map { slot in
      if slot.isLocal { return .granted }
      if let pause = pause(slot.line) { return .leftAlone(pause) }
      let asked = [unanswered[slot.feed], lastAttempt(slot.feed)].compactMap { $0 }.max()
      if !slot.isForced, let asked, slot.lastAsked.map({ asked > $0 }) ?? true {
        return .askedElsewhere(at: asked)
      }
      operatorGaps[slot.line] = slot.gap
      let gap = max(slot.gap, pace(of: slot.line).gap(now: now))
      if let until = rest(of: slot.line, gap: gap, now: now) { return .wait(until: until) }
      lastRequests[slot.line] = now
      unanswered[slot.feed] = now
      return .granted
    }
  }

  private mutating func rest(of line: String, gap: Duration, now: Timestamp) -> Timestamp? {
    guard var last = lastRequests[line] else { return nil }
    if last.since(now) > Self.clockTolerance {
      last = now
      lastRequests[line] = now
    }
    let until = last + gap
    return until > now ? until : nil
  }

  /// What is worth keeping at `now`, in as few lines as there are moments.
  func lines(now: Timestamp) -> [StateLine] {
    func isRecent(_ moment: Timestamp) -> Bool {
      now.since(moment) <= Self.memory && moment.since(now) <= Self.memory
    }
    let feeds = Dictionary(grouping: unanswered.filter { isRecent($0.value) }, by: \.value)
    let lines = Dictionary(grouping: lastRequests.filter { isRecent($0.value) }, by: \.value)
    let asked = Set(feeds.keys).union(lines.keys).sorted().flatMap { moment in
      StateLine.lines(
        asking: (feeds[moment] ?? []).map(\.key).sorted(),
        of: (lines[moment] ?? []).map(\.key).sorted(), at: moment)
    }
    let slow = paces.filter { $0.value.gap(now: now) > .zero }.sorted { $0.key < $1.key }
    return asked + slow.map { StateLine.pace($0.key, $0.value) }
  }
}

extension StateLine {
  /// Feeds or lines that one state line names: addresses are long, and a state line is read whole.
  private static let nameLimit = 100

  /// As many lines as it takes.
  static func lines(
    asking feeds: [String], of lines: [String], at moment: Timestamp
  ) -> [StateLine] {
    stride(from: 0, to: max(feeds.count, lines.count), by: nameLimit).map { start in
      .asked(
        feeds: Array(feeds.dropFirst(start).prefix(nameLimit)),
        lines: Array(lines.dropFirst(start).prefix(nameLimit)), at: moment)
    }
  }
}
