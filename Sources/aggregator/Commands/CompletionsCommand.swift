internal import ArgumentParser

struct CompletionsCommand: AsyncParsableCommand {
  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish

    var kind: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Prints a completion script for a shell.")

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() async throws {
    var output = StandardOutput()
    try output.write(AggregatorProgram.completionScript(for: shell.kind).utf8)
    try output.flush()
  }
}
