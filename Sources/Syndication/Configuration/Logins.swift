/// Credentials by host, from a file like netrc(5). Its descriptions show no secret.
///
///     machine news.example.org login anna password "s3cret word"
///     machine api.example.org:8443 bearer 0123456789abcdef
///     machine old.example.org login anna password s3cret scheme digest
///
/// Words are parted by blanks and line ends; a line that begins with `#` is a comment.
package struct Logins: Hashable, Sendable {
  package static let fileByteLimit = 1 << 20

  /// By `host` or `host:port`.
  private var credentials: [String: Credentials] = [:]

  package init() {}

  /// Reads `text`, the bytes of the file named `file`.
  ///
  /// - Throws: the first problem, which quotes nothing that could be a secret.
  package init(reading text: [UInt8], file: String) throws(ConfigurationProblem) {
    var words = LoginWords(text, file: file)
    while let word = try words.next() {
      guard word == "machine" else { throw words.problem(Logins.problem(ofWord: word)) }
      try read(machine: &words)
    }
  }

  package var isEmpty: Bool { credentials.isEmpty }

  /// What is said of `host` at `port`, else of `host` at every port.
  package func credentials(host: String, port: Int) -> Credentials? {
    guard !credentials.isEmpty, let host = HostRule.hostName(host) else { return nil }
    return credentials["\(host):\(port)"] ?? credentials[host]
  }

  /// `machine` has been taken: its name and what follows it up to the next one.
  private mutating func read(machine words: inout LoginWords) throws(ConfigurationProblem) {
    let name = try words.value(of: "machine")
    guard let machine = Logins.machine(name) else {
      throw words.problem("no host name, or none with a port: \(name.quotedForDisplay)")
    }
    guard credentials[machine] == nil else {
      throw words.problem("\(machine) stands here a second time")
    }
    var fields: [String: String] = [:]
    while let word = try words.peek(), word != "machine" {
      _ = try words.next()
      guard ["login", "password", "account", "bearer", "scheme"].contains(word) else {
        throw words.problem(Logins.problem(ofWord: word))
      }
      guard fields.updateValue(try words.value(of: word), forKey: word) == nil else {
        throw words.problem("\(word) stands twice for \(machine)")
      }
    }
    guard let found = Logins.credentials(fields) else {
      throw words.problem(
        "\(machine) needs login and password (and scheme basic or digest), or bearer alone")
    }
    credentials[machine] = found
  }

  private static func credentials(_ fields: [String: String]) -> Credentials? {
    switch (fields["login"], fields["password"], fields["bearer"], fields["scheme"]) {
    case (nil, nil, .some(let token), nil): .bearer(token: token)
    case (.some(let user), .some(let password), nil, nil),
      (.some(let user), .some(let password), nil, "basic"):
      .basic(user: user, password: password)
    case (.some(let user), .some(let password), nil, "digest"):
      .digest(user: user, password: password)
    default: nil
    }
  }

  private static func machine(_ name: String) -> String? {
    if let host = HostRule.hostName(name) { return host }
    guard let colon = name.lastIndex(of: ":"), let host = HostRule.hostName(name[..<colon]),
      let port = UInt16(name[colon...].dropFirst()), port > 0
    else { return nil }
    return "\(host):\(port)"
  }

  /// The word itself may be half of a password, so it is not repeated.
  private static func problem(ofWord word: String) -> String {
    switch word {
    case "default": "default would send one password to every server; name each machine"
    case "macdef": "macros (macdef) are not understood"
    default:
      "an unknown word; the words are machine, login, password, bearer and scheme, and a value with a "
        + "blank stands in quotation marks"
    }
  }
}

extension Logins: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "credentials for \(credentials.count) hosts" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["hosts": credentials.count]) }
}

/// The words of a credentials file, with the line on which the last one stood.
private struct LoginWords {
  private let file: String
  private var rest: ArraySlice<UInt8>
  private var line = 1
  private var isLineStart = true

  init(_ text: [UInt8], file: String) {
    self.file = file
    rest = text[...]
  }

  func problem(_ message: String) -> ConfigurationProblem {
    ConfigurationProblem(file: file, line: line, column: 1, message: message)
  }

  func peek() throws(ConfigurationProblem) -> String? {
    var copy = self
    return try copy.next()
  }

  /// The next word, nil at the end.
  mutating func next() throws(ConfigurationProblem) -> String? {
    skipBlanks()
    guard let first = rest.first else { return nil }
    isLineStart = false
    let bytes = first == UInt8(ascii: "\"") ? try quoted() : plain()
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
      let word = String(validating: bytes, as: UTF8.self)
    else { throw problem("a control character, or text that is no UTF-8") }
    return word
  }

  mutating func value(of name: String) throws(ConfigurationProblem) -> String {
    guard let value = try next(), !value.isEmpty else {
      throw problem("the value of \(name) is missing")
    }
    return value
  }

  private mutating func skipBlanks() {
    while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        isLineStart = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      case UInt8(ascii: "#") where isLineStart:
        rest = rest.drop { $0 != UInt8(ascii: "\n") }
        continue
      default: return
      }
      rest = rest.dropFirst()
    }
  }

  private mutating func plain() -> [UInt8] {
    let word = rest.prefix { !" \t\r\n".utf8.contains($0) }
    rest = rest[word.endIndex...]
    return Array(word)
  }

  private mutating func quoted() throws(ConfigurationProblem) -> [UInt8] {
    var word: [UInt8] = []
    rest = rest.dropFirst()
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return word
      case UInt8(ascii: "\n"): throw problem("a quotation mark without its partner")
      case UInt8(ascii: "\\"):
        guard let escaped = rest.popFirst(), "\"\\".utf8.contains(escaped) else {
          throw problem(#"an unknown escape; there are \" and \\"#)
        }
        word.append(escaped)
      default: word.append(byte)
      }
    }
    throw problem("a quotation mark without its partner")
  }
}
