internal import Syndication

/// Members of small clusters, each as it was alone: those that joined without being sure to belong, which a later
/// story may show not to, and one that may be a round-up, or what a round-up gathers.
///
/// Of most stories a cluster keeps only what they amount to together; to take one out again its own
/// shingles must be known.
struct UnsettledMembers: Sendable {
  struct Member: Sendable {
    var story: Cluster
    /// Whether it may turn out not to belong.
    var isDoubtful: Bool
  }

  /// By the cluster's place, in the order they joined.
  private var members: [UInt32: [Member]] = [:]

  /// Those of the cluster at `place`.
  subscript(place: UInt32) -> [Member] { members[place] ?? [] }

  /// Whether there is room for one more of its kind in the cluster at `place`.
  func hasRoom(isDoubtful: Bool, at place: UInt32) -> Bool {
    let limit =
      isDoubtful ? Parameters.doubtfulMemberLimit : Parameters.sureMemberLimit
    return self[place].count { $0.isDoubtful == isDoubtful } < limit
  }

  /// Takes in a story that joined the cluster at `place`.
  mutating func append(_ member: Member, at place: UInt32) {
    members[place, default: []].append(member)
  }

  /// Forgets all of the cluster at `place`: it is closed, merged, or large enough to be sure of.
  mutating func settle(_ place: UInt32) {
    if !members.isEmpty { members[place] = nil }
  }

  /// Forgets one story of the cluster at `place`, and returns it as it was alone.
  mutating func take(_ story: StoryID, at place: UInt32) -> Cluster? {
    guard let index = members[place]?.firstIndex(where: { $0.story.lead == story }) else {
      return nil
    }
    let member = members[place]?.remove(at: index)
    if members[place]?.isEmpty == true { members[place] = nil }
    return member?.story
  }

  /// Forgets the stories of clusters that are not open any more.
  mutating func forget(unless isOpen: (UInt32) -> Bool) {
    members = members.filter { isOpen($0.key) }
  }

  /// Gives the clusters their new places and forgets what stood in those that have none.
  mutating func renumber(_ numbers: [UInt32?]) {
    var kept: [UInt32: [Member]] = [:]
    for (place, members) in members {
      if let number = numbers[Int(place)] { kept[number] = members }
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
    var isSure: UInt32
  }

  func write(to writer: inout SnapshotWriter) throws {
    let ordered = members.sorted { $0.key < $1.key }
    try writer.write(
      ordered.flatMap { place, members in
        members.map { member in
          let story = member.story
          return Record(
            id: story.lead.bits, summary: story.summary, place: place,
            source: story.sources.first.source, termCount: UInt32(story.terms.count),
            isSure: member.isDoubtful ? 0 : 1)
        }
      })
    try writer.write(ordered.flatMap { $0.value.flatMap(\.story.terms.elements) })
  }

  /// Throws when a story's numbers are such as no story has, or its cluster is not open among `clusters`.
  init(from reader: inout SnapshotReader, clusters: ClusterTable) throws(SnapshotError) {
    let records = try reader.array(of: Record.self)
    var elements = try reader.array(of: TermVector.Element.self)[...]
    for record in records {
      guard record.isSound, record.place < clusters.records.count,
        clusters[record.place].isOpen, record.termCount <= elements.count,
        hasRoom(isDoubtful: record.isSure == 0, at: record.place)
      else { throw .damaged }
      let own = Array(elements.prefix(Int(record.termCount)))
      elements = elements.dropFirst(own.count)
      guard let vector = TermVector(own, length: record.summary.length, lost: record.summary.lost)
      else { throw .damaged }
      var sources = ClusterSources()
      sources.count(record.source, 1)
      let story = Cluster(lead: StoryID(bits: record.id), record.summary, vector, sources)
      append(Member(story: story, isDoubtful: record.isSure == 0), at: record.place)
    }
    guard elements.isEmpty else { throw .damaged }
  }
}

extension UnsettledMembers.Record {
  fileprivate var isSound: Bool {
    summary.isSound && summary.isOpen == 1 && summary.memberCount == 1 && isSure <= 1
  }
}
