/// An address that may be fetched: absolute, http, https or file, without user information.
package struct FetchAddress: Hashable, Sendable {
  package enum Scheme: String, Hashable, Sendable {
    case http
    case https
    case file
  }

  package static let byteLimit = 8 << 10

  /// What is sent, as libcurl writes it: without a fragment, bytes outside ASCII percent-encoded, the
  /// query otherwise untouched.
  package let text: String
  package let scheme: Scheme
  /// In lower case, international names in Punycode, IPv6 addresses in brackets; empty for `file:`.
  package let host: String
  /// 0 for `file:`.
  package let port: Int
  /// Percent-decoded; meaningful for `file:`.
  package let path: String

  /// Scheme, host and port: credentials never leave their origin (RFC 6454).
  package var origin: String { "\(scheme.rawValue)://\(host):\(port)" }

  /// The address that `text` writes, nil where `init(parsing:)` throws.
  package init?(_ text: String) {
    guard let address = try? FetchAddress(parsing: text) else { return nil }
    self = address
  }

  /// The address that `text` writes, which may be relative to `base` where there is one.
  ///
  /// - Throws: a `FetchFailure` of kind `address` whose detail says what is wrong. White space,
  ///   control characters, backslashes and user information are refused rather than repaired:
  ///   parsers disagree about them, and a disagreement about the host is a way past every check.
  package init(
    parsing text: String, relativeTo base: FetchAddress? = nil
  ) throws(FetchFailure) {
    guard text.utf8.count <= FetchAddress.byteLimit else {
      throw FetchFailure(.address, "the address is longer than \(FetchAddress.byteLimit) bytes")
    }
    if let plain = PlainAddress(text) {
      self.init(plain, text: text)
      return
    }
    if let problem = FetchAddress.forbiddenCharacter(in: text) {
      throw FetchFailure(.address, "the address contains \(problem)")
    }
    switch CurlURL.parse(text, relativeTo: base?.text) {
    case .failure(let problem):
      throw FetchFailure(.address, "the address cannot be read: \(problem.detail)")
    case .success(let url):
      // libcurl reads the text once more when it connects, and an encoded host may then be another.
      // It takes the zone of an IPv6 address as it comes.
      guard url.text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }),
        case .success(let again) = CurlURL.parse(url.text, relativeTo: nil),
        again.text == url.text,
        again.host == url.host, !url.host.contains("%")
      else { throw FetchFailure(.address, "the address can be read in two ways") }
      try self.init(url)
    }
  }

  private init(_ plain: PlainAddress, text: String) {
    self.text = text
    scheme = plain.scheme
    host = plain.host
    port = plain.port
    path = plain.path
  }

  private init(_ url: CurlURL) throws(FetchFailure) {
    guard let scheme = Scheme(rawValue: url.scheme) else {
      throw FetchFailure(.address, "the scheme “\(url.scheme)” is none of http, https and file")
    }
    guard !url.hasUserInformation else {
      throw FetchFailure(.address, "the address contains a user name or password before an “@”")
    }
    if scheme == .file {
      guard !url.hasQuery else {
        throw FetchFailure(.address, "a question mark in the name of a file is written %3F")
      }
      guard !url.path.isEmpty else { throw FetchFailure(.address, "the address names no file") }
      guard url.path.hasPrefix("/") else {
        throw FetchFailure(.address, "the address of a file has no slash before the file's path")
      }
    } else {
      guard !url.host.isEmpty, 1...65_535 ~= url.port else {
        throw FetchFailure(.address, "the address names no host or no port that can be had")
      }
    }
    text = url.text
    self.scheme = scheme
    host = scheme == .file ? "" : url.host
    port = scheme == .file ? 0 : url.port
    path = url.path
  }

  private static func forbiddenCharacter(in text: String) -> String? {
    for byte in text.utf8 {
      switch byte {
      case 0x20, 0x09...0x0D: return "white space"
      case ..<0x20, 0x7F: return "a control character"
      case UInt8(ascii: "\\"): return "a backslash"
      case 0x80...: return forbiddenUnicode(in: text)
      default: continue
      }
    }
    return nil
  }

  private static func forbiddenUnicode(in text: String) -> String? {
    for scalar in text.unicodeScalars {
      if scalar.properties.isWhitespace { return "white space" }
      if scalar.properties.generalCategory == .control { return "a control character" }
      if scalar == "\\" { return "a backslash" }
    }
    return nil
  }
}
