internal import CRarityTable

/// From a shingle to the clusters that hold it among their rarest, newest first.
///
/// Most shingles are in one cluster only, which then stands in the table itself. Further ones fill
/// blocks, since each step to another place in memory costs as much as the rest of the work. A chain
/// is read only so far, so that a shingle that all the world uses costs no more than another; nor is
/// it kept much further.
struct TermIndex: Sendable {
  /// Seven clusters, the oldest first, and last the place of the next older block or the oldest
  /// cluster itself, as in the table.
  private typealias Block = SIMD8<UInt32>

  private static let blockCapacity = 7
  /// Blocks of a chain: with one cluster in the first the others hold `Parameters.postingLimit`.
  private static let chainLimit = Parameters.postingLimit / blockCapacity + 2
  /// Set in a place that is a cluster rather than a block.
  private static let isCluster: UInt32 = 1 << 31
  /// No cluster, in a block that is not full; as an older block, no more.
  private static let none = UInt32.max

  private var heads = PlaceTable()
  private var blocks: [Block] = []

  /// Clusters that it can tell apart.
  static let clusterLimit = 1 << 31 - 1

  /// `cluster` below `clusterLimit`.
  mutating func insert(_ term: UInt32, cluster: UInt32) {
    guard let head = heads[term] else {
      heads.update(term, to: cluster | Self.isCluster)
      return
    }
    // A cluster that grows is posted once for a run of its stories.
    if head & Self.isCluster != 0 {
      if head == cluster | Self.isCluster { return }
    } else {
      let count = Self.count(blocks[Int(head)])
      if blocks[Int(head)][count - 1] == cluster { return }
      if count < Self.blockCapacity {
        blocks[Int(head)][count] = cluster
        return
      }
    }
    var block = Block(repeating: Self.none)
    block[0] = cluster
    block[7] = head
    if let oldest = takeOldest(of: head) {
      blocks[Int(oldest)] = block
      heads.update(term, to: oldest)
    } else {
      heads.update(term, to: UInt32(blocks.count))
      blocks.append(block)
    }
  }

  /// Cuts the last block off a chain that has as many as it may have.
  private mutating func takeOldest(of head: UInt32) -> UInt32? {
    var place = head
    for _ in 0..<Self.chainLimit - 2 {
      if place & Self.isCluster != 0 { return nil }
      place = blocks[Int(place)][7]
    }
    guard place & Self.isCluster == 0 else { return nil }
    let oldest = blocks[Int(place)][7]
    guard oldest & Self.isCluster == 0 else { return nil }
    blocks[Int(place)][7] = Self.none
    return oldest
  }

  @inline(__always)
  private static func count(_ block: Block) -> Int {
    var count = blockCapacity
    while block[count - 1] == none { count -= 1 }
    return count
  }

  /// Where the chains of terms begin.
  var foresight: SlotForesight { heads.foresight }

