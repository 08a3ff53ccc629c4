internal import CRarityTable
internal import Syndication

/// The clusters by their places, which count up.
struct ClusterTable: Sendable {
  /// Without a gap in memory.
  struct Record: BitwiseCopyable, Sendable {
    fileprivate(set) var lead: UInt64
    fileprivate(set) var summary = ClusterSummary()
    fileprivate(set) var terms = TermPool.Run()
    /// The numbers of the first and the last story.
    fileprivate(set) var firstStory = StoryTable.none
    fileprivate(set) var lastStory = StoryTable.none
    fileprivate var source = SourceCount()
    /// The second source's place in `links`, plus one; 0 for none.
    fileprivate var otherSources: UInt32 = 0

    var isOpen: Bool { summary.isOpen != 0 }
  }

  /// A source of a cluster that has several.
  private struct SourceLink: BitwiseCopyable, Sendable {
    var count: SourceCount
    /// The next one's place, plus one; 0 for none.
    var next: UInt32
  }

  private(set) var records: [Record] = []
  private var pool = TermPool()
  private var links: [SourceLink] = []
  /// The first link that is free, plus one.
  private var spareLinks: UInt32 = 0
  private(set) var closedCount = 0
  /// No open cluster was seen before this.
  private var oldestSeen = Timestamp(milliseconds: .max)

  @inline(__always)
  subscript(place: UInt32) -> Record { records[Int(place)] }

  /// The clusters of a tally with the largest sums that are open to stories between two moments, largest
  /// first, of equals the newest; `own` is none of them.
  func heaviest(
    _ limit: Int, of tally: CandidateTally, from first: Timestamp?, to last: Timestamp?,
    besides own: UInt32? = nil
  ) -> [UInt32] {
    records.withUnsafeBufferPointer { records in
      tally.heaviest(limit) { place in
        memory_prefetch(records.baseAddress.map { $0 + Int(place) })
        memory_prefetch(records.baseAddress.map { UnsafeRawPointer($0 + Int(place)) + 64 })
        memory_prefetch(records.baseAddress.map { UnsafeRawPointer($0 + Int(place)) + 128 })
      } isWanted: { place in
        let summary = records[Int(place)].summary
        return summary.isOpen != 0 && summary.isWithin(first, last) && place != own
      }
    }
  }

  /// The cluster at `place` as a whole; without a member once it is closed.
  func cluster(at place: UInt32) -> Cluster {
    let record = records[Int(place)]
    guard record.isOpen else { return Cluster(lead: StoryID(bits: record.lead)) }
    return Cluster(
      lead: StoryID(bits: record.lead), record.summary,
      withTerms(of: record) {
        TermVector($0, length: record.summary.length, lost: record.summary.lost)
      }, sources(of: record))
  }

  /// Calls `body` with a cluster's shingles.
  @inline(__always)
  func withTerms<Result>(of record: Record, _ body: (TermRun) -> Result) -> Result {
    pool.withTerms(of: record.terms, body)
  }

  /// What speaks for and against a story's reporting the event of the cluster at `place`; `probe` is of
  /// the story's shingles.
  @inline(__always)
  func evidence(for story: Cluster, _ probe: ShingleProbe, against place: UInt32) -> Evidence {
    let record = records[Int(place)]
    let sameSourceMembers = membersSharingSource(of: record, with: story.sources)
    let summary = story.summary
    return withTerms(of: record) {
      Evidence(
        summary, probe, against: record.summary, $0, sameSourceMembers: sameSourceMembers)
    }
  }

  /// Begins to bring the shingles of the cluster at `place` into the caches.
  func prefetchTerms(_ place: UInt32) { pool.prefetch(records[Int(place)].terms) }

