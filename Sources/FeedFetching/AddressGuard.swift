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

  /// What an address is that may not be connected to.
  package struct Refusal: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      /// Of this machine or a network that the operator may open.
      case inside
      /// As `inside`; it answers whoever asks with the secrets of a machine in a cloud.
      case metadata
      /// No address at all, which name servers answer for names that they block.
      case nowhere
      /// Of no host.
      case noHost
    }

    package let kind: Kind
    /// “a loopback address”
    package let name: String

    package init(_ kind: Kind, _ name: String) {
      self.kind = kind
      self.name = name
    }

    /// Whether the operator could let it through.
    var isOpenable: Bool { kind == .inside || kind == .metadata }
  }

  /// Why `address` may not be connected to; nil if it may.
  package func refusal(of address: IPAddress) -> Refusal? {
    guard let rule = AddressGuard.rules.first(where: { $0.network.contains(address) }) else {
      return AddressGuard.isAssigned(address) ? nil : AddressGuard.unassigned
    }
    guard let refusal = rule.refusal else {
      guard case .v6(_, let lower) = address else { return AddressGuard.unassigned }
      return self.refusal(of: .v4(UInt32(truncatingIfNeeded: lower)))
    }
    return allowsPrivateAddresses && refusal.isOpenable ? nil : refusal
  }

  /// Whether `port` may not be connected to: what speaks there takes HTTP for commands of its own.
  ///
  /// Source: the port list of the WHATWG Fetch standard, section 2.9, and the stores that are known
  /// targets of forged requests.
  package static func isClosed(port: Int) -> Bool { closedPorts.contains(port) }
}

extension AddressGuard {
  private struct Rule {
    let network: IPNetwork
    /// Nil where the last four bytes are an IPv4 address, which decides.
    let refusal: Refusal?
  }

  /// The first that contains an address decides.
  private static let rules: [Rule] =
    [
      ("0.0.0.0", 32, .nowhere, "no address of any host"),
      ("0.0.0.0", 8, .noHost, "an address of “this network”"),
      ("10.0.0.0", 8, .inside, "a private address"),
      ("100.64.0.0", 10, .inside, "a carrier-grade NAT address"),
      ("127.0.0.0", 8, .inside, "a loopback address"),
      ("169.254.169.254", 32, .metadata, "the metadata address of a machine in a cloud"),
      ("169.254.0.0", 16, .inside, "a link-local address"),
      ("172.16.0.0", 12, .inside, "a private address"),
      ("192.0.0.0", 24, .noHost, "an address of protocol assignments"),
      ("192.0.2.0", 24, .noHost, "a documentation address"),
      ("192.88.99.0", 24, .noHost, "a 6to4 relay address"),
      ("192.168.0.0", 16, .inside, "a private address"),
      ("198.18.0.0", 15, .inside, "a benchmarking address"),
      ("198.51.100.0", 24, .noHost, "a documentation address"),
      ("203.0.113.0", 24, .noHost, "a documentation address"),
      ("224.0.0.0", 4, .noHost, "a multicast address"),
      ("255.255.255.255", 32, .noHost, "the broadcast address"),
      ("240.0.0.0", 4, .noHost, "a reserved address"),
      ("::1", 128, .inside, "a loopback address"),
      ("::ffff:0:0", 96, nil, ""),
      ("::", 128, .nowhere, "no address of any host"),
      ("::", 96, .noHost, "an IPv4-compatible address"),
      ("64:ff9b::", 96, nil, ""),
      ("64:ff9b:1::", 48, .inside, "a local NAT64 address"),
      ("100::", 64, .noHost, "a discard-only address"),
      ("2001::", 32, .noHost, "a Teredo address"),
      ("2001::", 23, .noHost, "an address of protocol assignments"),
      ("2001:db8::", 32, .noHost, "a documentation address"),
      ("2002::", 16, .noHost, "a 6to4 address"),
      ("3fff::", 20, .noHost, "a documentation address"),
      ("fd00:ec2::254", 128, .metadata, "the metadata address of a machine in a cloud"),
      ("fc00::", 7, .inside, "a private address"),
      ("fe80::", 10, .inside, "a link-local address"),
      ("fec0::", 10, .inside, "a site-local address"),
      ("ff00::", 8, .noHost, "a multicast address"),
    ].map { (text: String, bitCount: Int, kind: Refusal.Kind?, name: String) in
      guard let first = IPAddress(text) else { preconditionFailure("no address: \(text)") }
      return Rule(
        network: IPNetwork(first: first, bitCount: bitCount),
        refusal: kind.map { Refusal($0, name) })
    }

  private static let unassigned = Refusal(.noHost, "an unassigned address")

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
