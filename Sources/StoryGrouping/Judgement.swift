/// Weighs evidence into one similarity, by a logistic sum.
///
/// The weights were fitted by Benchmarks/grouping/fit-weights.py to labelled stories that are not in
/// the repository: shootings (many look-alikes of one kind), world events, entertainment and sport,
/// news in five languages, Chinese short news. Two columns, because knowing when two stories
/// appeared changes what their words prove.
package enum Judgement {
  /// In the order of `Evidence.features`.
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

  /// As fitted, raised by 0.4 and 1.2: fitted to single decisions, they miss more pairs than they
  /// wrongly join once decisions build on one another.
  private static let bias = (timed: -4.941, timeless: -3.980)

  private static let weights = [
    // What all shared shingles amount to: the body of the evidence. Root and plain value together
    // are a curve that rises fast and then levels off.
    Weight(feature: .average, timed: -4.93, timeless: -9.19),
    Weight(feature: .rootAverage, timed: 9.50, timeless: 8.38),
    Weight(feature: .centroid, timed: 2.49, timeless: 3.57),
    // What is shared within titles, names, numbers and leads says more than the same in background.
    Weight(feature: .titles, timed: 0.41, timeless: 1.27),
    Weight(feature: .names, timed: 3.21, timeless: 0.88),
    Weight(feature: .numbers, timed: 1.85, timeless: 1.34),
    Weight(feature: .leads, timed: 1.91, timeless: 2.16),
    // The first shared phrase tells most; many more are the phrases of a trade.
    Weight(feature: .pairs, timed: -2.53, timeless: -3.84),
    Weight(feature: .rootPairs, timed: 3.89, timeless: 2.36),
    Weight(feature: .containment, timed: -0.34, timeless: 0.90),
    // Many shared words persuade.
    Weight(feature: .sharedCount, timed: 0.09, timeless: 0.20),
    Weight(feature: .dominance, timed: 0.34, timeless: -0.26),
    // Where both have names or numbers, failing to share them counts.
    Weight(feature: .haveNames, timed: -0.61, timeless: -0.29),
    Weight(feature: .haveNumbers, timed: -1.00, timeless: -0.65),
    Weight(feature: .haveTitles, timed: 1.89, timeless: 0.57),
    // Rare words prove more than common ones, whatever their share of a short text; a rare word of a
    // title or lead that the other side lacks is a different name or place.
    Weight(feature: .sharedRarity, timed: 0.52, timeless: 0.60),
    Weight(feature: .topShared, timed: 0.07, timeless: -0.06),
    Weight(feature: .topMissing, timed: -0.04, timeless: -0.03),
    Weight(feature: .topMissed, timed: -0.04, timeless: -0.08),
    // Amid look-alikes the same likeness proves less. Not without times, where the reports of one
    // event that are not yet joined pass for each other's rivals.
    Weight(feature: .rivals, timed: -36.07, timeless: 0.00),
    // News ages: each day between two reports makes one event less likely.
    Weight(feature: .gapDays, timed: -0.88, timeless: 0.00),
    // Fitted to 1.83 and left out: the labelled sets call an outlet's follow-up the same event. See
    // `Objection.sameSource`.
    Weight(feature: .sameSource, timed: 0.00, timeless: 0.00),
    // Short texts share words by chance more easily; unequal lengths share fewer.
    Weight(feature: .shorterLength, timed: -0.25, timeless: -0.13),
    Weight(feature: .lengthRatio, timed: 0.14, timeless: 0.25),
    Weight(feature: .shortness, timed: -0.37, timeless: -0.64),
    // A large cluster has more words to share.
    Weight(feature: .memberCount, timed: -0.44, timeless: -0.39),
  ]

  /// 0…1; `Parameters.sameEventThreshold` and above is the same event.
  static func similarity(_ evidence: Evidence) -> Double { similarity(ofSum: sum(evidence)) }

  /// The same of evidence that was weighed: it rises with the sum.
  static func similarity(ofSum sum: Double) -> Double {
    Logarithm.logistic(sum / 2 + Parameters.thresholdLogit)
  }

  /// The sum of the weighed evidence: 0 and above is the same event.
  package static func sum(_ evidence: Evidence) -> Double {
    let timed = evidence.gapDays != nil
    let features = evidence.features
    let values = features.span
    var sum = timed ? bias.timed : bias.timeless
    for weight in weights {
      sum += (timed ? weight.timed : weight.timeless) * values[weight.feature.rawValue]
    }
    return sum - (evidence.isOfSeries ? Parameters.formulaBar : 0)
      - (timed ? Objection.sum(against: evidence) : Objection.timelessSum(against: evidence))
  }
}

extension Evidence {
  /// The values of the features, in their order, as the weights expect them.
  fileprivate var features: InlineArray<26, Double> {
    let shorter = shorterLength
    return [
      average, average.squareRoot(), centroid, titles, names, numbers, pairs, pairs.squareRoot(),
      leads, containment,
      Logarithm.binary(mostlyWhole: 1 + sharedCount), dominance,
      haveNames ? 1 : 0, haveNumbers ? 1 : 0, haveTitles ? 1 : 0,
      Logarithm.binary(1 + sharedRarity), topShared, topMissing, topMissed, rivals,
      gapDays ?? 0, min(1, sameSourceMembers), shorter,
      abs(Logarithm.binary((1 + storyWords) / (1 + memberWords))), max(0, 5 - shorter),
      Logarithm.binary(mostlyWhole: memberCount),
    ]
  }

  package subscript(feature: Judgement.Feature) -> Double { features[feature.rawValue] }

  /// The same where a pair of characters is part of a word.
  var spokenLength: Double {
    let share = 1 - (1 - Parameters.densePairLength) * density
    return Logarithm.binary(mostlyWhole: 1 + share * min(storyWords, memberWords))
  }

  /// The binary logarithm of the words of the shorter side.
  var shorterLength: Double {
    Logarithm.binary(mostlyWhole: 1 + min(storyWords, memberWords))
  }
}