  /// The stories of a cluster that come of the source of `story`, or of its sources.
  func membersSharingSource(of record: Record, with story: ClusterSources) -> UInt32 {
    var shared: UInt32 = 0
    if record.source.source != 0, story.contains(record.source.source) {
      shared = record.source.members
    }
    var link = record.otherSources
    while link != 0 {
      let other = links[Int(link) - 1]
      if story.contains(other.count.source) { shared += other.count.members }
      link = other.next
    }
    return shared
  }

  /// Opens an empty cluster at the next place.
  mutating func append(lead: StoryID) -> UInt32 {
    records.append(Record(lead: lead.bits))
    return UInt32(records.count - 1)
  }

  /// Adds to the cluster at `place`; one that was closed begins anew.
  mutating func absorb(_ cluster: Cluster, at place: UInt32) {
    let record = records[Int(place)]
    if record.isOpen, record.summary.memberCount > 0 {
      var both = self.cluster(at: place)
      both.absorb(cluster)
      empty(place)
      keep(both, at: place)
    } else {
      if !record.isOpen { closedCount -= 1 }
      keep(cluster, at: place)
    }
    oldestSeen = min(oldestSeen, records[Int(place)].summary.lastSeen)
  }

  /// Puts a story in the place of what the open cluster at `place` holds.
  mutating func replace(_ story: Cluster, at place: UInt32) {
    empty(place)
    keep(story, at: place)
  }

  /// Takes a story out of the cluster at `place`, which has others.
  mutating func remove(_ story: Cluster, at place: UInt32) {
    var rest = cluster(at: place)
    rest.remove(story)
    empty(place)
    keep(rest, at: place)
  }

  /// Makes `first`…`last` the ends of a cluster's chain of stories.
  mutating func chain(_ first: UInt32, _ last: UInt32, at place: UInt32) {
    records[Int(place)].firstStory = first
    records[Int(place)].lastStory = last
  }

  /// Closes the cluster at `place`: only its name stays.
  mutating func close(_ place: UInt32) {
    guard records[Int(place)].isOpen else { return }
    empty(place)
    records[Int(place)] = Record(lead: records[Int(place)].lead)
    records[Int(place)].summary.isOpen = 0
    closedCount += 1
  }

  /// Closes the clusters whose last story was seen before `moment`; true if there was one.
  mutating func close(before moment: Timestamp) -> Bool {
    guard oldestSeen < moment else { return false }
    var didClose = false
    oldestSeen = Timestamp(milliseconds: .max)
    for place in records.indices where records[place].isOpen {
      let seen = records[place].summary.lastSeen
      if seen < moment {
        close(UInt32(place))
        didClose = true
      } else {
        oldestSeen = min(oldestSeen, seen)
      }
    }
    return didClose
  }

  private mutating func keep(_ cluster: Cluster, at place: UInt32) {
    records[Int(place)].summary = cluster.summary
    records[Int(place)].terms = pool.store(cluster.terms)
    records[Int(place)].source = cluster.sources.first
    for count in cluster.sources.others.reversed() {
      records[Int(place)].otherSources = link(
        SourceLink(count: count, next: records[Int(place)].otherSources))
    }
  }

  /// Gives back what the cluster at `place` holds of shingles and sources.
  private mutating func empty(_ place: UInt32) {
    pool.free(records[Int(place)].terms)
    var link = records[Int(place)].otherSources
    while link != 0 {
      let next = links[Int(link) - 1].next
      links[Int(link) - 1].next = spareLinks
      spareLinks = link
      link = next
    }
    records[Int(place)].terms = TermPool.Run()
    records[Int(place)].source = SourceCount()
    records[Int(place)].otherSources = 0
  }

  private mutating func link(_ link: SourceLink) -> UInt32 {
    guard spareLinks != 0 else {
      links.append(link)
      return UInt32(links.count)
    }
    let free = spareLinks
    spareLinks = links[Int(free) - 1].next
    links[Int(free) - 1] = link
    return free
  }

