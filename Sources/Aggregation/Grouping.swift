internal import DigestExport
internal import StoryArchive
package import StoryGrouping
package import Syndication

/// What must be known to group the next story with others: a fold over the records of the grouping window.
struct Grouping: Sendable {
  private let sketcher = Sketcher()
  private var grouper = Grouper()
  /// How exact the grouping window is. Letting clusters go costs in proportion to all that are open, so
  /// it is not done with every document.
  private static let forgettingInterval = Duration.seconds(3600)
  private var forgotten = Timestamp(milliseconds: .min)

  /// Where a new story belongs, with its sketch as it was weighed for that.
  func decide(_ story: Story) -> (sketch: WeighedSketch, placement: Placement) {
    let sketch = weigh(story)
    return (sketch, grouper.decide(sketch))
  }

  /// Folds one record in.
  mutating func apply(_ record: ArchiveRecord) {
    switch record {
    case .story(let story, let cluster, let original):
      apply(story, cluster: cluster, original: original, nil)
    case .move(let story, let cluster, _): move(story, to: cluster)
    case .revision, .relocation, .removed: break
    }
  }

  /// Folds a story in; `sketch` is of it exactly as recorded, and weighed among what is known now.
  mutating func apply(
    _ story: Story, cluster: StoryID, original: StoryID?, _ sketch: WeighedSketch?
  ) {
    let placement = Placement(of: story.id, cluster: cluster, original: original)
    grouper.apply(sketch ?? weigh(story), placement)
  }

  mutating func move(_ story: StoryID, to cluster: StoryID) {
    grouper.apply([Move(story: story, to: cluster)])
  }

  /// Drops what is too old to be grouped with at `now`.
  mutating func forget(now: Timestamp) {
    let moment = now - Grouper.window
    guard forgotten + Self.forgettingInterval <= moment else { return }
    forgotten = moment
    grouper.forget(before: moment)
  }

  private func weigh(_ story: Story) -> WeighedSketch {
    grouper.weigh(sketcher.sketch(GroupingDocument(story)))
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
