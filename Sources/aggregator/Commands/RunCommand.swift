internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import FeedFetching
internal import FoundationEssentials
internal import Logging
internal import StoryArchive
internal import Syndication

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "The daemon, in the foreground.",
    discussion: """
      Polls feeds as they fall due until SIGTERM; SIGHUP reads feeds.conf again, and a bad file \
      keeps the old configuration in force. Tells systemd when it is ready (Type=notify).
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(
    help: "How many feeds are fetched at once, without those whose servers keep everybody waiting.")
  var jobs = 64

  func validate() throws {
    guard 1...4096 ~= jobs else { throw ValidationError("--jobs: not between 1 and 4096: \(jobs)") }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let logger = JournalLog.logger(
      level: options.quiet ? .warning : options.verbose ? .debug : .info, environment: environment)
    let configuration = try options.configurationWithLogins()
    let storage = try options.storagePath(configuration)
    let journal = RefreshJournal(logger: logger)
    let engine = RefreshEngine(
      storage: storage, transport: CurlTransport(settings: .inForce), limits: .inFlight(jobs),
      credentials: CredentialFolder.inForce.credentials,
      relocate: options.relocate
    ) { journal.note($0) }
    let options = options
    let daemon = Daemon(
      engine: engine, notifier: SystemdNotifier(environment: environment), logger: logger
    ) { try options.configurationWithLogins() }
    do {
      let feeds = CountText.of(configuration.feeds.count, "feed")
      logger.notice("\(storage): opening the archive, \(feeds) to follow")
      try await daemon.run(configuration)
      logger.notice("stopped")
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
  }
}
