internal import Glibc
internal import Synchronization

/// Reads local files beside the fetching thread: a file on a server that is gone blocks whoever reads
/// it, for hours and without a way to give up.
///
/// A few threads at most, each for as long as there is something to read. What a thread hangs on is
/// answered without it, and the thread is left behind.
final class CurlFileReads: Sendable {
  /// So many files may hang until others are kept waiting.
  static let threadLimit = 4

  /// One file to read; its completion is called once, by whoever comes first.
  final class Read: Sendable {
    let address: FetchAddress
    let request: FetchRequest
    let deadline: SuspendingClock.Instant
    private let completion: Mutex<(@Sendable (FetchResult) -> Void)?>

    fileprivate init(
      _ request: FetchRequest, at address: FetchAddress,
      completion: @escaping @Sendable (FetchResult) -> Void
    ) {
      self.request = request
      self.address = address
      deadline = .now + request.limits.totalTimeout
      self.completion = Mutex(completion)
    }

    var isDone: Bool { completion.withLock { $0 == nil } }

    func finish(_ result: FetchResult) {
      let waiting = completion.withLock { completion in
        defer { completion = nil }
        return completion
      }
      waiting?(result)
    }
  }

  private struct State {
    var waiting = Queue<Read>()
    var threadCount = 0
  }

  private let state = Mutex(State())
  private let fetch: @Sendable (FetchRequest, FetchAddress) -> FetchResult

  /// `fetch` reads one file, however long that takes.
  init(fetch: @escaping @Sendable (FetchRequest, FetchAddress) -> FetchResult = LocalFile.fetch) {
    self.fetch = fetch
  }

  /// Begins to read the file at `address`; `completion` is called on another thread.
  func start(
    _ request: FetchRequest, at address: FetchAddress,
    completion: @escaping @Sendable (FetchResult) -> Void
  ) -> Read {
    let read = Read(request, at: address, completion: completion)
    let needsThread = state.withLock { state in
      state.waiting.append(read)
      guard state.threadCount < CurlFileReads.threadLimit else { return false }
      state.threadCount += 1
      return true
    }
    if needsThread { startThread() }
    return read
  }

  /// The thread is nobody's to wait for, so that the program ends whatever it hangs on.
  private func startThread() {
    let context = Unmanaged.passRetained(self).toOpaque()
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil, { CurlFileReads.readAll($0) }, context)
    guard status == 0 else {
      Unmanaged<CurlFileReads>.fromOpaque(context).release()
      return giveUp(String(cString: strerror(status)))
    }
    pthread_detach(thread)
  }

  private static func readAll(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<CurlFileReads>.fromOpaque(context).takeRetainedValue().readAll()
    return nil
  }

  private func readAll() {
    while let read = next() {
      if !read.isDone { read.finish(fetch(read.request, read.address)) }
    }
  }

  /// The next file to read; nil ends the thread that asks.
  private func next() -> Read? {
    state.withLock { state in
      if let read = state.waiting.popFirst() { return read }
      state.threadCount -= 1
      return nil
    }
  }

  private func giveUp(_ reason: String) {
    let waiting = state.withLock { state in
      state.threadCount -= 1
      defer { state.waiting = Queue() }
      return state.threadCount == 0 ? state.waiting : Queue()
    }
    var rest = waiting
    while let read = rest.popFirst() {
      read.finish(.failed(FetchFailure(.file, "no thread to read the file: \(reason)"), nil))
    }
  }
}
