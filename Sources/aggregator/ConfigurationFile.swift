internal import FoundationEssentials
internal import Glibc
internal import Syndication
internal import SystemPackage

/// feeds.conf on disk, with what it includes.
struct ConfigurationFile: Sendable {
  let path: String

  /// The configuration, or every problem of it at once.
  func configuration() throws(CommandFailure) -> FeedsConfiguration {
    let (configuration, problems) = FeedsConfigurationParser.parse(
      try read(), file: path, including: Self.included)
    try Self.check(problems)
    return configuration
  }

  /// The configuration with the text of every file that it was read from, the first one first; also one
  /// without a feed where it `mayBeEmpty`.
  func configurationWithTexts(mayBeEmpty: Bool = false) throws(CommandFailure) -> (
    FeedsConfiguration, texts: [(name: String, text: [UInt8])]
  ) {
    let main = try read()
    var texts = [(name: path, text: main)]
    let (configuration, problems) = FeedsConfigurationParser.parse(main, file: path) {
      let files = Self.included($0, by: $1)
      for case (let name, .bytes(let text)) in files.map({ ($0.name, $0.content) }) {
        if !texts.contains(where: { $0.name == name }) { texts.append((name, text)) }
      }
      return files
    }
    if !mayBeEmpty || problems != [.noFeed(in: path)] { try Self.check(problems) }
    return (configuration, texts)
  }

  /// The configuration as it would be with other texts in some of its files.
  func configuration(
    with others: [(name: String, text: [UInt8])]
  ) throws(CommandFailure) -> FeedsConfiguration {
    let other = others.first { $0.name == path }
    let main = if let other { other.text } else { try read() }
    let (configuration, problems) = FeedsConfigurationParser.parse(main, file: path) {
      Self.included($0, by: $1).map { file in
        guard let other = others.first(where: { $0.name == file.name }) else { return file }
        return .init(name: file.name, content: .bytes(other.text))
      }
    }
    try Self.check(problems)
    return configuration
  }

  private static func check(_ problems: [ConfigurationProblem]) throws(CommandFailure) {
    guard !problems.isEmpty else { return }
    throw CommandFailure(.configuration, messages: problems.map { "\($0)" })
  }

  /// The configuration with what its credentials file says, for those who are to fetch.
  func configurationWithLogins() throws(CommandFailure) -> FeedsConfiguration {
    var configuration = try configuration()
    if let file = configuration.credentialsFile {
      configuration.logins = try CredentialsFile(reference: file).logins()
    }
    return configuration
  }

  private func read() throws(CommandFailure) -> [UInt8] {
    do {
      return try InputFile(path: path).bytes()
    } catch {
      throw CommandFailure(.configuration, messages: error.messages)
    }
  }

  /// The files that a pattern stands for, relative to the file that includes them.
  private static func included(
    _ pattern: String, by includer: String
  ) -> [FeedsConfigurationParser.IncludedFile] {
    let folder = FilePath(includer).removingLastComponent()
    let full = FilePath(pattern).isAbsolute ? pattern : folder.pushing(FilePath(pattern)).string
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(full, 0, nil, &matches) == 0 else { return [] }
    return (0..<Int(matches.gl_pathc)).compactMap { index in
      guard let name = matches.gl_pathv[index].map({ String(cString: $0) }) else { return nil }
      do throws(CommandFailure) {
        return .init(name: name, content: .bytes(try InputFile(path: name).bytes()))
      } catch {
        return .init(name: name, content: .unreadable(error.messages.joined(separator: "; ")))
      }
    }
  }
}
