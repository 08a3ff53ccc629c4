import Synchronization
import Syndication

/// A clock that moves when told to, and counts how often it is read.
final class ManualClock: Sendable {
  private let state: Mutex<(now: Timestamp, sinceBoot: Duration, reads: Int)>

  init(_ now: Timestamp) {
    state = Mutex((now, .seconds(1000), 0))
  }

  var readCount: Int { state.withLock { $0.reads } }

  @Sendable func read() -> Timestamp {
    state.withLock { state in
      state.reads += 1
      return state.now
    }
  }

  @Sendable func sinceBoot() -> Duration { state.withLock { $0.sinceBoot } }

  /// Time passes.
  func advance(by wait: Duration) {
    state.withLock { state in
      state.now = state.now + wait
      state.sinceBoot += wait
    }
  }

  /// Somebody sets the wall clock.
  func step(by step: Duration) {
    state.withLock { $0.now = $0.now + step }
  }
}
