/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z on the proleptic Gregorian calendar
/// without leap seconds (POSIX time).
///
/// Integers, so that what is written and read back is the same moment on every machine.
package struct Timestamp: Hashable, Comparable, Sendable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// The moment of a civil date and time in UTC, or nil where the calendar has no such date.
  /// `second` may be 60 (a leap second) and then means the next minute's first.
  package init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
    millisecond: Int = 0
  ) {
    let date = CivilDate(year: year, month: month, day: day)
    guard date.isValid, 0..<24 ~= hour, 0..<60 ~= minute, 0...60 ~= second,
      0..<1000 ~= millisecond
    else { return nil }
    let seconds = Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    self.init(milliseconds: seconds * 1000 + Int64(millisecond))
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  package static func + (moment: Timestamp, wait: Duration) -> Timestamp {
    Timestamp(milliseconds: moment.milliseconds + wait.milliseconds)
  }

  package static func - (moment: Timestamp, wait: Duration) -> Timestamp {
    Timestamp(milliseconds: moment.milliseconds - wait.milliseconds)
  }

  /// The time from `earlier` to this moment, negative when `earlier` is later.
  package func since(_ earlier: Timestamp) -> Duration {
    .milliseconds(milliseconds - earlier.milliseconds)
  }

  /// Whole days since 1970-01-01 in UTC, rounded down.
  package var day: Int {
    Int(milliseconds.flooredQuotient(86_400_000))
  }

  /// The civil date in UTC.
  package var date: CivilDate {
    CivilDate(daysSince1970: day)
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  package var milliseconds: Int64 {
    // A division of 128 by 64 bits is one instruction; `components` takes two hundred.
    let magnitude = attoseconds.magnitude
    let (high, low) = (UInt64(magnitude >> 64), UInt64(truncatingIfNeeded: magnitude))
    let whole = Int64(Duration.attosecondsPerMillisecond.dividingFullWidth((high, low)).quotient)
    return attoseconds < 0 ? -whole : whole
  }

  private static let attosecondsPerMillisecond: UInt64 = 1_000_000_000_000_000
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
