/// How alike two stories are by themselves: a grade, where grouping needs a yes or no.
///
/// Clusters are decided amid what else is told, by `Judgement`. Two stories alone have no such
/// surroundings, and who asks wants degrees: a headline that shares half of another's words is half as
/// like it.
enum Likeness {
  /// 0…1; `Parameters.sameEventThreshold` and above is the same event.
  static func similarity(_ a: WordBag, _ b: WordBag, _ evidence: Evidence) -> Double {
    let graded = grade(a, b, evidence)
    return evidence.isOfSeries ? min(graded, Parameters.seriesSimilarity) : graded
  }

  private static func grade(_ a: WordBag, _ b: WordBag, _ evidence: Evidence) -> Double {
    let judged = Judgement.similarity(evidence)
    if let left = a.phrase, let right = b.phrase {
      let above = Parameters.phraseSlope * (left.grade(right) - Parameters.phraseSameGrade)
      let burden = min(0, judged - unburdened(evidence))
      return min(1, max(0, Parameters.sameEventThreshold + above + burden))
    }
    let sameJudged =
      evidence.gapDays == nil ? Parameters.sameTimeless : Parameters.sameEventThreshold
    var grade = judged + Parameters.wordsWeight * a.cosine(b)
    var same = sameJudged + Parameters.wordsWeight * Parameters.sameWords
    var whole = 1 + Parameters.wordsWeight
    if let meaning = a.likeness(ofMeaning: b) {
      grade += Parameters.meaningWeight * max(0, meaning)
      same += Parameters.meaningWeight * Parameters.sameMeaning
      whole += Parameters.meaningWeight
    }
    return scaled(grade / whole, same: same / whole)
  }

  /// Brings a scale from 0 to 1 on which `same` is the least that is one event to one where it is
  /// `Parameters.sameEventThreshold`.
  private static func scaled(_ grade: Double, same: Double) -> Double {
    let threshold = Parameters.sameEventThreshold
    return grade < same
      ? threshold * grade / same : threshold + (1 - threshold) * (grade - same) / (1 - same)
  }

  /// What would be judged of two outlets' stories of one day.
  private static func unburdened(_ evidence: Evidence) -> Double {
    var other = evidence
    other.gapDays = evidence.gapDays.map { _ in 0 }
    other.sameSourceMembers = 0
    return Judgement.similarity(other)
  }
}
