internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive

struct SealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Closes the growing segment, so that every other program can read it.")

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    do {
      let now = Clock.now()
      let archive = try Archive.open(
        at: options.storagePath(), access: .readWrite, now: now, mayMake: false)
      try archive.seal(now: now)
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
  }
}
