import Testing

@testable import StoryGrouping

@Suite struct TermIndexTests {
  /// Clusters by term, the oldest first, as the index should remember them.
  private var model: [UInt32: [UInt32]] = [:]
  private var index = TermIndex()

  init() {
    var state: UInt64 = 1
    for _ in 0..<20_000 {
      state = StableHash.finish(state &+ 1)
      // A few shingles that many clusters hold, many that few do.
      let term = UInt32(truncatingIfNeeded: state >> 32) % (state & 1 == 0 ? 7 : 3000) << 5
      let cluster = UInt32(truncatingIfNeeded: state >> 8) % 500
      index.insert(term, cluster: cluster)
      if model[term]?.last != cluster { model[term, default: []].append(cluster) }
    }
  }

  private func read(_ term: UInt32, _ limit: Int) -> [UInt32] {
    var found: [UInt32] = []
    index.forEachCluster(of: term, limit: limit) { found.append($0) }
    return found
  }

  @Test(arguments: [0, 1, 5, 6, 7, 40])
  func `a shingle names its newest clusters and no more than asked for`(limit: Int) {
    for (term, clusters) in model {
      #expect(read(term, limit) == Array(clusters.reversed().prefix(limit)))
    }
    #expect(read(0xFFFF_FFE0, 40).isEmpty)
  }

  @Test mutating func `renumbering keeps the order of those that stay`() {
    index.renumber { $0.isMultiple(of: 3) ? $0 / 3 : nil }
    for (term, clusters) in model {
      var kept: [UInt32] = []
      // What nobody reads any more need not be there.
      for cluster in clusters.suffix(Parameters.postingLimit)
      where cluster.isMultiple(of: 3) && kept.last != cluster / 3 {
        kept.append(cluster / 3)
      }
      #expect(read(term, kept.count) == Array(kept.reversed()))
    }
  }

  @Test func `a shingle of a hundred thousand clusters takes no more room than one of fifty`() {
    var index = TermIndex()
    for cluster in 0..<50 as Range<UInt32> { index.insert(32, cluster: cluster) }
    let room = index.blockCount
    for cluster in 50..<100_000 as Range<UInt32> { index.insert(32, cluster: cluster) }
    #expect(index.blockCount == room)
    var found: [UInt32] = []
    index.forEachCluster(of: 32, limit: Parameters.postingLimit) { found.append($0) }
    #expect(found == (0..<UInt32(Parameters.postingLimit)).map { 99_999 - $0 })
  }
}
