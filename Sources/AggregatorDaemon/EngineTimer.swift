internal import Dispatch
internal import Syndication

/// A timer on the engine's queue; made when it is first set.
final class EngineTimer {
  private let queue: DispatchQueue
  private let action: @Sendable () -> Void
  private var source: (any DispatchSourceTimer)?

  init(on queue: DispatchQueue, _ action: @escaping @Sendable () -> Void) {
    self.queue = queue
    self.action = action
  }

  /// Fires once, `wait` from now by the wall clock.
  func set(after wait: Duration) {
    active().schedule(wallDeadline: .now() + .milliseconds(Int(wait.milliseconds)))
  }

  /// Fires every `interval` whatever becomes of the wall clock: a timer of that would come late after it
  /// was put back.
  func set(every interval: Duration) {
    active().schedule(deadline: .now(), repeating: .milliseconds(Int(interval.milliseconds)))
  }

  func cancel() {
    source?.cancel()
    source = nil
  }

  private func active() -> any DispatchSourceTimer {
    if let source { return source }
    let source = DispatchSource.makeTimerSource(queue: queue)
    source.setEventHandler(handler: action)
    source.activate()
    self.source = source
    return source
  }
}
