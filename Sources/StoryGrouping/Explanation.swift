internal import Syndication

/// Why two stories are, or are not, one cluster, in words for a reader.
package struct Explanation: Sendable, CustomStringConvertible {
  /// A one- or two-word shingle that both stories have.
  package struct SharedShingle: Sendable {
    /// As the first story writes it.
    package var words: String
    /// Its part of all that the stories share, 0…1.
    package var share: Double
    package var isInBothTitles: Bool
  }

  package var relation: Comparison.Relation
  /// 0…1.
  package var similarity: Double
  package var threshold: Double
  /// The weightiest first.
  package var shared: [SharedShingle]
  /// What spoke against one event, a sentence each without a full stop.
  package var against: [String]

  /// What is to be said where the archive holds otherwise than two stories by themselves do; nil where it does not.
  package func remark(isOneCluster: Bool) -> String? {
    guard isOneCluster != (relation != .different) else { return nil }
    return isOneCluster
      ? "They stand in one cluster all the same: the archive knew how rare their words are in it, and what else the"
        + " cluster tells."
      : "They stand in two clusters all the same: the archive knew how common their words are in it, and what else"
        + " the clusters tell."
  }

  /// In a few words, of two stories of one cluster: `the same event (similarity 0.82): both tell of “a”, “b”`.
  package var inOneCluster: String {
    let verdict =
      switch relation {
      case .duplicate: "a copy"
      case .sameEvent: "the same event"
      case .different: "by themselves two stories, joined by what the cluster tells"
      }
    let words = shared.prefix(Self.wordsInBrief).map { "“\($0.words)”" }.joined(separator: ", ")
    return "\(verdict) (similarity \(similarity.rounded4))"
      + (words.isEmpty ? "" : ": both tell of \(words)")
      + (against.isEmpty ? "" : "; against it: \(against.joined(separator: "; "))")
  }

  private static let wordsInBrief = 6

  package var description: String {
    let verdict =
      switch relation {
      case .duplicate: "One is a copy of the other"
      case .sameEvent: "Both report one event"
      case .different: "They are different stories"
      }
    var lines = [
      "\(verdict): similarity \(similarity.rounded4), threshold \(threshold.rounded4)."
    ]
    if shared.isEmpty {
      lines.append("They share no telling word.")
    } else {
      lines.append("What they share, by weight:")
      for shingle in shared.prefix(12) {
        let percent = Int((shingle.share * 100).rounded())
        let place = shingle.isInBothTitles ? " (in both titles)" : ""
        lines.append("  \(percent) %  \(shingle.words)\(place)")
      }
    }
    if !against.isEmpty {
      lines.append("What speaks against one event:")
      lines += against.map { "  \($0)." }
    }
    return lines.joined(separator: "\n")
  }
}

extension Grouper {
  /// Compares two stories by themselves and says why.
  package static func explain(_ a: GroupingDocument, _ b: GroupingDocument) -> Explanation {
    let left = ComparedStory(a, time: a.published ?? a.seen)
    let right = ComparedStory(b, time: b.published ?? b.seen)
    let comparison = compare(left, right)
    return Explanation(
      relation: comparison.relation, similarity: comparison.similarity,
      threshold: comparison.threshold,
      shared: shared(
        TermVector.background(left.sketch), TermVector.background(right.sketch), words: Words(a)),
      against: comparison.evidence.objections)
  }

  private static func shared(_ a: TermVector, _ b: TermVector, words: Words)
    -> [Explanation.SharedShingle]
  {
    let other = Dictionary(
      b.elements.map { ($0.key.hash, $0) }, uniquingKeysWith: { first, _ in first })
    let products = a.elements.compactMap { element in
      other[element.key.hash].map { (element, $0, Double(element.weight * $0.weight)) }
    }
    let sum = products.reduce(0) { $0 + $1.2 }
    guard sum > 0 else { return [] }
    return products.sorted { ($0.2, $1.0.key.bits) > ($1.2, $0.0.key.bits) }.map {
      one, two, product in
      Explanation.SharedShingle(
        words: words[one.key.hash], share: product / sum,
        isInBothTitles: one.key.kinds.intersection(two.key.kinds).contains(.title))
    }
  }
}

extension Evidence {
  /// What speaks against one event, worst first.
  fileprivate var objections: [String] {
    var found: [String] = []
    if let gapDays, gapDays >= 1 {
      let days = Int(gapDays.rounded())
      found.append(days == 1 ? "they appeared a day apart" : "they appeared \(days) days apart")
    }
    if sameSourceMembers > 0 {
      found.append("one outlet published both, and two articles are mostly two stories")
    }
    if haveNames, names < 0.1 { found.append("both name names, and hardly a name is the same") }
    if haveNumbers, numbers < 0.1 {
      found.append("both give numbers, and hardly a number is the same")
    }
    if isOfFormula {
      found.append(
        isBlurb
          ? "what the texts share has nothing to do with either title"
          : "they tell it in the same phrases, and the titles name others")
    }
    if isOfSeries {
      found.append(
        haveOtherNumbers
          ? "the titles differ in their numbers alone"
          : "one outlet put both under one title, on two days")
    }
    if haveTitles, titles == 0 { found.append("the titles share no telling word") }
    if sharedCount > 0, sharesOneName {
      found.append("one word or name is all they share")
    } else if dominance > 0.4 {
      found.append("a single shingle makes most of what they share")
    }
    return found
  }
}

/// The words of a document's shingles, as it writes them.
private struct Words {
  private let title: [UInt8]
  private let text: [UInt8]
  private let mentions: [UInt32: (isInTitle: Bool, range: Range<Int>)]

  init(_ document: GroupingDocument) {
    title = Array(document.title.utf8)
    text = Array(document.text.utf8)
    mentions = TermGatherer.withStory(title: document.title, text: document.text) {
      $0.mentions()
    }
  }

  subscript(hash: UInt32) -> String {
    guard let mention = mentions[hash] else { return "" }
    let bytes = mention.isInTitle ? title[mention.range] : text[mention.range]
    // A pair may span a line break.
    return String(decoding: bytes.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
  }
}
