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

  /// Brings what looking up `terms` in turn will read into the caches, up to `budget` clusters and
  /// `limit` of each. A step along a chain misses the caches; asked for together, the steps of all
  /// chains take hardly longer than one.
  func prefetch(_ terms: [UInt32], limit: Int, budget: Int) {
    for term in terms { heads.prefetch(term) }
    var chains = terms.map { (next: heads[$0] ?? Self.isCluster, count: 0) }
    blocks.withUnsafeBufferPointer { blocks in
      var goesOn = true
      while goesOn {
        for chain in chains where chain.next & Self.isCluster == 0 {
          memory_prefetch(blocks.baseAddress.map { $0 + Int(chain.next) })
        }
        goesOn = false
        var left = budget
        for index in chains.indices where left > 0 {
          let (next, count) = chains[index]
          if next & Self.isCluster == 0, count < limit {
            let block = blocks[Int(next)]
            chains[index] = (block[7], count + Self.count(block))
            goesOn = true
          }
          left -= chains[index].count
        }
      }
    }
  }

  /// Calls `body` with the newest clusters of `term`, at most `limit`.
  @inline(__always)
  func forEachCluster(of term: UInt32, limit: Int, _ body: (UInt32) -> Void) {
    guard var place = heads[term] else { return }
    var left = limit
    while left > 0, place & Self.isCluster == 0 {
      let block = blocks[Int(place)]
      for index in stride(from: Self.count(block) - 1, through: 0, by: -1) where left > 0 {
        body(block[index])
        left -= 1
      }
      place = block[7]
    }
    if left > 0, place & Self.isCluster != 0, place != Self.none { body(place & ~Self.isCluster) }
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
