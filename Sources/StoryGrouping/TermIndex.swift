/// From a shingle to the clusters that hold it among their rarest, newest first.
///
/// Postings are chained in one arena; a chain is read only so far, so that a shingle that all the
/// world uses costs no more than another.
struct TermIndex: Sendable {
  private struct Posting: Sendable {
    var cluster: UInt32
    /// One more than the next older posting's place; 0 at the end.
    var next: UInt32
  }

  private var heads: [UInt32: UInt32] = [:]
  private var postings: [Posting] = []

  var postingCount: Int { postings.count }

  mutating func insert(_ term: UInt32, cluster: UInt32) {
    let head = heads[term, default: 0]
    // A cluster that grows is posted once for a run of its stories.
    if head != 0, postings[Int(head) - 1].cluster == cluster { return }
    postings.append(Posting(cluster: cluster, next: head))
    heads[term] = UInt32(postings.count)
  }

  /// Calls `body` with the newest clusters of `term`, at most `limit`.
  func forEachCluster(of term: UInt32, limit: Int, _ body: (UInt32) -> Void) {
    var place = heads[term, default: 0]
    var read = 0
    while place != 0, read < limit {
      let posting = postings[Int(place) - 1]
      body(posting.cluster)
      place = posting.next
      read += 1
    }
  }

  /// Drops the postings of clusters that are no more; order is kept.
  mutating func compact(keeping isLive: (UInt32) -> Bool) {
    var kept = TermIndex()
    // Oldest first, so that chains keep their order.
    var terms = [UInt32](repeating: 0, count: postings.count)
    for (term, head) in heads {
      var place = head
      while place != 0 {
        terms[Int(place) - 1] = term
        place = postings[Int(place) - 1].next
      }
    }
    for (place, posting) in postings.enumerated() where isLive(posting.cluster) {
      kept.insert(terms[place], cluster: posting.cluster)
    }
    self = kept
  }
}
