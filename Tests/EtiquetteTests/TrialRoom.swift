import Etiquette
import Foundation
import Glibc
import Syndication

/// Where trials run: on threads of their own, since each blocks for a while, and a few at a time.
enum TrialRoom {
  /// The program lies beside the tests that were built with it.
  static let program: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "aggregator").path()
  }()

  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let clocks = Clocks(now: { moment(CLOCK_REALTIME) }) {
    .milliseconds(moment(CLOCK_MONOTONIC).milliseconds)
  }

  static func verdict(_ behaviour: Behaviour, on program: String) async -> Verdict {
    await gate.enter()
    let verdict = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          returning: behaviour.verdict(on: program, clocks: clocks, isBrief: true))
      }
    }
    await gate.leave()
    return verdict
  }

  private static let gate = Gate(width: 8)

  private static func moment(_ clock: clockid_t) -> Timestamp {
    var time = timespec()
    clock_gettime(clock, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

/// Lets a few in at a time.
private actor Gate {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(width: Int) {
    free = width
  }

  func enter() async {
    guard free == 0 else { return free -= 1 }
    await withCheckedContinuation { waiting.append($0) }
  }

  func leave() {
    guard waiting.isEmpty else { return waiting.removeFirst().resume() }
    free += 1
  }
}
