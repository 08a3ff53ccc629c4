internal import CLibcurl
internal import Glibc
internal import Synchronization

/// What holds for every request of a transport.
package struct TransportSettings: Sendable {
  /// A PEM file of certificate authorities to trust instead of the system's, where a request names none;
  /// nil for the system's.
  package var certificateAuthorityPath: String?
  /// Where systemd puts the service's credentials ($CREDENTIALS_DIRECTORY).
  package var credentialFolder: String?
  /// Names that are not looked up, in the form of libcurl's CURLOPT_RESOLVE: `host:port:address`.
  package var resolutions: [String] = []
  /// Transfers whose name is being looked up at one time. libcurl spends a thread on each.
  package var lookupLimit = 24
  /// Idle connections that are kept. Each new fetch searches all of them.
  package var idleConnectionLimit = 256
  /// Seconds after which an idle connection is likelier closed than alive, and not used again.
  package var idleConnectionSeconds = 60
  /// Memory for answers, from their first byte until they are stored.
  package var answers = AnswerLimits()

  package init() {}
}

/// Fetches through libcurl: one multi handle on one thread of its own, which never blocks on a server.
///
/// Thousands of requests may be under way; what is started beyond `TransportSettings.lookupLimit`
/// unresolved names waits its turn, and its time-outs do not run while it waits.
package final class CurlTransport: Transport, Sendable {
  private let mailbox = CurlMailbox()
  private let memory: AnswerMemory
  private let thread: Mutex<pthread_t?>

  package convenience init(settings: TransportSettings = TransportSettings()) {
    self.init(settings: settings, readingFiles: LocalFile.fetch)
  }

  /// A transport that has `readingFiles` read what feeds.conf names as files.
  package init(
    settings: TransportSettings,
    readingFiles: @escaping @Sendable (FetchRequest, FetchAddress) -> FetchResult
  ) {
    precondition(CurlTransport.isLibraryReady, "libcurl cannot be initialised")
    memory = AnswerMemory { [mailbox] in mailbox.ring() }
    let start = ThreadStart(
      mailbox: mailbox, settings: settings, files: CurlFileReads(fetch: readingFiles),
      memory: memory)
    thread = Mutex(CurlTransport.startThread(start))
  }

  deinit {
    shutDown()
  }

  package func start(
    _ request: FetchRequest, completion: @escaping @Sendable (FetchResult) -> Void
  ) {
    let submission = CurlMailbox.Submission(request: request, completion: completion)
    guard mailbox.submit(submission) else { return completion(.cancelled) }
  }

  /// Bytes that answers hold which come in or were not dealt with yet.
  package var heldByteCount: Int { memory.byteCount }

  /// Not to be called from a completion, which runs on the thread that this waits for.
  package func shutDown() {
    mailbox.close()
    thread.withLock { thread in
      guard let running = thread else { return }
      pthread_join(running, nil)
      thread = nil
    }
  }

  private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  private static func startThread(_ start: ThreadStart) -> pthread_t {
    let context = Unmanaged.passRetained(start).toOpaque()
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, { CurlTransport.runLoop($0) }, context)
    precondition(status == 0, "no thread for fetching: \(String(cString: strerror(status)))")
    return thread
  }

  private static func runLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
    blockSignals()
    CurlLoop(
      mailbox: start.mailbox, settings: start.settings, files: start.files, memory: start.memory
    ).run()
    return nil
  }

  /// Signals are the main program's; and a write to a closed socket must not raise SIGPIPE here,
  /// which libcurl cannot prevent everywhere under CURLOPT_NOSIGNAL. Resolver threads inherit this.
  private static func blockSignals() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
  }

  private final class ThreadStart: Sendable {
    let mailbox: CurlMailbox
    let settings: TransportSettings
    let files: CurlFileReads
    let memory: AnswerMemory

    init(
      mailbox: CurlMailbox, settings: TransportSettings, files: CurlFileReads,
      memory: AnswerMemory
    ) {
      self.mailbox = mailbox
      self.settings = settings
      self.files = files
      self.memory = memory
    }
  }
}

extension FetchResult {
  static var cancelled: FetchResult {
    .failed(FetchFailure(.cancelled, "the program is stopping"), nil)
  }
}
