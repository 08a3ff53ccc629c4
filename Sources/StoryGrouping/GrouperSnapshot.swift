// Snapshots: what grouping knows, to be read back instead of replaying all that led to it.
extension Grouper {
  /// To be raised whenever what is known of the same stories changes, or how it is written.
  private static let snapshotVersion: UInt64 = 11
  private static let snapshotMark: UInt64 = 0x5245_5055_4F52_4731

  /// Writes everything but the sealed copies, whose bytes are kept by themselves. `sink` is called with
  /// the bytes one after the other.
  ///
  /// Stories applied alike give the same bytes, whether in one process or with a snapshot between.
  package func writeSnapshot(to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    var writer = SnapshotWriter(sink)
    try writer.write(Self.snapshotMark)
    try writer.write(Self.snapshotVersion)
    try writer.write(sealed.map(\.checksum))
    try stories.write(to: &writer)
    try clusters.write(to: &writer)
    try index.write(to: &writer)
    try frequencies.write(to: &writer)
    try templates.write(to: &writer)
    try unsettled.write(to: &writer)
    try writer.finish()
  }

  /// What was known when the snapshot was written; `sealed` are the copies sealed by then. Throws for a
  /// snapshot that is damaged or of another version: then everything is to be replayed.
  package init(
    snapshot bytes: UnsafeRawBufferPointer, sealed: [SealedCopies] = [],
    whenRead: @escaping (UnsafeRawBufferPointer) -> Void = { _ in }
  )
    throws(SnapshotError)
  {
    var reader = try SnapshotReader(bytes, whenRead: whenRead)
    guard try reader.number() == Self.snapshotMark else { throw .damaged }
    guard try reader.number() == Self.snapshotVersion else { throw .otherVersion }
    guard try reader.array(of: UInt64.self) == sealed.map(\.checksum) else { throw .otherCopies }
    self.init()
    self.sealed = sealed
    stories = try StoryTable(from: &reader)
    clusters = try ClusterTable(from: &reader)
    index = try TermIndex(from: &reader, clusterCount: clusters.records.count)
    frequencies = try DocumentFrequencies(from: &reader)
    templates = try TitleTemplates(from: &reader)
    unsettled = try UnsettledMembers(from: &reader, clusters: clusters)
    try reader.finish()
    guard isChained else { throw .damaged }
  }

  /// Whether every story stands in a cluster that is there, and in no more than one chain.
  private var isChained: Bool {
    guard stories.records.allSatisfy({ $0.cluster < clusters.records.count }) else { return false }
    var isChained = [Bool](repeating: false, count: stories.records.count)
    return clusters.records.allSatisfy { cluster in
      var (last, next) = (StoryTable.none, cluster.firstStory)
      while next != StoryTable.none {
        guard next < isChained.count, !isChained[Int(next)] else { return false }
        isChained[Int(next)] = true
        (last, next) = (next, stories[next].next)
      }
      return last == cluster.lastStory
    }
  }

  /// Puts tables in the place of the sealed copies that have the same bytes: from now on these are
  /// read where they lie, say in a file.
  package mutating func use(_ tables: [SealedCopies]) {
    for place in sealed.indices {
      if let table = tables.first(where: { $0.checksum == sealed[place].checksum }) {
        sealed[place] = table
      }
    }
  }
}
