internal import Aggregation
internal import Glibc
internal import Syndication

/// Replays invented histories through the scheduler and through other readers' rules, at equal load.
///
/// schedule-benchmark [KIND…] [--seeds 1,2,3] [--feeds 400] [--days 42]
@main
struct ScheduleBenchmark {
  var kinds = HistoryGenerator.Kind.allCases
  var seeds: [UInt64] = [1, 2, 3]
  var feedCount = 400
  var days = 42

  static func main() {
    guard let benchmark = Self(CommandLine.arguments.dropFirst()) else {
      print("usage: schedule-benchmark [KIND…] [--seeds 1,2,3] [--feeds 400] [--days 42]")
      exit(64)
    }
    benchmark.run()
  }

  init?(_ arguments: some Collection<String>) {
    var named: [HistoryGenerator.Kind] = []
    var rest = Array(arguments.reversed())
    while let word = rest.popLast() {
      if let kind = HistoryGenerator.Kind(rawValue: word) {
        named.append(kind)
      } else if word == "--seeds", let list = rest.popLast() {
        seeds = list.split(separator: ",").compactMap { UInt64($0) }
      } else if word == "--feeds", let count = rest.popLast().flatMap({ Int($0) }), count > 0 {
        feedCount = count
      } else if word == "--days", let count = rest.popLast().flatMap({ Int($0) }), count > 0 {
        days = count
      } else {
        return nil
      }
    }
    if !named.isEmpty { kinds = named }
  }

  private func run() {
    let clock = ContinuousClock()
    for kind in kinds {
      for seed in seeds {
        let generator = HistoryGenerator(
          kind: kind, feedCount: feedCount, days: days, seed: seed)
        let replay = Replay(histories: generator.histories(), days: days)
        print("\n### \(kind.rawValue), seed \(seed): \(feedCount) feeds, \(days) days\n")
        let took = clock.measure { Comparison(replay: replay, days: days).printTable() }
        print("\n(\(took.formatted) s)")
      }
    }
  }
}

extension Duration {
  fileprivate var formatted: String { "\(Double(milliseconds / 100) / 10)" }
}
