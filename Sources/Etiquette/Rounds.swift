internal import Glibc
internal import Synchronization

/// Trials side by side: most of a trial's time is waiting.
package enum Rounds {
  /// Trials at a time.
  package static let width = 8

  /// Tries every one of `behaviours` and tells `report` each verdict in their order, as soon as all
  /// before it are known.
  package static func run(
    _ behaviours: [Behaviour], program: String, clocks: Clocks,
    report: @escaping @Sendable (Verdict) -> Void
  ) {
    let round = Round(behaviours, program: program, clocks: clocks, report: report)
    let threads = (0..<min(width, behaviours.count)).map { _ in round.startThread() }
    for thread in threads { pthread_join(thread, nil) }
  }

  private final class Round: Sendable {
    struct State {
      var next = 0
      var told = 0
      var verdicts: [Int: Verdict] = [:]
    }

    let behaviours: [Behaviour]
    let program: String
    let clocks: Clocks
    let report: @Sendable (Verdict) -> Void
    let state = Mutex(State())

    init(
      _ behaviours: [Behaviour], program: String, clocks: Clocks,
      report: @escaping @Sendable (Verdict) -> Void
    ) {
      self.behaviours = behaviours
      self.program = program
      self.clocks = clocks
      self.report = report
    }

    func startThread() -> pthread_t {
      var thread = pthread_t()
      let context = Unmanaged.passRetained(self).toOpaque()
      let status = pthread_create(&thread, nil, { Rounds.work($0) }, context)
      precondition(status == 0, "no thread: \(String(cString: strerror(status)))")
      return thread
    }

    func work() {
      while let index = takeIndex() {
        tell(behaviours[index].verdict(on: program, clocks: clocks), at: index)
      }
    }

    private func takeIndex() -> Int? {
      state.withLock { state in
        guard state.next < behaviours.count else { return nil }
        state.next += 1
        return state.next - 1
      }
    }

    private func tell(_ verdict: Verdict, at index: Int) {
      state.withLock { state in
        state.verdicts[index] = verdict
        while let next = state.verdicts[state.told] {
          report(next)
          state.told += 1
        }
      }
    }
  }

  private static func work(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<Round>.fromOpaque(context).takeRetainedValue().work()
    return nil
  }
}
