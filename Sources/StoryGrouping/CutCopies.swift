internal import Syndication

/// Copies of a report that its outlet's feed breaks off after a sentence or two.
///
/// So few words are too few for a signature. They make a copy of what is another report of one event by all else
/// that is known, if it begins with them.
extension Grouper {
  /// A placement as it is where the story and a member of the cluster that it joins are one report, cut off in one of
  /// the two.
  func asCutCopy(_ placement: Placement, _ weighed: WeighedSketch) -> Placement {
    guard case .joins(let cluster) = placement.decision, placement.moves.isEmpty,
      weighed.sketch.lead.count >= Parameters.cutShingleMinimum,
      let first = stories.number(of: cluster)
    else { return placement }
    let found = clusters.cluster(at: stories[first].cluster)
    guard weighed.story.sharesRareWords(with: found) else { return placement }
    let members = stories.chain(from: clusters[stories[first].cluster].firstStory)
    let copied = members.prefix(Parameters.cutMemberLimit).first { isCut(weighed.sketch, $0) }
    return copied.map {
      Placement(
        .copies(original: StoryID(bits: stories[$0].original), cluster: cluster),
        similarity: placement.similarity)
    } ?? placement
  }

  private func isCut(_ sketch: Sketch, _ member: UInt32) -> Bool {
    !CopyTraits(sketch).isOfOtherTitle(than: stories.traits(of: member))
      && sketch.lead.isCut(stories.lead(of: member))
  }
}

extension LeadShingles {
  /// Whether the text with fewer words is how that with more begins.
  func isCut(_ other: LeadShingles) -> Bool {
    let (shorter, longer) = count <= other.count ? (self, other) : (other, self)
    return shorter.isWhole && shorter.count >= Parameters.cutShingleMinimum
      && shorter.share(in: longer) >= Parameters.cutShare
  }
}

extension Cluster {
  /// Whether the first words of a story have several rare words in common with those of a cluster's.
  func sharesRareWords(with other: Cluster) -> Bool {
    var place = 0
    let shared = terms.elements.count { element in
      while place < other.terms.count, other.terms.key(at: place).hash < element.key.hash {
        place += 1
      }
      guard place < other.terms.count, other.terms.key(at: place).hash == element.key.hash,
        Double(element.weight) * summary.length >= Parameters.rarityFloor
      else { return false }
      let both = element.key.kinds.intersection(other.terms.key(at: place).kinds)
      return both.contains(.lead) && !both.contains(.pair)
    }
    return shared >= Parameters.cutRareWordMinimum
  }
}
