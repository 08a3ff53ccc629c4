internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import EntryImport
internal import Syndication

struct ImportCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case sfeed, newsboat, miniflux, freshrss, feed, archive

    var ofEntries: ImportFormat? { ImportFormat(rawValue: rawValue) }
  }

  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Takes over what other programs, or another archive, kept of feeds.",
    discussion: """
      Reads sfeed's files, newsboat's cache.db, the entries that Miniflux' API lists, FreshRSS' JSON \
      export, documents of feeds, and the folders of other archives of this program. Entries keep their \
      dates and GUIDs; what the archive knows already stays as it is, so an import may be repeated. \
      Stories are filed under the feed of feeds.conf that has the address, or the title where a file \
      does not say the address, and else under the address itself. May run beside the daemon. Exits \
      with 65 when something could not be read, after importing the rest.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Argument(help: "Files and folders; of a folder, all files.", completion: .file())
  var paths: [String]

  @Option(name: .customLong("format"), help: "What the files are; guessed where it is not said.")
  var format: Format?

  @Option(help: "The address of the feed that all the entries are of.")
  var feed: String?

  @Flag(
    name: [.customLong("dry-run"), .customShort("n")],
    help: "Say what would be read, and store nothing.")
  var dryRun = false

  func validate() throws {
    guard !paths.isEmpty else { throw ValidationError("say what to import: files or folders") }
    guard let feed else { return }
    do throws(FeedAddress.Problem) { _ = try FeedAddress(feed) } catch {
      throw ValidationError("--feed: \(error.message)")
    }
  }

  func run() async throws {
    let configuration = try options.configuration()
    var takeover = try EntryTakeover(
      shelves: FeedShelves(of: configuration, all: feed),
      storage: dryRun ? nil : options.storagePath(configuration))
    for path in paths {
      for source in try ImportSource.sources(at: path, format) { try takeover.take(source) }
    }
    if !options.quiet {
      var output = StandardOutput()
      for line in takeover.lines { try output.line(showing: line) }
      try output.flush()
    }
    for notice in takeover.notices { StandardError.line("aggregator: \(notice)") }
    guard takeover.problems.isEmpty else {
      throw CommandFailure(.notAFeed, messages: takeover.problems)
    }
  }
}
