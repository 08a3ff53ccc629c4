/// Which addresses a fetch may connect to: the wall against requests that a feed or a redirect forges
/// into the operator's own network (SSRF).
///
/// It judges the resolved address at the moment of connecting, so that neither a name that changes its
/// address between check and use, nor an odd spelling of an address, comes past it.
///
/// Source of the networks: the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its
/// successors) and the IANA IPv6 global unicast assignments.
package struct AddressGuard: Hashable, Sendable {
  /// Whether the operator opened private networks for this feed. What is no host at all (multicast,
  /// broadcast, documentation, unassigned) stays closed.
  package var allowsPrivateAddresses: Bool

  package init(allowsPrivateAddresses: Bool) {
    self.allowsPrivateAddresses = allowsPrivateAddresses
  }

  /// What `address` is, if it may not be connected to: “a loopback address”; nil if it may.
  package func refusal(of address: IPAddress) -> String? {
    guard let rule = AddressGuard.rules.first(where: { $0.network.contains(address) }) else {
      return AddressGuard.isAssigned(address) ? nil : "an unassigned address"
    }
    switch rule.verdict {
    case .embedding:
      guard case .v6(_, let lower) = address else { return rule.name }
      return refusal(of: .v4(UInt32(truncatingIfNeeded: lower)))
    case .openable: return allowsPrivateAddresses ? nil : rule.name
    case .never: return rule.name
    }
  }

  /// Why `port` may not be connected to: what speaks there takes HTTP for commands of its own.
  ///
  /// Source: the port list of the WHATWG Fetch standard, section 2.9, and the stores that are known
  /// targets of forged requests.
  package static func refusal(ofPort port: Int) -> String? {
    closedPorts.contains(port) ? "port \(port) belongs to another protocol than HTTP" : nil
  }
}

extension AddressGuard {
  private enum Verdict {
    /// Closed unless the operator opens private addresses.
    case openable
    case never
    /// The last four bytes are an IPv4 address, which decides.
    case embedding
  }

  private struct Rule {
    let network: IPNetwork
    let verdict: Verdict
    let name: String
  }

  /// The first that contains an address decides.
  private static let rules: [Rule] =
    [
      ("0.0.0.0", 8, .never, "an address of “this network”"),
      ("10.0.0.0", 8, .openable, "a private address"),
      ("100.64.0.0", 10, .openable, "a carrier-grade NAT address"),
      ("127.0.0.0", 8, .openable, "a loopback address"),
      ("169.254.0.0", 16, .openable, "a link-local address"),
      ("172.16.0.0", 12, .openable, "a private address"),
      ("192.0.0.0", 24, .never, "an address of protocol assignments"),
      ("192.0.2.0", 24, .never, "a documentation address"),
      ("192.88.99.0", 24, .never, "a 6to4 relay address"),
      ("192.168.0.0", 16, .openable, "a private address"),
      ("198.18.0.0", 15, .openable, "a benchmarking address"),
      ("198.51.100.0", 24, .never, "a documentation address"),
      ("203.0.113.0", 24, .never, "a documentation address"),
      ("224.0.0.0", 4, .never, "a multicast address"),
      ("255.255.255.255", 32, .never, "the broadcast address"),
      ("240.0.0.0", 4, .never, "a reserved address"),
      ("::1", 128, .openable, "a loopback address"),
      ("::ffff:0:0", 96, .embedding, ""),
      ("::", 96, .never, "an unspecified or IPv4-compatible address"),
      ("64:ff9b::", 96, .embedding, ""),
      ("64:ff9b:1::", 48, .openable, "a local NAT64 address"),
      ("100::", 64, .never, "a discard-only address"),
      ("2001::", 32, .never, "a Teredo address"),
      ("2001::", 23, .never, "an address of protocol assignments"),
      ("2001:db8::", 32, .never, "a documentation address"),
      ("2002::", 16, .never, "a 6to4 address"),
      ("3fff::", 20, .never, "a documentation address"),
      ("fc00::", 7, .openable, "a private address"),
      ("fe80::", 10, .openable, "a link-local address"),
      ("fec0::", 10, .openable, "a site-local address"),
      ("ff00::", 8, .never, "a multicast address"),
    ].map { (text: String, bitCount: Int, verdict: Verdict, name: String) in
      guard let first = IPAddress(text) else { preconditionFailure("no address: \(text)") }
      return Rule(
        network: IPNetwork(first: first, bitCount: bitCount), verdict: verdict, name: name)
    }

  /// Of IPv6 only 2000::/3 was ever given out for global unicast.
  private static func isAssigned(_ address: IPAddress) -> Bool {
    guard case .v6(let upper, _) = address else { return true }
    return upper >> 61 == 0b001
  }

  private static let closedPorts: Set<Int> = [
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
    103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
    512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
    995, 1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665,
    6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
  ]
}