  private func sources(of record: Record) -> ClusterSources {
    var sources = ClusterSources()
    sources.count(record.source.source, record.source.members)
    var link = record.otherSources
    while link != 0 {
      let other = links[Int(link) - 1]
      sources.count(other.count.source, other.count.members)
      link = other.next
    }
    return sources
  }
}

extension ClusterTable {
  /// Drops the closed clusters and gives the others numbers from 0 on, in their order. Returns the new
  /// ones by the old, nil for what is no more. The stories are to be chained anew.
  mutating func compact() -> [UInt32?] {
    var numbers: [UInt32?] = []
    numbers.reserveCapacity(records.count)
    var kept: [Record] = []
    for var record in records {
      numbers.append(record.isOpen ? UInt32(kept.count) : nil)
      guard record.isOpen else { continue }
      record.firstStory = StoryTable.none
      record.lastStory = StoryTable.none
      kept.append(record)
    }
    records = kept
    closedCount = 0
    return numbers
  }

  /// What is written does not depend on where shingles and sources stand in memory, nor holds what
  /// follows from the rest.
  func write(to writer: inout SnapshotWriter) throws {
    let others = records.map { sources(of: $0).others.count }
    try writer.begin(records.count)
    for (var record, count) in zip(records, others) {
      record.terms = record.terms.withoutPlace
      record.otherSources = UInt32(count)
      try writer.add(record)
    }
    try writer.end()
    try writer.begin(others.reduce(0, +))
    for record in records { for count in sources(of: record).others { try writer.add(count) } }
    try writer.end()
    try writer.begin(records.reduce(0) { $0 + TermPool.wordCount(of: $1.terms) })
    for record in records {
      try pool.withWords(of: record.terms) { try writer.add(UnsafeRawBufferPointer($0)) }
    }
    try writer.end()
  }

  /// Throws when a cluster's numbers are such as no stories make. How its stories are chained is to be
  /// looked at.
  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    let kept = try reader.array(of: Record.self)
    var others = try reader.array(of: SourceCount.self)[...]
    var words = try reader.array(of: UInt32.self)[...]
    guard kept.count < TermIndex.clusterLimit else { throw .damaged }
    records.reserveCapacity(kept.count)
    for record in kept {
      guard record.isSound, record.otherSources <= others.count else { throw .damaged }
      let own = others.prefix(Int(record.otherSources))
      others.removeFirst(own.count)
      guard record.mayHave(own) else { throw .damaged }
      let length = TermPool.wordCount(of: record.terms)
      try restore(record, own, words.prefix(length))
      words = words.dropFirst(length)
    }
    let members = records.reduce(0) { $0 + Int($1.summary.memberCount) }
    guard others.isEmpty, words.isEmpty, members <= Int32.max else { throw .damaged }
  }

  private mutating func restore(
    _ kept: Record, _ others: ArraySlice<SourceCount>, _ words: ArraySlice<UInt32>
  ) throws(SnapshotError) {
    var record = kept
    record.terms = try pool.restore(kept.terms, words)
    record.otherSources = 0
    for count in others.reversed() {
      record.otherSources = link(SourceLink(count: count, next: record.otherSources))
    }
    records.append(record)
    if record.isOpen {
      oldestSeen = min(oldestSeen, record.summary.lastSeen)
    } else {
      closedCount += 1
    }
  }
}

extension ClusterTable.Record {
  /// Whether the numbers are such as a cluster has; of one that is closed only the name.
  fileprivate var isSound: Bool {
    summary.isSound
      && (isOpen
        || (terms.isEmpty && otherSources == 0 && source.source == 0
          && firstStory == StoryTable.none && lastStory == StoryTable.none))
  }

  /// Whether the sources tell no more stories than there are.
  fileprivate func mayHave(_ others: ArraySlice<SourceCount>) -> Bool {
    let members = others.reduce(UInt64(source.members)) { $0 + UInt64($1.members) }
    return members <= summary.memberCount && others.count < Parameters.clusterSourceLimit
      && others.allSatisfy { $0.source != 0 }
  }
}
