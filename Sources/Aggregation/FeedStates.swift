internal import FeedFetching
internal import StoryArchive
internal import Syndication

/// The states of all feeds, kept in `state/feeds.jsonl` and shared with other processes through it.
final class FeedStates {
  /// A log is rewritten once it is this large and most of it is out of date.
  static let compactionByteCount = 1 << 20
  static let compactionShare = 4

  private let log: StateLog
  /// The size at which to look again whether most of the log is out of date.
  private var byteCountToLookAt = FeedStates.compactionByteCount
  private var feeds: [String: FeedState] = [:]
  /// Lines of feeds that were read and written, and their bytes: what one takes on average.
  private var feedLines = (count: 0, byteCount: 0)
  private var pauses: LinePauses
  private(set) var lines = RequestLines()
  /// Since when no host could be reached, as far as a daemon told.
  private(set) var offlineSince: Timestamp?
  /// Lines that say nothing to this version, or nothing at all.
  private(set) var unreadableLineCount = 0

  init(archive: Archive) throws {
    log = try archive.stateLog(named: "feeds.jsonl")
    pauses = LinePauses(archive: archive, log: log)
  }

  /// The state of the feed at `url`, a new one when nothing is known.
  subscript(url: String) -> FeedState {
    feeds[url] ?? FeedState(feed: url)
  }

  /// The state of the feed at `url`; nil when nothing is known.
  func known(_ url: String) -> FeedState? { feeds[url] }

  /// Of the addresses that are `followed`, those that a feed moved to for good which is followed no
  /// more, each with that feed's last address.
  func formerAddresses(followed: Set<String>) -> [String: String] {
    var former: [String: FeedState] = [:]
    // Only of the few that moved: to write out every address in one way takes its time.
    let moved = feeds.values.filter { $0.move?.isSettled ?? false && !followed.contains($0.feed) }
    guard !moved.isEmpty else { return [:] }
    let places = Dictionary(followed.sorted().map { (FeedAddress.key(of: $0), $0) }) { $1 }
    for state in moved where places[FeedAddress.key(of: state.feed)] == nil {
      guard let target = state.move?.target, let url = places[FeedAddress.key(of: target)] else {
        continue
      }
      let other = former[url] ?? state
      let rank = (state.pollCount, other.feed) >= (other.pollCount, state.feed)
      former[url] = rank ? state : other
    }
    return former.mapValues(\.feed)
  }

  /// What reading the older documents of `state`'s feed has cost, by whichever address.
  func archiveToll(of state: FeedState, now: Timestamp) -> ArchiveToll? {
    var tolls = [state.archiveToll].compactMap { $0 }
    for other in feeds.values where other.feed != state.feed {
      if let toll = other.archiveToll, other.sharesArchives(with: state) { tolls.append(toll) }
    }
    return .sum(of: tolls, on: now.day)
  }

  /// For how long what waits in `line` is not to be asked, where that is beyond `now`.
  func pause(of line: String, now: Timestamp) -> LinePause? { pauses.pause(of: line, now: now) }

  /// The next poll of every feed is unconditional.
  func forgetValidators() {
    for url in feeds.keys { feeds[url]?.validators = Validators() }
  }

  /// As `forgetValidators`, in every process and for good; and the archives of feeds are read from their
  /// newest page again.
  func forgetWhatWasGiven() throws {
    try catchUp()
    let forgetful = feeds.values.map { known in
      var state = known
      state.validators = Validators()
      state.archives = nil
      return state
    }
    try update(forgetful)
  }

  func catchUp() throws {
    try log.catchUp { line in
      switch StateLine(json: line) {
      case .feed(let state):
        apply(state)
        noteLine(of: line.count)
      case .host(let line, let pause): pauses.apply(pause, of: line)
      case .network(let moment): offlineSince = moment
      case .asked(let feeds, let names, let moment):
        lines.apply(feeds: feeds, lines: names, askedAt: moment)
      case .answered(let feeds): lines.settle(feeds)
      case .pace(let line, let pace): lines.apply(pace, of: line)
      case nil: unreadableLineCount += 1
      }
    }
  }

