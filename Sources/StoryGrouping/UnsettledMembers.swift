internal import Syndication

/// Members of small clusters that joined without being sure to belong, each as it was alone: what a
/// later story needs to show that one does not.
///
/// Of most stories a cluster keeps only what they amount to together; to take one out again its own
/// shingles must be known.
struct UnsettledMembers: Sendable {
  /// By the cluster's place, in the order they joined.
  private var members: [UInt32: [Cluster]] = [:]

  /// Those of the cluster at `place`.
  subscript(place: UInt32) -> [Cluster] { members[place] ?? [] }

  /// Takes in a story that joined the cluster at `place`.
  mutating func append(_ story: Cluster, at place: UInt32) {
    members[place, default: []].append(story)
  }

  /// Forgets all of the cluster at `place`: it is closed, merged, or large enough to be sure of.
  mutating func settle(_ place: UInt32) {
    if !members.isEmpty { members[place] = nil }
  }

  /// Forgets one story of the cluster at `place`, and returns it as it was alone.
  mutating func take(_ story: StoryID, at place: UInt32) -> Cluster? {
    guard let index = members[place]?.firstIndex(where: { $0.lead == story }) else { return nil }
    let member = members[place]?.remove(at: index)
    if members[place]?.isEmpty == true { members[place] = nil }
    return member
  }

  /// Forgets the stories of clusters that are not open any more.
  mutating func forget(unless isOpen: (UInt32) -> Bool) {
    members = members.filter { isOpen($0.key) }
  }

  /// Gives the clusters their new places and forgets what stood in those that have none.
  mutating func renumber(_ numbers: [UInt32?]) {
    var kept: [UInt32: [Cluster]] = [:]
    for (place, stories) in members {
      if let number = numbers[Int(place)] { kept[number] = stories }
    }
    members = kept
  }
}

extension UnsettledMembers {
  /// Without a gap in memory.
  struct Record: BitwiseCopyable {
    var id: UInt64
    var summary: ClusterSummary
    var place: UInt32
    var source: UInt32
    var termCount: UInt32
    var unused: UInt32 = 0
  }

  func write(to writer: inout SnapshotWriter) throws {
    let ordered = members.sorted { $0.key < $1.key }
    try writer.write(
      ordered.flatMap { place, stories in
        stories.map {
          Record(
            id: $0.lead.bits, summary: $0.summary, place: place, source: $0.sources.first.source,
            termCount: UInt32($0.terms.count))
        }
      })
    try writer.write(ordered.flatMap { $0.value.flatMap(\.terms.elements) })
  }

  /// Throws when a story's numbers are such as no story has, or its cluster is not open among `clusters`.
  init(from reader: inout SnapshotReader, clusters: ClusterTable) throws(SnapshotError) {
    let records = try reader.array(of: Record.self)
    var elements = try reader.array(of: TermVector.Element.self)[...]
    for record in records {
      guard record.isSound, record.place < clusters.records.count,
        clusters[record.place].isOpen, record.termCount <= elements.count,
        self[record.place].count < Parameters.unsettledMemberLimit
      else { throw .damaged }
      let own = Array(elements.prefix(Int(record.termCount)))
      elements = elements.dropFirst(own.count)
      guard let vector = TermVector(own, length: record.summary.length, lost: record.summary.lost)
      else { throw .damaged }
      var sources = ClusterSources()
      sources.count(record.source, 1)
      append(
        Cluster(lead: StoryID(bits: record.id), record.summary, vector, sources), at: record.place)
    }
    guard elements.isEmpty else { throw .damaged }
  }
}

extension UnsettledMembers.Record {
  fileprivate var isSound: Bool {
    summary.isSound && summary.isOpen == 1 && summary.memberCount == 1
  }
}
