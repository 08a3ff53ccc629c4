/// A proxy that requests go through: `http://proxy.example:3128`, `https://…` or `socks5h://…`.
package struct ProxyAddress: Hashable, Sendable, CustomStringConvertible {
  /// With each of them the proxy looks names up, so that no name is looked up here whose address the
  /// proxy would not use.
  package enum Scheme: String, Hashable, Sendable, CaseIterable {
    case http
    case https
    case socks5h

    fileprivate var defaultPort: Int {
      switch self {
      case .http: 80
      case .https: 443
      case .socks5h: 1080
      }
    }
  }

  package let scheme: Scheme
  /// In small letters; an IPv6 address in its brackets.
  package let host: String
  package let port: Int

  /// The proxy that `text` names; nothing may follow the port but a slash.
  package init(_ text: String) throws(FeedAddress.Problem) {
    guard let end = text.firstRange(of: "://"),
      let scheme = Scheme(rawValue: String(text[..<end.lowerBound]))
    else {
      throw FeedAddress.Problem(
        message: "no proxy's address (http://, https:// or socks5h://, a host and a port)")
    }
    let rest = text[end.upperBound...]
    guard !rest.contains("@") else {
      throw FeedAddress.Problem(
        message: "a user name or password in a URL; the credentials-file has a place for the proxy")
    }
    let (host, port) = try FeedAddress.split(rest.hasSuffix("/") ? rest.dropLast() : rest)
    self.scheme = scheme
    self.host = host
    self.port = port ?? scheme.defaultPort
  }

  package var description: String { "\(scheme.rawValue)://\(host):\(port)" }
}
