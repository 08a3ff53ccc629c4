internal import Syndication

/// The parts of an address that can be read and written in one way only, as most feeds' addresses: a scheme
/// and a host in small letters, a port or none, and a path without dot segments, percent signs and what is
/// rare. libcurl makes the same of it, which takes it many times as long.
struct PlainAddress {
  let scheme: FetchAddress.Scheme
  let host: String
  let port: Int
  let path: String

  /// Longer ones are left to libcurl.
  private static let hostByteLimit = 253
  private static let portDigitLimit = 5

  /// Nil for whatever might be read in another way too.
  init?(_ text: String) {
    guard let host = WebAddress.host(of: text), host.utf8.count <= Self.hostByteLimit else {
      return nil
    }
    var text = text
    let isSecure = text.utf8.starts(with: "https://".utf8)
    guard isSecure || text.utf8.starts(with: "http://".utf8) else { return nil }
    let parts = text.withUTF8 { bytes -> (port: Int?, path: String)? in
      var rest = bytes[(isSecure ? 8 : 7)...]
      guard rest.starts(with: host.utf8), host.utf8.allSatisfy(\.isPlainHostByte) else {
        return nil
      }
      rest = rest.dropFirst(host.utf8.count)
      guard let port = Self.takePort(&rest), rest.isPlainPath else { return nil }
      let path = rest.prefix { $0 != UInt8(ascii: "?") }
      return (port > 0 ? port : nil, String(decoding: path, as: UTF8.self))
    }
    guard let parts else { return nil }
    self.host = host
    scheme = isSecure ? .https : .http
    port = parts.port ?? (isSecure ? 443 : 80)
    path = parts.path
  }

  /// Takes a colon and the port behind it; 0 where there is none, nil where it could be written otherwise.
  private static func takePort(_ bytes: inout Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    guard bytes.first == UInt8(ascii: ":") else { return 0 }
    let digits = bytes.dropFirst().prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    let port = digits.prefix(portDigitLimit).reduce(0) { $0 * 10 + Int($1 & 0xF) }
    guard digits.first != UInt8(ascii: "0"), digits.count <= portDigitLimit, 1...65_535 ~= port
    else { return nil }
    bytes = bytes[digits.endIndex...]
    return port
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  /// Whether it is a path from the root, with or without a query, that nobody writes anew.
  fileprivate var isPlainPath: Bool {
    guard first == UInt8(ascii: "/"), last != UInt8(ascii: "?") else { return false }
    var previous: UInt8 = 0
    for byte in self {
      guard byte.isPlainPathByte, byte != UInt8(ascii: ".") || previous != UInt8(ascii: "/") else {
        return false
      }
      previous = byte
    }
    return true
  }
}

extension UInt8 {
  fileprivate var isPlainHostByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Of a path or a query.
  fileprivate var isPlainPathByte: Bool {
    switch self {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "~"),
      UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "="), UInt8(ascii: "&"):
      true
    default: isPlainHostByte
    }
  }
}
