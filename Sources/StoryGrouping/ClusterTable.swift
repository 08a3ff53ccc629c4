internal import CRarityTable
internal import Syndication

/// The open clusters by their places. Places count up for ever; the room of a closed cluster is used
/// again.
struct ClusterTable: Sendable {
  private static let closed = UInt32.max

  /// Where in `clusters` the cluster of a place stands; by place.
  private var slots: [UInt32] = []
  /// In no order; those in `spare` are empty.
  private(set) var clusters: [Cluster] = []
  private var spare: [UInt32] = []
  /// No open cluster was seen before this.
  private(set) var oldestSeen = Timestamp(milliseconds: .max)

  /// The index in `clusters` of the cluster at `place`; nil for a closed one.
  @inline(__always)
  func slot(of place: UInt32) -> Int? {
    let slot = slots[Int(place)]
    return slot == Self.closed ? nil : Int(slot)
  }

  subscript(place: UInt32) -> Cluster? {
    slot(of: place).map { clusters[$0] }
  }

  /// Begins to bring the shingles of the cluster at `place` into the caches.
  func prefetch(_ place: UInt32) {
    guard let slot = slot(of: place) else { return }
    clusters[slot].terms.elements.withUnsafeBufferPointer { elements in
      // The processor goes on by itself once it sees that memory is read in its order.
      memory_prefetch(elements.baseAddress)
      memory_prefetch(elements.baseAddress.map { $0 + elements.count / 2 })
    }
  }

  /// Opens a cluster at the next place.
  mutating func append(_ cluster: Cluster) {
    if let slot = spare.popLast() {
      clusters[Int(slot)] = cluster
      slots.append(slot)
    } else {
      slots.append(UInt32(clusters.count))
      clusters.append(cluster)
    }
  }

  /// Changes the cluster at `place`; one that was closed begins anew as `lead` names it.
  mutating func update(_ place: UInt32, lead: StoryID, _ change: (inout Cluster) -> Void) {
    if slots[Int(place)] == Self.closed {
      let next = slots.count
      append(Cluster(lead: lead))
      slots[Int(place)] = slots.remove(at: next)
    }
    let slot = Int(slots[Int(place)])
    change(&clusters[slot])
    oldestSeen = min(oldestSeen, clusters[slot].lastSeen)
  }

  /// Closes the cluster at `place` and returns what it was.
  @discardableResult
  mutating func close(_ place: UInt32) -> Cluster? {
    guard let slot = slot(of: place) else { return nil }
    let cluster = clusters[slot]
    clusters[slot] = Cluster(lead: cluster.lead)
    slots[Int(place)] = Self.closed
    spare.append(UInt32(slot))
    return cluster
  }

  /// Closes the clusters whose last story was seen before `moment`; true if there was one.
  mutating func close(before moment: Timestamp) -> Bool {
    guard oldestSeen < moment else { return false }
    var didClose = false
    oldestSeen = Timestamp(milliseconds: .max)
    for place in slots.indices.map(UInt32.init) {
      guard let slot = slot(of: place) else { continue }
      let seen = clusters[slot].lastSeen
      if seen < moment {
        close(place)
        didClose = true
      } else {
        oldestSeen = min(oldestSeen, seen)
      }
    }
    return didClose
  }
}
