internal import Glibc
internal import Synchronization

/// Where any thread leaves requests for the fetching thread.
final class CurlMailbox: Sendable {
  struct Submission: Sendable {
    let request: FetchRequest
    let completion: @Sendable (FetchResult) -> Void
  }

  private struct State {
    var submissions: [Submission] = []
    var isClosed = false
    /// Whether the fetching thread sleeps, or is about to: only then a letter has to ring.
    var isDozing = false
    /// The eventfd that wakes the fetching thread; nil while nobody listens.
    var bell: CInt?

    func ring() {
      guard let bell else { return }
      var one: UInt64 = 1
      _ = write(bell, &one, MemoryLayout<UInt64>.size)
    }
  }

  private let state = Mutex(State())

  /// False when the mailbox is closed.
  func submit(_ submission: Submission) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.submissions.append(submission)
      if state.isDozing { state.ring() }
      state.isDozing = false
      return true
    }
  }

  func close() {
    state.withLock { state in
      state.isClosed = true
      state.ring()
    }
  }

  /// Everything submitted since the last call, and whether nothing more will come.
  func take() -> (submissions: [Submission], isClosed: Bool) {
    state.withLock { state in
      defer { state.submissions = [] }
      state.isDozing = false
      return (state.submissions, state.isClosed)
    }
  }

  /// Whether the fetching thread may sleep until the bell rings; false while there are letters to take.
  func mayDoze() -> Bool {
    state.withLock { state in
      state.isDozing = state.submissions.isEmpty && !state.isClosed
      return state.isDozing
    }
  }

  /// Wakes the fetching thread.
  func ring() {
    state.withLock { $0.ring() }
  }

  /// Lets submissions ring `bell` until `detach()`.
  func attach(_ bell: CInt) {
    state.withLock { $0.bell = bell }
  }

  func detach() {
    state.withLock { $0.bell = nil }
  }
}
