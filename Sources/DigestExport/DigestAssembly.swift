package import Syndication

/// Clusters' members → a digest: who leads, what counts as a source, what comes first.
///
/// Everything here is a total order over the stories' own values, so the same members give the same
/// digest in whatever order they come.
package enum DigestAssembly {
  /// A cluster of the window with its lead chosen and its members in order. There is at least one
  /// member; of several revisions of a story the latest counts.
  package static func cluster(id: StoryID, members: [DigestMember]) -> DigestCluster {
    var latest: [StoryID: DigestMember] = [:]
    for member in members {
      let known = latest[member.story.id]?.story.revision ?? -1
      if member.story.revision > known { latest[member.story.id] = member }
    }
    let ordered = withEarliestOriginals(
      latest.values.sorted { $0.story.isReportedBefore($1.story) })
    let independent = ordered.filter { $0.original == nil }
    let candidates = (independent.isEmpty ? ordered : independent).map(\.story)
    precondition(!candidates.isEmpty, "a cluster has members")
    let lead = candidates.dropFirst().reduce(candidates[0]) { lead, story in
      story.fullness > lead.fullness ? story : lead
    }
    return DigestCluster(id: id, lead: lead, members: ordered)
  }

  /// How long after the original a copy may have been read that says that it was published before: whose feed is
  /// polled first is chance, but who copies a day later and dates it back takes nobody's place.
  private static let pollChance = Duration.seconds(6 * 3600)

  /// Which of several equal texts was read first hangs on whose feed was polled first: to a reader, the first that
  /// was published is the original, and the others are its copies. One that is not among the members stays it.
  private static func withEarliestOriginals(_ ordered: [DigestMember]) -> [DigestMember] {
    let seen = Dictionary(uniqueKeysWithValues: ordered.map { ($0.story.id, $0.story.seen) })
    var earliest: [StoryID: StoryID] = [:]
    for member in ordered {
      let recorded = member.original ?? member.story.id
      guard let first = seen[recorded], member.story.seen <= first + pollChance else { continue }
      if earliest[recorded] == nil { earliest[recorded] = member.story.id }
    }
    return ordered.map { member in
      guard let first = earliest[member.original ?? member.story.id] else { return member }
      var member = member
      member.original = first == member.story.id ? nil : first
      return member
    }
  }

  /// A digest with the clusters in their order: by independent sources, most first; then the most
  /// recently reported; then by identifier. `limit` says how many to keep, nil all.
  package static func digest(
    since: Timestamp, until: Timestamp, clusters: [DigestCluster], limit: Int? = nil
  ) -> Digest {
    let ranked = clusters.map { ($0, sources: $0.independentSourceCount, latest: $0.latestReport) }
      .sorted {
        ($1.sources, $1.latest, $0.0.id) < ($0.sources, $0.latest, $1.0.id)
      }
    let kept = ranked.map(\.0).prefix(max(limit ?? .max, 0))
    return Digest(since: since, until: until, clusters: Array(kept))
  }
}

extension DigestCluster {
  /// Outlets with a report of their own: a copy is no independent source, and several reports of one
  /// outlet are one. At least 1: where only copies are known, somebody wrote the original.
  package var independentSourceCount: Int {
    max(Set(members.filter { $0.original == nil }.map(\.story.outlet)).count, 1)
  }

  package var latestReport: Timestamp {
    members.map(\.story.reported).max() ?? lead.reported
  }

  /// `3 independent sources, 1 reprint`
  var sourcesNote: String {
    let reprintCount = members.count { $0.original != nil }
    let sources = "independent source".counted(independentSourceCount)
    return reprintCount == 0 ? sources : "\(sources), \("reprint".counted(reprintCount))"
  }

  /// How a copy is marked: whose text it is, as far as that is known.
  func reprintNote(of member: DigestMember) -> String? {
    guard member.original != nil else { return nil }
    guard let story = original(of: member), story.outlet != member.story.outlet else {
      return "reprint"
    }
    return "reprint of \(story.sourceName)"
  }

  /// The report that a member is a copy of, if it is one and that is in the cluster.
  func original(of member: DigestMember) -> Story? {
    guard let original = member.original else { return nil }
    return members.first { $0.story.id == original }?.story
  }
}

extension Story {
  /// The length of what there is to read.
  fileprivate var fullness: Int { max(text.utf8.count, summary?.utf8.count ?? 0) }

  fileprivate func isReportedBefore(_ other: Story) -> Bool {
    (reported, id) < (other.reported, other.id)
  }
}
