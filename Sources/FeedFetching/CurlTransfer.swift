internal import CLibcurl
internal import Glibc
internal import Syndication

/// One request under way: the way it took, what arrived, and how long it may still take.
final class CurlTransfer {
  enum Outcome {
    case goesOn
    case ended(FetchResult)
  }

  private enum Phase {
    /// Name, connection, TLS; libcurl watches the time.
    case connecting
    case waiting(since: SuspendingClock.Instant)
    case receiving(since: SuspendingClock.Instant, byteCountThen: Int)
    /// Until there is memory for more of the answer.
    case heldBack(since: SuspendingClock.Instant)
  }

  /// What became of some bytes of a body.
  enum Uptake {
    case taken
    /// To be given again later.
    case heldBack
    /// The transfer is to end.
    case refused
  }

  /// Slower than this over `FetchLimits.stallTimeout` is a stall.
  static let stallBytesPerSecond = 100
  /// Slower than this is too slow while others wait for the memory that the answer holds.
  static let shortageBytesPerSecond = 32 << 10
  /// Headers that are longer are refused while memory is short.
  static let shortageHeaderByteLimit = 16 << 10

  let submission: CurlMailbox.Submission
  private(set) var chain: RedirectChain
  /// How the next hop, or the present one, reaches its host.
  private(set) var route: CurlRoute?
  /// Whether one of the loop's look-ups is this transfer's.
  var holdsLookup = false
  private unowned let loop: CurlLoop
  private var phase = Phase.connecting
  private var startedAt: SuspendingClock.Instant?
  private var reception: Reception
  private var earlierByteCount = 0
  private var wasConditional = false
  private var handle: UnsafeMutableRawPointer?
  private var headerLines: CurlList?
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var didOpenSocket = false
  private var refusedAddress: FetchFailure?
  private let hold: AnswerHold
  /// Why the answer's header is not taken.
  private var headerProblem: FetchFailure?
  /// How long the answer was held back: its own time does not run meanwhile.
  private var heldBackTime = Duration.zero
  /// Of the present hop, from `hopStartedAt` on.
  private var totalTime = Duration.zero
  private var hopStartedAt = SuspendingClock.now
  /// What had arrived when it was last looked who is slow.
  private var look: (at: SuspendingClock.Instant, byteCount: Int)?

  init(submission: CurlMailbox.Submission, address: FetchAddress, loop: CurlLoop) {
    self.submission = submission
    self.loop = loop
    chain = RedirectChain(
      start: address, ledFrom: submission.request.ledFrom.flatMap(FetchAddress.init),
      among: submission.request.hosts)
    reception = Reception(limits: submission.request.limits)
    hold = AnswerHold(in: loop.memory)
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    errorText.deallocate()
  }

  var request: FetchRequest { submission.request }

  /// What the current hop connects to: its host, or the proxy before it.
  private var connectedHost: String {
    route?.connectedHost(to: chain.current) ?? chain.current.host
  }

  /// Addresses written as numbers need no look-up.
  var needsLookup: Bool {
    let host = connectedHost
    return !host.hasPrefix("[") && IPAddress(host) == nil
  }

  private var guardian: AddressGuard {
    route?.guardian ?? AddressGuard(allowsPrivateAddresses: false)
  }

  /// Finds the way to where the chain stands.
  ///
  /// - Throws: why there is none.
  func findRoute(_ settings: TransportSettings) throws(FetchFailure) -> CurlRoute {
    let route = try CurlRoute(along: chain, of: request, settings)
    self.route = route
    return route
  }

  /// libcurl's buffer for what is received, among so many transfers that theirs add up: 16 KiB else.
  static let crowdedBufferByteCount = 2 << 10
  static let crowd = 512

  /// Whether the present hop has a small buffer: libcurl's handle keeps it, and must not be used with
  /// another size again.
  private(set) var hasSmallBuffer = false

  /// Prepares `handle` for the next hop along `route`, among `count` transfers.
  func begin(
    _ route: CurlRoute, on handle: UnsafeMutableRawPointer, among count: Int,
    resolutions: CurlList, settings: TransportSettings
  ) {
    let now = SuspendingClock.now
    let start = startedAt ?? now
    startedAt = start
    self.handle = handle
    phase = .connecting
    didOpenSocket = false
    refusedAddress = nil
    errorText.pointee = 0
    reception = Reception(limits: request.limits)
    hold.hold(0)
    look = nil
    hopStartedAt = now
    totalTime = request.limits.totalTimeout + heldBackTime - start.duration(to: now)
    // Only where no HTTP/2 can be spoken: see CurlOptions.
    hasSmallBuffer = count > Self.crowd && chain.current.scheme == .http && route.proxy == nil
    let conditions = RequestFields.conditions(of: request, at: chain)
    wasConditional = !conditions.isEmpty
    let lines = CurlList(
      RequestFields.fields(of: request, at: chain, conditions: conditions).map(\.line))
    headerLines = lines
    CurlOptions.apply(
      CurlOptions.Hop(
        request: request, chain: chain, route: route, headerLines: lines, resolutions: resolutions,
        remaining: totalTime, bufferByteCount: hasSmallBuffer ? Self.crowdedBufferByteCount : nil,
        errorText: errorText,
        context: Unmanaged.passUnretained(self).toOpaque()),
      settings, to: handle)
  }

