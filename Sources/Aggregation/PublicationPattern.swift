internal import Syndication

/// In which hours of the day and on which days of the week a feed's entries come, in UTC.
///
/// Two histograms of decayed counts, kept in hundredths of an entry so that they stay short on disk.
/// They are multiplied: 31 numbers are learned sooner than the 168 of every hour of a week.
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

  init() {}

  /// What was remembered; counts of another length are taken for none.
  init(hours: [UInt16], weekdays: [UInt16]) {
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
    for (length, countsDay) in [(86_400, false), (7 * 86_400, true)] {
      let span = Duration.seconds(length) * Int(reach / .seconds(length))
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

  /// How many times as many entries as on average come in an hour of the day, 24 factors around 1.
  var hourFactors: InlineArray<24, Double> {
    guard !isEmpty else { return InlineArray(repeating: 1) }
    var all = Self.priorHourEntries
    for count in hours { all += Double(count) / 100 }
    return InlineArray { hour in
      let beside = Double(hours[(hour + 1) % 24]) + Double(hours[(hour + 23) % 24])
      let smooth = Self.ownShare * Double(hours[hour]) + (1 - Self.ownShare) * beside / 2
      return (24 * smooth / 100 + Self.priorHourEntries) / all
    }
  }

  /// The same for the days of the week.
  var weekdayFactors: InlineArray<7, Double> {
    guard !isEmpty else { return InlineArray(repeating: 1) }
    var all = Self.priorDayEntries
    for count in weekdays { all += Double(count) / 100 }
    return InlineArray { (7 * Double(weekdays[$0]) / 100 + Self.priorDayEntries) / all }
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
