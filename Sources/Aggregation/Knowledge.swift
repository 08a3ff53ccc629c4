package import StoryArchive
internal import StoryGrouping
internal import Syndication

/// Everything that must be known to place the next entry: a fold over the archive's records.
///
/// `decide` only looks; `apply` is also the replay, so a restart is the same fold again. What it takes to
/// know a story again is folded at once; what it takes to group a new one is far more, and most passes
/// bring none, so `Grouping` is folded by itself once it is needed.
package struct Knowledge {
  /// Edits of one story that are kept in one UTC day; the newest text wins the day after.
  static let editsPerDay = 8

  /// All stories that were stored.
  var stories = KnownStories()
  /// Nil until the first story comes that is to be placed.
  private var grouping: Grouping?
  private(set) var filed = FiledFeeds()

  /// Knowledge of nothing.
  package init() {}

  /// Knowledge that was kept, without what it takes to group.
  init(stories: KnownStories, filed: FiledFeeds) {
    self.stories = stories
    self.filed = filed
  }

  package var storyCount: Int { stories.count }

  /// What an incoming story is, with the records that make it known.
  enum Verdict: Sendable {
    case new(PlacedStory)
    case edited([ArchiveRecord])
    case known
    /// An edit beyond the day's bound.
    case withheld
  }

  /// The story that `story` is already known as; nil for a new one. `isAmbiguous` says that its
  /// document holds another entry with all of that the same, which only GUIDs tell apart.
  func known(_ story: StoryID, _ fingerprint: StoryFingerprint, isAmbiguous: Bool) -> StoryID? {
    // The very words come first: an identifier that several entries shared may be another one's.
    if !isAmbiguous, let sighting = fingerprint.sighting,
      let known = stories.story(sightedAs: sighting)
    {
      return known
    }
    return stories[story] == nil ? nil : story
  }

  func isNew(_ story: StoryID) -> Bool { stories[story] == nil }

  /// Whether `story` needs to be placed, which takes `canGroup`: it is new, or has another text.
  func isToBePlaced(_ story: StoryID, _ fingerprint: StoryFingerprint) -> Bool {
    guard let version = stories[story] else { return true }
    return !version.isRemoved && version.textHash != fingerprint.textHash
  }

  /// Whether what is known of stories to group with was folded.
  var canGroup: Bool { grouping != nil }

  /// Whether nothing is damaged of what new stories are grouped with. Else their placement is worth nothing.
  var isGroupingSound: Bool { grouping?.grouper.isSound ?? true }

  /// Takes over what was folded to group with: all records up to what is known.
  mutating func group(with grouping: Grouping) { self.grouping = grouping }

  /// What it takes to group is to be folded anew.
  mutating func dropGrouping() { grouping = nil }

  /// Gives `body` what is known to group with, if it was folded.
  mutating func withGrouping(_ body: (inout Grouping) throws -> Void) rethrows {
    guard var known = grouping else { return }
    // Held once, lest changing it copy it.
    grouping = nil
    defer { grouping = known }
    try body(&known)
  }

  /// What is to be done about a story that is new, or whose identifier is known.
  func decide(_ story: Story, _ fingerprint: StoryFingerprint) -> Verdict {
    guard let version = stories[story.id] else { return .new(placing(story, fingerprint)) }
    guard !version.isRemoved, !version.describes(fingerprint) else { return .known }
    guard version.day != story.seen.day || version.editsOnDay < Self.editsPerDay else {
      return .withheld
    }
    var edit = story
    edit.revision = version.revision + 1
    return .edited([.revision(edit)] + moves(of: edit, version, fingerprint))
  }

  private func moves(
    of edit: Story, _ version: StoryVersion, _ fingerprint: StoryFingerprint
  ) -> [ArchiveRecord] {
    guard version.textHash != fingerprint.textHash, let move = grouping?.move(of: edit) else {
      return []
    }
    return [.move(story: move.story, cluster: move.cluster, seen: edit.seen)]
  }

  private func placing(_ story: Story, _ fingerprint: StoryFingerprint) -> PlacedStory {
    guard let grouping else { preconditionFailure("a story is placed among those folded") }
    let (sketch, placement) = grouping.decide(story)
    var stored = story
    var isWhole = true
    if let original = placement.original, stories[original]?.textHash == fingerprint.textHash,
      !story.hasUncomparedText
    {
      // The archive's line of a copy that has its original's very words leaves them out.
      isWhole = story.text.isEmpty
      stored.text = ""
    }
    let cluster = placement.cluster(of: story.id)
    return PlacedStory(
      record: .story(stored, cluster: cluster, original: placement.original),
      moves: placement.moves.map {
        .move(story: $0.story, cluster: $0.cluster, seen: story.seen)
      },
      fingerprint: fingerprint, sketch: isWhole ? sketch : nil)
  }

  /// Folds in a decision of `decide`.
  mutating func apply(_ placed: PlacedStory) {
    if case .story(let story, let cluster, let original) = placed.record {
      apply(story, placed.fingerprint, cluster: cluster, original: original, placed.sketch)
    }
    for move in placed.moves { apply(move) }
  }

  /// Folds one record in.
  package mutating func apply(_ record: ArchiveRecord) {
    switch record {
    case .story(let story, let cluster, let original):
      let borrowed = story.text.isEmpty ? original.flatMap { stories[$0]?.textHash } : nil
      let fingerprint = StoryFingerprint(of: story, textHash: borrowed)
      apply(story, fingerprint, cluster: cluster, original: original, nil)
    case .revision(let story):
      grouping?.retell(story)
      let known = stories[story.id]
      if known?.isRemoved == true { return }
      let fingerprint = StoryFingerprint(of: story)
      stories.set(
        story.id,
        known?.edited(to: story, fingerprint) ?? StoryVersion(of: story, fingerprint))
      note(story.id, fingerprint)
    case .move(let story, let cluster, _):
      grouping?.move(story, to: cluster)
    case .relocation(let feed, let address, _):
      grouping?.apply(record)
      filed.move(feed, to: address)
    case .removed(let removed, _):
      grouping?.apply(record)
      for story in removed { stories.set(story, .removed) }
    }
  }

  private mutating func note(_ story: StoryID, _ fingerprint: StoryFingerprint) {
    if let sighting = fingerprint.sighting { stories.note(sighting, of: story) }
  }

  /// Drops what is too old to be grouped with a new story that is seen at `moment`.
  mutating func advance(to moment: Timestamp) {
    grouping?.advance(to: moment)
  }

  private mutating func apply(
    _ story: Story, _ fingerprint: StoryFingerprint, cluster: StoryID, original: StoryID?,
    _ sketch: WeighedSketch?
  ) {
    filed.insert(story.feed)
    // A crash may leave a story on disk twice; every reader keeps the first.
    guard stories[story.id] == nil else { return }
    stories.add(story.id, StoryVersion(of: story, fingerprint))
    note(story.id, fingerprint)
    grouping?.apply(story, cluster: cluster, original: original, sketch)
  }
}

/// A new story as the archive will tell of it.
struct PlacedStory: Sendable {
  var record: ArchiveRecord
  var moves: [ArchiveRecord]
  var fingerprint: StoryFingerprint
  /// Of the story exactly as recorded, so that replaying the record makes the same one; nil where the
  /// record leaves the text out.
  var sketch: WeighedSketch?

  var records: [ArchiveRecord] { [record] + moves }
}

extension Placement {
  /// The story that a copy is a copy of.
  var original: StoryID? {
    guard case .copies(let original, _) = decision else { return nil }
    return original
  }
}
