import Syndication
import Testing

/// Every day of the four centuries after 1800 (the Gregorian calendar's whole cycle), written in the
/// forms that feeds use.
@Suite struct WebDateEveryDayTests {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let french = [
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
  ]

  enum Form: CaseIterable {
    case mail, calendar, basic, ordinal, week, asctime, american, german, french, japanese
  }

  private func write(_ date: CivilDate, as form: Form) -> String {
    let (year, month, day) = (date.year, date.month, date.day)
    let monthName = Self.months[month - 1]
    switch form {
    case .mail: return "\(Self.weekdays[date.weekday]), \(day) \(monthName) \(year) 06:07:08 +0100"
    case .calendar: return "\(year)-\(two(month))-\(two(day))T06:07:08+01:00"
    case .basic: return "\(year)\(two(month))\(two(day))T060708+0100"
    case .ordinal: return "\(year)-\(three(dayOfYear(date)))T06:07:08+01"
    case .week:
      let (weekYear, week) = isoWeek(date)
      return "\(weekYear)-W\(two(week))-\((date.weekday + 6) % 7 + 1)T06:07:08+01:00"
    case .asctime:
      return "\(Self.weekdays[date.weekday]) \(monthName) \(day) 06:07:08 +0100 \(year)"
    case .american: return "\(monthName) \(day), \(year), 6:07:08 a.m. CET"
    case .german: return "\(day).\(month).\(year) 06:07:08 MEZ"
    case .french: return "\(day) \(Self.french[month - 1]) \(year) à 06:07:08 GMT+1"
    case .japanese: return "\(year)年\(month)月\(day)日 05:07:08"
    }
  }

  private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private func three(_ value: Int) -> String { value < 100 ? "0" + two(value) : "\(value)" }

  private func dayOfYear(_ date: CivilDate) -> Int {
    date.daysSince1970 - CivilDate(year: date.year, month: 1, day: 1).daysSince1970 + 1
  }

  /// By counting Thursdays, unlike the code under test.
  private func isoWeek(_ date: CivilDate) -> (year: Int, week: Int) {
    let thursday = CivilDate(daysSince1970: date.daysSince1970 - (date.weekday + 6) % 7 + 3)
    return (thursday.year, (dayOfYear(thursday) - 1) / 7 + 1)
  }

  /// The two forms that nearly all feeds use get every day; the rest every thirteenth, which visits
  /// all weekdays, month lengths and leap years.
  @Test(arguments: Form.allCases)
  func `the days of four centuries are read back`(form: Form) {
    let first = CivilDate(year: 1800, month: 1, day: 1).daysSince1970
    let step = form == .mail || form == .calendar ? 1 : 13
    var wrong: [String] = []
    for day in stride(from: first, to: first + 146_097, by: step) {
      let text = write(CivilDate(daysSince1970: day), as: form)
      let expected = Int64(day) * 86_400_000 + 18_428_000
      if WebDate.parse(text)?.milliseconds != expected { wrong.append(text) }
    }
    #expect(wrong.prefix(5) == [])
  }
}
