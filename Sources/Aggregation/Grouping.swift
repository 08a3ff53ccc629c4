internal import DigestExport
internal import StoryArchive
package import StoryGrouping
package import Syndication

/// What must be known to group the next story with others: a fold over the archive's records.
///
/// A function of the records alone, in their order: whoever folds them anew, or goes on from a copy of
/// what was known at some place, places the next story as one who never stopped.
struct Grouping {
  private let sketcher = Sketcher()
  var grouper: Grouper
  /// Up to when what is too old was let go. Letting clusters go costs in proportion to all that are open,
  /// so it is done once an hour of the records' time.
  private(set) var forgotten: Timestamp
  /// The words of the story whose edit was folded last, nil once anything else was: a move right behind it is the
  /// edit's.
  private var retold: WeighedSketch?
  private static let forgettingInterval: Int64 = 3_600_000

  init(_ grouper: Grouper = Grouper(), forgotten: Timestamp = Timestamp(milliseconds: .min)) {
    self.grouper = grouper
    self.forgotten = forgotten
  }

  /// Where a new story belongs, with its sketch as it was weighed for that; nothing was folded since
  /// `advance(to:)` the moment at which the story was seen.
  func decide(_ story: Story) -> (sketch: WeighedSketch, placement: Placement) {
    let sketch = weigh(story)
    return (sketch, grouper.decide(sketch))
  }

  /// Where an edited story belongs now, if elsewhere.
  func move(of edit: Story) -> Move? { grouper.move(ofRetold: weigh(edit)) }

  /// Folds one record in.
  mutating func apply(_ record: ArchiveRecord) {
    switch record {
    case .story(let story, let cluster, let original):
      apply(story, cluster: cluster, original: original, nil)
    case .move(let story, let cluster, _): move(story, to: cluster)
    case .revision(let story): retell(story)
    case .relocation, .removed: retold = nil
    }
  }

  /// Folds an edit in.
  mutating func retell(_ story: Story) {
    let sketch = weigh(story)
    grouper.retell(sketch)
    retold = sketch
  }

  /// Folds a story in; `sketch` is of it exactly as recorded, and weighed among what is known now.
  mutating func apply(
    _ story: Story, cluster: StoryID, original: StoryID?, _ sketch: WeighedSketch?
  ) {
    retold = nil
    advance(to: story.seen)
    let placement = Placement(of: story.id, cluster: cluster, original: original)
    grouper.apply(sketch ?? weigh(story), placement)
  }

  mutating func move(_ story: StoryID, to cluster: StoryID) {
    defer { retold = nil }
    guard let retold, retold.sketch.id == story else {
      return grouper.apply([Move(story: story, to: cluster)])
    }
    grouper.move(retold, to: cluster)
  }

  /// Drops what is too old to be grouped with a story that is seen at `moment`. To be called for stories
  /// alone that will be folded in, since that is when a replay does it.
  mutating func advance(to moment: Timestamp) {
    let milliseconds = moment.milliseconds
    let hour = Timestamp(
      milliseconds: milliseconds - milliseconds % Self.forgettingInterval)
    guard hour > forgotten else { return }
    forgotten = hour
    grouper.forget(before: hour - Grouper.window)
  }

  private func weigh(_ story: Story) -> WeighedSketch {
    grouper.weigh(sketcher.sketch(GroupingDocument(story), foresight: grouper.foresight))
  }
}

extension Placement {
  /// The placement that a story's record tells of.
  fileprivate init(of story: StoryID, cluster: StoryID, original: StoryID?) {
    if let original {
      self.init(.copies(original: original, cluster: cluster), similarity: 0)
    } else {
      self.init(cluster == story ? .starts : .joins(cluster: cluster), similarity: 0)
    }
  }
}

extension GroupingDocument {
  /// What grouping looks at of a story. The outlet rather than the feed, since one outlet often has
  /// several feeds.
  package init(_ story: Story) {
    self.init(
      id: story.id, title: story.title, text: story.text, language: story.language,
      source: story.outlet, published: story.published, seen: story.seen)
  }
}