  /// Adds the squared weights of `terms` to their newest clusters, of one term after the other: to at most
  /// `limit` of one and `budget` of all.
  ///
  /// A step along a chain misses the caches; asked for together, the steps of all chains take hardly
  /// longer than one.
  func add(
    _ terms: [TermVector.Element], to tally: inout CandidateTally, limit: Int, budget: Int
  ) {
    for term in terms { heads.prefetch(term.key.hash) }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: terms.count) { found in
      for (place, term) in terms.enumerated() {
        found.initializeElement(at: place, to: heads[term.key.hash] ?? Self.none)
      }
      prefetch(UnsafeBufferPointer(found), limit: limit, budget: budget)
      var left = budget
      for (place, term) in terms.enumerated() where left > 0 && found[place] != Self.none {
        let square = term.weight * term.weight
        left -= forEachCluster(from: found[place], limit: min(limit, left)) {
          tally.add(square, to: $0)
        }
      }
    }
  }

  /// Begins to bring the blocks that will be read of such chains into the caches, round by round: as many
  /// of the first terms as their postings, counted too low, leave room for in the budget.
  private func prefetch(_ found: UnsafeBufferPointer<UInt32>, limit: Int, budget: Int) {
    blocks.withUnsafeBufferPointer { blocks in
      guard let base = blocks.baseAddress else { return }
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: found.count) { next in
        for (place, head) in found.enumerated() {
          if head & Self.isCluster == 0 { memory_prefetch(base + Int(head)) }
          next.initializeElement(at: place, to: head)
        }
        var end = found.count
        for round in 0..<(limit - 1) / Self.blockCapacity {
          let least = round * Self.blockCapacity + 1
          var sure = 0
          for place in 0..<end where next[place] & Self.isCluster == 0 {
            next[place] = base[Int(next[place])][7]
            if next[place] & Self.isCluster == 0 { memory_prefetch(base + Int(next[place])) }
            sure += least
            if sure >= budget { end = place + 1 }
          }
          if sure == 0 { return }
        }
      }
    }
  }

  /// Calls `body` with the newest clusters from a head on; returns how many there were.
  @inline(__always)
  private func forEachCluster(from head: UInt32, limit: Int, _ body: (UInt32) -> Void) -> Int {
    var place = head
    var left = limit
    blocks.withUnsafeBytes { blocks in
      while left > 0, place & Self.isCluster == 0 {
        let start = Int(place) * MemoryLayout<Block>.stride
        var index = Self.blockCapacity
        while index > 0, left > 0 {
          index -= 1
          let cluster = blocks.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
          guard cluster != Self.none else { continue }
          body(cluster)
          left -= 1
        }
        let older = start + 4 * Self.blockCapacity
        place = blocks.loadUnaligned(fromByteOffset: older, as: UInt32.self)
      }
    }
    if left > 0, place & Self.isCluster != 0, place != Self.none {
      body(place & ~Self.isCluster)
      left -= 1
    }
    return limit - left
  }

  /// Calls `body` with the newest clusters of `term`, at most `limit`.
  func forEachCluster(of term: UInt32, limit: Int, _ body: (UInt32) -> Void) {
    if let head = heads[term] { _ = forEachCluster(from: head, limit: limit, body) }
  }

  /// Blocks in use: bounded for a shingle, however many clusters hold it.
  var blockCount: Int { blocks.count }

  /// Gives the clusters their new numbers and drops the postings of those that have none; the order
  /// within a shingle is kept.
  mutating func renumber(_ number: (UInt32) -> UInt32?) {
    var kept = TermIndex()
    heads.forEach { term, _ in
      var clusters: [UInt32] = []
      forEachCluster(of: term, limit: .max) { cluster in
        if let new = number(cluster) { clusters.append(new) }
      }
      for cluster in clusters.reversed() { kept.insert(term, cluster: cluster) }
    }
    self = kept
  }
}

extension TermIndex {
  func write(to writer: inout SnapshotWriter) throws {
    try heads.write(to: &writer)
    try writer.write(blocks)
  }

  /// Throws when a posting names none of the `clusterCount` clusters, or chains of blocks meet or end
  /// nowhere.
  init(from reader: inout SnapshotReader, clusterCount: Int) throws(SnapshotError) {
    heads = try PlaceTable(from: &reader)
    blocks = try reader.array(of: Block.self)
    var isLedTo = [Bool](repeating: false, count: blocks.count)
    /// Whether a place is a cluster, or a block that no other place leads to: then no chain is a loop.
    func leads(_ place: UInt32) -> Bool {
      if place & Self.isCluster != 0 { return place & ~Self.isCluster < clusterCount }
      guard place < blocks.count, !isLedTo[Int(place)] else { return false }
      isLedTo[Int(place)] = true
      return true
    }
    var isSound = true
    heads.forEach { _, place in isSound = isSound && leads(place) }
    for block in blocks where isSound {
      let count = (0..<Self.blockCapacity).prefix { block[$0] < clusterCount }.count
      isSound =
        count > 0 && (count..<Self.blockCapacity).allSatisfy { block[$0] == Self.none }
        && (block[7] == Self.none || leads(block[7]))
    }
    guard isSound else { throw .damaged }
  }
}
