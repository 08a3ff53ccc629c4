internal import Syndication

/// Stored stories, as far as it takes to know them again: tables that lie on disk, and in memory what came
/// since. What is answered holds only as long as the tables are `isSound`.
struct KnownStories {
  /// Newer tables that hold together more than this part of an older one are written with it into one, so
  /// that a story is looked for in a few tables.
  private static let mergedShare = 4

  /// The oldest first; what a newer one says of a story counts.
  private(set) var tables: [StoryTable] = []
  /// How many there are.
  private(set) var count = 0
  private var versions: [StoryID: StoryVersion] = [:]
  /// The story that was first sighted with this link, title, date and text.
  private var sightings: [StoryID: StoryID] = [:]

  init() {}

  /// `count` stories, which `tables` hold.
  init(tables: [StoryTable], count: Int) {
    self.tables = tables
    self.count = count
  }

  /// Whether no table that was looked into is damaged.
  var isSound: Bool { tables.allSatisfy { !$0.foundDamage } }

  /// How many were learned or learned anew since the tables were written.
  var recentCount: Int { versions.count }

  /// What is in memory, versions and sightings.
  var recentRowCount: Int { versions.count + sightings.count }

  /// What is known of `story`; nil for a new one.
  subscript(story: StoryID) -> StoryVersion? {
    if let version = versions[story] { return version }
    for table in tables.reversed() {
      if let version = table.version(of: story) { return version }
    }
    return nil
  }

  /// The story that was first sighted so.
  func story(sightedAs sighting: StoryID) -> StoryID? {
    if let story = sightings[sighting] { return story }
    for table in tables.reversed() {
      if let story = table.story(sightedAs: sighting) { return story }
    }
    return nil
  }

  /// Learns a story that is not known.
  mutating func add(_ story: StoryID, _ version: StoryVersion) {
    versions[story] = version
    count += 1
  }

  /// Learns the present version of a story, whether it is known or not.
  mutating func set(_ story: StoryID, _ version: StoryVersion) {
    if self[story] == nil { count += 1 }
    versions[story] = version
  }

  /// Notes how a story was sighted, unless another one was sighted so before.
  mutating func note(_ sighting: StoryID, of story: StoryID) {
    if self.story(sightedAs: sighting) == nil { sightings[sighting] = story }
  }

  // MARK: Tables

  /// What is in memory, in the order of the keys.
  var recentRows: (versions: [KnownVersion], sightings: [KnownSighting]) {
    (
      versions.map { KnownVersion(story: $0.key, version: $0.value) }.sorted { $0.key < $1.key },
      sightings.map { KnownSighting(sighting: $0.key, story: $0.value) }
        .sorted { $0.key < $1.key }
    )
  }

  /// `table` holds what was in memory.
  mutating func moveRecent(to table: StoryTable) {
    tables.append(table)
    versions = [:]
    sightings = [:]
  }

  /// `table` holds what those at `places` do.
  mutating func replace(_ places: Range<Int>, by table: StoryTable) {
    tables.replaceSubrange(places, with: [table])
  }

  /// The newest tables, where they should be one; nil where they are few enough.
  var mergeable: Range<Int>? {
    guard var first = tables.indices.last else { return nil }
    var rowCount = tables[first].rowCount
    while first > 0 {
      let older = tables[first - 1].rowCount
      guard older < rowCount * Self.mergedShare, older + rowCount <= StoryTable.rowLimit else {
        break
      }
      first -= 1
      rowCount += older
    }
    return first < tables.count - 1 ? first..<tables.count : nil
  }
}
