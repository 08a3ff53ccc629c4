internal import Checksums
internal import Syndication

/// What must be remembered of a stored story to know an edit when it comes.
struct StoryVersion: Hashable, Sendable {
  var revision: Int
  /// Of title, link and summary.
  var headHash: UInt64
  /// Of the text; a copy that was stored without its text has its original's.
  var textHash: UInt64
  /// The UTC day of the last edit that was kept, and how many were kept on it.
  var day: Int
  var editsOnDay: Int

  init(of story: Story, textHash: UInt64) {
    revision = story.revision
    headHash = Self.headHash(of: story)
    self.textHash = textHash
    day = story.seen.day
    editsOnDay = 0
  }

  /// The version after the edit `story` of this one.
  func edited(to story: Story) -> StoryVersion {
    var next = StoryVersion(of: story, textHash: Self.textHash(of: story))
    next.editsOnDay = next.day == day ? editsOnDay + 1 : 1
    return next
  }

  /// Whether `story` has the words of this version.
  func describes(_ story: Story) -> Bool {
    headHash == Self.headHash(of: story) && textHash == Self.textHash(of: story)
  }

  static func headHash(of story: Story) -> UInt64 {
    var hasher = SHA256Hasher()
    for part in [story.title, story.link ?? "", story.summary ?? ""] {
      hasher.update(part)
      hasher.update("\n")
    }
    return hasher.finalize().prefix
  }

  static func textHash(of story: Story) -> UInt64 {
    var hasher = SHA256Hasher()
    hasher.update(story.text)
    return hasher.finalize().prefix
  }
}
