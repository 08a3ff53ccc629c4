internal import Syndication

/// The line that stands in the place of lines whose words were taken out.
struct RemovalLine {
  /// Whose lines they were; empty where that cannot be told.
  var stories: [StoryID] = []
  /// Of the last of those lines.
  var seen: Timestamp

  /// The most stories of one line, which keeps it below the limit of a line.
  static let storyCountLimit = 1 << 15
}
