internal import Aggregation
internal import StoryArchive
internal import Syndication

extension ConfigurationOptions {
  /// The feeds of `configuration` with what its archive remembers of them, for commands that only read.
  /// What is to be known of the whole is said on stderr.
  func roster(
    of configuration: FeedsConfiguration, now: Timestamp
  ) throws(CommandFailure) -> FeedRoster {
    let path = try storagePath(configuration)
    do {
      let archive = try Archive.open(at: path, access: .readOnly, now: now)
      let roster = try FeedRoster(configuration, archive: archive, now: now)
      warn(of: roster)
      return roster
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    } catch {
      throw CommandFailure(.inputOutput, "\(error)")
    }
  }

  private func warn(of roster: FeedRoster) {
    if let since = roster.offlineSince, !quiet {
      StandardError.line(
        "aggregator: offline since \(since.rfc3339): no host can be reached; no feed is blamed")
    }
    let count = roster.unreadableLineCount
    guard count > 0 else { return }
    let lines = count == 1 ? "1 line" : "\(count) lines"
    StandardError.line("aggregator: state/feeds.jsonl: \(lines) cannot be read, ignoring")
  }
}

extension [FeedRoster.Row] {
  /// What is wrong with a `pattern` that fits none of them.
  func unmatched(_ pattern: String) -> CommandFailure {
    CommandFailure(
      .usage,
      "\(pattern): no feed matches" + Spelling.hint(for: pattern, among: flatMap(\.names)))
  }
}

extension FeedRoster.Row {
  /// Whether the feed's titles, address, group or a tag contain `pattern`.
  func matches(_ pattern: String) -> Bool {
    feed.matches(pattern, title: state.title)
  }

  /// What somebody may call it.
  var names: [String] { feed.names(title: state.title) }

  /// The least time between two requests of its line, in whole seconds; nil where nothing was learned.
  var learnedGapSeconds: Int64? {
    learnedGap > .zero ? learnedGap.roundedUpSeconds : nil
  }
}

extension Duration {
  fileprivate var roundedUpSeconds: Int64 { (milliseconds + 999) / 1000 }
}
