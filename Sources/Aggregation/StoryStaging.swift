internal import StoryArchive
internal import Syndication

/// The stories of one document on their way into a transaction, each placed knowing those before it.
struct StoryStaging {
  private let known: KnownArchive
  private let seen: Timestamp
  /// Whether what is known is stored anew where it differs.
  private let takesEdits: Bool
  /// Identifiers that stories of the document have.
  private var taken: Set<StoryID>
  private var counts = StoryCounts()

  private init(
    _ accepted: AcceptedStories, _ known: KnownArchive, seen: Timestamp, takesEdits: Bool
  ) {
    self.known = known
    self.seen = seen
    self.takesEdits = takesEdits
    taken = Set(accepted.stories.map(\.id))
    counts.ignored = accepted.ignoredCount
  }

  /// Places and stages every one of the stories `accepted`.
  ///
  /// - Returns: How they fared.
  /// - Throws: `NotFolded` where what a new one is grouped with is to be folded first.
  static func stage(
    _ accepted: AcceptedStories, in transaction: inout ArchiveTransaction, _ known: KnownArchive,
    now: Timestamp, takesEdits: Bool
  ) throws -> StoryCounts {
    var staging = StoryStaging(
      accepted, known, seen: transaction.seen(at: now), takesEdits: takesEdits)
    for (story, fingerprint) in zip(accepted.stories, accepted.fingerprints) {
      let isAmbiguous = accepted.ambiguous.contains(story.id)
      try staging.place(
        staging.identified(story, fingerprint, isAmbiguous: isAmbiguous), fingerprint,
        in: &transaction)
    }
    return staging.counts
  }

  /// Whether one of the stories `accepted` is to be placed, as far as one can tell before any is placed.
  static func bringsNews(_ accepted: AcceptedStories, _ known: KnownArchive) -> Bool {
    var staging = StoryStaging(
      accepted, known, seen: Timestamp(milliseconds: 0), takesEdits: false)
    return zip(accepted.stories, accepted.fingerprints).contains { story, fingerprint in
      let isAmbiguous = accepted.ambiguous.contains(story.id)
      let story = staging.identified(story, fingerprint, isAmbiguous: isAmbiguous)
      return known.look { $0.isToBePlaced(story.id, fingerprint) }
    }
  }

  /// `story` as it is seen, with the identifier under which it is known.
  private mutating func identified(
    _ story: Story, _ fingerprint: StoryFingerprint, isAmbiguous: Bool
  ) -> Story {
    var story = story
    story.seen = seen
    let sighted = known.look { $0.known(story.id, fingerprint, isAmbiguous: isAmbiguous) }
    if let sighted, taken.insert(sighted).inserted { story.id = sighted }
    if let twin = story.twin, known.look({ $0.isNew(story.id) && !$0.isNew(twin) }),
      taken.insert(twin).inserted
    {
      story.id = twin
    }
    return story
  }

  private mutating func place(
    _ story: Story, _ fingerprint: StoryFingerprint, in transaction: inout ArchiveTransaction
  ) throws {
    let (isNew, isToBePlaced) = known.look {
      ($0.isNew(story.id), takesEdits && $0.isToBePlaced(story.id, fingerprint))
    }
    if isNew || isToBePlaced { try known.expectGrouping() }
    if isNew { known.knowledge.advance(to: seen) }
    switch known.look({ $0.decide(story, fingerprint) }) {
    case .new(let placed):
      for record in placed.records { transaction.stage(record) }
      known.knowledge.apply(placed)
      counts.new += 1
    case .edited where !takesEdits: counts.known += 1
    case .edited(let records):
      for record in records {
        transaction.stage(record)
        known.knowledge.apply(record)
      }
      counts.edited += 1
    case .known: counts.known += 1
    case .withheld: counts.withheld += 1
    }
  }
}
