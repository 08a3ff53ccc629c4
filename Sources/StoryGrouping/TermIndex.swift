internal import CRarityTable

/// From a shingle to the clusters that hold it among their rarest, newest first.
///
/// Most shingles are in one cluster only, which then stands in the table itself. Further ones fill
/// blocks, since each step to another place in memory costs as much as the rest of the work. A chain
/// is read only so far, so that a shingle that all the world uses costs no more than another.
struct TermIndex: Sendable {
  private struct Block: Sendable {
    static let capacity = 6
    /// The clusters of the block, the oldest first; `count` of them.
    var clusters: SIMD8<UInt32>
    var count: Int
    /// The place of the next older block, or the oldest cluster itself, as in the table.
    var older: UInt32
  }

  /// Set in a place that is a cluster rather than a block.
  private static let isCluster: UInt32 = 1 << 31

  private var heads = PlaceTable()
  private var blocks: [Block] = []

  /// `cluster` below 2^31.
  mutating func insert(_ term: UInt32, cluster: UInt32) {
    guard let head = heads[term] else {
      _ = heads.update(term, to: cluster | Self.isCluster)
      return
    }
    // A cluster that grows is posted once for a run of its stories.
    if head & Self.isCluster != 0 {
      if head == cluster | Self.isCluster { return }
    } else {
      let block = blocks[Int(head)]
      if block.clusters[block.count - 1] == cluster { return }
      if block.count < Block.capacity {
        blocks[Int(head)].clusters[block.count] = cluster
        blocks[Int(head)].count += 1
        return
      }
    }
    _ = heads.update(term, to: UInt32(blocks.count))
    blocks.append(Block(clusters: SIMD8(repeating: cluster), count: 1, older: head))
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
            chains[index] = (blocks[Int(next)].older, count + blocks[Int(next)].count)
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
      for index in stride(from: block.count - 1, through: 0, by: -1) where left > 0 {
        body(block.clusters[index])
        left -= 1
      }
      place = block.older
    }
    if left > 0, place & Self.isCluster != 0 { body(place & ~Self.isCluster) }
  }

  /// Drops the postings of clusters that are no more; the order within a shingle is kept.
  mutating func compact(keeping isLive: (UInt32) -> Bool) {
    var kept = TermIndex()
    heads.forEachKey { term in
      var clusters: [UInt32] = []
      forEachCluster(of: term, limit: .max) { if isLive($0) { clusters.append($0) } }
      for cluster in clusters.reversed() { kept.insert(term, cluster: cluster) }
    }
    self = kept
  }
}
