internal import Syndication

/// Stored stories, as far as it takes to know them again: tables that lie on disk, and in memory what came
/// since. What is answered holds only as long as the tables are `isSound`.
struct KnownStories: Sendable {
  /// Newer tables that hold together more than this part of an older one are written with it into one, so
  /// that a story is looked for in a few tables.
  private static let mergedShare = 4
  /// Rows of one table at most: what is written at one go.
  private static let tableRowLimit = 4 << 20

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

  /// What is known of `story`; nil for a new one.
  subscript(story: StoryID) -> StoryVersion? {
    if let version = versions[story] { return version }
    for table in tables.reversed() {
      if let row = table.row(story.bits, in: table.versions) { return row.version }
    }
    return nil
  }

  /// The story that was first sighted so.
  func story(sightedAs sighting: StoryID) -> StoryID? {
    if let story = sightings[sighting] { return story }
    for table in tables.reversed() {
      if let row = table.row(sighting.bits, in: table.sightings) { return row.story }
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

  /// The first of the tables that are written anew together with what came since.
  private var firstMerged: Int {
    var (first, rowCount) = (tables.count, versions.count)
    while first > 0 {
      let older = tables[first - 1].versions.rowCount
      guard older < rowCount * Self.mergedShare, older + rowCount <= Self.tableRowLimit else {
        break
      }
      first -= 1
      rowCount += older
    }
    return first
  }

  /// Writes what came since the tables were written, and those that it is to be one with.
  ///
  /// - Returns: The tables that stay, and the new one's sum.
  /// - Throws: `DamagedTable`, and what `sink` throws.
  func writeTable(
    to sink: @escaping StoryTableWriter.Sink
  ) throws -> (kept: [StoryTable], sum: UInt64) {
    let merged = tables[firstMerged...]
    var writer = StoryTableWriter(to: sink)
    var rows = MergedRows<KnownVersion>()
    for table in merged { try rows.add(table, table.versions) }
    try rows.add(
      versions.map { KnownVersion(story: $0.key, version: $0.value) }.sorted { $0.key < $1.key })
    try writer.write { try rows.next() }
    var sights = MergedRows<KnownSighting>()
    for table in merged { try sights.add(table, table.sightings) }
    try sights.add(
      sightings.map { KnownSighting(sighting: $0.key, story: $0.value) }
        .sorted { $0.key < $1.key })
    try writer.write { try sights.next() }
    return (Array(tables[..<firstMerged]), try writer.finish())
  }
}
