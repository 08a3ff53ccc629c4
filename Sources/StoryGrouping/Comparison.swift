package import Syndication

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

/// A story read to be compared with another one.
package struct ComparedStory: Sendable {
  let sketch: Sketch
  let words: WordBag

  /// `time` need not be the document's own; nil leaves time out of the comparison.
  package init(_ document: GroupingDocument, time: Timestamp?) {
    sketch = Sketcher().sketch(document, time: time)
    words = WordBag(document)
  }
}

/// Compares two stories by themselves.
package func compare(_ a: ComparedStory, _ b: ComparedStory) -> Comparison {
  let (traits, others) = (CopyTraits(a.sketch), CopyTraits(b.sketch))
  let (terms, otherTerms) = (TermVector.background(a.sketch), TermVector.background(b.sketch))
  let (story, other) = (Cluster(a.sketch, terms), Cluster(b.sketch, otherTerms))
  var evidence = Evidence(story, against: other)
  evidence.look(phrases: traits.bins.resemblance(to: others.bins) ?? 0, story, other)
  evidence.lookAtTitles(story, other)
  let similarity = Likeness.similarity(a.words, b.words, evidence)
  if traits.says(story), let resemblance = traits.resemblance(ofCopy: others),
    !evidence.refutesCopy(resemblance)
  {
    return Comparison(
      similarity: max(similarity, resemblance), relation: .duplicate, evidence: evidence)
  }
  let isSame = similarity >= Parameters.sameEventThreshold
  let isCut =
    isSame && !traits.isOfOtherTitle(than: others) && a.sketch.lead.isCut(b.sketch.lead)
    && story.sharesRareWords(with: other)
  return Comparison(
    similarity: similarity, relation: isCut ? .duplicate : isSame ? .sameEvent : .different,
    evidence: evidence)
}

extension TermVector {
  /// Weighed by general rarity alone.
  static func background(_ sketch: Sketch) -> TermVector {
    TermVector(sketch) { Double(Parameters.backgroundRarity[Int($0.level)]) / 16 }
  }
}
