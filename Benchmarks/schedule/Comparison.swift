internal import Aggregation
internal import Glibc
internal import Syndication

/// Each rival, and the scheduler with as many polls as that rival made.
struct Comparison {
  /// How far the numbers of polls may differ.
  static let tolerance = 0.005
  static let attempts = 6
  /// A poll budget is not used up where floors bind, and a unit gives less than it promises there.
  static let budgetExponent = 1.05
  static let unitExponent = 1.4

  let replay: Replay
  let days: Int

  func printTable() {
    let atFloor = replay.runAtFloor()
    print(
      "\(atFloor.entries + atFloor.lost) entries; every feed at the floor, 30 minutes, "
        + "\(atFloor.lost) are lost.\n")
    print("| rule | polls a day | polls an entry | mean | median | p95 | lost | mean | p95 |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for rule in RivalRule.allCases { compare(rule) }
  }

  private func compare(_ rule: RivalRule) {
    let rival = replay.run(rule)
    row(rule.name, rival, against: nil)
    let ours = matched(rival.polls, exponent: Self.budgetExponent) { polls in
      replay.run(budget: PollBudget(pollsPerDay: polls))
    }
    row("– aggregator", ours, against: rival)
    let bound = matched(rival.polls, exponent: Self.unitExponent) { polls in
      // A longer unit is fewer polls.
      replay.runKnowingRates(unitDays: Double(replay.histories.count) / polls)
    }
    row("– rates known", bound, against: rival)
  }

  /// `run` with whatever it takes to make it poll `polls` times: what is asked for and what comes of it
  /// are nearly proportional, so each attempt goes by the slope between the last two.
  private func matched(_ polls: Int, exponent: Double, _ run: (Double) -> Tally) -> Tally {
    let target = log(Double(polls))
    var (asked, slope) = (log(Double(polls) / Double(days)), exponent)
    var best = run(exp(asked))
    var last = (asked: asked, found: log(Double(best.polls)))
    for _ in 1..<Self.attempts where abs(best.polls - polls) > Int(Self.tolerance * Double(polls)) {
      asked = last.asked + slope * (target - last.found)
      let tally = run(exp(asked))
      let found = log(Double(tally.polls))
      if found != last.found { slope = (asked - last.asked) / (found - last.found) }
      last = (asked, found)
      if abs(tally.polls - polls) < abs(best.polls - polls) { best = tally }
    }
    return best
  }

  private func row(_ name: String, _ tally: Tally, against rival: Tally?) {
    func ratio(_ value: (Tally) -> Double) -> String {
      rival.map { percent(value(tally) / value($0) - 1) } ?? "–"
    }
    print(
      "| \(name) | \(tally.polls / days) | \(tenths(tally.pollsPerEntry * 10, 2)) | "
        + "\(tenths(tally.mean)) | \(tenths(tally.percentile(0.5))) | "
        + "\(tenths(tally.percentile(0.95))) | \(tally.lost) | "
        + "\(ratio(\.mean)) | \(ratio { $0.percentile(0.95) }) |")
    // A row takes seconds: whoever waits sees it when it is there.
    fflush(nil)
  }

  private func percent(_ share: Double) -> String {
    let whole = Int((share * 100).rounded())
    return whole < 0 ? "−\(-whole) %" : "+\(whole) %"
  }

  /// With one decimal, or the tenths of a value with two.
  private func tenths(_ value: Double, _ decimals: Int = 1) -> String {
    decimals == 1 ? "\((value * 10).rounded() / 10)" : "\((value * 10).rounded() / 100)"
  }
}
