package import StoryArchive
package import Syndication

/// The stories of another archive of this program, as they stand there: in their newest words, without
/// what was redacted.
package struct ArchiveImport {
  /// Stories whose words copies borrow, and the newest revision of those that were edited.
  private var originals: Set<StoryID> = []
  private var newest: [StoryID: Int] = [:]
  private var removed: Set<StoryID> = []
  private var addresses: [String: [String]] = [:]
  private let archive: Archive

  /// Looks through `archive`, which is read twice.
  ///
  /// - Throws: `ArchiveError`.
  package init(of archive: Archive) throws {
    self.archive = archive
    try archive.replay { note($0) }
  }

  private mutating func note(_ record: ArchiveRecord) {
    switch record {
    case .story(let story, _, let original):
      if story.text.isEmpty, let original { originals.insert(original) }
    case .revision(let story): newest[story.id] = story.revision
    case .removed(let stories, _): removed.formUnion(stories)
    case .relocation(let feed, let address, _): addresses[feed, default: []].append(address)
    case .move: break
    }
  }

  /// Where the feed that was first followed at `first` was followed, the last address first.
  package func addresses(of first: String) -> [String] {
    (addresses[first] ?? []).reversed() + [first]
  }

  /// Calls `body` with the stories, oldest first, at most `limit` at a time. A story without a date has
  /// that on which it was first seen.
  ///
  /// - Throws: `ArchiveError`; what `body` throws.
  package func stories(limit: Int, _ body: ([Story]) throws -> Void) throws {
    var borrowed: [StoryID: String] = [:]
    var batch: [Story] = []
    try archive.replay { record in
      guard let (told, original) = record.told, !removed.contains(told.id) else { return }
      var story = told
      // A copy borrows the words that its original had when the copy came.
      if originals.contains(story.id) { borrowed[story.id] = story.text }
      guard story.revision == newest[story.id] ?? 0 else { return }
      if story.text.isEmpty, let original { story.text = borrowed[original] ?? "" }
      story.revision = 0
      story.published = story.published ?? story.seen
      batch.append(story)
      guard batch.count >= limit else { return }
      try body(batch)
      batch.removeAll(keepingCapacity: true)
    }
    if !batch.isEmpty { try body(batch) }
  }
}

extension ArchiveRecord {
  /// A story or an edit of one, with what it is a copy of.
  fileprivate var told: (Story, original: StoryID?)? {
    switch self {
    case .story(let story, _, let original): (story, original)
    case .revision(let story): (story, nil)
    case .move, .relocation, .removed: nil
    }
  }
}
