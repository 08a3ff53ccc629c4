package import Syndication

#if canImport(Glibc)
  internal import Glibc
#endif

/// How many new entries a feed brings a day, remembered with a half-life of three weeks.
///
/// A prior of one entry in one day stands for what is not yet known, so that a young feed is neither
/// hammered nor forgotten.
package struct PublicationRate: Hashable, Sendable, Codable {
  static let halfLifeDays = 21.0
  static let priorEntries = 1.0
  static let priorDays = 1.0

  /// Decayed number of new entries.
  private var entries = 0.0
  /// Decayed number of days watched.
  private var days = 0.0
  private var observedMilliseconds: Int64?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case entries, days, observedMilliseconds
  }

  /// Reads what was remembered; what no watching can have counted is taken for nothing.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let believable = 0...1e6
    let (entries, days) = (
      try values.decode(Double.self, forKey: .entries),
      try values.decode(Double.self, forKey: .days)
    )
    guard believable ~= entries, believable ~= days else { return }
    self.entries = entries
    self.days = days
    observedMilliseconds = try values.decodeIfPresent(Int64.self, forKey: .observedMilliseconds)
      .map { min(max($0, 0), 1 << 50) }
  }

  /// New entries a day.
  package var entriesPerDay: Double {
    (entries + Self.priorEntries) / (days + Self.priorDays)
  }

  /// What the first document of a feed says of its past: its dated entries of the last half-life.
  package mutating func begin(publishedDates: [Timestamp], now: Timestamp) {
    let ages = publishedDates.map { Self.days(now.since($0)) }
      .filter { 0...Self.halfLifeDays ~= $0 }
    entries = Double(ages.count)
    days = ages.max() ?? 0
    observedMilliseconds = now.milliseconds
  }

  /// A poll at `now` found this many new entries.
  package mutating func observe(newEntries: Int, now: Timestamp) {
    let last = Timestamp(milliseconds: observedMilliseconds ?? now.milliseconds)
    let passed = max(0, Self.days(now.since(last)))
    let decay = exp2(-passed / Self.halfLifeDays)
    entries = entries * decay + Double(newEntries)
    days = days * decay + passed
    observedMilliseconds = max(last, now).milliseconds
  }

  private static func days(_ duration: Duration) -> Double {
    Double(duration.milliseconds) / 86_400_000
  }
}
