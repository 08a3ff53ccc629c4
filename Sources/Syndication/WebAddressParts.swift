/// An address or a relative reference in the five parts of RFC 3986 section 3.
struct AddressParts {
  /// In lower case, without its colon.
  private(set) var scheme: String?
  private(set) var authority: ArraySlice<UInt8>?
  private(set) var path: ArraySlice<UInt8>
  private(set) var query: ArraySlice<UInt8>?
  private(set) var fragment: ArraySlice<UInt8>?

  /// Splits tidied bytes. `base` decides whether a reference without a scheme is a web address, and
  /// makes `http:page` within an http document relative, as browsers do. Nil when a web address has
  /// no usable host or port.
  init?(_ bytes: [UInt8], within base: AddressParts?) {
    var rest = bytes[...]
    scheme = AddressParts.takeScheme(from: &rest)
    let isWeb = AddressParts.isWeb(scheme ?? base?.scheme)
    if isWeb { rest.replaceBackslashes() }
    fragment = rest.cut(after: UInt8(ascii: "#"))
    query = rest.cut(after: UInt8(ascii: "?"))
    path = rest
    let slashes = rest.prefix { $0 == UInt8(ascii: "/") }.count
    if scheme != nil, scheme == base?.scheme, isWeb, slashes < 2 {
      scheme = nil
    } else if slashes >= 2 || (isWeb && scheme != nil) {
      // Browsers forgive any number of slashes before a web address's host.
      let host = rest.dropFirst(isWeb ? slashes : 2)
      let end = host.firstIndex(of: UInt8(ascii: "/")) ?? host.endIndex
      authority = host[..<end]
      path = host[end...]
      guard !isWeb || self.host != nil else { return nil }
    }
  }

  /// RFC 3986 section 5.2.2.
  func resolved(against base: AddressParts) -> AddressParts {
    guard scheme == nil else { return self }
    var target = self
    target.scheme = base.scheme
    guard authority == nil else { return target }
    target.authority = base.authority
    if path.isEmpty {
      target.path = base.path
      target.query = query ?? base.query
    } else if path.first != UInt8(ascii: "/") {
      target.path = base.merged(with: path)
    }
    // An address such as mailto:… or urn:… has no places below it.
    if base.isOpaque, !path.isEmpty || query != nil { target.scheme = nil }
    return target
  }

  /// The address as text; nil without a scheme.
  var absolute: String? {
    guard let scheme else { return nil }
    var bytes = Array(scheme.utf8) + [UInt8(ascii: ":")]
    if let authority {
      bytes += [UInt8(ascii: "/"), UInt8(ascii: "/")] + authority.withLowerCaseHost
    }
    let place = isOpaque ? Array(path) : path.withoutDotSegments
    // Two slashes at the start of a path would make its first segment a host.
    if authority == nil, place.starts(with: "//".utf8) { bytes += Array("/.".utf8) }
    bytes += place
    if let query { bytes += [UInt8(ascii: "?")] + query }
    if let fragment { bytes += [UInt8(ascii: "#")] + fragment }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// See `WebAddress.host(of:)`.
  var host: String? {
    guard let authority else { return nil }
    let start = authority.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? authority.startIndex
    var host = authority[start...]
    if host.first == UInt8(ascii: "[") {
      guard let end = host.firstIndex(of: UInt8(ascii: "]")), hasPort(host[(end + 1)...]),
        host[(host.startIndex + 1)..<end].allSatisfy(\.isAddressIPv6)
      else { return nil }
      return String(decoding: host[...end], as: UTF8.self).lowercased()
    }
    let colon = host.firstIndex(of: UInt8(ascii: ":")) ?? host.endIndex
    guard hasPort(host[colon...]) else { return nil }
    host = host[..<colon]
    return HostName.canonical(host)
  }

  /// Whether it has neither an authority nor a path from a root.
  private var isOpaque: Bool {
    authority == nil && path.first != UInt8(ascii: "/")
  }

  private func hasPort(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let colon = bytes.first else { return true }
    let digits = bytes.dropFirst()
    guard colon == UInt8(ascii: ":"), digits.count <= 5, digits.allSatisfy(\.isASCIIDigit)
    else { return false }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535
  }

  /// RFC 3986 section 5.2.3.
  private func merged(with relative: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else {
      return authority == nil ? relative : ([UInt8(ascii: "/")] + relative)[...]
    }
    return (path[...slash] + relative)[...]
  }

  private static func takeScheme(from bytes: inout ArraySlice<UInt8>) -> String? {
    guard let first = bytes.first, first.isASCIILetter,
      let end = bytes.firstIndex(where: { !$0.isSchemeByte }), bytes[end] == UInt8(ascii: ":")
    else { return nil }
    let scheme = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    bytes = bytes[(end + 1)...]
    return scheme
  }

  private static func isWeb(_ scheme: String?) -> Bool {
    switch scheme {
    case "http", "https", "ftp", "ws", "wss": true
    default: false
    }
  }
}

extension ArraySlice<UInt8> {
  /// Up to the query or the fragment.
  fileprivate mutating func replaceBackslashes() {
    for place in indices {
      if self[place] == UInt8(ascii: "?") || self[place] == UInt8(ascii: "#") { return }
      if self[place] == UInt8(ascii: "\\") { self[place] = UInt8(ascii: "/") }
    }
  }

  /// Removes the first `mark` and what follows it, and returns what follows it.
  fileprivate mutating func cut(after mark: UInt8) -> ArraySlice<UInt8>? {
    guard let place = firstIndex(of: mark) else { return nil }
    defer { self = self[..<place] }
    return self[(place + 1)...]
  }

  fileprivate var withLowerCaseHost: [UInt8] {
    let host = lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? startIndex
    return Array(self[..<host]) + self[host...].map(\.asciiLowerCased)
  }

  /// RFC 3986 section 5.2.4, with `%2e` as a dot.
  fileprivate var withoutDotSegments: [UInt8] {
    guard contains(UInt8(ascii: ".")) || contains(UInt8(ascii: "%")) else { return Array(self) }
    var kept: [ArraySlice<UInt8>] = []
    let segments = split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      switch segment.dotCount {
      case 1: if isLast { kept.append([]) }
      case 2:
        if kept.count > 1 { kept.removeLast() }
        if isLast { kept.append([]) }
      default: kept.append(segment)
      }
    }
    return Array(kept.joined(separator: [UInt8(ascii: "/")]))
  }

  /// 1 for `.`, 2 for `..`, 0 for any other segment.
  private var dotCount: Int {
    guard count <= 6 else { return 0 }
    switch String(decoding: self, as: UTF8.self).lowercased() {
    case ".", "%2e": return 1
    case "..", ".%2e", "%2e.", "%2e%2e": return 2
    default: return 0
    }
  }
}

extension UInt8 {
  fileprivate var isSchemeByte: Bool {
    isASCIILetter || isASCIIDigit || self == UInt8(ascii: "+") || self == UInt8(ascii: "-")
      || self == UInt8(ascii: ".")
  }

  fileprivate var isAddressIPv6: Bool {
    isASCIIDigit || 0x61...0x66 ~= self | 0x20 || self == UInt8(ascii: ":")
      || self == UInt8(ascii: ".")
  }

  var asciiLowerCased: UInt8 {
    0x41...0x5A ~= self ? self | 0x20 : self
  }
}
