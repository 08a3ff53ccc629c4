internal import Synchronization

/// The memory that answers hold together, from their first byte until nobody has a use for them any more.
package final class AnswerMemory: Sendable {
  /// What is held: numbers of bytes.
  struct Load {
    var all = 0
    /// Of `all`, what answers hold that came to their end and wait to be stored.
    var ended = 0
  }

  private struct State {
    var load = Load()
    var isShort = false
  }

  private let state = Mutex(State())
  private let notice: @Sendable () -> Void

  /// `notice` is called, on any thread, when memory that was short is given back.
  package init(notice: @escaping @Sendable () -> Void) {
    self.notice = notice
  }

  /// Bytes.
  package var byteCount: Int { load.all }

  var load: Load { state.withLock { $0.load } }

  /// Says whether an answer waits until memory is given back.
  func note(isShort: Bool) {
    state.withLock { $0.isShort = isShort }
  }

  fileprivate func change(by change: Load) {
    let isAwaited = state.withLock { state in
      state.load.all += change.all
      state.load.ended += change.ended
      return state.isShort && (change.all < 0 || change.ended < 0)
    }
    if isAwaited { notice() }
  }
}

/// What one answer holds of `AnswerMemory`; gives it back at its end.
package final class AnswerHold: Sendable {
  private let memory: AnswerMemory
  private let held = Mutex(AnswerMemory.Load())

  /// Holds nothing of `memory` yet.
  package init(in memory: AnswerMemory) {
    self.memory = memory
  }

  deinit {
    become(AnswerMemory.Load())
  }

  /// Bytes.
  var byteCount: Int { held.withLock { $0.all } }

  /// Holds `byteCount` bytes of an answer that comes in from now on, whatever it held before.
  package func hold(_ byteCount: Int) {
    become(AnswerMemory.Load(all: byteCount))
  }

  /// Holds `byteCount` bytes of an answer that came to its end.
  func end(_ byteCount: Int) {
    become(AnswerMemory.Load(all: byteCount, ended: byteCount))
  }

  private func become(_ load: AnswerMemory.Load) {
    let change = held.withLock { held in
      defer { held = load }
      return AnswerMemory.Load(all: load.all - held.all, ended: load.ended - held.ended)
    }
    if change.all != 0 || change.ended != 0 { memory.change(by: change) }
  }
}
