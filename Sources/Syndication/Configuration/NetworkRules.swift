/// What the operator says of the network, for every host and for single ones: asked anew for each hop
/// of a request, since a redirect leads from one host to another.
package struct NetworkRules: Hashable, Sendable {
  package var hosts: HostRules
  /// For hosts whose rule names none.
  package var proxy: ProxyAddress?
  /// A PEM file of certificate authorities to trust instead of the system's, for hosts whose rule names
  /// none, and for proxies.
  package var authorities: FileReference?
  package var logins: Logins

  package init(
    hosts: HostRules = [], proxy: ProxyAddress? = nil, authorities: FileReference? = nil,
    logins: Logins = Logins()
  ) {
    self.hosts = hosts
    self.proxy = proxy
    self.authorities = authorities
    self.logins = logins
  }

  /// The operator's rule for `host`: for exactly this one, else for the nearest domain above it whose
  /// scope is the registrable domain.
  package func rule(forHost host: String) -> HostRule? {
    guard !hosts.list.isEmpty else { return nil }
    return HostRule.hostName(host).flatMap { hosts[$0] }
  }

  /// How `host` is reached by what was meant for it.
  package func route(to host: String) -> HostRoute { route(along: [host]) }

  /// How the last of `hosts` is reached by a request that came by way of all the others.
  ///
  /// What a rule opens (private addresses) or shows (a certificate) is for feeds of its own hosts. A
  /// stranger who leads there chooses what is asked for in the operator's name, so once the way led
  /// outside the rule nothing of that holds, not even back inside.
  package func route(along hosts: [String]) -> HostRoute {
    let rules = hosts.map(rule(forHost:))
    let rule = rules.last ?? nil
    var route = HostRoute()
    if let rule, rules.allSatisfy({ $0 == rule }) {
      route.allowsPrivateAddresses = rule.allowsPrivate
      route.certificate = rule.certificate
      route.key = rule.key
    }
    route.authorities = rule?.authorities ?? authorities
    route.proxy =
      switch rule?.proxy {
      case .direct: nil
      case .through(let proxy): proxy
      case nil: proxy
      }
    route.proxyCredentials = route.proxy.flatMap {
      logins.credentials(host: $0.host, port: $0.port)
    }
    return route
  }
}

/// How one host is reached.
package struct HostRoute: Hashable, Sendable {
  package var allowsPrivateAddresses = false
  /// Nil for a direct connection.
  package var proxy: ProxyAddress?
  package var proxyCredentials: Credentials?
  /// A PEM file of the certificate authorities to trust; nil for the system's.
  package var authorities: FileReference?
  /// A PEM file of the certificate to show to this host, with its key where `key` is nil.
  package var certificate: FileReference?
  package var key: FileReference?

  package init() {}
}
