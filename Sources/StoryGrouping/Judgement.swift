/// Weighs evidence into one similarity, by a logistic sum.
///
/// The weights were fitted by Benchmarks/grouping/fit-weights.py to labelled stories that are not in
/// the repository: shootings (many look-alikes of one kind), world events, entertainment and sport,
/// news in five languages, Chinese short news. Two columns, because knowing when two stories
/// appeared changes what their words prove.
package enum Judgement {
  package enum Feature: Int, CaseIterable, Sendable {
    case average, rootAverage, centroid, titles, names, numbers, pairs, rootPairs, leads,
      containment
    case sharedCount, dominance, haveNames, haveNumbers, haveTitles
    case sharedRarity, topShared, topMissing, topMissed, rivals
    case gapDays, sameSource, shorterLength, lengthRatio, shortness, memberCount
  }

  private struct Weight {
    var feature: Feature
    var timed: Double
    var timeless: Double
  }

  private static let bias = (timed: -5.003, timeless: -3.614)

  private static let weights = [
    // What all shared shingles amount to: the body of the evidence. The three pull against each
    // other; together they are a curve that rises fast and then levels off.
    Weight(feature: .average, timed: -5.94, timeless: -11.18),
    Weight(feature: .rootAverage, timed: 10.98, timeless: 9.56),
    Weight(feature: .centroid, timed: 7.23, timeless: 5.54),
    // What is shared within titles, names, numbers and leads says more than the same in background.
    Weight(feature: .titles, timed: -0.46, timeless: 1.61),
    Weight(feature: .names, timed: 5.16, timeless: 1.60),
    Weight(feature: .numbers, timed: 1.62, timeless: 1.20),
    Weight(feature: .leads, timed: 2.60, timeless: 3.53),
    // Pairs repeat what their words said; shared phrases of a trade prove less than shared words.
    Weight(feature: .pairs, timed: -9.08, timeless: -5.45),
    Weight(feature: .rootPairs, timed: 3.62, timeless: 0.65),
    Weight(feature: .containment, timed: -0.85, timeless: 0.32),
    // Many shared words persuade, one word that carries all does not.
    Weight(feature: .sharedCount, timed: -0.12, timeless: 0.22),
    Weight(feature: .dominance, timed: -0.10, timeless: -0.85),
    // Where both have names or numbers, failing to share them counts.
    Weight(feature: .haveNames, timed: -0.88, timeless: -0.53),
    Weight(feature: .haveNumbers, timed: -0.98, timeless: -0.67),
    Weight(feature: .haveTitles, timed: 2.17, timeless: 0.86),
    Weight(feature: .sharedRarity, timed: 0.50, timeless: 0.55),
    Weight(feature: .topShared, timed: 0.13, timeless: -0.06),
    Weight(feature: .topMissing, timed: -0.02, timeless: -0.04),
    Weight(feature: .topMissed, timed: -0.05, timeless: -0.09),
    Weight(feature: .rivals, timed: -53.29, timeless: -35.77),
    // News ages: each day between two reports makes one event less likely.
    Weight(feature: .gapDays, timed: -0.84, timeless: 0.00),
    Weight(feature: .sameSource, timed: 2.01, timeless: 0.00),
    // Short texts share words by chance more easily; unequal lengths share fewer.
    Weight(feature: .shorterLength, timed: -0.27, timeless: -0.24),
    Weight(feature: .lengthRatio, timed: 0.16, timeless: 0.22),
    Weight(feature: .shortness, timed: -0.58, timeless: -0.82),
    // A large cluster has more words to share.
    Weight(feature: .memberCount, timed: -0.41, timeless: -0.23),
  ]

  /// 0…1; `Parameters.sameEventThreshold` and above is the same event.
  static func similarity(_ evidence: Evidence) -> Double {
    Logarithm.logistic(sum(evidence) / 2 + Parameters.thresholdLogit)
  }

  /// The sum of the weighed evidence: 0 and above is the same event.
  package static func sum(_ evidence: Evidence) -> Double {
    let timed = evidence.gapDays != nil
    var sum = timed ? bias.timed : bias.timeless
    for weight in weights {
      sum += (timed ? weight.timed : weight.timeless) * evidence[weight.feature]
    }
    return sum
  }
}

extension Evidence {
  /// The value of a feature, as the weights expect it.
  package subscript(feature: Judgement.Feature) -> Double {
    switch feature {
    case .average: average
    case .rootAverage: average.squareRoot()
    case .centroid: centroid
    case .titles: titles
    case .names: names
    case .numbers: numbers
    case .pairs: pairs
    case .rootPairs: pairs.squareRoot()
    case .leads: leads
    case .containment: containment
    case .sharedCount: Logarithm.binary(1 + sharedCount)
    case .dominance: dominance
    case .sharedRarity: Logarithm.binary(1 + sharedRarity)
    case .topShared: topShared
    case .topMissing: topMissing
    case .topMissed: topMissed
    case .rivals: rivals
    case .haveNames: haveNames ? 1 : 0
    case .haveNumbers: haveNumbers ? 1 : 0
    case .haveTitles: haveTitles ? 1 : 0
    case .gapDays: gapDays ?? 0
    case .sameSource: sameSource ? 1 : 0
    case .shorterLength: shorterLength
    case .lengthRatio: abs(Logarithm.binary((1 + storyWords) / (1 + memberWords)))
    case .shortness: max(0, 5 - shorterLength)
    case .memberCount: Logarithm.binary(memberCount)
    }
  }

  private var shorterLength: Double { Logarithm.binary(1 + min(storyWords, memberWords)) }
}
