internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive

struct SealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Closes the growing segment, so that every other program can read it.",
    discussion: """
      Exits with 65 when the archive is damaged as far as `verify` tells without reading all of it: the \
      growing segment is closed then, too.
      """)

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let damage: [Damage]
    do {
      let now = Clock.now()
      let archive = try Archive.open(
        at: options.storagePath(), access: .readWrite, now: now, mayMake: false)
      try archive.seal(now: now)
      // Whoever seals is about to copy the finished files, or to have others read them.
      damage = try archive.verify(readData: false).damage
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
    guard damage.isEmpty else {
      throw CommandFailure(.damaged, messages: damage.map { "\($0)" })
    }
  }
}
