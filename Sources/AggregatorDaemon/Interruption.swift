internal import Glibc
internal import Synchronization

/// SIGINT or SIGTERM during a pass by hand: the engine stops, what was stored stays stored.
package final class Interruption: Sendable {
  private let caught = Mutex<Int32?>(nil)

  /// Watches from now on and stops `engine` at the first signal.
  package init(stopping engine: RefreshEngine) {
    let signals = SignalStream([SIGINT, SIGTERM])
    Task { [self] in
      for await number in signals.received {
        caught.withLock { $0 = number }
        await engine.stop()
        return
      }
    }
  }

  /// The signal that came, if one did.
  package var signal: Int32? { caught.withLock { $0 } }
}
