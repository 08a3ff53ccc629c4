/// The `key=value` options that a feed or a group may have.
struct FeedOptions: Equatable {
  enum Key: String, CaseIterable {
    case title
    case tags
    case interval
    case credential
    case header
    case paused
  }

  /// Header fields that the fetcher sets itself, or that would carry a secret.
  private static let reservedHeaders: Set<String> = [
    "accept-encoding", "connection", "content-length", "expect", "host", "if-modified-since",
    "if-none-match", "range", "te", "transfer-encoding", "upgrade", "user-agent",
  ]
  private static let secretHeaders: Set<String> = [
    "authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token",
  ]

  var title: String?
  var tags: [String] = []
  var interval: PollInterval?
  var credential: String?
  var headers: [Feed.Header] = []
  var isPaused: Bool?
  var rules: [StoryRule] = []

  /// Sets one option; the error says what is wrong with the value.
  mutating func set(_ key: Key, to value: String) throws(ValueProblem) {
    switch key {
    case .title: title = try FeedOptions.nonEmpty(value, "a title")
    case .tags: tags = try FeedOptions.tags(value)
    case .interval: interval = try FeedOptions.interval(value)
    case .credential: credential = try FeedOptions.credential(value)
    case .header: headers.append(try FeedOptions.header(value))
    case .paused: isPaused = try FeedOptions.flag(value)
    }
  }

  /// With what the group says wherever the feed itself says nothing; tags, headers and rules of both.
  func inheriting(from group: FeedOptions) -> FeedOptions {
    var all = self
    all.tags = group.tags.union(tags)
    all.interval = interval ?? group.interval
    all.credential = credential ?? group.credential
    let own = Set(headers.map { $0.name.lowercased() })
    all.headers = group.headers.filter { !own.contains($0.name.lowercased()) } + headers
    all.isPaused = isPaused ?? group.isPaused
    all.rules = group.rules + rules
    return all
  }

  /// Takes in what a second line says of the same feed. Returns the options in which they differ;
  /// there the first line holds.
  mutating func merge(_ other: FeedOptions) -> [Key] {
    var conflicts: [Key] = []
    func merged<Value: Equatable>(_ key: Key, _ first: Value?, _ second: Value?) -> Value? {
      if let first, let second, first != second { conflicts.append(key) }
      return first ?? second
    }
    title = merged(.title, title, other.title)
    interval = merged(.interval, interval, other.interval)
    credential = merged(.credential, credential, other.credential)
    isPaused = merged(.paused, isPaused, other.isPaused)
    tags = tags.union(other.tags)
    headers = headers.union(other.headers)
    rules = rules.union(other.rules)
    return conflicts
  }

  struct ValueProblem: Error {
    var message: String
  }

  static func nonEmpty(_ value: String, _ name: String) throws(ValueProblem) -> String {
    guard !value.isEmpty else { throw ValueProblem(message: "\(name) is empty") }
    return value
  }

  /// The most polls a day that are a budget: more than 100,000 feeds can use up.
  private static let mostPollsPerDay = 10_000_000

  static func pollsPerDay(_ value: String) throws(ValueProblem) -> Int {
    guard let count = Int(value), 1...mostPollsPerDay ~= count else {
      throw ValueProblem(
        message: "not a number of polls between 1 and \(mostPollsPerDay): "
          + value.quotedForDisplay)
    }
    return count
  }

  static func interval(_ value: String) throws(ValueProblem) -> PollInterval {
    guard let interval = PollInterval(value) else {
      throw ValueProblem(
        message: "neither auto nor a duration between 1s and 365d, like 30m or 2h: "
          + value.quotedForDisplay)
    }
    return interval
  }

  static func flag(_ value: String) throws(ValueProblem) -> Bool {
    switch value {
    case "yes": return true
    case "no": return false
    default: throw ValueProblem(message: "neither yes nor no: \(value.quotedForDisplay)")
    }
  }

  static func proxy(_ value: String) throws(ValueProblem) -> ProxyAddress {
    do throws(FeedAddress.Problem) {
      return try ProxyAddress(value)
    } catch {
      throw ValueProblem(message: error.message)
    }
  }

  static func file(_ value: String) throws(ValueProblem) -> FileReference {
    guard let file = FileReference(value) else {
      throw ValueProblem(
        message: "neither an absolute path nor the name of a credential: \(value.quotedForDisplay)")
    }
    return file
  }

  private static func tags(_ value: String) throws(ValueProblem) -> [String] {
    let tags = value.split(separator: ",").map { $0.trimmingBlanks }
    guard !tags.isEmpty, !tags.contains("") else { throw ValueProblem(message: "an empty tag") }
    if let spaced = tags.first(where: { $0.contains { $0.isWhitespace } }) {
      throw ValueProblem(
        message: "a blank in a tag: \(spaced.quotedForDisplay); tags are parted by commas")
    }
    return [].union(tags)
  }

  /// A file name in $CREDENTIALS_DIRECTORY (systemd.exec(5)).
  private static func credential(_ value: String) throws(ValueProblem) -> String {
    guard FileReference.isCredentialName(value) else {
      throw ValueProblem(
        message: "no name of a credential (letters, digits, - _ and .); the secret itself never "
          + "stands in this file")
    }
    return value
  }

  /// RFC 9110 section 5: a token, a colon, visible ASCII.
  private static func header(_ value: String) throws(ValueProblem) -> Feed.Header {
    let name = String(value.prefix { $0 != ":" })
    let content = value.dropFirst(name.count + 1).trimmingBlanks
    let isToken =
      !name.isEmpty
      && name.utf8.allSatisfy {
        UInt8(ascii: "!")...UInt8(ascii: "~") ~= $0 && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0)
      }
    guard isToken, !content.isEmpty, content.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
      throw ValueProblem(message: "no header field, like \"Accept-Language: en\"")
    }
    if secretHeaders.contains(name.lowercased()) {
      throw ValueProblem(message: "\(name) holds a secret; use credential=NAME")
    }
    if reservedHeaders.contains(name.lowercased()) {
      throw ValueProblem(message: "\(name) is set by the program itself")
    }
    return Feed.Header(name: name, value: content)
  }
}

extension Array where Element: Hashable {
  /// Both, each element once, in the order of first appearance.
  func union(_ other: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return (self + other).filter { seen.insert($0).inserted }
  }
}

extension StringProtocol {
  var trimmingBlanks: String {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    let start = drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(start[...last])
  }
}
