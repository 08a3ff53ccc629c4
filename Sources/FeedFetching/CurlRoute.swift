internal import CLibcurl
internal import Glibc
internal import Syndication

/// How one hop of a request reaches its host: directly or through a proxy, trusting whom and shown as
/// whom; judged before libcurl hears of it.
struct CurlRoute {
  let proxy: ProxyAddress?
  let allowsPrivateAddresses: Bool
  private let proxyCredentials: Credentials?
  private let authorityPath: String?
  /// Proxies are nobody's host, so that no host's own authorities vouch for them.
  private let proxyAuthorityPath: String?
  private let certificatePath: String?
  private let keyPath: String?
  /// The host that led to this one; nil where the request began here.
  private let leader: String?

  /// The way to where `chain` stands.
  ///
  /// - Throws: why it may not or cannot be gone.
  init(
    along chain: RedirectChain, of request: FetchRequest, _ settings: TransportSettings
  ) throws(FetchFailure) {
    let route = request.route(along: chain.hosts)
    leader = chain.hosts.last { $0 != chain.current.host }
    proxy = route.proxy
    allowsPrivateAddresses = route.allowsPrivateAddresses
    proxyCredentials = route.proxyCredentials
    authorityPath =
      try CurlRoute.path(of: route.authorities, settings) ?? settings.certificateAuthorityPath
    proxyAuthorityPath =
      try CurlRoute.path(of: request.network.authorities, settings)
      ?? settings.certificateAuthorityPath
    certificatePath = try CurlRoute.path(of: route.certificate, settings)
    keyPath = try CurlRoute.path(of: route.key, settings)
    try checkTarget(chain.current)
  }

  /// What a look-up is made of and what connects.
  func connectedHost(to address: FetchAddress) -> String { proxy?.host ?? address.host }

  /// What may be connected to. The operator names a proxy, so it may be anywhere.
  var guardian: AddressGuard {
    AddressGuard(allowsPrivateAddresses: allowsPrivateAddresses || proxy != nil)
  }

  /// A proxy connects out of our sight, so what the address itself says is judged here. Names are the
  /// proxy's to look up and to judge: looking them up here as well would tell them to a resolver that
  /// the proxy is meant to hide them from, and need not find the proxy's answer.
  private func checkTarget(_ address: FetchAddress) throws(FetchFailure) {
    if AddressGuard.isClosed(port: address.port) {
      throw BlockedAddress(host: address.host, leader: leader).failure(port: address.port)
    }
    guard proxy != nil else { return }
    let host = address.host.drop { $0 == "[" }.prefix { $0 != "]" }
    let name = host.hasSuffix(".") ? host.dropLast() : host
    if let number = IPAddress(String(name)) {
      let guardian = AddressGuard(allowsPrivateAddresses: allowsPrivateAddresses)
      if let refusal = guardian.refusal(of: number) {
        throw blocked(address.host, number, refusal)
      }
    }
    if !allowsPrivateAddresses, name == "localhost" || name.hasSuffix(".localhost") {
      throw blocked(address.host, nil, .init(.inside, "the proxy's own machine"))
    }
  }

  private static func path(
    of file: FileReference?, _ settings: TransportSettings
  ) throws(FetchFailure) -> String? {
    guard let file else { return nil }
    guard let path = file.path(credentialFolder: settings.credentialFolder) else {
      throw FetchFailure(
        .credential, "\(file) cannot be found: $CREDENTIALS_DIRECTORY is not set")
    }
    guard access(path, R_OK) == 0 else {
      throw FetchFailure(
        .credential, "\(file) cannot be read: \(String(cString: strerror(errno)))")
    }
    return path
  }
}

extension CurlRoute {
  func apply(to handle: UnsafeMutableRawPointer) {
    trust(authorityPath, CURLOPT_CAINFO, CURLOPT_CAPATH, of: handle)
    if let certificatePath {
      curl_shim_setopt_string(handle, CURLOPT_SSLCERT, certificatePath)
      curl_shim_setopt_string(handle, CURLOPT_SSLKEY, keyPath ?? certificatePath)
    }
    // The empty string turns off the environment's proxies, which would connect past the guard; and
    // its exceptions would connect past the operator's proxy.
    curl_shim_setopt_string(handle, CURLOPT_PROXY, proxy?.description ?? "")
    curl_shim_setopt_string(handle, CURLOPT_NOPROXY, "")
    guard proxy != nil else { return }
    // What the proxy says of itself is no part of the answer.
    curl_shim_setopt_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    trust(proxyAuthorityPath, CURLOPT_PROXY_CAINFO, CURLOPT_PROXY_CAPATH, of: handle)
    curl_shim_setopt_long(handle, CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    curl_shim_setopt_long(handle, CURLOPT_SOCKS5_AUTH, curl_shim_auth_basic)
    signIn(handle)
  }

  /// Only what `file` holds: with the folder left as it is, libcurl would trust the system's besides.
  private func trust(
    _ file: String?, _ fileOption: CURLoption, _ folderOption: CURLoption,
    of handle: UnsafeMutableRawPointer
  ) {
    guard let file else { return }
    curl_shim_setopt_string(handle, fileOption, file)
    curl_shim_setopt_string(handle, folderOption, nil)
  }

  private func signIn(_ handle: UnsafeMutableRawPointer) {
    switch proxyCredentials {
    case .basic(let user, let password):
      signIn(user, password, scheme: curl_shim_auth_basic, handle)
    case .digest(let user, let password):
      signIn(user, password, scheme: curl_shim_auth_digest, handle)
    case .bearer, nil: break
    }
  }

  private func signIn(
    _ user: String, _ password: String, scheme: Int, _ handle: UnsafeMutableRawPointer
  ) {
    curl_shim_setopt_long(handle, CURLOPT_PROXYAUTH, scheme)
    curl_shim_setopt_string(handle, CURLOPT_PROXYUSERNAME, user)
    curl_shim_setopt_string(handle, CURLOPT_PROXYPASSWORD, password)
  }
}

extension CurlRoute {
  /// The guard's refusal of `host`, which resolved to `number` or is what its name says.
  func blocked(
    _ host: String, _ number: IPAddress?, _ refusal: AddressGuard.Refusal
  ) -> FetchFailure {
    BlockedAddress(host: host, leader: leader).failure(number: number, refusal)
  }
}
