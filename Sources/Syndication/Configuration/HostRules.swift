/// The operator's rules for hosts, in their order. With thousands of them, a search through all for every
/// feed would take seconds.
package struct HostRules: Hashable, Sendable {
  package private(set) var list: [HostRule] = []
  private var places: [String: Int] = [:]
  /// The places of rules for whole domains.
  private var domains: [String: Int] = [:]

  package init(_ rules: [HostRule] = []) {
    for rule in rules { append(rule) }
  }

  package mutating func append(_ rule: HostRule) {
    if places[rule.host] == nil {
      places[rule.host] = list.count
      if rule.scope == .registrableDomain { domains[rule.host] = list.count }
    }
    list.append(rule)
  }

  /// The rule for exactly `host`, else for the nearest domain above it whose scope is the registrable
  /// domain.
  package subscript(host: String) -> HostRule? {
    if let place = places[host] { return list[place] }
    guard !domains.isEmpty else { return nil }
    var rest = host[...]
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      if let place = domains[String(rest)] { return list[place] }
    }
    return nil
  }
}

extension HostRules: ExpressibleByArrayLiteral {
  package init(arrayLiteral rules: HostRule...) { self.init(rules) }
}
