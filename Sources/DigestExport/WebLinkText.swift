internal import Syndication

/// An address that may become a link: http or https, with a host, without user name and password,
/// without white space or hidden characters.
struct WebLinkText: Equatable {
  static let byteLimit = 8192

  /// With every ASCII character percent-encoded that could end an attribute or a line.
  let text: String
  /// In small letters, without `www.`, port and the root's dot.
  let host: String

  init?(_ address: String) {
    guard address.utf8.count <= WebLinkText.byteLimit,
      let scheme = ["http://", "https://"].first(where: { address.begins(withScheme: $0) })
    else { return nil }
    let isPlain = address.utf8.allSatisfy(WebLinkText.isPlain)
    guard isPlain || !address.unicodeScalars.contains(where: { $0.isHidden || $0.isBlank }) else {
      return nil
    }
    let rest = address.utf8.dropFirst(scheme.utf8.count)
    let authority = Substring(rest.prefix { !"/?#\\".utf8.contains($0) })
    host = WebLinkText.host(of: authority)
    guard !host.isEmpty, !authority.utf8.contains(UInt8(ascii: "@")) else { return nil }
    text = isPlain ? address : WebLinkText.encoded(address)
  }

  /// The `host` of most addresses: of visible ASCII alone, with a host in small letters and no port. Nil
  /// for every other.
  static func plainHost(of address: String) -> String? {
    var address = address
    return address.withUTF8 { bytes in
      let start =
        bytes.starts(with: "https://".utf8) ? 8 : bytes.starts(with: "http://".utf8) ? 7 : 0
      guard start > 0, bytes.count <= byteLimit, bytes.allSatisfy(isPlain) else { return nil }
      let end = bytes[start...].firstIndex { !isPlainInHost($0) } ?? bytes.count
      guard end == bytes.count || "/?#".utf8.contains(bytes[end]) else { return nil }
      var host = bytes[start..<end]
      guard let last = host.last, last != UInt8(ascii: ".") else { return nil }
      if host.starts(with: "www.".utf8) { host = host.dropFirst(4) }
      return String(decoding: host, as: UTF8.self)
    }
  }

  private static func isPlainInHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Whether the byte is a visible ASCII character that ends nothing.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
      UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"),
      UInt8(ascii: "}"):
      false
    default: 0x21...0x7E ~= byte
    }
  }

  private static func encoded(_ address: String) -> String {
    address.unicodeScalars.reduce(into: "") { encoded, scalar in
      if scalar.isASCII, !isPlain(UInt8(scalar.value)) {
        encoded += "%" + String(scalar.value, radix: 16, uppercase: true)
      } else {
        encoded.unicodeScalars.append(scalar)
      }
    }
  }

  private static func host(of authority: Substring) -> String {
    var host = authority
    if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") { host = host[..<colon] }
    if host.hasSuffix(".") { host = host.dropLast() }
    let name = host.lowercased()
    return name.hasPrefix("www.") && name.count > 4 ? String(name.dropFirst(4)) : name
  }
}

extension String {
  /// `scheme` in small letters, with what stands between it and the host.
  fileprivate func begins(withScheme scheme: String) -> Bool {
    utf8.prefix(scheme.utf8.count).elementsEqual(scheme.utf8) { mine, its in
      mine == its || (UInt8(ascii: "A")...UInt8(ascii: "Z") ~= mine && mine | 0x20 == its)
    }
  }
}
