internal import CLibcurl
internal import Glibc
internal import Syndication

/// How libcurl's error codes become the names and sentences of this program.
struct CurlFailure {
  let code: CURLcode
  let handle: UnsafeMutableRawPointer?
  /// libcurl's own words, more exact than those of the code; may be empty.
  let errorText: String
  let chain: RedirectChain
  let proxy: ProxyAddress?
  let limits: FetchLimits
  /// The guard's words, where it refused every address that was tried.
  let refusedAddress: FetchFailure?
  /// Whether the request was sent, as opposed to the connection still being made.
  let hasSent: Bool
  let headIsComplete: Bool
  let elapsed: Duration

  var fetchFailure: FetchFailure {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST:
      FetchFailure(.dns, "the name \(chain.current.host) cannot be resolved")
    case CURLE_COULDNT_RESOLVE_PROXY:
      FetchFailure(.proxy, "the proxy's name \(proxy?.host ?? "") cannot be resolved")
    case CURLE_PROXY: FetchFailure(.proxy, "the proxy does not connect: \(words)")
    case CURLE_COULDNT_CONNECT, CURLE_ABORTED_BY_CALLBACK: refusedAddress ?? connectFailure
    case CURLE_OPERATION_TIMEDOUT: timeout
    case CURLE_OUT_OF_MEMORY where hasSent && !headIsComplete:
      // Of a header line beyond libcurl's own limit of 100 KiB.
      FetchFailure(.tooLarge, "a header field is larger than any honest one")
    case CURLE_URL_MALFORMAT: FetchFailure(.address, "the address cannot be read: \(words)")
    case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING,
      CURLE_HTTP2_STREAM, CURLE_HTTP2:
      broken
    default:
      CurlFailure.tlsCodes.contains(code)
        ? FetchFailure(.tls, "no secure connection: \(tlsWords)")
        : FetchFailure(.protocolError, "the answer cannot be understood: \(words)")
    }
  }

  private static let tlsCodes: [CURLcode] = [
    CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
    CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
    CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
    CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
    CURLE_USE_SSL_FAILED,
  ]

  private var broken: FetchFailure {
    guard hasSent else {
      if let tunnelFailure { return tunnelFailure }
      return FetchFailure(.unreachable, "the connection broke while it was made: \(words)")
    }
    return FetchFailure(
      .incomplete,
      headIsComplete ? "the answer broke off: \(words)" : "the connection ended without an answer")
  }

  private var connectFailure: FetchFailure {
    var number = 0
    curl_shim_getinfo_long(handle, CURLINFO_OS_ERRNO, &number)
    let peer =
      proxy.map { "the proxy \($0.host), port \($0.port)," }
      ?? "\(chain.current.host), port \(chain.current.port)"
    return switch Int32(truncatingIfNeeded: number) {
    case ECONNREFUSED:
      FetchFailure(proxy == nil ? .refused : .proxy, "\(peer) refuses connections")
    case 0: FetchFailure(proxy == nil ? .unreachable : .proxy, "\(peer) cannot be reached")
    case let error:
      FetchFailure(
        proxy == nil ? .unreachable : .proxy,
        "\(peer) cannot be reached: \(String(cString: strerror(error)))")
    }
  }

  /// Where a proxy did not open the tunnel that it was asked for.
  private var tunnelFailure: FetchFailure? {
    var status = 0
    curl_shim_getinfo_long(handle, CURLINFO_HTTP_CONNECTCODE, &status)
    guard proxy != nil, status != 0, !(200..<300 ~= status) else { return nil }
    return FetchFailure(
      .proxy,
      status == 407
        ? "the proxy wants credentials, or others than these; the credentials-file has a place for them"
        : "the proxy does not connect to \(chain.current.host): it answers \(status)")
  }

  private var timeout: FetchFailure {
    if hasSent || elapsed >= limits.totalTimeout {
      return FetchFailure(.totalTimeout, "not done within \(limits.totalTimeout.inWords)")
    }
    // libcurl's own words alone tell the phases apart: its times are 0 for all that failed.
    let phases = [("Resolving", "the name was not resolved"), ("SSL", "no TLS handshake")]
    let unfinished = phases.first { errorText.hasPrefix($0.0) }?.1 ?? "no connection"
    return FetchFailure(
      .connectTimeout, "\(unfinished) within \(limits.connectTimeout.inWords)")
  }

  private var words: String {
    printable(errorText.isEmpty ? String(cString: curl_easy_strerror(code)) : errorText)
  }

  private var tlsWords: String {
    for prefix in ["SSL certificate problem: ", "SSL: "] where words.hasPrefix(prefix) {
      return "the certificate does not hold: \(words.dropFirst(prefix.count))"
    }
    return words
  }
}
