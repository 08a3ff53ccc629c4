@preconcurrency internal import Dispatch
internal import Glibc
internal import Synchronization

/// SIGINT or SIGTERM during a pass by hand: the engine stops, what was stored stays stored.
package final class Interruption: Sendable {
  /// How long the engine may take to stop. It does not while what it tells waits in a pipe that nobody
  /// reads from.
  private static let patience = DispatchTimeInterval.seconds(5)

  private let caught = Mutex<Int32?>(nil)

  /// Watches from now on and stops `engine` at the first signal.
  package init(stopping engine: RefreshEngine) async {
    let signals = await SignalStream([SIGINT, SIGTERM])
    Task { [self] in
      for await number in signals.received {
        caught.withLock { $0 = number }
        // The archive is whole at any moment, so that leaving it as it is costs nothing.
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { _exit(128 + number) }
        await engine.stop()
        return
      }
    }
  }

  /// The signal that came, if one did.
  package var signal: Int32? { caught.withLock { $0 } }
}
