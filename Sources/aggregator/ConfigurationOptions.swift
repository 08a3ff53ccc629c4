internal import ArgumentParser
internal import FoundationEssentials
internal import Syndication
internal import SystemPackage

/// Where feeds.conf and the archive lie, for the commands that need them.
struct ConfigurationOptions: ParsableArguments {
  @Option(help: "The configuration file.", completion: .file(extensions: ["conf"]))
  var config: String?

  @Option(help: "The archive's folder, instead of the configured one.", completion: .directory)
  var storage: String?

  @Flag(name: .shortAndLong, help: "Say only what went wrong.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more.")
  var verbose = false

  /// The first that exists of `--config`, `$AGGREGATOR_CONFIG`, `$CONFIGURATION_DIRECTORY/feeds.conf`,
  /// `./feeds.conf`, `$XDG_CONFIG_HOME/aggregator/feeds.conf`, `/etc/aggregator/feeds.conf`.
  ///
  /// One that is named must exist; the others are looked for.
  func path() throws(CommandFailure) -> String {
    guard let path = Self.path(named: config) else {
      throw CommandFailure(
        .configuration,
        "feeds.conf: not found: looked for \(Self.places.joined(separator: ", "))")
    }
    return path
  }

  /// The same, or nil where none is named and none is found.
  static func path(named config: String?) -> String? {
    config ?? ProcessInfo.processInfo.environment["AGGREGATOR_CONFIG"]
      ?? places.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Where feeds.conf is looked for.
  private static var places: [String] {
    let environment = ProcessInfo.processInfo.environment
    let folders = [
      environment["CONFIGURATION_DIRECTORY"], ".",
      (environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { $0 + "/.config" })
        .map { $0 + "/aggregator" },
      "/etc/aggregator",
    ]
    return folders.compactMap { $0.map { $0 + "/feeds.conf" } }
  }

  /// The same, or where a configuration is to be begun.
  var pathToWrite: String { Self.path(named: config) ?? "feeds.conf" }

  /// The configuration in force.
  func configuration() throws(CommandFailure) -> FeedsConfiguration {
    try ConfigurationFile(path: path()).configuration()
  }

  /// Follows `feed` at `target` in the configuration files, where they ask for such changes of
  /// themselves; says whether they do.
  @Sendable func relocate(_ feed: Feed, _ target: String) throws -> Bool {
    try MovedFeed(feed: feed, target: target).rewrite(ConfigurationFile(path: path()))
  }

  /// The same, with what its credentials file says.
  func configurationWithLogins() throws(CommandFailure) -> FeedsConfiguration {
    try ConfigurationFile(path: path()).configurationWithLogins()
  }

  /// `--storage`, else `$STATE_DIRECTORY`, else what feeds.conf says relative to itself.
  func storagePath(_ configuration: FeedsConfiguration) throws(CommandFailure) -> String {
    if let storage { return storage }
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["STATE_DIRECTORY"]?.split(separator: ":").first {
      return String(folder)
    }
    let named = FilePath(configuration.storage ?? "Storage")
    if named.isAbsolute { return named.string }
    return FilePath(try path()).removingLastComponent().pushing(named).string
  }

  /// The archive's folder for commands that only read it and can do without a configuration.
  func storagePath() throws(CommandFailure) -> String {
    if let storage { return storage }
    return try storagePath(configuration())
  }
}
