internal import Synchronization

/// The memory that answers hold together, from their first byte until nobody has a use for them any more.
package final class AnswerMemory: Sendable {
  private struct State {
    var byteCount = 0
    var isShort = false
  }

  private let state = Mutex(State())
  private let notice: @Sendable () -> Void

  /// `notice` is called, on any thread, when memory that was short is given back.
  package init(notice: @escaping @Sendable () -> Void) {
    self.notice = notice
  }

  /// Bytes.
  package var byteCount: Int { state.withLock { $0.byteCount } }

  /// Says whether an answer waits until memory is given back.
  func note(isShort: Bool) {
    state.withLock { $0.isShort = isShort }
  }

  fileprivate func add(_ byteCount: Int) {
    let isAwaited = state.withLock { state in
      state.byteCount += byteCount
      return state.isShort && byteCount < 0
    }
    if isAwaited { notice() }
  }
}

/// What one answer holds of `AnswerMemory`; gives it back at its end.
package final class AnswerHold: Sendable {
  private let memory: AnswerMemory
  private let held = Mutex(0)

  /// Holds nothing of `memory` yet.
  package init(in memory: AnswerMemory) {
    self.memory = memory
  }

  deinit {
    memory.add(-byteCount)
  }

  /// Bytes.
  var byteCount: Int { held.withLock { $0 } }

  /// Holds `byteCount` bytes from now on, whatever it held before.
  package func hold(_ byteCount: Int) {
    let change = held.withLock { held in
      defer { held = byteCount }
      return byteCount - held
    }
    if change != 0 { memory.add(change) }
  }
}
