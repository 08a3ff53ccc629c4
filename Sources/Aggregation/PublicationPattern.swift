internal import Syndication

/// In which hours of the day and on which days of the week a feed's entries come, in UTC.
///
/// Two histograms of decayed counts, kept in hundredths of an entry so that they stay short on disk.
/// They are multiplied: 31 numbers are learned sooner than the 168 of every hour of a week. Each is compared
/// with how long it was watched: in a feed's first week some days were not.
struct PublicationPattern: Hashable, Sendable {
  /// Entries, spread evenly over all hours, that stand for what is not yet known; likewise all days.
  static let priorHourEntries = 12.0
  static let priorDayEntries = 28.0
  /// What of an hour's count is taken for its own; the rest is shared by the hours beside it.
  static let ownShare = 0.5
  static let hundredthsLimit = 60_000.0

  /// Hundredths of decayed entries for each hour of the day; empty before the first.
  private(set) var hours: [UInt16] = []
  /// The same for each day of the week, 0 for Sunday.
  private(set) var weekdays: [UInt16] = []
  /// From which hour since 1970 on `hours` were counted, and from which `weekdays`; nil when not known.
  private(set) var hoursSince: Int?
  private(set) var weekdaysSince: Int?

  init() {}

  /// What was remembered; counts of another length are taken for none.
  init(hours: [UInt16], weekdays: [UInt16], hoursSince: Int? = nil, weekdaysSince: Int? = nil) {
    (self.hoursSince, self.weekdaysSince) = (hoursSince, weekdaysSince)
    guard hours.count == 24, weekdays.count == 7 else { return }
    (self.hours, self.weekdays) = (hours, weekdays)
  }

  var isEmpty: Bool { hours.isEmpty }

  /// Takes in `count` entries that came some time between two moments, spread evenly where no date
  /// says when.
  mutating func add(
    _ count: Double, dates: [Timestamp], after earlier: Timestamp, until now: Timestamp
  ) {
    guard count > 0 else { return }
    for date in dates { add(1, at: date) }
    let undated = count - Double(dates.count)
    let slots = min(max(now.hour - earlier.hour + 1, 1), 24 * 7)
    guard undated > 0 else { return }
    for slot in 0..<slots {
      add(undated / Double(slots), at: now - .seconds(3600 * slot))
    }
  }

  /// Takes in the dates of a first document, as far as they fill whole days, and whole weeks.
  mutating func begin(dates: [Timestamp], now: Timestamp) {
    let reach = dates.map { now.since($0) }.max() ?? .zero
    for (hours, countsDay) in [(24, false), (7 * 24, true)] {
      let length = Duration.seconds(hours * 3600)
      let count = Int(reach / length)
      let since = now.hour - hours * count
      if countsDay { weekdaysSince = since } else { hoursSince = since }
      let span = length * count
      for date in dates where now.since(date) < span {
        add(1, at: date, countsHour: !countsDay, countsDay: countsDay)
      }
    }
  }

  /// Forgets a part of what was counted.
  mutating func decay(to share: Double) {
    hours = hours.map { UInt16(Double($0) * share) }
    weekdays = weekdays.map { UInt16(Double($0) * share) }
  }

  private mutating func add(
    _ entries: Double, at moment: Timestamp, countsHour: Bool = true, countsDay: Bool = true
  ) {
    if isEmpty {
      hours = Array(repeating: 0, count: 24)
      weekdays = Array(repeating: 0, count: 7)
    }
    if countsHour { Self.raise(&hours[moment.hourOfDay], by: entries) }
    if countsDay { Self.raise(&weekdays[moment.weekday], by: entries) }
  }

  private static func raise(_ count: inout UInt16, by entries: Double) {
    count = UInt16(min((Double(count) + entries * 100).rounded(), hundredthsLimit))
  }

  /// How many times as many entries as on average come in an hour of the day, 24 factors around 1;
  /// `now` is until when they were counted.
  func hourFactors(now: Timestamp) -> InlineArray<24, Double> {
    guard !isEmpty else { return InlineArray(repeating: 1) }
    let watched = Self.watched(24, slot: 1, from: hoursSince, until: now.hour, offset: 0)
    let (all, allWatched) = (Double(hours.reduce(0) { $0 + Int($1) }) / 100, watched.reduce(0, +))
    let prior = Self.priorHourEntries / 24
    return InlineArray { hour in
      func smooth(_ value: (Int) -> Double) -> Double {
        let beside = value((hour + 1) % 24) + value((hour + 23) % 24)
        return Self.ownShare * value(hour) + (1 - Self.ownShare) * beside / 2
      }
      let usual = all * smooth { watched[$0] } / allWatched
      return (smooth { Double(hours[$0]) / 100 } + prior) / (usual + prior)
    }
  }

  /// The same for the days of the week.
  func weekdayFactors(now: Timestamp) -> InlineArray<7, Double> {
    guard !isEmpty else { return InlineArray(repeating: 1) }
    // Day 0 of 1970 was a Thursday.
    let watched = Self.watched(7, slot: 24, from: weekdaysSince, until: now.hour, offset: 4)
    let (all, allWatched) = (
      Double(weekdays.reduce(0) { $0 + Int($1) }) / 100, watched.reduce(0, +)
    )
    let prior = Self.priorDayEntries / 7
    return InlineArray { day in
      (Double(weekdays[day]) / 100 + prior) / (all * watched[day] / allWatched + prior)
    }
  }

  /// For how many hours each of `count` slots of `slot` hours was watched, in turns from one hour to
  /// another: a day that was never watched is no day without entries.
  private static func watched(
    _ count: Int, slot: Int, from first: Int?, until last: Int, offset: Int
  ) -> [Double] {
    let period = count * slot
    guard let first, first <= last else { return Array(repeating: 1, count: count) }
    let (turns, rest) = (last - first + 1).quotientAndRemainder(dividingBy: period)
    var watched = Array(repeating: Double(turns * slot), count: count)
    var hour = last - rest + 1
    while hour <= last {
      let place = ((hour + offset * slot) % period + period) % period
      let step = min(slot - place % slot, last + 1 - hour)
      watched[place / slot] += Double(step)
      hour += step
    }
    return watched
  }
}

extension Timestamp {
  /// Whole hours since 1970, rounded down.
  var hour: Int {
    let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 3_600_000)
    return Int(remainder < 0 ? quotient - 1 : quotient)
  }

  /// 0 to 23, in UTC.
  var hourOfDay: Int { (hour % 24 + 24) % 24 }

  /// 0 for Sunday, in UTC; 1 January 1970 was a Thursday.
  var weekday: Int { ((day + 4) % 7 + 7) % 7 }
}
