/// How to treat one host: `host reddit.com gap=61s scope=registrable-domain`.
package struct HostRule: Hashable, Sendable {
  /// What shares the gap and the number of requests in flight.
  package enum Scope: String, Hashable, Sendable, CaseIterable {
    /// Every feed of exactly this host name.
    case host
    /// Every feed below the registrable domain, `a.tumblr.com` with `b.tumblr.com`.
    case registrableDomain = "registrable-domain"
    /// Each URL for itself: a host that stands in front of many servers.
    case url
  }

  /// In small letters, without the root's dot; an IPv6 address in its brackets.
  package var host: String
  /// The least time between the starts of two requests; nil for the program's own.
  package var gap: Duration?
  package var scope: Scope
  /// Whether the host may have an address that is not public.
  package var allowsPrivate: Bool
  /// Nil for the program's own limit.
  package var maxInFlight: Int?
  /// Nil for the proxy of all hosts, where there is one.
  package var proxy: ProxyChoice?
  /// A PEM file of certificate authorities to trust for this host instead of the system's.
  package var authorities: FileReference?
  /// A PEM file of the certificate to show to this host, with its key where `key` is nil.
  package var certificate: FileReference?
  package var key: FileReference?

  /// Whether a host is reached through a proxy, whatever holds for others.
  package enum ProxyChoice: Hashable, Sendable {
    case direct
    case through(ProxyAddress)
  }

  package init(
    host: String, gap: Duration? = nil, scope: Scope = .host, allowsPrivate: Bool = false,
    maxInFlight: Int? = nil
  ) {
    self.host = host
    self.gap = gap
    self.scope = scope
    self.allowsPrivate = allowsPrivate
    self.maxInFlight = maxInFlight
  }

  /// `text` as `host` keeps it; nil when it is no host name or address.
  static func hostName(_ text: some StringProtocol) -> String? {
    if isPlain(text) { return String(text) }
    let name = text.hasSuffix(".") ? text.dropLast().lowercased() : text.lowercased()
    guard 1...255 ~= name.utf8.count else { return nil }
    if name.hasPrefix("[") {
      let inside = name.dropFirst().dropLast()
      let isAddress =
        name.hasSuffix("]") && inside.allSatisfy { $0.isHexDigit || ":.".contains($0) }
      return isAddress && inside.contains(":") ? name : nil
    }
    guard !name.hasPrefix("."), !name.contains("..") else { return nil }
    return name.unicodeScalars.allSatisfy(isAllowedInName) ? name : nil
  }

  /// Whether it is a name or an IPv4 address that is kept as it is.
  private static func isPlain(_ text: some StringProtocol) -> Bool {
    let point = UInt8(ascii: ".")
    var previous = point
    var count = 0
    for byte in text.utf8 {
      switch byte {
      case point where previous == point: return false
      case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), point: previous = byte
      default: return false
      }
      count += 1
    }
    return 1...255 ~= count && previous != point
  }

  private static func isAllowedInName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "0"..."9", "-", ".", "_": true
    default: !scalar.isASCII && !scalar.isUnprintable && !scalar.properties.isWhitespace
    }
  }
}
