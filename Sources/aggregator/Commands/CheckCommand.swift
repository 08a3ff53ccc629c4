internal import ArgumentParser
internal import Syndication

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validates feeds.conf: every problem with line and column, no network.")

  @OptionGroup var options: ConfigurationOptions

  @Argument(help: "The file to check, instead of the one in force.", completion: .file())
  var file: String?

  func run() async throws {
    let path = try file ?? options.path()
    let configuration = try ConfigurationFile(path: path).configuration()
    // A credential is there for the service alone.
    if let file = configuration.credentialsFile, case .path = file {
      _ = try CredentialsFile(reference: file).logins()
    }
    guard !options.quiet else { return }
    var output = StandardOutput()
    try output.line(
      showing: "\(path): \(CountText.of(configuration.feeds.count, "feed")), no problem")
    try output.flush()
  }
}
