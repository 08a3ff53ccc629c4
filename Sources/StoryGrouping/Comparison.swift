internal import Syndication

/// How two stories compare, with what an empty archive knows of rarity.
package struct Comparison: Sendable {
  package enum Relation: String, Sendable {
    case duplicate
    case sameEvent = "same-event"
    case different
  }

  /// 0…1.
  package var similarity: Double
  package var relation: Relation
  /// Similarity from which two stories report one event.
  package var threshold: Double { Parameters.sameEventThreshold }
  package var isSame: Bool { relation != .different }
  package var evidence: Evidence
}

/// Compares two stories by themselves.
package func compare(_ a: Sketch, _ b: Sketch) -> Comparison {
  let evidence = Evidence(
    Cluster(a, TermVector.background(a)), against: Cluster(b, TermVector.background(b)))
  let similarity = Judgement.similarity(evidence)
  if let resemblance = CopyTraits(a).resemblance(ofCopy: CopyTraits(b)) {
    return Comparison(
      similarity: max(similarity, resemblance), relation: .duplicate, evidence: evidence)
  }
  let isSame = similarity >= Parameters.sameEventThreshold
  return Comparison(
    similarity: similarity, relation: isSame ? .sameEvent : .different, evidence: evidence)
}

extension TermVector {
  /// Weighed by general rarity alone.
  static func background(_ sketch: Sketch) -> TermVector {
    TermVector(sketch) { Double(Parameters.backgroundRarity[Int($0.level)]) / 16 }
  }
}
