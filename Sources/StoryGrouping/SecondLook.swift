/// A story that stands alone is judged once more after others have come: the reports that it is most like
/// may have come since, and what it was too unlike alone may be a cluster by now.
///
/// Stories come to it in the order in which they came, each as often as one, and what is decided is a move
/// like any other. Headlines stay where they are: of those that would move most move wrongly.
extension Grouper {
  /// The move of the story whose turn it is when another one is placed as `placement` says; nil where it stays.
  func secondLook(beside placement: Placement) -> Move? {
    let distance = Parameters.secondLookDistance
    guard stories.records.count >= distance,
      let move = secondLook(at: UInt32(stories.records.count - distance)),
      placement.decision != .joins(cluster: move.story),
      !placement.moves.contains(where: { $0.story == move.story })
    else { return nil }
    // Where it would go may move away itself.
    let moved = placement.moves.first { $0.story == move.cluster }
    return Move(story: move.story, to: moved?.cluster ?? move.cluster)
  }

  /// Takes those that came last and wait for their turn in whatever is known by now: nothing else comes.
  package mutating func endLooking() -> [Move] {
    var moves: [Move] = []
    let count = UInt32(stories.records.count)
    let first = count - min(count, UInt32(Parameters.secondLookDistance - 1))
    for number in first..<count {
      guard let move = secondLook(at: number) else { continue }
      apply([move])
      moves.append(move)
    }
    return moves
  }

  private func secondLook(at number: UInt32) -> Move? {
    let record = stories[number]
    let cluster = clusters[record.cluster]
    guard record.isName == 0, cluster.isOpen, cluster.summary.memberCount == 1,
      cluster.lead == record.id, cluster.summary.wordCount >= Parameters.secondLookWordCount
    else { return nil }
    let alone = clusters.cluster(at: record.cluster)
    let sought = alone.terms.heaviest(Parameters.soughtTermLimit)
    guard hasNews(of: sought, since: number),
      let best = judged(alone, stories.bins(of: number), sought, besides: record.cluster).first,
      best.similarity >= bar(beside: best.place)
    else { return nil }
    return Move(story: alone.lead, to: lead(clusters[best.place]))
  }

  /// Whether a cluster that a later story joined shares so much of a story's rarest shingles that a look is worth
  /// its time: what came before it was compared with it then.
  private func hasNews(of sought: [TermVector.Element], since number: UInt32) -> Bool {
    CandidateTally.withEmptyTally { tally in
      index.add(
        Array(sought.prefix(Parameters.secondLookTermLimit)), to: &tally,
        limit: Parameters.postingLimit, budget: Parameters.secondLookBudget)
      return tally.reaches(Parameters.secondLookShare) { place in
        let last = clusters[place].lastStory
        return last > number && last != StoryTable.none
      }
    }
  }

  /// What was not found alike when the later one of two came must be more so now.
  private func bar(beside place: UInt32) -> Double {
    clusters[place].summary.memberCount > 1
      ? Parameters.sameEventThreshold : Parameters.secondLookSimilarity
  }
}
