/// From a shingle to the clusters that hold it among their rarest, newest first.
///
/// Postings are chained in one arena; a chain is read only so far, so that a shingle that all the
/// world uses costs no more than another.
struct TermIndex: Sendable {
  private struct Posting: Sendable {
    var term: UInt32
    var cluster: UInt32
    /// One more than the next older posting's place; 0 at the end.
    var next: UInt32
  }

  private var heads = PlaceTable()
  private var postings: [Posting] = []

  mutating func insert(_ term: UInt32, cluster: UInt32) {
    // A cluster that grows is posted once for a run of its stories.
    if let head = heads[term], postings[Int(head)].cluster == cluster { return }
    let older = heads.update(term, to: UInt32(postings.count))
    postings.append(Posting(term: term, cluster: cluster, next: older.map { $0 + 1 } ?? 0))
  }

  /// Calls `body` with the newest clusters of `term`, at most `limit`.
  @inline(__always)
  func forEachCluster(of term: UInt32, limit: Int, _ body: (UInt32) -> Void) {
    guard let head = heads[term] else { return }
    var place = head + 1
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
    for posting in postings where isLive(posting.cluster) {
      kept.insert(posting.term, cluster: posting.cluster)
    }
    self = kept
  }
}
