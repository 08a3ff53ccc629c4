/// Who published a cluster's stories, in the order met, and how many each did.
struct ClusterSources: Sendable {
  /// Mostly there is but one.
  private(set) var first = SourceCount()
  private(set) var others: [SourceCount] = []

  init() {}

  /// Adds stories of a source, named by its hash; 0 is nobody.
  mutating func count(_ source: UInt32, _ members: UInt32) {
    guard source != 0 else { return }
    if first.source == 0 || first.source == source {
      first = SourceCount(source: source, members: first.members + members)
    } else if let place = others.firstIndex(where: { $0.source == source }) {
      others[place].members += members
    } else if others.count < Parameters.clusterSourceLimit - 1 {
      others.append(SourceCount(source: source, members: members))
    }
  }

  /// Takes out a story of a source.
  mutating func remove(_ source: UInt32) {
    if first.source == source, first.members > 0 {
      first.members -= 1
      if first.members == 0 { first = others.isEmpty ? SourceCount() : others.removeFirst() }
    } else if let place = others.firstIndex(where: { $0.source == source }) {
      others[place].members -= 1
      if others[place].members == 0 { others.remove(at: place) }
    }
  }

  mutating func absorb(_ other: ClusterSources) {
    count(other.first.source, other.first.members)
    for other in other.others { count(other.source, other.members) }
  }

  /// The members that come of a source which `other` has too.
  func membersShared(with other: ClusterSources) -> UInt32 {
    var shared: UInt32 = 0
    if first.source != 0, other.contains(first.source) { shared = first.members }
    for own in others where other.contains(own.source) { shared += own.members }
    return shared
  }

  @inline(__always)
  func contains(_ source: UInt32) -> Bool {
    first.source == source || others.contains { $0.source == source }
  }
}

/// A source, named by its hash, and how many stories it published; the hash is 0 for nobody.
struct SourceCount: BitwiseCopyable, Sendable {
  var source: UInt32 = 0
  var members: UInt32 = 0
}
