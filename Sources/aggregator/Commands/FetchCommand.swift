internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import FeedFetching
internal import StoryArchive
internal import Syndication

struct FetchCommand: AsyncParsableCommand {
  enum FailOn: String, ExpressibleByArgument, CaseIterable {
    case none, any, all
  }

  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "One pass now: the feeds that are due, or those that match.",
    discussion: """
      A feed that was asked less than half an hour ago is left alone unless --force is given; \
      --force is still conditional, so an unchanged feed costs its server a 304.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Argument(help: "Feeds whose title, address, group or tag contains this.")
  var patterns: [String] = []

  @Flag(help: "Every feed that was not asked in the last half hour, due or not.")
  var all = false

  @Flag(help: "Also feeds that were asked a moment ago.")
  var force = false

  @Flag(help: "Say what would be asked, and ask nothing.")
  var dryRun = false

  @Option(
    help: "How many feeds are fetched at once, without those whose servers keep everybody waiting.")
  var jobs = 64

  @Flag(
    help: ArgumentHelp(
      "Also the older pages that the matching feeds link to.",
      discussion: "Goes on where it stopped; up to 100 pages a feed and day, with --force a run."))
  var archives = false

  @Flag(help: "One JSON object a feed.")
  var json = false

  @Option(help: "When the exit code says that feeds failed: none, any or all.")
  var failOn = FailOn.any

  func validate() throws {
    guard 1...4096 ~= jobs else { throw ValidationError("--jobs: not between 1 and 4096: \(jobs)") }
    guard !archives || !patterns.isEmpty && !all && !dryRun else {
      throw ValidationError(
        "--archives: takes the feeds whose older pages are wanted, one after another")
    }
  }

  func run() async throws {
    let configuration = try options.configurationWithLogins()
    let storage = try options.storagePath(configuration)
    guard !archives else { return try await readArchives(configuration, storage) }
    let report = FetchReport(style: json ? .json : .lines, isQuiet: options.quiet)
    let engine = RefreshEngine(
      storage: storage, transport: CurlTransport(settings: .inForce), limits: .inFlight(jobs),
      credentials: CredentialFolder.inForce.credentials,
      relocate: options.relocate
    ) { report.note($0) }
    do {
      try await engine.open()
      let selection = try await selection(configuration, engine)
      let plan = try await engine.plan(configuration, selection)
      if dryRun {
        await engine.stop()
        return try report.list(plan)
      }
      report.begin(
        plan, slowest: await engine.slowestLine(of: plan, configuration),
        isVerbose: options.verbose)
      let interruption = await Interruption(stopping: engine)
      try await engine.run(plan, configuration)
      await engine.stop()
      try report.end(plan, failOn: failOn, interruptedBy: interruption.signal)
    } catch let error as ArchiveError {
      await engine.stop()
      throw CommandFailure(error)
    }
  }

  private func readArchives(_ configuration: FeedsConfiguration, _ storage: String) async throws {
    let report = ArchiveReport(style: json ? .json : .lines, isQuiet: options.quiet)
    let web = FeedTransport(settings: .inForce)
    defer { web.shutDown() }
    do {
      let aggregator = try Aggregator(storage: storage, now: Clock.now())
      aggregator.follow(configuration.feeds)
      let chosen = try chosen(configuration.feeds) { aggregator.state(of: $0).title }
      for feed in configuration.feeds where chosen.contains(feed.url) {
        let reading = ArchiveReading(
          feed: feed, configuration: configuration,
          limits: .init(pollsPerDay: configuration.pollsPerDay),
          fetch: { await web.fetch($0, for: feed) },
          pause: { try await Task.sleep(for: $0) }, now: Clock.now)
        try report.note(feed, try await reading.run(into: aggregator, isForced: force))
      }
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
    try report.end(failOn: failOn)
  }

  private func selection(
    _ configuration: FeedsConfiguration, _ engine: RefreshEngine
  ) async throws -> FetchPlan.Selection {
    guard !patterns.isEmpty else {
      guard all || force else { return .due }
      let followed = configuration.feeds.filter { !$0.isPaused }
      return .chosen(Set(followed.map(\.url)), isForced: force)
    }
    var titles: [String: String] = [:]
    for feed in configuration.feeds { titles[feed.url] = try await engine.title(of: feed) }
    return .chosen(try chosen(configuration.feeds) { titles[$0.url] }, isForced: force)
  }

  /// The addresses of the feeds that fit a pattern, each of which must fit one.
  private func chosen(
    _ feeds: [Feed], title: (Feed) -> String?
  ) throws(CommandFailure) -> Set<String> {
    var chosen: Set<String> = []
    for pattern in patterns {
      let matching = feeds.filter { $0.matches(pattern, title: title($0)) }
      guard !matching.isEmpty else {
        throw CommandFailure(
          .usage,
          "\(pattern): no feed matches"
            + Spelling.hint(for: pattern, among: feeds.flatMap { $0.names(title: title($0)) }))
      }
      chosen.formUnion(matching.map(\.url))
    }
    return chosen
  }
}

extension FetchQueue<String>.Limits {
  /// Servers that may keep us waiting at one time, beside those that answer at once.
  private static let lingeringLimit = 4096

  static func inFlight(_ count: Int) -> Self {
    var limits = Self()
    limits.inFlight = count
    limits.lingering = min(lingeringLimit, OpenFileLimit.raise(besides: count))
    return limits
  }
}
