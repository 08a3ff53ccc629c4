internal import CLibcurl
internal import Syndication

/// Everything that libcurl is told, each with its reason.
enum CurlOptions {
  /// What differs from one hop of a request to the next.
  struct Hop {
    let request: FetchRequest
    let chain: RedirectChain
    let route: CurlRoute
    let headerLines: CurlList
    let resolutions: CurlList
    /// Of the request's total time.
    let remaining: Duration
    /// Of libcurl's buffer for what is received; nil for libcurl's own choice.
    let bufferByteCount: Int?
    let errorText: UnsafeMutablePointer<CChar>
    /// The `CurlTransfer`, for the callbacks.
    let context: UnsafeMutableRawPointer
  }

  static func apply(_ settings: TransportSettings, toMulti multi: UnsafeMutableRawPointer) {
    // Finding a connection costs in proportion to the idle ones (11,700 fetches a second fall to 1,080
    // with thousands of them).
    curl_shim_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, settings.idleConnectionLimit)
    // Several feeds of one HTTP/2 host share its connection.
    curl_shim_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
  }

  static func apply(
    _ hop: Hop, _ settings: TransportSettings, to handle: UnsafeMutableRawPointer
  ) {
    let limits = hop.request.limits
    let numbers: [(CURLoption, Int)] = [
      // Signals belong to the program; the resolver thread makes them unnecessary.
      (CURLOPT_NOSIGNAL, 1),
      // A transfer given up must not wait for its resolver thread, nor must the program's end.
      (CURLOPT_QUICK_EXIT, 1),
      // Redirects are followed by hand, since each is judged first.
      (CURLOPT_FOLLOWLOCATION, 0),
      // Divided among the addresses of a name by libcurl itself, so a dead first one is survived.
      (CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits.connectTimeout)),
      (CURLOPT_TIMEOUT_MS, milliseconds(hop.remaining)),
      // HTTP/2 where TLS negotiates it; HTTP/0.9 would take any bytes for a document.
      (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)),
      (CURLOPT_HTTP09_ALLOWED, 0),
      // Not waiting for a connection that may come to be shared: one feed that hangs before its first
      // answer would hold up all others of its host.
      (CURLOPT_PIPEWAIT, 0),
      (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      (CURLOPT_SSL_VERIFYPEER, 1),
      (CURLOPT_SSL_VERIFYHOST, 2),
      // The decoding is ours (see ContentDecoder), so the bytes must come as sent.
      (CURLOPT_HTTP_CONTENT_DECODING, 0),
      (CURLOPT_MAXAGE_CONN, settings.idleConnectionSeconds),
    ]
    for (option, value) in numbers { curl_shim_setopt_long(handle, option, value) }
    // Else it stays as it is: with less than the default, libcurl 7.88 writes beyond the buffer when
    // several HTTP/2 streams share a connection.
    if let byteCount = hop.bufferByteCount {
      curl_shim_setopt_long(handle, CURLOPT_BUFFERSIZE, byteCount)
    }
    let strings: [(CURLoption, String?)] = [
      (CURLOPT_URL, hop.chain.current.text),
      // A second wall: libcurl speaks nothing else, whatever an address says.
      (CURLOPT_PROTOCOLS_STR, "http,https"),
      (CURLOPT_REDIR_PROTOCOLS_STR, "http,https"),
      (CURLOPT_USERAGENT, hop.request.userAgent.isEmpty ? nil : hop.request.userAgent),
    ]
    for case (let option, let value?) in strings { curl_shim_setopt_string(handle, option, value) }
    curl_shim_setopt_list(handle, CURLOPT_HTTPHEADER, hop.headerLines.pointer)
    curl_shim_setopt_list(handle, CURLOPT_RESOLVE, hop.resolutions.pointer)
    hop.route.apply(to: handle)
    if hop.chain.isAtStartOrigin { setCredentials(hop.request.credentials, of: handle) }
    setCallbacks(hop, of: handle)
  }

  /// Whether the connection may serve another request afterwards.
  static func setReuse(_ isAllowed: Bool, of handle: UnsafeMutableRawPointer?) {
    curl_shim_setopt_long(handle, CURLOPT_FORBID_REUSE, isAllowed ? 0 : 1)
  }

  /// Of a transfer under way, from its start on.
  static func setTotalTime(_ time: Duration, of handle: UnsafeMutableRawPointer?) {
    curl_shim_setopt_long(handle, CURLOPT_TIMEOUT_MS, milliseconds(time))
  }

  private static func setCredentials(
    _ credentials: Credentials?, of handle: UnsafeMutableRawPointer
  ) {
    switch credentials {
    case .basic(let user, let password):
      setLogin(user, password, scheme: curl_shim_auth_basic, of: handle)
    case .digest(let user, let password):
      setLogin(user, password, scheme: curl_shim_auth_digest, of: handle)
    case .bearer, nil: break
    }
  }

  private static func setLogin(
    _ user: String, _ password: String, scheme: Int, of handle: UnsafeMutableRawPointer
  ) {
    curl_shim_setopt_long(handle, CURLOPT_HTTPAUTH, scheme)
    curl_shim_setopt_string(handle, CURLOPT_USERNAME, user)
    curl_shim_setopt_string(handle, CURLOPT_PASSWORD, password)
  }

  private static func setCallbacks(_ hop: Hop, of handle: UnsafeMutableRawPointer) {
    for option in [
      CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_OPENSOCKETDATA, CURLOPT_PREREQDATA,
    ] {
      curl_shim_setopt_pointer(handle, option, hop.context)
    }
    curl_shim_setopt_pointer(handle, CURLOPT_ERRORBUFFER, hop.errorText)
    curl_shim_setopt_bytes_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return CurlTransfer.from(context)?.take(headerLine: line) == true ? line.count : 0
    }
    curl_shim_setopt_bytes_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return switch CurlTransfer.from(context)?.take(body: piece) {
      case .taken: piece.count
      case .heldBack: Int(CURL_WRITEFUNC_PAUSE)
      case .refused, nil: 0
      }
    }
    curl_shim_setopt_opensocket(handle) { context, _, address in
      guard let address else { return curl_shim_no_socket }
      return CurlTransfer.from(context)?.openSocket(address) ?? curl_shim_no_socket
    }
    curl_shim_setopt_prereq(handle) { context, remote, local, _, _ in
      guard let transfer = CurlTransfer.from(context), let remote, let local else {
        return Int32(CURL_PREREQFUNC_ABORT)
      }
      return transfer.maySend(to: String(cString: remote), from: String(cString: local))
        ? Int32(CURL_PREREQFUNC_OK) : Int32(CURL_PREREQFUNC_ABORT)
    }
  }

  /// At least one, since libcurl takes none for no limit.
  private static func milliseconds(_ time: Duration) -> Int {
    Int(max(1, min(time.milliseconds, 1 << 31)))
  }
}
