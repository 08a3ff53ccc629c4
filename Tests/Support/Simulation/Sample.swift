package import StoryArchive
package import Syndication

/// Moments, stories and archives for the tests.
package enum Sample {
  package static let noon = Timestamp(milliseconds: 1_795_262_400_000)

  /// The `number`th invented story; no two are equal.
  package static func story(_ number: Int, seen: Timestamp = noon, text: String? = nil) -> Story {
    Story(
      id: StoryID(bits: UInt64(number + 1)), seen: seen, feed: "https://example.org/feed",
      source: "The Example", guid: "tag:example.org,2026:\(number)",
      link: "https://example.org/\(number)", title: "Ferry \(number) is late",
      text: text ?? "The ferry no. \(number) left \"Kettle Quay\" an hour late.\nNobody minded.")
  }

  /// A story with the shortest line, for tests that go over every bit.
  package static func shortRecord(_ number: Int) -> ArchiveRecord {
    let story = Story(
      id: StoryID(bits: UInt64(number + 1)), seen: noon, feed: "f", source: "S", title: "T",
      text: "t")
    return .story(story, cluster: story.id, original: nil)
  }

  package static func record(_ number: Int, seen: Timestamp = noon) -> ArchiveRecord {
    let story = story(number, seen: seen)
    return .story(story, cluster: story.id, original: nil)
  }
}
