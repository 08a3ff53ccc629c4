internal import Syndication

extension Timestamp {
  /// Seconds since 1970; nil for what no calendar has, and for 0, which programs write for no date.
  init?(unix seconds: Int64) {
    guard seconds != 0, Self.calendar.contains(seconds) else { return nil }
    self.init(milliseconds: seconds * 1000)
  }

  /// The years 1 to 9999, which are what RFC 3339 can write.
  private static let calendar: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
}
