internal import Aggregation
internal import StoryArchive
internal import Syndication

extension ConfigurationOptions {
  /// The feeds of `configuration` with what its archive remembers of them, for commands that only read.
  func roster(
    of configuration: FeedsConfiguration, now: Timestamp
  ) throws(CommandFailure) -> FeedRoster {
    do {
      let path = try storagePath(configuration)
      let archive = try Archive.open(at: path, access: .readOnly, now: now)
      return try FeedRoster(configuration, archive: archive, now: now)
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw CommandFailure(.inputOutput, "\(error)")
    }
  }
}

extension FeedRoster.Row {
  /// Whether the feed's titles, address, group or a tag contain `pattern`.
  func matches(_ pattern: String) -> Bool {
    feed.matches(pattern, title: state.title)
  }

  /// The least time between two requests of its line, in whole seconds; nil where nothing was learned.
  var learnedGapSeconds: Int64? {
    learnedGap > .zero ? learnedGap.roundedUpSeconds : nil
  }
}

extension Duration {
  fileprivate var roundedUpSeconds: Int64 { (milliseconds + 999) / 1000 }
}
