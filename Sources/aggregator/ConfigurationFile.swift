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
    guard problems.isEmpty else {
      throw CommandFailure(.configuration, messages: problems.map { "\($0)" })
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
