package import Syndication

/// Where a story belongs among those known, as decided when it arrived.
package struct Placement: Hashable, Sendable {
  package enum Decision: Hashable, Sendable {
    /// The first of its cluster.
    case starts
    /// Reports the same event as `cluster`.
    case joins(cluster: StoryID)
    /// A reprint, revision or truncation of `original`, which stands in `cluster`.
    case copies(original: StoryID, cluster: StoryID)
  }

  package var decision: Decision
  /// 0…1; to the cluster joined, or to the nearest one when none was.
  package var similarity: Double
  /// Clusters that this story's evidence joins into the one it is placed in, or stories that move.
  package var moves: [Move]

  package init(_ decision: Decision, similarity: Double, moves: [Move] = []) {
    self.decision = decision
    self.similarity = similarity
    self.moves = moves
  }

  /// The cluster that `story` stands in after this placement.
  package func cluster(of story: StoryID) -> StoryID {
    switch decision {
    case .starts: story
    case .joins(let cluster), .copies(_, let cluster): cluster
    }
  }
}

/// A later decision about a story placed earlier.
package struct Move: Hashable, Sendable {
  package var story: StoryID
  /// The cluster it now stands in, named by that cluster's first story.
  package var cluster: StoryID

  package init(story: StoryID, to cluster: StoryID) {
    self.story = story
    self.cluster = cluster
  }
}
