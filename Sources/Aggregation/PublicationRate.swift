package import Syndication

#if canImport(Glibc)
  internal import Glibc
#endif

/// How many new entries a feed brings a day and when in the week they come, remembered with a
/// half-life of three weeks, and how that of the last hours compares.
///
/// A prior stands for what is not yet known, so that a young feed is neither hammered nor forgotten.
package struct PublicationRate: Hashable, Sendable {
  static let halfLifeDays = 21.0
  static let priorEntries = 0.5
  static let priorDays = 0.5
  /// How soon a burst or a silence is forgotten.
  static let recentHalfLifeDays = 0.25
  /// Entries, as many as expected, that a burst or a silence has to stand out from.
  static let recentPrior = 2.0

  /// Decayed number of new entries.
  private(set) var entries = 0.0
  /// Decayed number of days watched.
  private(set) var days = 0.0
  /// Entries of the last hours, and how many the rate would have let expect.
  private(set) var recentEntries = 0.0
  private(set) var recentExpected = 0.0
  /// The most entries beyond those expected that one poll has found, decayed.
  private(set) var burst = 0.0
  private(set) var pattern = PublicationPattern()
  private var observedMilliseconds: Int64?
  /// The day in which `pattern` last decayed.
  private var patternDay: Int?

  package init() {}

  /// New entries a day, on average.
  package var entriesPerDay: Double {
    (entries + Self.priorEntries) / (days + Self.priorDays)
  }

  /// Entries and days, decayed, that the rate was learned from.
  package var learnedFrom: (entries: Double, days: Double) { (entries, days) }

  /// What the first document of a feed says of its past: its dated entries of the last half-life.
  package mutating func begin(publishedDates: [Timestamp], now: Timestamp) {
    let dates = publishedDates.filter { 0...Self.halfLifeDays ~= Self.days(now.since($0)) }
    entries = Double(dates.count)
    days = dates.map { Self.days(now.since($0)) }.max() ?? 0
    pattern.begin(dates: dates, now: now)
    observedMilliseconds = now.milliseconds
    patternDay = now.day
  }

  /// A poll at `now` found this many new entries, some of them with dates of the publisher's.
  package mutating func observe(
    newEntries: Int, publishedDates: [Timestamp] = [], now: Timestamp
  ) {
    let last = Timestamp(milliseconds: observedMilliseconds ?? now.milliseconds).believable(at: now)
    let passed = max(0, Self.days(now.since(last)))
    // Nothing that long ago was watched, whether the machine was off or the clock is wrong: what is known
    // is neither outweighed nor forgotten for it.
    guard passed <= RefreshPolicy.longestWait.inDays else {
      observedMilliseconds = now.milliseconds
      return
    }
    let expected = forecast(from: last).entries(in: .milliseconds(Int64(passed * 86_400_000)))
    decay(days: passed)
    entries += Double(newEntries)
    days += passed
    recentEntries += Double(newEntries)
    recentExpected += expected
    burst = max(burst, Double(newEntries) - expected)
    learnPattern(newEntries, publishedDates, since: last, now)
    observedMilliseconds = max(last, now).milliseconds
  }

  private mutating func decay(days passed: Double) {
    let slow = exp2(-passed / Self.halfLifeDays)
    let fast = exp2(-passed / Self.recentHalfLifeDays)
    entries *= slow
    days *= slow
    burst *= slow
    recentEntries *= fast
    recentExpected *= fast
  }

  private mutating func learnPattern(
    _ newEntries: Int, _ publishedDates: [Timestamp], since last: Timestamp, _ now: Timestamp
  ) {
    let known = patternDay.flatMap { $0 > now.day + 1 ? nil : $0 } ?? now.day
    let aged = now.day - known
    if aged > 0 { pattern.decay(to: exp2(-Double(aged) / Self.halfLifeDays)) }
    patternDay = max(known, now.day)
    let dates = publishedDates.filter { last < $0 && $0 <= now }.prefix(newEntries)
    pattern.add(Double(newEntries), dates: Array(dates), after: last, until: now)
  }

  /// What is to be expected from `moment` on.
  func forecast(from moment: Timestamp) -> PublicationForecast {
    let last = Timestamp(milliseconds: observedMilliseconds ?? moment.milliseconds)
    let passed = max(0, Self.days(moment.since(last)))
    let fast = exp2(-passed / Self.recentHalfLifeDays)
    return PublicationForecast(
      start: moment, entriesPerDay: entriesPerDay, pattern: pattern, patternUntil: last,
      recentEntries: recentEntries * fast, recentExpected: recentExpected * fast)
  }

  private static func days(_ duration: Duration) -> Double {
    Double(duration.milliseconds) / 86_400_000
  }
}

extension Timestamp {
  /// `now` for a moment more than a day after it, which a clock that was wrong has noted: nothing would
  /// be learned until it comes.
  func believable(at now: Timestamp) -> Timestamp {
    since(now) > .seconds(86_400) ? now : self
  }
}

extension PublicationRate {
  /// Reads what was remembered; what no watching can have counted is taken for nothing.
  init(_ line: JSONObject) {
    self.init()
    let counts = ["entries", "days", "recentEntries", "recentExpected", "burst"].map {
      line.number($0) ?? 0
    }
    guard counts.allSatisfy({ 0...1e6 ~= $0 }) else { return }
    (entries, days) = (counts[0], counts[1])
    (recentEntries, recentExpected, burst) = (counts[2], counts[3], counts[4])
    func since(_ name: String) -> Int? {
      line.integer(name).map { Int(min(max($0, 0), 1 << 24)) }
    }
    pattern = PublicationPattern(
      hours: line.integers("hours").compactMap(UInt16.init(exactly:)),
      weekdays: line.integers("weekdays").compactMap(UInt16.init(exactly:)),
      hoursSince: since("hoursSince"), weekdaysSince: since("weekdaysSince"))
    patternDay = since("patternDay")
    observedMilliseconds = line.integer("observedMilliseconds").map { min(max($0, 0), 1 << 50) }
  }

  func write(to line: inout JSONLine) {
    line.add("entries", entries)
    line.add("days", days)
    line.add("observedMilliseconds", observedMilliseconds)
    line.add("recentEntries", recentEntries > 0 ? recentEntries : nil)
    line.add("recentExpected", recentExpected > 0 ? recentExpected : nil)
    line.add("burst", burst > 0 ? burst : nil)
    line.add("hoursSince", pattern.hoursSince)
    line.add("weekdaysSince", pattern.weekdaysSince)
    line.add("hours", pattern.hours)
    line.add("weekdays", pattern.weekdays)
    line.add("patternDay", patternDay)
  }
}
