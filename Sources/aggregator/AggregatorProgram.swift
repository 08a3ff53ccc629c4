internal import AggregatorDaemon
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
      Exit codes: 0 all good, 1 some feeds failed (of search: nothing was found; of status: a feed \
      needs a person; of redact: files are left to delete), 64 usage, 65 input was no feed or the \
      archive is damaged, 66 input or archive missing, 69 all feeds failed, 73 cannot create output, 74 I/O error, \
      75 locked or temporarily unavailable, 78 bad configuration, 128+n on a signal.
      """,
    version: version,
    subcommands: [
      RunCommand.self, FetchCommand.self, ExportCommand.self, SearchCommand.self,
      StatusCommand.self, WhyCommand.self, CheckCommand.self, ExplainCommand.self,
      ParseCommand.self, DiscoverCommand.self, GroupCommand.self, CompareCommand.self,
      ImportCommand.self, OPMLCommand.self, VerifyCommand.self, SealCommand.self,
      IndexCommand.self, CompactCommand.self, PruneCommand.self, RedactCommand.self,
      RepairCommand.self, SelftestCommand.self, CompletionsCommand.self,
    ])

  static func main() async {
    AllocatorLimits.apply()
    holdStandardStreams()
    // A closed pipe shows as a failed write, which says what was being written.
    signal(SIGPIPE, SIG_IGN)
    do {
      if let problem = Clock.problem { throw CommandFailure(.configuration, problem) }
      var command = try parseAsRoot(
        SearchCommand.prepared(spelledOut(CommandLine.arguments.dropFirst())))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      let failure = error as? CommandFailure ?? tell(error)
      failure.report()
      Glibc.exit(failure.code.rawValue)
    }
  }

  /// ArgumentParser 1.8 forgets the value of an option that may do without one when it stands behind `=`
  /// and another option follows.
  static func spelledOut(_ arguments: some Sequence<String>) -> [String] {
    let option = "--read-data"
    return arguments.flatMap { argument in
      argument.hasPrefix(option + "=")
        ? [option, String(argument.dropFirst(option.count + 1))] : [argument]
    }
  }

  /// Keeps the numbers of closed standard streams from files opened later, which would be read as
  /// input or written over by messages. Opened the wrong way round, the stream fails as a closed one.
  private static func holdStandardStreams() {
    for stream: Int32 in 0...2 where fcntl(stream, F_GETFD) == -1 && errno == EBADF {
      _ = open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Prints what was asked for (help, the version) or what is wrong with the command line.
  private static func tell(_ error: any Error) -> CommandFailure {
    var message = fullMessage(for: error)
    let code = exitCode(for: error)
    guard code.isSuccess else {
      let arguments = Array(CommandLine.arguments.dropFirst())
      if let mistyped = MistypedCommand.first(in: arguments, of: self) {
        message = mistyped.completed(message)
      }
      if !message.isEmpty { StandardError.raw(message + "\n") }
      return CommandFailure(CommandFailure.Code(rawValue: code.rawValue))
    }
    do throws(CommandFailure) {
      var output = StandardOutput()
      if !message.isEmpty { try output.line(message) }
      try output.flush()
      return CommandFailure(.quiet)
    } catch {
      return error
    }
  }
}
