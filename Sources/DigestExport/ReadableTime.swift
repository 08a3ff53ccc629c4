internal import Syndication

/// Moments in UTC for readers, in English.
extension Timestamp {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  /// `Saturday 21 November 2026`
  var longDate: String {
    let date = date
    return "\(Timestamp.weekdays[date.weekday]) \(date.day) \(Timestamp.months[date.month - 1]) "
      + "\(date.year)"
  }

  /// `07:12`
  var clock: String {
    let minutes = (milliseconds - Int64(day) * 86_400_000) / 60_000
    return
      "\(minutes / 60 < 10 ? "0" : "")\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)"
  }

  /// `21 Nov 07:12`, with the year where it is another than the digest's.
  func brief(in year: Int) -> String {
    let date = date
    let shown = date.year == year ? "" : " \(date.year)"
    return "\(date.day) \(Timestamp.months[date.month - 1].prefix(3))\(shown) \(clock)"
  }

  /// As asctime(3) has it: `Sat Nov 21 07:12:00 2026`
  var mailboxDate: String {
    let date = date
    return "\(Timestamp.weekdays[date.weekday].prefix(3)) "
      + "\(Timestamp.months[date.month - 1].prefix(3)) \(date.day < 10 ? " " : "")\(date.day) "
      + "\(clock):\(seconds) \(date.year)"
  }

  /// RFC 5322 section 3.3: `Sat, 21 Nov 2026 07:12:00 +0000`
  var mailDate: String {
    let date = date
    return "\(Timestamp.weekdays[date.weekday].prefix(3)), \(date.day) "
      + "\(Timestamp.months[date.month - 1].prefix(3)) \(date.year) "
      + "\(clock):\(seconds) +0000"
  }

  private var seconds: String {
    let seconds = (milliseconds - Int64(day) * 86_400_000) / 1000 % 60
    return seconds < 10 ? "0\(seconds)" : "\(seconds)"
  }
}
