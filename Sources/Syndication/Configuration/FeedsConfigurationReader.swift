/// The state of a reading of feeds.conf: the configuration so far and where in it the next line falls.
struct FeedsConfigurationReader {
  /// A feed's line before it is known what other lines say of the same feed.
  struct FeedLine {
    var url: String
    var group: String?
    var options: FeedOptions
    var file: String
    var line: Int
  }

  private struct Group {
    var name: String
    var options = FeedOptions()
    var hasFeeds = false
  }

  /// What an indented rule belongs to.
  private enum RuleOwner {
    case nobody
    case feed(Int)
    /// The feed above has a problem of its own.
    case discarded
  }

  private enum Directive: String, CaseIterable {
    case set
    case host
    case include
    case ignore
    case keep
  }

  private var configuration = FeedsConfiguration()
  private var feedLines: [FeedLine] = []
  private var feedIndexByKey: [String: Int] = [:]
  private var settingPlaces: [String: String] = [:]
  private var hostPlaces: [String: String] = [:]
  private var group: Group?
  private var ruleOwner = RuleOwner.nobody
  private var problems: [(fileNumber: Int, problem: ConfigurationProblem)] = []
  private var problemCount = 0
  private var openFiles: [String] = []
  private var fileCount = 0
  private var fileNumber = 0
  private var file = ""
  private var lineNumber = 0

  mutating func read(
    _ text: [UInt8], file name: String, including: FeedsConfigurationParser.Including
  ) {
    let outer = (file, lineNumber, fileNumber)
    fileCount += 1
    (file, lineNumber, fileNumber) = (name, 0, fileCount)
    openFiles.append(name)
    readLines(of: text, including: including)
    openFiles.removeLast()
    (file, lineNumber, fileNumber) = outer
  }

  /// The whole, when every file has been read.
  func finish(file: String) -> (FeedsConfiguration, [ConfigurationProblem]) {
    var result = configuration
    result.feeds = feedLines.map(Feed.init)
    let sorted = problems.sorted {
      ($0.fileNumber, $0.problem.line, $0.problem.column)
        < ($1.fileNumber, $1.problem.line, $1.problem.column)
    }
    var found = sorted.map(\.problem)
    if found.isEmpty, result.feeds.isEmpty {
      found = [.noFeed(in: file)]
    }
    if problemCount > found.count, let last = found.last {
      let more = "\(problemCount - found.count) further problems"
      found.append(
        ConfigurationProblem(file: last.file, line: last.line, column: last.column, message: more))
    }
    return (result, found)
  }

