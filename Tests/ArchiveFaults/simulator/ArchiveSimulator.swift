internal import ArchiveSimulation
internal import Glibc

/// Lets histories happen to an archive in memory, each from its seed, and tells of those that break a
/// promise: cut down to the steps that it takes, with `--trace` call by call.
///
/// Exits with 1 when one does, and when enough of them never come to a trouble that they should come to.
@main struct ArchiveSimulator {
  private static let reportInterval: UInt64 = 10_000
  /// As many histories bring every trouble up.
  private static let telling: UInt64 = 1000

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
    var witnessed: Set<History.Witness> = []
    for done in 1...max(count, 1) {
      let seed = first + done - 1
      let steps = History.steps(seed: seed)
      let history = History(of: steps)
      witnessed.formUnion(history.witnessed)
      if let failure = history.failure {
        failures += 1
        print("seed \(seed): \(failure)", report(of: steps, isTracing: isTracing), separator: "\n")
      }
      guard done % reportInterval == 0 || done == count else { continue }
      let seconds = max((ContinuousClock.now - start) / .seconds(1), 0.001)
      print(
        "\(done) histories from seed \(first), \(failures) failed, \(Int(Double(done) / seconds)) a second"
      )
      fflush(nil)
    }
    let absent = count < telling ? [] : Set(History.Witness.allCases).subtracting(witnessed)
    if !absent.isEmpty { print("never happened: \(absent)") }
    exit(failures > 0 || !absent.isEmpty ? 1 : 0)
  }

  private static func report(of steps: [History.Step], isTracing: Bool) -> String {
    let least = History.shrunken(steps)
    let failure = History.failure(of: least) { if isTracing { print($0) } }
    return "enough: \(least)\n→ \(failure ?? "")"
  }
}
