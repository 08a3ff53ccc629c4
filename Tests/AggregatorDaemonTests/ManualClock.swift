import Synchronization
import Syndication

/// A clock that moves when told to, and counts how often it is read.
final class ManualClock: Sendable {
  private let state: Mutex<(now: Timestamp, reads: Int)>

  init(_ now: Timestamp) {
    state = Mutex((now, 0))
  }

  var readCount: Int { state.withLock { $0.reads } }

  func read() -> Timestamp {
    state.withLock { state in
      state.reads += 1
      return state.now
    }
  }

  func advance(by wait: Duration) {
    state.withLock { $0.now = $0.now + wait }
  }
}
