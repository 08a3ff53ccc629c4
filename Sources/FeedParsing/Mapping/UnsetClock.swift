package import Syndication

extension Timestamp {
  /// Whether the moment is what programs write that know none: the first of the year 1, or the epoch, to
  /// the second.
  package var isOfUnsetClock: Bool {
    date.year <= 1 || milliseconds == 0
  }
}

extension DefectTally {
  /// Says what there is to say of a date that an element or a member gave.
  mutating func note(_ date: Timestamp?) {
    guard let date else { return note(.date, "a date that cannot be read") }
    if date.isOfUnsetClock { note(.date, "a date of a clock that was never set") }
  }
}
