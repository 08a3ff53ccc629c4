internal import AggregatorDaemon
internal import ArgumentParser
internal import Etiquette
internal import Glibc
internal import Synchronization

struct SelftestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Tries this program against servers of its own on the loopback network.")

  @Flag(help: "How it behaves towards servers, a line a behaviour.")
  var etiquette = false

  @Option(help: "\(VerdictTable.allCases.map(\.rawValue).joined(separator: " or ")).")
  var format = VerdictTable.text

  @Argument(help: "Only the behaviours of these numbers.")
  var numbers: [Int] = []

  func validate() throws {
    guard etiquette else { throw ValidationError("selftest: say what to try: --etiquette") }
    let known = Set(Behaviour.all.map(\.number))
    if let wrong = numbers.first(where: { !known.contains($0) }) {
      throw ValidationError("\(wrong): no behaviour has this number")
    }
  }

  func run() async throws {
    let behaviours = Behaviour.all.filter { numbers.isEmpty || numbers.contains($0.number) }
    let tally = Tally(format)
    let clocks = Clocks(now: Clock.now, uptime: Clock.uptime)
    try tally.begin()
    Rounds.run(behaviours, program: Self.ownPath, clocks: clocks) { tally.note($0) }
    try tally.end()
  }

  /// The program that runs, also where its file has been replaced since, and also for its children.
  private static let ownPath = "/proc/\(getpid())/exe"
}

extension VerdictTable: ExpressibleByArgument {}

/// What is printed, and how many behaviours were kept.
private final class Tally: Sendable {
  private struct State {
    var kept = 0
    var count = 0
    var failure: CommandFailure?
  }

  private let format: VerdictTable
  private let state = Mutex(State())

  init(_ format: VerdictTable) {
    self.format = format
  }

  func begin() throws(CommandFailure) {
    if let heading = format.heading { try print(heading) }
  }

  func note(_ verdict: Verdict) {
    state.withLock { state in
      state.count += 1
      state.kept += verdict.isKept ? 1 : 0
      do throws(CommandFailure) { try print(format.line(verdict)) } catch { state.failure = error }
    }
  }

  func end() throws(CommandFailure) {
    let (kept, count, failure) = state.withLock { ($0.kept, $0.count, $0.failure) }
    if let failure { throw failure }
    try print(format.summary(kept: kept, of: count))
    if kept < count { throw CommandFailure(.someFeedsFailed, messages: []) }
  }

  private func print(_ text: String) throws(CommandFailure) {
    var output = StandardOutput()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      try output.line(showing: String(line))
    }
    try output.flush()
  }
}
