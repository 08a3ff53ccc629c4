/// What speaks against one event beside the fitted weights, for stories with times.
///
/// Set by hand, and measured: the labelled sets hold one kind of event each, and hardly an outlet's
/// other articles, so nothing fitted to them knows how much of a day's feeds is alike without being
/// one event. Checked on 112 recorded feeds.
enum Objection {
  /// 0 for no objection, in the unit of `Judgement.sum`.
  static func sum(against evidence: Evidence) -> Double {
    let isExpected = expectation(evidence)
    return sameSource(evidence) + otherFacts(evidence)
      + Parameters.formulaBar * evidence.formula
      + isExpected * (singleWord(evidence) + commonWords(evidence))
      + (1 - isExpected) * loneName(evidence)
  }

  /// The same for stories without times: less is asked of them, for what other days' look-alikes share is not known.
  static func timelessSum(against evidence: Evidence) -> Double {
    let lone =
      evidence.sharesOneName
      ? unknownName(evidence) + (evidence.isDense ? Parameters.loneWordBar : 0) : 0
    return Parameters.formulaBar * evidence.formula + (1 - expectation(evidence)) * lone
  }

  /// Two articles of one outlet are mostly two stories; the more it has in a cluster, the more so.
  private static func sameSource(_ evidence: Evidence) -> Double {
    guard evidence.sameSourceMembers > 0 else { return 0 }
    let further = min(evidence.sameSourceMembers - 1, Parameters.sameSourceStepLimit)
    return Parameters.sameSourceBar + Parameters.sameSourceStep * further
  }

  /// Both name names and give numbers, and they are others.
  private static func otherFacts(_ evidence: Evidence) -> Double {
    guard evidence.haveNames, evidence.haveNumbers else { return 0 }
    let shared = (evidence.names + evidence.numbers) / Parameters.factFloor
    return Parameters.factBar * max(0, 1 - shared)
  }

  /// Both are told in the same phrases, and each title names what the other story does not: two advisories, two
  /// quakes, two forecasts. Two desks share hardly a phrase, and a copy that was edited keeps its names; where a desk
  /// spells one name in its own way, the texts share others.
  ///
  /// How surely one formula tells them, 0…1.
  static func formula(_ evidence: Evidence, phrases: Double, _ slots: TitleSlots) -> Double {
    ramp(phrases, Parameters.formulaPhrases)
      * ramp(evidence.coverage, Parameters.formulaCoverage)
      * (slots.isRenumbered || evidence.isBlurb || isOfFrame(evidence, phrases: phrases, slots)
        || haveOtherSubjects(evidence, phrases: phrases, slots)
        ? 1 : otherNames(evidence, slots))
  }

  /// Whether two short texts have many phrases in common, and a title is one of a frame in which something else stood
  /// before: another town's forecast, another post that is offered. What the texts name then is the frame's; where
  /// one word alone is replaced, it may be a name in another spelling.
  private static func isOfFrame(_ evidence: Evidence, phrases: Double, _ slots: TitleSlots) -> Bool
  {
    guard evidence.isOfTemplate, phrases >= Parameters.framePhrases,
      min(evidence.storyWords, evidence.memberWords) >= Parameters.framedWordCount,
      max(evidence.storyWords, evidence.memberWords) <= Parameters.blurbWordLimit
    else { return false }
    return slots.replacedCount > 1
      || slots.replacedCount == 1 && evidence.names < Parameters.formulaNames.lowerBound
  }

  /// Whether two short texts have many phrases in common, and each tells what its title alone announces: another offer,
  /// another episode. Whatever else they name is what stands in all of them. Two desks tell one event by one subject,
  /// and what one calls otherwise is the least of its title.
  private static func haveOtherSubjects(
    _ evidence: Evidence, phrases: Double, _ slots: TitleSlots
  ) -> Bool {
    let isKnown = evidence.isOfKnownTemplate
    // Titles with most words in common may be of a template that is not known yet: so are two companies' results.
    // A page's next version keeps its numbers.
    let isNew =
      slots.replacedInFrame > Parameters.framedShare && evidence.haveNumbers
      && evidence.numbers < Parameters.factFloor
    guard phrases >= (isKnown || isNew ? Parameters.framePhrases : Parameters.blurbPhrases),
      min(evidence.storyWords, evidence.memberWords) >= Parameters.framedWordCount,
      max(evidence.storyWords, evidence.memberWords) <= Parameters.blurbWordLimit
    else { return false }
    let shares = slots.replacedSubjects
    return shares.words >= Parameters.subjectShare
      || isKnown && shares.all >= Parameters.namedSubjectShare
  }

