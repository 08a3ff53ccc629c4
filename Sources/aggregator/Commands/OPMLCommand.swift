internal import ArgumentParser
internal import FeedParsing
internal import Syndication

struct OPMLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opml",
    abstract: "Takes subscriptions over from another program, or gives them to one.",
    subcommands: [Import.self, Export.self])

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Adds the feeds of an OPML list to feeds.conf.",
      discussion: """
        Where there is no feeds.conf yet, one is begun. Feeds that it has stay as they are, and so does every other byte of it; the others are \
        added to the groups of their names. What is no address of a feed is named and left out: nothing \
        that a list names is run. Nothing is fetched. Exits with 65 when something was left out.
        """)

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: "The list, or - for standard input.", completion: .file())
    var file = "-"

    @Flag(
      name: [.customLong("dry-run"), .customShort("n")],
      help: "Print what feeds.conf would be, and change nothing.")
    var dryRun = false

    func run() async throws {
      let input = InputFile(path: file)
      let bytes = try input.bytes()
      if let advice = PackedFile.advice(on: bytes) {
        throw CommandFailure(.notAFeed, "\(input.name): \(advice)")
      }
      let listed: (subscriptions: [OPMLSubscription], problem: String?)
      do throws(FeedParsingError) {
        listed = try OPMLParser.read(bytes)
      } catch {
        throw CommandFailure(.notAFeed, "\(input.name): \(error.detail)")
      }
      let addition = try SubscriptionAddition(
        of: listed.subscriptions, to: ConfigurationFile(path: options.pathToWrite))
      var output = StandardOutput()
      if dryRun {
        try output.write(addition.text)
      } else {
        try addition.write()
        if !options.quiet { try output.line(showing: addition.summary) }
      }
      try output.flush()
      let problems = addition.problems + [listed.problem].compactMap { $0 }
      guard problems.isEmpty else {
        throw CommandFailure(.notAFeed, messages: problems.map { "\(input.name): \($0)" })
      }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Prints the feeds of feeds.conf as OPML.")

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .shortAndLong, help: "A file to write, instead of standard output.")
    var output: String?

    func run() async throws {
      let configuration = try options.configuration()
      let document = OPMLWriter.document(of: configuration.feeds, title: "aggregator")
      if let output {
        try OutputFile(path: output).replace(with: Array(document.utf8))
        return
      }
      var output = StandardOutput()
      try output.write(document.utf8)
      try output.flush()
    }
  }
}
