/// What a rule did to all feeds.
struct Tally {
  var polls = 0
  var lost = 0
  /// Milliseconds from publication to the poll that saw the entry.
  private var delays: [Double] = []

  var entries: Int { delays.count }
  var pollsPerEntry: Double { Double(polls) / Double(max(entries, 1)) }
  var mean: Double { delays.reduce(0, +) / Double(max(entries, 1)) / 60_000 }

  /// Minutes that this share of the entries waited at most. Sorts, so to be asked for at the end.
  func percentile(_ share: Double) -> Double {
    guard !delays.isEmpty else { return 0 }
    return sorted()[Int(Double(delays.count - 1) * share)] / 60_000
  }

  private func sorted() -> [Double] { delays.sorted() }

  mutating func saw(_ published: Int64, at poll: Int64) {
    delays.append(Double(poll - published))
  }
}
