internal import CLibcurl
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
    /// The address of the multi handle to wake; a number, since only waking is allowed from elsewhere.
    var wakeable: UInt?

    func wake() {
      guard let wakeable, let multi = UnsafeMutableRawPointer(bitPattern: wakeable) else { return }
      curl_multi_wakeup(multi)
    }
  }

  private let state = Mutex(State())

  /// False when the mailbox is closed.
  func submit(_ submission: Submission) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.submissions.append(submission)
      // A second letter into a box that is not emptied yet needs no second ring.
      if state.submissions.count == 1 { state.wake() }
      return true
    }
  }

  func close() {
    state.withLock { state in
      state.isClosed = true
      state.wake()
    }
  }

  /// Everything submitted since the last call, and whether nothing more will come.
  func take() -> (submissions: [Submission], isClosed: Bool) {
    state.withLock { state in
      defer { state.submissions = [] }
      return (state.submissions, state.isClosed)
    }
  }

  /// Lets submissions wake `multi` out of its poll until `detach()`.
  func attach(_ multi: UnsafeMutableRawPointer) {
    let address = UInt(bitPattern: multi)
    state.withLock { $0.wakeable = address }
  }

  func detach() {
    state.withLock { $0.wakeable = nil }
  }
}
