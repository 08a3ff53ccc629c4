internal import Syndication

/// What of a story says whether another is its copy.
struct CopyTraits: Sendable {
  var bins: CopySignature.Bins
  var shingleCount: UInt16
  var source: UInt32
  var title: UInt32
  var time: Timestamp?

  init(
    bins: CopySignature.Bins, shingleCount: UInt16, source: UInt32, title: UInt32, time: Timestamp?
  ) {
    self.bins = bins
    self.shingleCount = shingleCount
    self.source = source
    self.title = title
    self.time = time
  }

  init(_ sketch: Sketch) {
    self.init(
      bins: sketch.signature.bins, shingleCount: sketch.signature.shingleCount,
      source: sketch.source, title: sketch.title, time: sketch.time)
  }

  /// How much of the smaller story both have, 0…1, when that makes one a copy of the other.
  func resemblance(ofCopy other: CopyTraits) -> Double? {
    guard shingleCount > 0, other.shingleCount > 0,
      let resemblance = bins.resemblance(to: other.bins)
    else { return nil }
    guard isTelling, other.isTelling else {
      return resemblance == 1 && !isStanding(beside: other) ? 1 : nil
    }
    let floor = floor(other)
    if resemblance >= floor { return resemblance }
    guard floor == Parameters.copyResemblance, resemblance >= Parameters.truncatedResemblance else {
      return nil
    }
    let containment = containment(other, resemblance: resemblance)
    return containment >= Parameters.truncatedContainment ? containment : nil
  }

  /// Whether there is enough text for equal bins to mean a copy.
  private var isTelling: Bool { Int(shingleCount) >= Parameters.copyShingleMinimum }

  /// Whether an outlet says the same few words on another day: under a standing title that is another story.
  private func isStanding(beside other: CopyTraits) -> Bool {
    guard source != 0, source == other.source, let time, let otherTime = other.time else {
      return false
    }
    return max(time, otherTime).since(min(time, otherTime))
      >= .seconds(Parameters.standingDays * 86_400)
  }

  /// Whether the words of a story with these traits say enough to be copied, be it one headline.
  func says(_ story: Cluster) -> Bool {
    isTelling || story.summary.length >= Parameters.sayingLength
  }

  /// Whether one outlet has both under two titles.
  func isOfOtherTitle(than other: CopyTraits) -> Bool {
    source != 0 && source == other.source && title != other.title
  }

  /// The resemblance that makes a copy.
  private func floor(_ other: CopyTraits) -> Double {
    if isOfOtherTitle(than: other) { return Parameters.templateResemblance }
    if let time, let otherTime = other.time,
      max(time, otherTime).since(min(time, otherTime)) > Grouper.window
    {
      return Parameters.lateResemblance
    }
    return Parameters.copyResemblance
  }

  /// Whether what both have may stand below everything that their outlet publishes, under whatever title.
  func mayBeBlurb(with other: CopyTraits) -> Bool {
    isOfOtherTitle(than: other) && title != 0 && other.title != 0
      && Double(max(shingleCount, other.shingleCount)) <= Parameters.blurbWordLimit
  }

  /// The share of the smaller shingle set that the other one holds, 0…1, from their resemblance.
  private func containment(_ other: CopyTraits, resemblance: Double) -> Double {
    let smaller = Double(min(shingleCount, other.shingleCount))
    let shared =
      resemblance * (Double(shingleCount) + Double(other.shingleCount)) / (1 + resemblance)
    return min(1, shared / smaller)
  }
}