  private mutating func readLines(
    of text: [UInt8], including: FeedsConfigurationParser.Including
  ) {
    var rest = text[...]
    guard text.count <= FeedsConfigurationParser.fileByteLimit else {
      lineNumber = 1
      let limit = FeedsConfigurationParser.fileByteLimit >> 20
      return report("a file of more than \(limit) MiB", at: 0, of: [])
    }
    if rest.starts(with: [0xFF, 0xFE]) || rest.starts(with: [0xFE, 0xFF]) {
      lineNumber = 1
      return report("UTF-16; write the file as UTF-8", at: 0, of: [])
    }
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      var line = rest[..<end]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      rest = rest[min(end + 1, rest.endIndex)...]
      lineNumber += 1
      readLine(line, including: including)
    }
  }

  private mutating func readLine(
    _ bytes: ArraySlice<UInt8>, including: FeedsConfigurationParser.Including
  ) {
    var line = ConfigurationLine(bytes)
    guard !line.isAtEnd() else { return }
    do throws(LineProblem) {
      try checkBytes(bytes)
      if bytes.first.map(ConfigurationLine.isBlank) ?? false {
        try readIndented(&line)
      } else if line.take("[") {
        try readGroup(&line)
      } else if let directive = Directive(rawValue: line.peekWord()) {
        try read(directive, &line, including: including)
      } else if let key = line.peekKey() {
        try readGroupOption(key, &line)
      } else {
        try readFeed(&line)
      }
    } catch {
      report(error.message, at: error.offset, of: bytes)
    }
  }

  private func checkBytes(_ bytes: ArraySlice<UInt8>) throws(LineProblem) {
    guard bytes.count <= FeedsConfigurationParser.lineByteLimit else {
      throw LineProblem(
        offset: 0, message: "a line of more than \(FeedsConfigurationParser.lineByteLimit) bytes")
    }
    if let control = bytes.firstIndex(where: { $0 < 0x20 && $0 != 9 || $0 == 0x7F }) {
      let name = Unicode.Scalar(bytes[control]).codePointName
      throw LineProblem(
        offset: control - bytes.startIndex, message: "a control character, \(name)")
    }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw LineProblem(offset: error.byteOffsets.lowerBound, message: "not UTF-8")
    }
  }

  private mutating func read(
    _ directive: Directive, _ line: inout ConfigurationLine,
    including: FeedsConfigurationParser.Including
  ) throws(LineProblem) {
    let start = line.offset
    _ = try line.word("a word")
    switch directive {
    case .set: try readSetting(&line)
    case .host: try readHost(&line)
    case .include: try readInclude(&line, including: including)
    case .ignore, .keep:
      guard group != nil, group?.hasFeeds == false else {
        throw LineProblem(
          offset: start,
          message:
            "a rule of a feed is indented below it; a rule of a group stands before its feeds")
      }
      let action: StoryRule.Action = directive == .ignore ? .ignore : .keep
      group?.options.rules.append(try line.storyRule(action))
    }
  }

  private mutating func readIndented(_ line: inout ConfigurationLine) throws(LineProblem) {
    let start = line.offset
    let word = line.peekWord()
    guard let action = StoryRule.Action(rawValue: word) else {
      let hint = Spelling.hint(for: word, among: StoryRule.Action.allCases.map(\.rawValue))
      throw LineProblem(
        offset: start,
        message: "only rules (ignore …, keep …) are indented: \(word.quotedForDisplay)\(hint)")
    }
    _ = try line.word("a rule")
    let rule = try line.storyRule(action)
    switch ruleOwner {
    case .feed(let index): feedLines[index].options.rules.append(rule)
    case .discarded: break
    case .nobody: throw LineProblem(offset: start, message: "a rule without a feed above it")
    }
  }

  private mutating func readGroup(_ line: inout ConfigurationLine) throws(LineProblem) {
    ruleOwner = .nobody
    let name = try line.bracketed()
    group = Group(name: name.text)
    guard !name.text.isEmpty else {
      throw LineProblem(offset: name.offset, message: "a group without a name")
    }
    try line.expectEnd()
  }

  private mutating func readGroupOption(
    _ name: String, _ line: inout ConfigurationLine
  ) throws(LineProblem) {
    let start = line.offset
    guard let group else {
      throw LineProblem(
        offset: start, message: "an option without a group; for all feeds: set \(name) VALUE")
    }
    guard !group.hasFeeds else {
      throw LineProblem(offset: start, message: "an option of a group stands before its feeds")
    }
    let known = FeedOptions.Key.allCases.filter { $0 != .title }
    guard let key = FeedOptions.Key(rawValue: name), known.contains(key) else {
      throw LineProblem.unknown("option of a group", name, at: start, known: known)
    }
    line.takeKey(name)
    line.skipBlanks()
    let value =
      line.bytes[line.place...].first == UInt8(ascii: "\"")
      ? try line.value() : line.restOfLine()
    try line.expectEnd()
    do throws(FeedOptions.ValueProblem) {
      try self.group?.options.set(key, to: value.text)
    } catch {
      throw LineProblem(offset: value.offset, message: error.message)
    }
  }

  private mutating func readFeed(_ line: inout ConfigurationLine) throws(LineProblem) {
    group?.hasFeeds = true
    ruleOwner = .discarded
    let start = line.offset
    let word = try line.word("a URL")
    let address: FeedAddress
    do throws(FeedAddress.Problem) {
      address = try FeedAddress(word.text)
    } catch {
      let hint = Spelling.hint(for: word.text, among: Directive.allCases.map(\.rawValue))
      throw LineProblem(offset: start, message: error.message + hint)
    }
    var options = FeedOptions()
    try readOptions(&line) { (key: FeedOptions.Key, value) throws(FeedOptions.ValueProblem) in
      try options.set(key, to: value)
    }
    add(
      FeedLine(
        url: address.text, group: group?.name,
        options: options.inheriting(from: group?.options ?? FeedOptions()), file: file,
        line: lineNumber),
      key: address.key, lineBytes: line.bytes)
  }

  private mutating func add(_ feed: FeedLine, key: String, lineBytes: ArraySlice<UInt8>) {
    guard let index = feedIndexByKey[key] else {
      feedIndexByKey[key] = feedLines.count
      ruleOwner = .feed(feedLines.count)
      return feedLines.append(feed)
    }
    ruleOwner = .feed(index)
    let first = feedLines[index]
    for conflict in feedLines[index].options.merge(feed.options) {
      report(
        "the feed of \(first.file):\(first.line) with another \(conflict.rawValue)", at: 0,
        of: lineBytes)
    }
  }

  private mutating func readSetting(_ line: inout ConfigurationLine) throws(LineProblem) {
    enum Setting: String, CaseIterable {
      case storage
      case interval
      case userAgent = "user-agent"
      case pollsPerDay = "polls-per-day"
      case connectTimeout = "connect-timeout"
      case firstByteTimeout = "first-byte-timeout"
      case stallTimeout = "stall-timeout"
      case totalTimeout = "total-timeout"
      case updateMoved = "update-moved"
      case proxy
      case authorities = "ca-file"
      case credentialsFile = "credentials-file"
    }
    let name = try line.word("the name of a setting")
    guard let setting = Setting(rawValue: name.text) else {
      throw LineProblem.unknown("setting", name.text, at: name.offset, known: Setting.allCases)
    }
    let value = try line.word("the value of \(name.text)")
    try line.expectEnd()
    if let place = settingPlaces.updateValue("\(file):\(lineNumber)", forKey: name.text) {
      throw LineProblem(offset: name.offset, message: "\(name.text) is set at \(place) already")
    }
    do throws(FeedOptions.ValueProblem) {
      switch setting {
      case .storage: configuration.storage = try FeedOptions.nonEmpty(value.text, "the path")
      case .interval: configuration.interval = try FeedOptions.interval(value.text)
      case .pollsPerDay: configuration.pollsPerDay = try FeedOptions.pollsPerDay(value.text)
      case .userAgent: configuration.userAgent = try value.text.checkedUserAgent()
      case .connectTimeout: try setTimeout(.connect, value.text)
      case .firstByteTimeout: try setTimeout(.firstByte, value.text)
      case .stallTimeout: try setTimeout(.stall, value.text)
      case .totalTimeout: try setTimeout(.total, value.text)
      case .updateMoved: configuration.updatesMoved = try FeedOptions.flag(value.text)
      case .proxy: configuration.proxy = try FeedOptions.proxy(value.text)
      case .authorities: configuration.authorities = try FeedOptions.file(value.text)
      case .credentialsFile: configuration.credentialsFile = try FeedOptions.file(value.text)
      }
    } catch {
      throw LineProblem(offset: value.offset, message: error.message)
    }
  }

  private mutating func setTimeout(
    _ phase: FetchPhase, _ value: String
  ) throws(FeedOptions.ValueProblem) {
    guard let duration = DurationText.parse(value), FetchPhase.bounds ~= duration else {
      throw .init(message: "no duration between 1s and 1h, like 30s: \(value.quotedForDisplay)")
    }
    configuration.timeouts[phase] = duration
  }

  private mutating func readHost(_ line: inout ConfigurationLine) throws(LineProblem) {
    let name = try line.word("the name of a host")
    guard let host = HostRule.hostName(name.text), host.utf8.allSatisfy({ $0 < 0x80 }) else {
      throw LineProblem(
        offset: name.offset,
        message: "no host name or address (an IPv6 address in brackets, an international name in "
          + "its xn-- form): \(name.text.quotedForDisplay)")
    }
    var rule = HostRule(host: host)
    try readOptions(&line) { (key: HostRule.Key, value) throws(FeedOptions.ValueProblem) in
      try rule.set(key, to: value)
    }
    guard rule.key == nil || rule.certificate != nil else {
      throw LineProblem(offset: name.offset, message: "a key without its certificate")
    }
    if let place = hostPlaces.updateValue("\(file):\(lineNumber)", forKey: host) {
      throw LineProblem(offset: name.offset, message: "\(host) has its rule at \(place) already")
    }
    configuration.hosts.append(rule)
  }

  /// Reads `key=value` words to the line's end, reporting every one that is wrong.
  private mutating func readOptions<Key: RawRepresentable<String> & CaseIterable & Hashable>(
    _ line: inout ConfigurationLine,
    set: (Key, String) throws(FeedOptions.ValueProblem) -> Void
  ) throws(LineProblem) {
    var seen: Set<Key> = []
    while !line.isAtEnd() {
      let start = line.offset
      guard let name = line.peekKey(), line.takeKey(name) else {
        throw LineProblem(
          offset: start, message: "no option (key=value): \(line.peekWord().quotedForDisplay)")
      }
      let value = try line.value()
      guard !value.text.isEmpty else {
        throw LineProblem(offset: start, message: "no value directly after \(name)=")
      }
      guard let key = Key(rawValue: name) else {
        let problem = LineProblem.unknown("option", name, at: start, known: Key.allCases)
        report(problem.message, at: start, of: line.bytes)
        continue
      }
      if !seen.insert(key).inserted, name != FeedOptions.Key.header.rawValue {
        report("\(name) stands twice", at: start, of: line.bytes)
      }
      do throws(FeedOptions.ValueProblem) {
        try set(key, value.text)
      } catch {
        report(error.message, at: value.offset, of: line.bytes)
      }
    }
  }

  private mutating func readInclude(
    _ line: inout ConfigurationLine, including: FeedsConfigurationParser.Including
  ) throws(LineProblem) {
    let pattern = try line.word("the file to include")
    try line.expectEnd()
    let files = including(pattern.text, file)
    if files.isEmpty, !pattern.text.contains(where: { "*?[".contains($0) }) {
      throw LineProblem(
        offset: pattern.offset, message: "no such file: \(pattern.text.quotedForDisplay)")
    }
    for included in files {
      try include(included, at: pattern.offset, of: line.bytes, including: including)
    }
  }

  private mutating func include(
    _ included: FeedsConfigurationParser.IncludedFile, at offset: Int, of line: ArraySlice<UInt8>,
    including: FeedsConfigurationParser.Including
  ) throws(LineProblem) {
    let name = included.name.quotedForDisplay
    if openFiles.contains(included.name) {
      throw LineProblem(offset: offset, message: "\(name) includes itself")
    }
    guard openFiles.count < FeedsConfigurationParser.includeDepthLimit else {
      throw LineProblem(
        offset: offset,
        message: "more than \(FeedsConfigurationParser.includeDepthLimit) files deep")
    }
    guard fileCount < FeedsConfigurationParser.fileLimit else {
      throw LineProblem(
        offset: offset, message: "more than \(FeedsConfigurationParser.fileLimit) files")
    }
    switch included.content {
    case .unreadable(let reason): report("\(name): \(reason)", at: offset, of: line)
    case .bytes(let text):
      let outer = (group, ruleOwner)
      ruleOwner = .nobody
      read(text, file: included.name, including: including)
      (group, ruleOwner) = outer
      group?.hasFeeds = true
    }
  }

  private mutating func report(_ message: String, at offset: Int, of line: ArraySlice<UInt8>) {
    problemCount += 1
    guard problems.count < FeedsConfigurationParser.problemLimit else { return }
    let column = String(decoding: line.prefix(offset), as: UTF8.self).count + 1
    problems.append(
      (
        fileNumber,
        ConfigurationProblem(file: file, line: lineNumber, column: column, message: message)
      ))
  }
}

extension Feed {
  fileprivate init(_ line: FeedsConfigurationReader.FeedLine) {
    let options = line.options
    self.init(
      url: line.url, title: options.title, group: line.group, tags: options.tags,
      interval: options.interval, credential: options.credential, headers: options.headers,
      rules: options.rules, isPaused: options.isPaused ?? false, file: line.file, line: line.line)
  }
}

extension LineProblem {
  static func unknown<Key: RawRepresentable<String>>(
    _ what: String, _ name: String, at offset: Int, known: some Collection<Key>
  ) -> LineProblem {
    let hint = Spelling.hint(for: name, among: known.map(\.rawValue))
    return LineProblem(offset: offset, message: "unknown \(what): \(name.quotedForDisplay)\(hint)")
  }
}

extension String {
  /// RFC 9110 section 10.1.5, without control characters.
  fileprivate func checkedUserAgent() throws(FeedOptions.ValueProblem) -> String {
    guard !isEmpty, utf8.count <= 256, utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
      throw .init(message: "a user agent is 1 to 256 visible ASCII characters")
    }
    return self
  }
}
