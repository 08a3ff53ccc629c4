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

  private static func isAllowedInName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "0"..."9", "-", ".", "_": true
    default: !scalar.isASCII && !scalar.isUnprintable && !scalar.properties.isWhitespace
    }
  }
}