  /// The handle belongs to another from here on.
  func leaveHandle() {
    handle = nil
    headerLines = nil
  }
}

// MARK: Called back by libcurl

extension CurlTransfer {
  static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// A socket for `address`, if the guard lets it pass. This is the moment after the look-up and
  /// before the first packet, for the address that is really used.
  func openSocket(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
    loop.releaseLookup(of: self)
    guard let number = IPAddress(curl_shim_address(address)) else { return curl_shim_no_socket }
    if let refusal = guardian.refusal(of: number) {
      refusedAddress = route?.blocked(connectedHost, number, refusal)
      return curl_shim_no_socket
    }
    didOpenSocket = true
    return socket(
      address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
      address.pointee.protocol)
  }

  /// Whether the request may be sent over the connection from `local` to `remote`, which may be one
  /// that another request with other rights opened.
  func maySend(to remote: String, from local: String) -> Bool {
    loop.releaseLookup(of: self)
    if let number = IPAddress(remote), let refusal = refusal(of: number, from: local) {
      refusedAddress = route?.blocked(connectedHost, number, refusal)
      return false
    }
    phase = .waiting(since: .now)
    deadline.map(loop.watch)
    return true
  }

  private func refusal(of number: IPAddress, from local: String) -> AddressGuard.Refusal? {
    if let refusal = guardian.refusal(of: number) { return refusal }
    // A public address of this very machine leads to services that trust the machine.
    guard !guardian.allowsPrivateAddresses, IPAddress(local) == number else { return nil }
    return .init(.inside, "an address of this machine")
  }

  func take(headerLine line: UnsafeRawBufferPointer) -> Bool {
    noteArrival()
    let goesOn = reception.take(headerLine: line)
    hold.hold(reception.heldByteCount)
    if reception.headIsComplete { decideReuse() }
    guard goesOn, reception.headerByteCount > Self.shortageHeaderByteLimit, loop.isFull else {
      return goesOn
    }
    headerProblem = FetchFailure(
      .tooLarge,
      "the header is larger than \(Self.shortageHeaderByteLimit) bytes while memory is short")
    return false
  }

  func take(body bytes: UnsafeRawBufferPointer) -> Uptake {
    if let handle, reception.isDocument, !loop.mayTake(self, on: handle) {
      phase = .heldBack(since: .now)
      // libcurl looks at its own time no more after a pause, but where it happens to look it ends.
      CurlOptions.setTotalTime(totalTime + longestWait, of: handle)
      deadline.map(loop.watch)
      return .heldBack
    }
    let goesOn = reception.take(body: bytes)
    hold.hold(reception.heldByteCount)
    return goesOn ? .taken : .refused
  }

  var heldByteCount: Int { hold.byteCount }

  /// Of header and body, the latter without its coding.
  var arrivedByteCount: Int { reception.keptByteCount }

  /// There is memory for more of the answer.
  func resume() {
    guard case .heldBack(let since) = phase else { return }
    let now = SuspendingClock.now
    heldBackTime += since.duration(to: now)
    totalTime += since.duration(to: now)
    phase = .receiving(since: now, byteCountThen: reception.receivedByteCount)
    look = (now, reception.receivedByteCount)
    deadline.map(loop.watch)
  }

  private func noteArrival() {
    guard case .waiting = phase else { return }
    phase = .receiving(since: .now, byteCountThen: 0)
    deadline.map(loop.watch)
  }

  /// Connections to hosts that are not asked again soon are closed: searching thousands of idle ones
  /// for each new request costs more than connecting. A redirect often stays on its host.
  private func decideReuse() {
    let isKept = request.keepsConnection || RedirectChain.isRedirect(reception.head.status)
    CurlOptions.setReuse(isKept, of: handle)
  }
}

// MARK: Time-outs

extension CurlTransfer {
  /// When `lateness(at:)` may have something to say; nil while libcurl itself watches.
  var deadline: SuspendingClock.Instant? {
    switch phase {
    case .connecting: nil
    case .waiting(let since): since + request.limits.firstByteTimeout
    case .receiving(let since, _):
      [since + request.limits.stallTimeout, end].compactMap(\.self).min()
    case .heldBack(let since): since + longestWait - heldBackTime
    }
  }

  /// When the answer's own time is over; nil as long as libcurl itself watches that.
  private var end: SuspendingClock.Instant? {
    heldBackTime > .zero ? hopStartedAt + totalTime : nil
  }

