internal import ArgumentParser
internal import Syndication

/// The word that stands in the place of a command's name and is none.
struct MistypedCommand {
  let word: String
  /// The commands that there are in its place.
  let names: [String]

  /// The first that `arguments` name where a command belongs; nil where every command exists.
  static func first(
    in arguments: [String], of root: any ParsableCommand.Type
  ) -> MistypedCommand? {
    var commands = root.configuration.subcommands
    for word in arguments where !word.hasPrefix("-") {
      if commands.isEmpty || word == "help" { return nil }
      guard let next = commands.first(where: { $0._commandName == word }) else {
        return MistypedCommand(word: word, names: commands.map { $0._commandName })
      }
      commands = next.configuration.subcommands
    }
    return nil
  }

  /// What the parser says of the command line, with the command that was meant.
  func completed(_ message: String) -> String {
    guard let meant = Spelling.nearest(to: word, among: names) else { return message }
    let firstLine = message.prefix { $0 != "\n" }
    return firstLine + ". Did you mean '\(meant)'?" + message.dropFirst(firstLine.count)
  }
}
