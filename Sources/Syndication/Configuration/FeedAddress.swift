/// The address of a feed as feeds.conf may have it: http, https or file, without user name or
/// password, without anything that two programs could read differently.
package struct FeedAddress: Hashable, Sendable {
  /// In bytes; servers refuse longer request lines.
  package static let byteLimit = 8192

  /// Exactly as written: StoryIDs are made of it.
  package let text: String
  /// The same for two spellings of one request: scheme and host in small letters, no default port,
  /// no empty path, no fragment.
  package let key: String

  /// Why a text is no address for a feed.
  package struct Problem: Error, Hashable, Sendable {
    package var message: String
  }

  package init(_ text: String) throws(Problem) {
    self.text = text
    try FeedAddress.checkCharacters(of: text)
    let scheme = String(Substring(text.utf8.prefix { $0 != UInt8(ascii: ":") })).lowercased()
    guard ["http", "https", "file"].contains(scheme),
      text.utf8.dropFirst(scheme.utf8.count).starts(with: "://".utf8)
    else {
      throw Problem(
        message: "not an http, https or file URL: \(text.withoutUserInfo.quotedForDisplay)")
    }
    let rest = Substring(text.utf8.dropFirst(scheme.utf8.count + 3))
    let withoutFragment = Substring(rest.utf8.prefix { $0 != UInt8(ascii: "#") })
    key =
      scheme == "file"
      ? "file://" + (try FeedAddress.path(ofFile: rest))
      : try FeedAddress.key(scheme: scheme, rest: withoutFragment)
  }

  /// What other programs list as `text`: some have the scheme `feed:` before an address, or in the stead
  /// of http.
  package static func withoutFeedScheme(_ text: String) -> String {
    guard text.prefix(5).lowercased() == "feed:" else { return text }
    let rest = text.dropFirst(5)
    let bare = rest.hasPrefix("//") ? rest.dropFirst(2) : rest
    let hasScheme = ["http://", "https://"].contains { bare.lowercased().hasPrefix($0) }
    return hasScheme ? String(bare) : "http://" + bare
  }

  /// The key of what `text` writes; a text that is no address stands for itself.
  package static func key(of text: String) -> String { (try? FeedAddress(text))?.key ?? text }

  private static func checkCharacters(of text: String) throws(Problem) {
    guard text.utf8.count <= byteLimit else {
      throw Problem(message: "a URL of more than \(byteLimit) bytes")
    }
    for scalar in text.unicodeScalars {
      let isBlank = scalar.isASCII ? scalar == " " : scalar.properties.isWhitespace
      if isBlank || scalar.isUnprintable {
        throw Problem(message: "\(scalar.codePointName) in a URL; write it percent-encoded")
      }
      if scalar == "\\" { throw Problem(message: "a backslash in a URL; write / or %5C") }
    }
    if text.contains("%00") { throw Problem(message: "%00 in a URL") }
  }

  private static func path(ofFile rest: Substring) throws(Problem) -> String {
    let path = rest.hasPrefix("localhost/") ? rest.dropFirst("localhost".count) : rest
    guard path.hasPrefix("/"), path.count > 1 else {
      throw Problem(message: "a file URL names an absolute path, file:///…")
    }
    return String(path)
  }

  private static func key(scheme: String, rest: Substring) throws(Problem) -> String {
    let authority = Substring(
      rest.utf8.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
    guard !authority.contains("@") else {
      throw Problem(
        message: "a user name or password in a URL; use credential=NAME, which names a file")
    }
    let (host, port) = try split(authority)
    let isDefaultPort = port == nil || port == (scheme == "http" ? 80 : 443)
    let path = Substring(rest.utf8.dropFirst(authority.utf8.count))
    let place = isDefaultPort ? host : "\(host):\(port ?? 0)"
    return "\(scheme)://\(place)\(path.hasPrefix("/") ? "" : "/")\(path)"
  }

  /// Host and port, where one is written.
  static func split(_ authority: Substring) throws(Problem) -> (String, Int?) {
    var host = authority
    var port: Int?
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      host = authority[..<colon]
      let digits = authority[colon...].dropFirst()
      guard digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
        let number = Int(digits), 1...65_535 ~= number
      else {
        throw Problem(message: "no port between 1 and 65535: \(String(digits).quotedForDisplay)")
      }
      port = number
    }
    guard let name = HostRule.hostName(host) else {
      throw Problem(message: "no host name: \(String(host).quotedForDisplay)")
    }
    return (name, port)
  }
}

extension String {
  /// What stands before an @ in the authority is kept out of messages and logs.
  fileprivate var withoutUserInfo: String {
    guard let at = lastIndex(of: "@") else { return self }
    return "…" + self[at...]
  }
}
