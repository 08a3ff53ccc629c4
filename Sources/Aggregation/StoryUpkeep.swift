internal import StoryArchive

/// What it takes to know stories again, as it is kept.
struct StoryUpkeep {
  private let store: KnowledgeStore
  /// How many stories that are in no table keeping them is next worth the while.
  private var leastCount = KnowledgeStore.leastStoryCount

  init(_ store: KnowledgeStore) {
    self.store = store
  }

  func isDue(_ stories: KnownStories, always: Bool) -> Bool {
    store.isMerging || stories.recentCount >= (always ? 1 : leastCount)
  }

  /// Keeps `knowledge`, which was folded under `mark`; what fails is not tried again before long.
  ///
  /// - Throws: `KnowledgeStore.Unnamed`.
  mutating func keep(_ knowledge: inout Knowledge, mark: ArchiveMark, toTheEnd: Bool) throws {
    let count = knowledge.stories.recentCount
    do {
      try store.keep(&knowledge, mark: mark, toTheEnd: toTheEnd)
      leastCount = KnowledgeStore.leastStoryCount
    } catch let unnamed as KnowledgeStore.Unnamed {
      throw unnamed
    } catch {
      leastCount = count * 2
    }
  }
}
