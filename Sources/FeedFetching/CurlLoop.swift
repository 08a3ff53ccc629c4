internal import CLibcurl

/// The fetching thread's work: admits requests, drives libcurl, watches the time-outs that libcurl
/// does not have, and hands out results. Lives and dies on that thread.
final class CurlLoop {
  /// Time-outs are noticed this much late at most, so that thousands of slow transfers do not make
  /// each of their deadlines a wake-up.
  private static let deadlineGrain = Duration.milliseconds(20)
  private static let longestSleep = Duration.seconds(60)
  private static let idleHandleLimit = 128

  private let mailbox: CurlMailbox
  let settings: TransportSettings
  private let multi: UnsafeMutableRawPointer
  private let sockets: CurlSockets
  private let resolutions: CurlList
  private(set) var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
  /// Transfers that wait for a look-up to become free.
  private var waiting = Queue<CurlTransfer>()
  private var lookupCount = 0
  private var nextSweep: SuspendingClock.Instant?
  /// What ended in this turn. Told at once when it ends, so that who hears it wakes up once.
  private var ended: [(submission: CurlMailbox.Submission, result: FetchResult)] = []
  private var idleHandles: [UnsafeMutableRawPointer] = []
  private let files: CurlFileReads
  private var fileReads: [CurlFileReads.Read] = []
  let memory: AnswerMemory
  var receptions: ReceptionLine<UnsafeMutableRawPointer>
  /// When to look who is slow; nil while there is memory for all.
  var nextShortageLook: SuspendingClock.Instant?

  init(
    mailbox: CurlMailbox, settings: TransportSettings, files: CurlFileReads, memory: AnswerMemory
  ) {
    guard let multi = curl_multi_init() else { preconditionFailure("libcurl has no memory") }
    self.mailbox = mailbox
    self.settings = settings
    self.multi = multi
    sockets = CurlSockets(of: multi)
    self.files = files
    self.memory = memory
    receptions = ReceptionLine(limits: settings.answers)
    resolutions = CurlList(settings.resolutions)
    CurlOptions.apply(settings, toMulti: multi)
    mailbox.attach(sockets.bell)
  }

  deinit {
    mailbox.detach()
    for handle in idleHandles { curl_easy_cleanup(handle) }
    curl_multi_cleanup(multi)
  }

  func run() {
    while true {
      let (submissions, isClosed) = mailbox.take()
      for submission in submissions { accept(submission) }
      guard !isClosed else { return cancelAll() }
      advance()
      sweep()
      relieve()
      tell()
      sockets.wait(atMost: mailbox.mayDoze() ? sleep : .zero)
    }
  }

  private func accept(_ submission: CurlMailbox.Submission) {
    let request = submission.request
    let address: FetchAddress
    do throws(FetchFailure) { address = try FetchAddress(parsing: request.url) } catch {
      return submission.completion(.failed(error, nil))
    }
    guard address.scheme != .file else {
      return read(submission, at: address)
    }
    if let problem = RequestFields.problem(of: request) {
      return submission.completion(.failed(problem, nil))
    }
    proceed(CurlTransfer(submission: submission, address: address, loop: self))
  }

  /// Starts the next hop of `transfer`, or lines it up for a look-up.
  private func proceed(_ transfer: CurlTransfer) {
    do throws(FetchFailure) {
      let route = try transfer.findRoute(settings)
      if transfer.needsLookup { waiting.append(transfer) } else { start(transfer, along: route) }
    } catch {
      transfer.submission.completion(.failed(error, nil))
    }
  }

  /// Drives libcurl until nothing moves without the network.
  private func advance() {
    repeat {
      admit()
      sockets.fireTimer()
    } while collect() || canAdmit
  }

  private var canAdmit: Bool {
    !waiting.isEmpty && lookupCount < settings.lookupLimit
  }

  private func admit() {
    while canAdmit, let transfer = waiting.popFirst() {
      if let route = transfer.route { start(transfer, along: route) }
    }
  }