  private static func otherNames(_ evidence: Evidence, _ slots: TitleSlots) -> Double {
    var replaced = ramp(slots.replacedNames, Parameters.formulaReplaced)
    // Headlines alone share a frame as soon as they share two words.
    if min(evidence.storyWords, evidence.memberWords) >= Parameters.framedWordCount,
      slots.replacedInFrame > Parameters.framedShare
    {
      replaced = 1
    }
    return replaced * (1 - ramp(evidence.names, Parameters.formulaNames))
  }

  /// Whether what the texts share stands below titles that it has nothing to do with. Of a long text the sketch has
  /// not every word.
  static func isBlurb(_ evidence: Evidence, phrases: Double, _ slots: TitleSlots) -> Bool {
    phrases >= Parameters.blurbPhrases && slots.areStrange
      && max(evidence.storyWords, evidence.memberWords) <= Parameters.blurbWordLimit
  }

  /// 0 up to the range, 1 from its end on.
  private static func ramp(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    min(1, max(0, (value - range.lowerBound) / (range.upperBound - range.lowerBound)))
  }

  /// One shingle makes most of the likeness, or nearly all: two stories of one town, or of what an
  /// outlet always writes about.
  private static func singleWord(_ evidence: Evidence) -> Double {
    let bar =
      Parameters.dominanceBar * max(0, evidence.dominance - Parameters.dominanceFloor)
      + Parameters.soleWordBar * max(0, evidence.dominance - Parameters.soleWordFloor)
    return evidence.sameSourceMembers > 0 ? 2 * bar : bar
  }

  /// Headlines are too short to share much, yet two that share one word or one name alone are two stories
  /// of a town, a club or a season; surely so if one is of a template, such as a forecast.
  private static func loneName(_ evidence: Evidence) -> Double {
    let past = (evidence.dominance - Parameters.loneWordFloor) / (1 - Parameters.loneWordFloor)
    guard !saysNothing(evidence) else { return Parameters.templateBar }
    guard evidence.sharesOneName else { return Parameters.loneWordBar * max(0, past) }
    guard !evidence.isDense else { return Parameters.templateBar }
    let isName = evidence.sharedPairCount > 0 ? Parameters.loneNameShare : 0
    return Parameters.loneWordBar * max(isName, past) + unknownName(evidence)
      + (evidence.isOfTemplate ? Parameters.templateBar : 0)
  }

  /// How rare a name is in general does not tell whether it is the town or the team that these feeds write of every
  /// day. Where both say nothing else, it speaks against neither.
  private static func unknownName(_ evidence: Evidence) -> Double {
    evidence.centroid < Parameters.sayingTitles ? Parameters.unknownNameBar * evidence.youth : 0
  }

  /// Equal headlines of a common word or two, such as any outlet may put above anything.
  private static func saysNothing(_ evidence: Evidence) -> Bool {
    evidence.titles > Parameters.sayingTitles && evidence.sharedRarity < Parameters.sayingRarity
  }

  /// Under different titles the texts share many words and not one rare, or none nearly as rare as
  /// what sets each apart: two forecasts.
  private static func commonWords(_ evidence: Evidence) -> Double {
    let distinct = min(evidence.topMissing, evidence.topMissed) * Parameters.distinctShare
    let lacking = max(0, max(Parameters.rarityFloor, distinct) - evidence.topShared)
    let past = (evidence.titles - Parameters.titleFloor) / Parameters.titleRamp
    return Parameters.rarityBar * lacking * min(1, max(0, 1 - past))
  }

  /// How far the texts are long enough to share more, 0…1.
  private static func expectation(_ evidence: Evidence) -> Double {
    min(1, max(0, evidence.spokenLength - Parameters.headlineLength))
  }
}
