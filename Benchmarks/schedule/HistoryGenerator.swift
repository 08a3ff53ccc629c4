internal import Glibc
internal import TestNumbers

/// Invents how feeds publish. Each kind is another idea of the web, so that a rule that was fitted to
/// one shows it on the others.
struct HistoryGenerator {
  enum Kind: String, CaseIterable {
    /// All sorts: day and night, weekends, bursts, silences, fixed hours, short documents.
    case web
    /// A steady rate for each feed and nothing else: what the √rate rule assumes.
    case poisson
    /// Several entries at once, and long pauses.
    case bursty
    /// Busy desks of a few time zones, and events that all of them report.
    case newsroom
    /// Seldom more than one entry in several days.
    case blogs
  }

  /// What distinguishes the kinds.
  private struct Traits {
    /// Entries a day.
    var medianRate = 2.0
    var sigma = 1.5
    var night: ClosedRange<Double> = 0.02...0.5
    var weekend: ClosedRange<Double> = 0.2...1
    var burstsPerDay = 0.1
    var burstFactor: ClosedRange<Double> = 3...8
    var batch = 1.0
    var sharedEventsPerDay = 0.0
    /// Shares of feeds.
    var changing = 0.16
    var fixedHours = 0.1
    var shortWindow = 0.3
    var undated = 0.15
    var zones: ClosedRange<Int> = 0...23
  }

  /// A Monday, 00:00 UTC.
  static let start: Int64 = 1_780_272_000_000
  /// Days before the first that is replayed, for what a first document says of the past.
  static let pastDays = 28
  /// A document holds at least what comes in this many half hours of the busiest kind: nobody who
  /// publishes fifty entries an hour serves the last ten.
  private static let longestDocument: Float = 3
  private static let hourMilliseconds: Int64 = 3_600_000
  private static let rateLimits = 0.01...150.0

  let kind: Kind
  let feedCount: Int
  let days: Int
  let seed: UInt64

  func histories() -> [FeedHistory] {
    var numbers = SeededNumbers(seed: seed)
    let traits = traits
    let hours = (days + Self.pastDays) * 24
    let shared = bursts(
      perDay: traits.sharedEventsPerDay, factor: 2...5, hours: hours, &numbers)
    return (0..<feedCount).map { index in
      var own = SeededNumbers(seed: numbers.next())
      return history(index, traits, hours: hours, shared: shared, &own)
    }
  }

  private var traits: Traits {
    var traits = Traits()
    switch kind {
    case .web: break
    case .poisson:
      (traits.night, traits.weekend, traits.burstsPerDay) = (1...1, 1...1, 0)
      (traits.changing, traits.fixedHours) = (0, 0)
    case .bursty:
      (traits.batch, traits.burstsPerDay, traits.burstFactor) = (3, 0.25, 4...10)
      traits.medianRate = 1.5
    case .newsroom:
      (traits.medianRate, traits.sigma, traits.night) = (25, 0.9, 0.02...0.25)
      (traits.sharedEventsPerDay, traits.zones) = (0.3, 6...10)
      (traits.changing, traits.fixedHours) = (0.03, 0)
    case .blogs:
      (traits.medianRate, traits.sigma, traits.changing) = (0.25, 1, 0.3)
    }
    return traits
  }

  private func history(
    _ index: Int, _ traits: Traits, hours: Int, shared: [Double], _ numbers: inout SeededNumbers
  ) -> FeedHistory {
    let drawn = numbers.logNormal(median: traits.medianRate, sigma: traits.sigma)
    let rate = min(max(drawn, Self.rateLimits.lowerBound), Self.rateLimits.upperBound)
    let shape = week(traits, rate: rate, &numbers)
    let own = bursts(
      perDay: traits.burstsPerDay, factor: traits.burstFactor, hours: hours, &numbers)
    let life = life(traits, hours: hours, &numbers)
    // Bursts come on top of the nights and weekends, not of the silences.
    let intensity = (0..<hours).map { hour in
      Float(rate * shape[hour % 168] * max(own[hour], shared[hour]) * (life.contains(hour) ? 1 : 0))
    }
    let isShort = numbers.isTrue(traits.shortWindow)
    let wanted = isShort ? numbers.within(10...20) : [25, 30, 50, 100][numbers.within(0...3)]
    let busiest = Int((intensity.max() ?? 0) / 48 * Self.longestDocument)
    return FeedHistory(
      url: "https://feed-\(index).example/\(kind.rawValue)",
      published: moments(intensity, batch: traits.batch, &numbers), intensity: intensity,
      windowCount: max(wanted, busiest),
      isDated: !numbers.isTrue(traits.undated))
  }

  /// The factors of the 168 hours of a week from Monday 00:00 UTC on, 1 on average.
  private func week(_ traits: Traits, rate: Double, _ numbers: inout SeededNumbers) -> [Double] {
    let night = numbers.within(traits.night)
    let weekend = numbers.within(traits.weekend)
    let zone = numbers.within(traits.zones)
    let isFixed = rate < 8 && numbers.isTrue(traits.fixedHours)
    let slots = Set((0..<numbers.within(1...3)).map { _ in numbers.within(6...22) })
    let factors = (0..<168).map { hour -> Double in
      let local = (hour + zone) % 24
      let day = (hour + zone) / 24 % 7
      let calendar = day >= 5 ? weekend : 1
      if isFixed { return slots.contains(local) ? calendar : 0.01 }
      // A working day that swells and fades.
      let sun = max(0, sin((Double(local) - 6) / 16 * .pi))
      return calendar * (night + (1 - night) * sun)
    }
    let mean = factors.reduce(0, +) / 168
    return factors.map { $0 / mean }
  }

  /// For each hour by what the usual is multiplied.
  private func bursts(
    perDay: Double, factor: ClosedRange<Double>, hours: Int, _ numbers: inout SeededNumbers
  ) -> [Double] {
    var factors = Array(repeating: 1.0, count: hours)
    for _ in 0..<numbers.poisson(perDay * Double(hours) / 24) {
      let from = numbers.within(0...(hours - 1))
      let strength = numbers.within(factor)
      for hour in from..<min(from + numbers.within(2...8), hours) { factors[hour] = strength }
    }
    return factors
  }

  /// In which hours the feed lives: some fall silent, some wake up while they are watched.
  private func life(_ traits: Traits, hours: Int, _ numbers: inout SeededNumbers) -> Range<Int> {
    let changes = numbers.isTrue(traits.changing)
    let moment = numbers.within(Self.pastDays * 24...(hours - 1))
    let wakes = numbers.isTrue(0.5)
    guard changes else { return 0..<hours }
    return wakes ? moment..<hours : 0..<moment
  }

  private func moments(
    _ intensity: [Float], batch: Double, _ numbers: inout SeededNumbers
  ) -> [Int64] {
    var moments: [Int64] = []
    for (hour, rate) in intensity.enumerated() where rate > 0 {
      let from = Self.start + Int64(hour) * Self.hourMilliseconds
      for _ in 0..<numbers.poisson(Double(rate) / 24 / batch) {
        let first = from + Int64(numbers.fraction() * Double(Self.hourMilliseconds))
        moments.append(first)
        // Batches are geometric, their entries a minute or a few apart.
        var last = first
        while numbers.isTrue(1 - 1 / batch) {
          last += Int64(numbers.within(20_000.0...300_000))
          moments.append(last)
        }
      }
    }
    return moments.sorted()
  }
}
