package import Syndication

/// Stories that were edited so much that they may tell of another event.
///
/// What leads a cluster of several stays, for the cluster goes by its name.
extension Grouper {
  /// Where a story belongs now that it has other words; nil where it stays. `weighed` is of these.
  package func move(ofRetold weighed: WeighedSketch) -> Move? {
    let story = weighed.sketch.id
    guard let number = retold(by: weighed.sketch) else { return nil }
    let place = stories[number].cluster
    let isAlone = isAlone(number)
    guard isAlone || mayLeave(number) else { return nil }
    guard isAlone || similarity(of: weighed, toOthersAt: place) < Parameters.leavingSimilarity
    else { return nil }
    let best = judged(
      weighed.story, weighed.sketch.signature.bins, weighed.sought, besides: place
    ).first
    if let best, best.similarity >= Parameters.sameEventThreshold {
      return Move(story: story, to: lead(clusters[best.place]))
    }
    return isAlone ? nil : Move(story: story, to: story)
  }

  /// Takes in the words that a story has now, where it is alone with them; else those it came with stay with the
  /// others until it moves.
  package mutating func retell(_ weighed: WeighedSketch) {
    guard let number = retold(by: weighed.sketch) else { return }
    let isAlone = isAlone(number)
    stories.retell(number, weighed.sketch)
    guard isAlone else { return }
    let place = stories[number].cluster
    unsettled.settle(place)
    clusters.replace(weighed.story, at: place)
    post(weighed.sought, place)
  }

  /// Moves a story that has other words since, which go with it. Those it came with stay where nobody knows any more
  /// which they were.
  package mutating func move(_ weighed: WeighedSketch, to cluster: StoryID) {
    let story = weighed.sketch.id
    guard let number = stories.number(of: story), mayLeave(number), !isAlone(number) else {
      return apply([Move(story: story, to: cluster)])
    }
    let from = stories[number].cluster
    let to = cluster == story ? clusters.append(lead: story) : place(named: cluster)
    guard from != to else { return }
    if let alone = unsettled.take(story, at: from) { clusters.remove(alone, at: from) }
    unchain(number, at: from)
    clusters.absorb(weighed.story, at: to)
    post(weighed.sought, to)
    stories.move(number, to: to)
    stories.link(number, to: StoryTable.none)
    chain(number, number, at: to)
  }

  /// The number of a story in an open cluster of which few phrases are left; nil for any other.
  private func retold(by sketch: Sketch) -> UInt32? {
    guard let number = stories.number(of: sketch.id), stories[number].isName == 0,
      clusters[stories[number].cluster].isOpen
    else { return nil }
    let left = stories.bins(of: number).resemblance(to: sketch.signature.bins) ?? 0
    return left < Parameters.copyResemblance ? number : nil
  }

  /// Whether no other story stands in a story's cluster.
  private func isAlone(_ number: UInt32) -> Bool {
    stories[number].next == StoryTable.none
      && clusters[stories[number].cluster].firstStory == number
  }

  private func mayLeave(_ number: UInt32) -> Bool {
    let cluster = clusters[stories[number].cluster]
    return cluster.isOpen && cluster.lead != stories[number].id && cluster.firstStory != number
  }

  /// How similar a story is to a cluster with several, 0…1, its outlet counted once less: it is the story's own.
  private func similarity(of weighed: WeighedSketch, toOthersAt place: UInt32) -> Double {
    var others = Part(cluster: clusters.cluster(at: place), bins: bins(at: place))
    others.cluster.forget(source: weighed.sketch.source)
    let alone = Part(cluster: weighed.story, bins: [weighed.sketch.signature.bins])
    return Judgement.similarity(evidence(for: alone, against: others))
  }
}
