internal import ArchiveSimulation
internal import Glibc

/// Lets histories happen to an archive in memory, each from its seed, and tells of those that break a
/// promise: cut down to the steps that it takes, with `--trace` call by call.
///
/// Exits with 1 when one does.
@main struct ArchiveSimulator {
  private static let reportInterval: UInt64 = 10_000

  static func main() {
    let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
    guard numbers.count == 2 else {
      print("usage: archive-simulator FIRST-SEED COUNT [--trace]")
      exit(64)
    }
    let isTracing = CommandLine.arguments.contains("--trace")
    let (first, count) = (numbers[0], numbers[1])
    let start = ContinuousClock.now
    var failures = 0
    for done in 1...max(count, 1) {
      let seed = first + done - 1
      if let report = report(of: seed, isTracing: isTracing) {
        failures += 1
        print(report)
      }
      guard done % reportInterval == 0 || done == count else { continue }
      let seconds = max((ContinuousClock.now - start) / .seconds(1), 0.001)
      print(
        "\(done) histories from seed \(first), \(failures) failed, \(Int(Double(done) / seconds)) a second"
      )
      fflush(nil)
    }
    exit(failures > 0 ? 1 : 0)
  }

  /// Nil when the history keeps every promise.
  private static func report(of seed: UInt64, isTracing: Bool) -> String? {
    let steps = History.steps(seed: seed)
    guard let failure = History.failure(of: steps) else { return nil }
    let least = History.shrunken(steps)
    var lines = ["seed \(seed): \(failure)", "enough: \(least)"]
    lines.append("→ \(History.failure(of: least) { if isTracing { print($0) } } ?? "")")
    return lines.joined(separator: "\n")
  }
}
