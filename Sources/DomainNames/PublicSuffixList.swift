internal import CLibpsl
internal import Synchronization

/// Which suffixes of domain names anybody may register a name under (https://publicsuffix.org), as new
/// as libpsl finds the list on this machine.
///
/// Its private section counts: `a.github.io` and `b.github.io` are strangers to each other, whereas all
/// of `tumblr.com` is one. Hosts are given in small letters without the root's dot, an internationalised
/// one in Unicode or in Punycode.
package enum PublicSuffixList {
  /// Nil where the list cannot be read. Never freed: the program needs it to its end.
  private static let list = Mutex(psl_latest(nil))

  /// The suffix of `host` with one label more, as somebody may register it: `paper.co.uk` for
  /// `www.paper.co.uk`. Nil for an IP address, for a public suffix itself and for a single label; below
  /// a top-level domain that the list does not know, its last two labels.
  package static func registrableDomain(of host: String) -> String? {
    guard isName(host) else { return nil }
    return list.withLock { list in
      host.withCString { name in
        psl_registrable_domain(list, name).map { String(cString: $0) }
      }
    }
  }

  /// Whether the list itself says so: a top-level domain that it does not know is nobody's but its
  /// owner's.
  package static func contains(_ host: String) -> Bool {
    guard isName(host) else { return false }
    return list.withLock { list in
      list != nil && psl_is_public_suffix2(list, host, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 1
    }
  }

  /// A name's last label is never a number (RFC 3696 section 2), an IPv4 address' is; an IPv6 address
  /// has colons.
  private static func isName(_ host: String) -> Bool {
    let last = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last
    return !host.utf8.contains(UInt8(ascii: ":")) && !host.utf8.contains(0)
      && last.map { !$0.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } } ?? false
  }
}
