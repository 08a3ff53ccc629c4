// Dispatch sources are safe to cancel from any thread, which their declarations do not say yet.
@preconcurrency internal import Dispatch

/// Signals as a sequence, taken from their default action.
package struct SignalStream: Sendable {
  package let received: AsyncStream<Int32>

  /// Returns once each signal arrives here. Until then it has its default action, which ends a process that
  /// has begun nothing yet: ignored meanwhile, a reload or the wish to stop would be lost for good.
  package init(_ signals: [Int32]) async {
    let (received, continuation) = AsyncStream.makeStream(of: Int32.self)
    var sources: [any DispatchSourceSignal] = []
    for number in signals {
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(number) }
      // Dispatch installs its handler on a thread of its own, some time after `activate`.
      await withCheckedContinuation { registered in
        source.setRegistrationHandler { registered.resume() }
        source.activate()
      }
      sources.append(source)
    }
    continuation.onTermination = { [sources] _ in sources.forEach { $0.cancel() } }
    self.received = received
  }
}
