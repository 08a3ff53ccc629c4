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

  @Test mutating func `compaction keeps the order of those that stay`() {
    index.compact { $0.isMultiple(of: 3) }
    for (term, clusters) in model {
      var kept: [UInt32] = []
      for cluster in clusters where cluster.isMultiple(of: 3) && kept.last != cluster {
        kept.append(cluster)
      }
      #expect(read(term, .max) == Array(kept.reversed()))
    }
  }
}
