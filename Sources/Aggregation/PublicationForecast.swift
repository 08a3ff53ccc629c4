internal import Syndication

#if canImport(Glibc)
  internal import Glibc
#endif

/// How many entries a feed is expected to bring in the hours from a moment on: its rate, times what is
/// usual for the hour and the day, times what the last hours were compared with that. The last factor
/// fades: a burst is expected to be over in a while.
struct PublicationForecast {
  /// The longest that is looked ahead.
  static let reach = Duration.seconds(31 * 86_400)
  private static let hourDays = 1.0 / 24

  let start: Timestamp
  let entriesPerDay: Double
  private let hourFactors: InlineArray<24, Double>
  private let weekdayFactors: InlineArray<7, Double>
  private let recentEntries: Double
  private let recentExpected: Double

  init(
    start: Timestamp, entriesPerDay: Double, pattern: PublicationPattern, patternUntil: Timestamp,
    recentEntries: Double, recentExpected: Double
  ) {
    self.start = start
    self.entriesPerDay = entriesPerDay
    hourFactors = pattern.hourFactors(now: patternUntil)
    weekdayFactors = pattern.weekdayFactors(now: patternUntil)
    self.recentEntries = recentEntries
    self.recentExpected = recentExpected
  }

  /// What the last hours were, as a multiple of the usual.
  var activity: Double { Self.activity(recentEntries, recentExpected) }

  private static func activity(_ entries: Double, _ expected: Double) -> Double {
    (entries + PublicationRate.recentPrior) / (expected + PublicationRate.recentPrior)
  }

  /// √(entries a day) in each hour of an average day, as it would be if the last hours' activity stayed.
  var roots: InlineArray<24, Float> {
    var weekdays = 0.0
    for day in weekdayFactors.indices { weekdays += weekdayFactors[day].squareRoot() / 7 }
    let all = (entriesPerDay * activity).squareRoot() * weekdays
    return InlineArray { Float(all * hourFactors[$0].squareRoot()) }
  }

  /// The entries expected within `span`.
  func entries(in span: Duration) -> Double {
    var sum = 0.0
    walk { rate, days, passed in
      let left = Self.days(min(span, Self.reach)) - passed
      sum += rate * min(days, max(left, 0))
      return left > days ? nil : 0
    }
    return sum
  }

  /// Hours of the day in which more than twice the usual is expected.
  var busyHours: [Int] { (0..<24).filter { hourFactors[$0] > 2 } }

  /// How long the entries expected before a poll after `wait` wait for it on average.
  func meanDelay(until wait: Duration) -> Duration {
    let end = Self.days(min(wait, Self.reach))
    var (entries, delay) = (0.0, 0.0)
    walk { rate, days, passed in
      let step = min(days, max(end - passed, 0))
      entries += rate * step
      delay += rate * step * (end - passed - step / 2)
      return end - passed > days ? nil : 0
    }
    guard entries > 0 else { return wait / 2 }
    return .milliseconds(Int64(delay / entries * 86_400_000))
  }

  /// When `count` entries are expected to have come.
  func wait(forEntries count: Double) -> Duration {
    wait(for: count) { $0 }
  }

  /// When the integral of √rate has grown to `unitDays` (in √days): the interval c/√rate, for a rate
  /// that changes by the hour.
  func wait(forRootOfDays unitDays: Double) -> Duration {
    wait(for: unitDays) { $0.squareRoot() }
  }

  private func wait(for target: Double, of density: (Double) -> Double) -> Duration {
    var sum = 0.0
    let days = walk { rate, days, _ in
      let density = density(rate)
      let step = density * days
      guard sum + step >= target else {
        sum += step
        return nil
      }
      return (target - sum) / density
    }
    return .milliseconds(Int64((days * 86_400_000).rounded()))
  }

  /// Goes from hour to hour with the rate, the length and the days before it, until `visit` says after
  /// how many days of a step to end. Returns the days passed, at most `reach`.
  @discardableResult
  private func walk(_ visit: (_ rate: Double, _ days: Double, _ passed: Double) -> Double?)
    -> Double
  {
    let intoHour = Double(start.milliseconds - Int64(start.hour) * 3_600_000) / 86_400_000
    let (limit, fading) = (Self.days(Self.reach), Self.fading)
    var (recent, expected) = (recentEntries, recentExpected)
    var passed = 0.0
    var hour = start.hourOfDay
    var weekday = start.weekday
    var step = Self.hourDays - intoHour
    while passed < limit {
      let rate =
        entriesPerDay * hourFactors[hour] * weekdayFactors[weekday]
        * Self.activity(recent, expected)
      if let end = visit(rate, step, passed) { return passed + end }
      passed += step
      step = Self.hourDays
      (recent, expected) = (recent * fading, expected * fading)
      hour = (hour + 1) % 24
      if hour == 0 { weekday = (weekday + 1) % 7 }
    }
    return limit
  }

  /// What is left of the last hours' activity after an hour.
  private static let fading = exp2(-hourDays / PublicationRate.recentHalfLifeDays)

  private static func days(_ duration: Duration) -> Double {
    Double(duration.milliseconds) / 86_400_000
  }
}
