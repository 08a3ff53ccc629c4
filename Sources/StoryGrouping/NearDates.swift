internal import Syndication

/// The days about a story's own. Told in its headline they say when it was published, which every
/// story of that day may say, and nothing of what happened.
struct NearDates {
  private let dates: [CivilDate]
  private let names: DateTable.Names

  /// The day itself, the one before for the sake of time zones, and the two after it, which forecasts
  /// and fixtures are about.
  private static let reach = -1...2
  /// Words from a day to its month, and from one day to the next of a list: "the 11th and 12th of May".
  private static let span = 2

  init(_ time: Timestamp) {
    let days = Self.reach.map { CivilDate(daysSince1970: time.day + $0) }
    dates = days
    names = days.reduce(into: []) {
      $0.formUnion(.month($1.month))
      $0.formUnion(.weekday($1.weekday))
    }
  }

  /// A word of a headline, as far as it may belong to a date.
  struct Part {
    var names: DateTable.Names
    /// What its digits give; nil without any.
    var number: Int?

    var mayTell: Bool { !names.isEmpty || number != nil }
    fileprivate var mayBeDay: Bool { number.map { 1...31 ~= $0 } ?? false }
  }

  /// Which of the words tell one of these dates. A month or the number of a day does beside another part
  /// of a date only: May is a name, and ten may be hurt.
  func told(by parts: [Part]) -> [Bool] {
    var told = parts.map(tellsAlone)
    for place in parts.indices where told[place] && parts[place].number != nil {
      markNumeric(beside: place, parts, &told)
    }
    for place in parts.indices where !parts[place].names.isDisjoint(with: names) && !told[place] {
      told[place] = near(place, parts).contains { told[$0] || parts[$0].mayBeDay }
    }
    for place in Array(parts.indices.reversed()) + Array(parts.indices) where isDay(parts[place]) {
      let isBeside = near(place, parts).contains {
        told[$0] && (parts[$0].number == nil || parts[$0].mayBeDay)
      }
      told[place] = told[place] || isBeside
    }
    return told
  }

  /// Days of the week, years, and 10.1.2027, which is read as one number.
  private func tellsAlone(_ part: Part) -> Bool {
    guard let number = part.number else {
      return !part.names.subtracting(.months).isDisjoint(with: names)
    }
    return dates.contains { date in
      let (day, month, year) = (date.day, date.month, date.year)
      return number == year || number == (day * 100 + month) * 10_000 + year
        || number == (month * 100 + day) * 10_000 + year
        || number == (day * 10 + month) * 10_000 + year && month < 10
    }
  }

  private func isDay(_ part: Part) -> Bool { dates.contains { $0.day == part.number } }

  /// Marks the day and the month before or after a year: 10/01/2027 and 2027-01-10.
  private func markNumeric(beside year: Int, _ parts: [Part], _ told: inout [Bool]) {
    for first in [year - 2, year + 1] where first >= 0 && first + 1 < parts.count {
      let pair = (parts[first].number, parts[first + 1].number)
      guard dates.contains(where: { pair == ($0.day, $0.month) || pair == ($0.month, $0.day) })
      else { continue }
      told[first] = true
      told[first + 1] = true
    }
  }

  private func near(_ place: Int, _ parts: [Part]) -> some Sequence<Int> {
    (max(0, place - Self.span)...min(parts.count - 1, place + Self.span)).lazy
      .filter { $0 != place }
  }
}