  func update(_ states: [FeedState]) throws {
    try pauses.writeDown()
    let lines = states.map { StateLine.feed($0).json }
    try log.append(lines)
    for state in states { apply(state) }
    for line in lines { noteLine(of: line.count) }
  }

  private func noteLine(of byteCount: Int) {
    feedLines.count += 1
    feedLines.byteCount += byteCount + 1
  }

  private func apply(_ state: FeedState) {
    feeds[state.feed] = state
    lines.settle([state.feed])
  }

  /// Decides which of `slots` may ask now, and tells other processes before it returns.
  func reserve(_ slots: [RequestSlot], now: Timestamp) throws -> [RequestSlot.Ruling] {
    let rulings = lines.rule(
      on: slots, now: now, pause: { pause(of: $0, now: now) },
      lastAttempt: { feeds[$0]?.lastAttempt })
    let granted = zip(slots, rulings).filter { !$0.isLocal && $1 == .granted }.map(\.0)
    let news = StateLine.lines(
      asking: granted.map(\.feed), of: Set(granted.map(\.line)).sorted(), at: now)
    try log.append(news.map(\.json))
    return rulings
  }

  /// Learns from an answer how fast its line may be asked.
  func learn(
    _ answer: LinePace.Answer, limit: RateLimit?, of line: String, now: Timestamp
  ) throws {
    guard let pace = lines.pace(of: line, after: answer, limit: limit, now: now) else { return }
    try log.append(StateLine.pace(line, pace).json)
    lines.apply(pace, of: line)
  }

  /// What was asked of these feeds says nothing of them, and they may be asked again.
  func settle(_ feeds: [String]) throws {
    let outstanding = feeds.filter { lines.askedAt($0) != nil }
    guard !outstanding.isEmpty else { return }
    try log.append(StateLine.answered(feeds: outstanding).json)
    lines.settle(outstanding)
  }

  func note(offlineSince moment: Timestamp?) throws {
    guard moment != offlineSince else { return }
    try log.append(StateLine.network(offlineSince: moment).json)
    offlineSince = moment
  }

  /// Nothing is asked in `line` while `pause` lasts. Kept also where the log has no room for it.
  func block(line: String, _ pause: LinePause, now: Timestamp) throws {
    try pauses.note(pause, of: line, now: now)
  }

  /// Keeps the rest of what was to be waited for when the wall clock was stepped to `now`.
  func shift(by step: Duration, now: Timestamp) throws {
    let before = now - step
    lines.shift(by: step, from: before)
    try pauses.shift(by: step, from: before)
    if step < .zero { try shiftPolls(by: step, from: before) }
  }

  /// What was to be polled after a while is polled after no longer one. After a clock that was put forward
  /// all is due that much earlier, which is for others to spread.
  private func shiftPolls(by step: Duration, from before: Timestamp) throws {
    let moved = feeds.values.compactMap { state -> FeedState? in
      guard let due = state.due, due.at > before else { return nil }
      var state = state
      state.due?.at = due.at + step
      return state
    }
    try log.append(moved.sorted { $0.feed < $1.feed }.map { StateLine.feed($0).json })
    for state in moved { feeds[state.feed] = state }
  }

  /// Whether it is time to look how much of the log is out of date: to write out what is not costs as much as
  /// compacting does.
  var isGrown: Bool {
    let liveByteCount = feeds.count * feedLines.byteCount / max(1, feedLines.count)
    return log.byteCount > max(byteCountToLookAt, liveByteCount * Self.compactionShare)
  }

  /// Replaces the log by one line a feed and host when most of its lines are out of date. To be called
  /// under the writer lock, after `catchUp`. Where that fails the log stays as it is.
  func compactIfGrown(now: Timestamp) {
    guard isGrown else { return }
    let lines =
      feeds.values.sorted { $0.feed < $1.feed }.map { StateLine.feed($0).json }
      + pauses.lines(now: now).map(\.json)
      + self.lines.lines(now: now).map(\.json)
      + [offlineSince].compactMap { $0 }.map { StateLine.network(offlineSince: $0).json }
    let liveByteCount = lines.reduce(0) { $0 + $1.count + 1 }
    byteCountToLookAt = max(Self.compactionByteCount, liveByteCount * Self.compactionShare)
    if log.byteCount > byteCountToLookAt { try? log.compact(to: lines) }
  }
}
