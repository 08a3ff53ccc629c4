package import Syndication

/// One archive line: a fact that was acknowledged. Replaying the records in order gives the state
/// that was lived through.
package enum ArchiveRecord: Hashable, Sendable {
  /// A story as first seen, with the cluster it was placed in and, for a copy, its original.
  ///
  /// The line of a copy whose text equals its original's omits the text.
  case story(Story, cluster: StoryID, original: StoryID?)
  /// An edited story: same identifier, higher revision.
  case revision(Story)
  /// A later decision: the story now stands in this cluster.
  case move(story: StoryID, cluster: StoryID, seen: Timestamp)
  /// The feed that was first followed at `feed` is to be had at `address`: its stories keep their
  /// identifiers when it is followed there.
  case relocation(feed: String, address: String, seen: Timestamp)
  /// The words of these stories, or of later states of them, were taken out of the archive on request:
  /// they are known, and there is nothing to show.
  case removed(stories: [StoryID], seen: Timestamp)

  package var seen: Timestamp {
    switch self {
    case .story(let story, _, _), .revision(let story): story.seen
    case .move(_, _, let seen), .relocation(_, _, let seen), .removed(_, let seen): seen
    }
  }
}
