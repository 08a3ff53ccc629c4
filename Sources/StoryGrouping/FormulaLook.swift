internal import Syndication

/// A look at whether one formula tells two events, where all else speaks for one: at the phrases of the stories
/// and at what their titles name.
///
/// A round-up names what the titles of several events do, and whoever stands in one cluster with it seems to do
/// so as well. So a cluster is looked at in the parts that are known of it, too.
extension Grouper {
  /// A cluster, some stories of one, or a story alone.
  struct Part {
    var cluster: Cluster
    /// What tells the phrases of its first stories.
    var bins: [CopySignature.Bins]
  }

  /// The evidence for one event of two parts.
  func evidence(for one: Part, against other: Part) -> Evidence {
    var evidence = Evidence(one.cluster, against: other.cluster)
    evidence.youth = frequencies.youth
    if evidence.mayBeOfFormula { look(one, other, &evidence) }
    if evidence.mayBeOfSeries { evidence.lookAtTitles(one.cluster, other.cluster) }
    return evidence
  }

  /// Completes the evidence for one event of a story and the cluster at `place`.
  func look(
    _ evidence: inout Evidence, for story: Cluster, _ bins: CopySignature.Bins, at place: UInt32
  ) {
    if evidence.mayBeOfSeries {
      evidence.lookAtTitles(story, clusters.cluster(at: place))
    }
    guard sharesPhrases(evidence, bins, at: place) else { return }
    let story = Part(cluster: story, bins: [bins])
    let parts = parts(at: place)
    look(story, parts[0], &evidence)
    if isOfOtherEvent(story, than: parts.dropFirst()) { evidence.look(1) }
  }

  /// Whether some part tells of another event in the same phrases, and all else there is gathers that event and the
  /// story's. Beside another event's report that is there by mistake stands a part that does not.
  private func isOfOtherEvent(_ story: Part, than parts: ArraySlice<Part>) -> Bool {
    var others: [Part] = []
    var alike: [Part] = []
    for part in parts {
      if evidence(for: story, against: part).isOfFormula {
        others.append(part)
      } else {
        alike.append(part)
      }
    }
    guard !others.isEmpty else { return false }
    let names = others.reduce(into: Set()) { names, other in
      names.formUnion(TitleSlots.names(in: other.cluster.terms, lackedBy: story.cluster.terms))
    }
    return alike.allSatisfy { part in
      part.cluster.terms.elements.contains { names.contains($0.key.hash) }
    }
  }

  /// Whether a story with such evidence for the cluster at `place` has as many phrases in common with a member as
  /// two that one formula tells.
  func sharesPhrases(_ evidence: Evidence, _ bins: CopySignature.Bins, at place: UInt32) -> Bool {
    evidence.mayBeOfFormula
      && phrases([bins], self.bins(at: place)) > Parameters.formulaPhrases.lowerBound
  }

  /// Whether a part of the cluster at one place tells of another event than a part of that at the other.
  func areOfFormula(_ place: UInt32, _ other: UInt32) -> Bool {
    let others = parts(at: other)
    return parts(at: place).contains { part in
      others.contains { evidence(for: part, against: $0).isOfFormula }
    }
  }

  /// The cluster at `place`; then, where members of it are known as they are alone, each of these and the rest.
  private func parts(at place: UInt32) -> [Part] {
    let members = unsettled[place].map(\.story)
    var rest = Part(cluster: clusters.cluster(at: place), bins: bins(at: place))
    guard !members.isEmpty else { return [rest] }
    var parts = [rest]
    for member in members where rest.cluster.summary.memberCount > 1 {
      parts.append(Part(cluster: member, bins: bins(of: member)))
      rest.cluster.remove(member)
    }
    rest.bins = bins(at: place, besides: members)
    return parts + [rest]
  }

  func bins(of story: Cluster) -> [CopySignature.Bins] {
    stories.number(of: story.lead).map { [stories.bins(of: $0)] } ?? []
  }

  /// Of the first stories of the cluster at `place`.
  func bins(at place: UInt32, besides members: [Cluster] = []) -> [CopySignature.Bins] {
    let chain = stories.chain(from: clusters[place].firstStory)
    return chain.prefix(Parameters.formulaMemberLimit).compactMap { number in
      let isLeftOut = members.contains { $0.lead.bits == stories[number].id }
      return isLeftOut ? nil : stories.bins(of: number)
    }
  }

  private func look(_ one: Part, _ other: Part, _ evidence: inout Evidence) {
    evidence.look(phrases: phrases(one.bins, other.bins), one.cluster, other.cluster)
  }

  /// The share of phrases that the two stories of either side have in common that share most, 0…1.
  private func phrases(_ one: [CopySignature.Bins], _ other: [CopySignature.Bins]) -> Double {
    var most = 0.0
    for bins in one {
      for others in other { most = max(most, bins.resemblance(to: others) ?? 0) }
    }
    return most
  }
}
