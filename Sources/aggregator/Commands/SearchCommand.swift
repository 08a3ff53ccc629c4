internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import DigestExport
internal import StoryArchive
internal import StorySearch
internal import Syndication

struct SearchCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, jsonl, urls
  }

  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Finds stories by their words, the newest first.",
    discussion: """
      Stories are found that have all the words, whatever their case and accents. "exact phrase" in \
      quotation marks, begin*, -without or NOT without, one OR another, parentheses; title:word, text:, \
      author:, category:, feed: (part of its address or name), tag: (of feeds.conf), lang:en. Quotation \
      marks have to be quoted for the shell. Exits with 0 when something was \
      found, with 1 when nothing was, with 64 when the query means nothing, with 65 when the archive is damaged.
      """)

  @OptionGroup var options: ConfigurationOptions

  @OptionGroup var colors: ColorOptions

  @Argument(help: "What to look for.")
  var query: [String]

  @Option(help: "First seen at or after this time.")
  var since: String?

  @Option(help: "First seen before this time.")
  var until: String?

  @Option(help: "Only feeds whose address or name contains this.")
  var feed: String?

  @Option(help: "Only feeds with this tag.")
  var tag: String?

  @Option(help: "Where words are looked for that name no field: title, text, author or category.")
  var field: TextField?

  @Option(help: "text, json, jsonl or urls.")
  var format = Format.text

  @Option(help: "At most this many stories.")
  var limit: Int?

  @Flag(help: "Print only how many there are.")
  var count = false

  /// `-word` as the parser of arguments lets it through: as no option.
  static func prepared(_ arguments: [String]) -> [String] {
    guard arguments.first == configuration.commandName else { return arguments }
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].map { argument in
      let name = argument.dropFirst()
      let isDenial = argument.hasPrefix("-") && name.count > 1 && !name.hasPrefix("-")
      return isDenial && !name.allSatisfy("qvh".contains) ? "NOT \(name)" : argument
    } + arguments[end...]
  }

  func validate() throws {
    guard limit ?? 1 > 0 else { throw ValidationError("--limit: not above 0") }
  }

  func run() async throws {
    let now = Clock.now()
    var query = try readQuery()
    let (since, until) = (try moment(since, "--since", now), try moment(until, "--until", now))
    let progress = ProgressLine()
    do {
      let archive = try Archive.open(at: options.storagePath(), access: .readOnly, now: now)
      try resolveTags(of: &query, archive)
      let search = try ArchiveSearch(
        query, in: archive, since: since ?? Timestamp(milliseconds: .min),
        until: until ?? Timestamp(milliseconds: .max), keepsIndexes: true
      ) { progress.show("reading \($0)") }
      let foundCount = try show(search, query, progress)
      try archive.reportDamage(besides: search.damage)
      guard foundCount > 0 else { throw CommandFailure(.nothingFound, messages: []) }
    } catch let error as ArchiveError {
      progress.clear()
      throw CommandFailure(error)
    }
  }

  private func readQuery() throws(CommandFailure) -> SearchQuery {
    do {
      var query = try SearchQuery(query.joined(separator: " "), field: field)
      if let feed { query.require(feed: feed) }
      if let tag { query.require(tag: tag) }
      return query
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  private func moment(
    _ text: String?, _ flag: String, _ now: Timestamp
  ) throws(CommandFailure) -> Timestamp? {
    guard let text else { return nil }
    guard let moment = TimeText.parse(text, now: now) else {
      throw CommandFailure(
        .usage, "\(flag): not RFC 3339, YYYY-MM-DD or a duration such as 24h: \(text)")
    }
    return moment
  }

  private func resolveTags(of query: inout SearchQuery, _ archive: Archive) throws {
    guard !query.tags.isEmpty else { return }
    let feeds = try options.configuration().feeds
    var tagged: [String: Set<String>] = [:]
    for tag in query.tags {
      let urls = Set(try feeds.tagged(tag, namedBy: "tag").map(\.url))
      var selection = DigestSelection(
        since: Timestamp(milliseconds: .min), until: Timestamp(milliseconds: .max), feeds: urls)
      try selection.includeFormerAddresses(archive)
      tagged[tag] = selection.feeds
    }
    query.resolveTags { tagged[$0] ?? [] }
  }

  /// Prints what is found as it is found.
  ///
  /// - Returns: How many stories it is.
  private func show(
    _ search: ArchiveSearch, _ query: SearchQuery, _ progress: ProgressLine
  ) throws -> Int {
    var output = StandardOutput()
    let text = FoundStoryText(matcher: StoryMatcher(query), paint: colors.paint)
    var foundCount = 0
    try search.run { story in
      progress.clear()
      foundCount += 1
      if !count, !options.quiet { try write(story, foundCount == 1, text, to: &output) }
      return foundCount < limit ?? .max
    }
    progress.clear()
    if count {
      try output.line("\(foundCount)")
    } else if format == .json, !options.quiet {
      try output.line(foundCount == 0 ? "[]" : "\n]")
    }
    try output.flush()
    return foundCount
  }

  private func write(
    _ story: Story, _ isFirst: Bool, _ text: FoundStoryText, to output: inout StandardOutput
  ) throws(CommandFailure) {
    switch format {
    case .text:
      if !isFirst { try output.line("") }
      for line in text.lines(of: story, columns: Terminal.columns) { try output.line(line) }
      if StandardOutput.isTerminal { try output.flush() }
    case .json:
      try output.write((isFirst ? "[\n" : ",\n").utf8)
      try output.write(DigestRenderer.renderStories([story]).dropLast())
    case .jsonl: try output.write(DigestRenderer.renderStories([story]))
    case .urls: if let link = story.link { try output.line(showing: link) }
    }
  }
}

extension TextField: ExpressibleByArgument {}