  private func start(_ transfer: CurlTransfer, along route: CurlRoute) {
    // A used handle may have a buffer of another size than a crowd's.
    let used = transfers.count > CurlTransfer.crowd ? nil : idleHandles.popLast()
    guard let handle = used ?? curl_easy_init() else {
      return transfer.submission.completion(
        .failed(FetchFailure(.protocolError, "libcurl has no memory"), nil))
    }
    transfers[handle] = transfer
    if transfer.needsLookup {
      lookupCount += 1
      transfer.holdsLookup = true
    }
    transfer.begin(
      route, on: handle, among: transfers.count, resolutions: resolutions, settings: settings)
    curl_multi_add_handle(multi, handle)
  }

  /// Takes in what ended; true if anything did.
  private func collect() -> Bool {
    var didCollect = false
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else {
        continue
      }
      didCollect = true
      end(handle) { $0.outcome(of: message.pointee.data.result) }
    }
    return didCollect
  }

  /// Takes the transfer off `handle`, asks it what follows, and does that.
  func end(
    _ handle: UnsafeMutableRawPointer, _ outcome: (CurlTransfer) -> CurlTransfer.Outcome
  ) {
    guard let transfer = transfers.removeValue(forKey: handle) else { return }
    let next = outcome(transfer)
    receptions.end(handle)
    curl_multi_remove_handle(multi, handle)
    releaseLookup(of: transfer)
    transfer.leaveHandle()
    retire(handle, isReusable: !transfer.hasSmallBuffer)
    switch next {
    case .goesOn: proceed(transfer)
    case .ended(let result): ended.append((transfer.submission, result))
    }
  }

  private func tell() {
    for (submission, result) in ended { submission.completion(result) }
    ended.removeAll(keepingCapacity: true)
  }

  private func retire(_ handle: UnsafeMutableRawPointer, isReusable: Bool) {
    guard isReusable, idleHandles.count < CurlLoop.idleHandleLimit else {
      return curl_easy_cleanup(handle)
    }
    curl_easy_reset(handle)
    idleHandles.append(handle)
  }

  private func cancelAll() {
    for handle in Array(transfers.keys) { end(handle) { _ in .ended(.cancelled) } }
    tell()
    while let transfer = waiting.popFirst() { transfer.submission.completion(.cancelled) }
    for read in fileReads { read.finish(.cancelled) }
    for submission in mailbox.take().submissions { submission.completion(.cancelled) }
  }
}

// MARK: Files

extension CurlLoop {
  private func read(_ submission: CurlMailbox.Submission, at address: FetchAddress) {
    let read = files.start(submission.request, at: address, completion: submission.completion)
    fileReads.append(read)
    watch(until: read.deadline)
  }
}

// MARK: Look-ups

extension CurlLoop {
  /// The transfer's name is resolved, or will not be.
  func releaseLookup(of transfer: CurlTransfer) {
    guard transfer.holdsLookup else { return }
    transfer.holdsLookup = false
    lookupCount -= 1
  }
}

// MARK: Time-outs

extension CurlLoop {
  /// Makes sure that the loop looks at its transfers at `deadline`.
  func watch(until deadline: SuspendingClock.Instant) {
    nextSweep = nextSweep.map { min($0, deadline) } ?? deadline
  }

  /// Ends the transfers that are past a time-out.
  private func sweep() {
    let now = SuspendingClock.now
    guard let due = nextSweep, due <= now else { return }
    nextSweep = nil
    sweepFiles(now)
    makeRoom(now)
    for (handle, transfer) in transfers {
      if let failure = transfer.lateness(at: now) {
        end(handle) { .ended($0.abandoned(because: failure)) }
      } else if let deadline = transfer.deadline {
        watch(until: max(deadline, now + CurlLoop.deadlineGrain))
      }
    }
  }

  private func sweepFiles(_ now: SuspendingClock.Instant) {
    fileReads.removeAll { $0.isDone }
    for read in fileReads {
      if read.deadline <= now {
        let limit = read.request.limits.totalTimeout.inWords
        read.finish(
          .failed(FetchFailure(.totalTimeout, "the file is not read within \(limit)"), nil))
      } else {
        watch(until: max(read.deadline, now + CurlLoop.deadlineGrain))
      }
    }
  }

  /// libcurl's own time-outs shorten this.
  private var sleep: Duration {
    guard waiting.isEmpty || !transfers.isEmpty else { return .zero }
    let sleep = nextSweep.map { SuspendingClock.now.duration(to: $0) } ?? CurlLoop.longestSleep
    return min(sleep, CurlLoop.longestSleep)
  }
}

extension Duration {
  var wholeMillisecondsUp: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
