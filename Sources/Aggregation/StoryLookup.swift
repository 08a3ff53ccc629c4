internal import DigestExport
package import StoryArchive
package import Syndication

/// The archive's stories by the names that people give them.
package struct StoryLookup {
  private var fold = ClusterFold()

  /// - Throws: `ArchiveError` when the archive cannot be read.
  package init(_ archive: Archive) throws {
    var fold = ClusterFold()
    try archive.replay { fold.apply($0) }
    self.fold = fold
  }

  /// The stories whose identifier, link or title is `name`; failing that, whose title contains it,
  /// whatever the case.
  package func stories(named name: String) -> [Story] {
    let stories = fold.stories.map(\.story)
    if let id = StoryID(hexadecimal: name) { return stories.filter { $0.id == id } }
    let exact = stories.filter { $0.link == name || $0.title == name }
    guard exact.isEmpty else { return exact }
    let fragment = name.lowercased()
    return stories.filter { $0.title.lowercased().contains(fragment) }
  }

  /// The other stories of a story's cluster.
  package func clusterMates(of id: StoryID) -> [Story] {
    fold.clusters.first { $0.contains { $0.story.id == id } }?
      .map(\.story).filter { $0.id != id } ?? []
  }
}