  /// The time-out that is passed at `now`. Begins a new stretch of time where enough arrived in the
  /// last one.
  func lateness(at now: SuspendingClock.Instant) -> FetchFailure? {
    guard let deadline, deadline <= now else { return nil }
    switch phase {
    case .connecting: return nil
    case .waiting:
      return FetchFailure(
        .firstByteTimeout, "no answer within \(request.limits.firstByteTimeout.inWords)")
    case .heldBack: return heldBackTooLong
    case .receiving(let since, let byteCountThen):
      return lateness(at: now, since: since, byteCountThen: byteCountThen)
    }
  }

  private func lateness(
    at now: SuspendingClock.Instant, since: SuspendingClock.Instant, byteCountThen: Int
  ) -> FetchFailure? {
    if let end, end <= now {
      return FetchFailure(
        .totalTimeout,
        "the answer is not whole within \(request.limits.totalTimeout.inWords) of its own time")
    }
    guard since + request.limits.stallTimeout <= now else { return nil }
    let arrived = reception.receivedByteCount - byteCountThen
    let wanted = since.duration(to: now) * CurlTransfer.stallBytesPerSecond
    guard Duration.seconds(arrived) < wanted else {
      phase = .receiving(since: now, byteCountThen: reception.receivedByteCount)
      return nil
    }
    return FetchFailure(
      .stallTimeout,
      "less than \(CurlTransfer.stallBytesPerSecond) bytes a second for "
        + request.limits.stallTimeout.inWords)
  }

  private var longestWait: Duration { loop.settings.answers.longestWait }

  private var heldBackTooLong: FetchFailure {
    FetchFailure(
      .totalTimeout,
      "other servers' answers left no memory for this one for \(longestWait.inWords)")
  }

  static let tooSlowForShortage = FetchFailure(
    .stallTimeout,
    "less than \(shortageBytesPerSecond) bytes a second while others waited for memory")

  /// Whether less arrived since the last look than is enough while memory is short. Nobody is judged by
  /// less time than `patience`.
  func isSlow(at now: SuspendingClock.Instant, patience: Duration) -> Bool {
    guard case .receiving = phase else { return false }
    guard let look else {
      look = (now, reception.receivedByteCount)
      return false
    }
    guard look.at + patience <= now else { return false }
    defer { self.look = (now, reception.receivedByteCount) }
    return Duration.seconds(reception.receivedByteCount - look.byteCount)
      < look.at.duration(to: now) * Self.shortageBytesPerSecond
  }

  func abandoned(because failure: FetchFailure) -> FetchResult {
    verdict.ofAbandonedTransfer(failure)
  }
}

// MARK: The end

extension CurlTransfer {
  private var verdict: Verdict {
    Verdict(
      request: request, chain: chain, reception: reception, earlierByteCount: earlierByteCount,
      wasConditional: wasConditional, hold: hold)
  }

  /// What follows from libcurl's word that the transfer is done.
  func outcome(of code: CURLcode) -> Outcome {
    if let failure = headerProblem ?? reception.failure {
      return .ended(abandoned(because: failure))
    }
    defer { hold.end(reception.keptByteCount) }
    guard code == CURLE_OK || reception.hasEnough else { return .ended(failed(with: code)) }
    guard reception.headIsComplete else {
      // libcurl takes a header that stops in the middle for one without a body.
      return .ended(abandoned(because: FetchFailure(.incomplete, "the header was cut")))
    }
    guard RedirectChain.isRedirect(reception.head.status) else {
      return .ended(verdict.ofWholeTransfer)
    }
    do throws(FetchFailure) {
      try chain.follow(
        to: reception.head[.location], status: reception.head.status,
        limit: request.limits.redirectLimit)
    } catch {
      return .ended(abandoned(because: error))
    }
    earlierByteCount += reception.receivedByteCount
    return .goesOn
  }

  private func failed(with code: CURLcode) -> FetchResult {
    let failure = CurlFailure(
      code: code, handle: handle, errorText: String(cString: errorText), chain: chain,
      proxy: route?.proxy,
      limits: request.limits,
      refusedAddress: didOpenSocket && code != CURLE_ABORTED_BY_CALLBACK ? nil : refusedAddress,
      hasSent: hasSent, headIsComplete: reception.headIsComplete,
      elapsed: startedAt?.duration(to: .now) ?? .zero
    ).fetchFailure
    return failure.kind == .incomplete
      ? verdict.ofCutTransfer(failure) : verdict.ofAbandonedTransfer(failure)
  }

  private var hasSent: Bool {
    if case .connecting = phase { false } else { true }
  }
}

extension HeaderField {
  /// As libcurl's header list wants it: a semicolon stands for an empty value, which after a colon
  /// would remove the field.
  fileprivate var line: String { value.isEmpty ? "\(name);" : "\(name): \(value)" }
}

extension Duration {
  /// “30 s”, “0.2 s”
  var inWords: String {
    let milliseconds = milliseconds
    guard !milliseconds.isMultiple(of: 1000) else { return "\(milliseconds / 1000) s" }
    return "\(Double(milliseconds) / 1000) s"
  }
}
