// Dispatch sources are safe to cancel from any thread, which their declarations do not say yet.
@preconcurrency internal import Dispatch
internal import Glibc

/// Signals as a sequence, taken from their default action.
struct SignalStream: Sendable {
  let received: AsyncStream<Int32>

  init(_ signals: [Int32]) {
    received = AsyncStream { continuation in
      let sources = signals.map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { continuation.yield(number) }
        source.activate()
        return source
      }
      continuation.onTermination = { _ in sources.forEach { $0.cancel() } }
    }
  }
}
