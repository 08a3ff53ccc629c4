internal import ArgumentParser
internal import Glibc

/// The program: one thin file a command under `Commands`, exit codes and error messages here.
@main
struct AggregatorProgram: AsyncParsableCommand {
  static let version = "1.0.0"

  static let configuration = CommandConfiguration(
    commandName: "aggregator",
    abstract: "Polls feeds, groups reports of one event, keeps everything in plain files.",
    discussion: """
      Exit codes: 0 all good, 1 some feeds failed, 64 usage, 65 input was no feed, 69 all feeds \
      failed, 73 cannot create output, 74 I/O error, 75 locked or temporarily unavailable, \
      78 bad configuration, 128+n on a signal.
      """,
    version: version,
    subcommands: [
      RunCommand.self, FetchCommand.self, ExportCommand.self, CheckCommand.self,
      ExplainCommand.self, ParseCommand.self, DiscoverCommand.self, GroupCommand.self,
      CompareCommand.self, VerifyCommand.self, SealCommand.self, CompletionsCommand.self,
    ])

  static func main() async {
    // A closed pipe shows as a failed write, which says what was being written.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      failure.report()
      Glibc.exit(failure.code.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
