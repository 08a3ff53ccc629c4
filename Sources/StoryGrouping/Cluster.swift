internal import Syndication

/// Stories judged to report one event, as one sum of their vectors; or a story alone.
struct Cluster: Sendable {
  /// The first story; it names the cluster.
  let lead: StoryID
  private(set) var summary = ClusterSummary()
  /// The sum of the members' vectors.
  private(set) var terms = TermVector()
  private(set) var sources = ClusterSources()

  init(lead: StoryID) {
    self.lead = lead
  }

  /// A cluster as it was kept.
  init(lead: StoryID, _ summary: ClusterSummary, _ terms: TermVector, _ sources: ClusterSources) {
    self.lead = lead
    self.summary = summary
    self.terms = terms
    self.sources = sources
  }

  /// A story as a cluster of its own.
  init(_ sketch: Sketch, _ vector: TermVector, isOfKnownTemplate: Bool = false) {
    lead = sketch.id
    terms = vector
    sources.count(sketch.source, 1)
    summary = ClusterSummary(sketch, vector, isOfKnownTemplate: isOfKnownTemplate)
  }

  /// Takes in another cluster as a whole.
  mutating func absorb(_ other: Cluster) {
    terms.add(other.terms, limit: Parameters.clusterTermLimit)
    summary.absorb(other.summary, terms)
    sources.absorb(other.sources)
  }

  /// Counts a source's stories as one fewer.
  mutating func forget(source: UInt32) { sources.remove(source) }

  /// Takes out one of several stories. The span of times stays.
  mutating func remove(_ story: Cluster) {
    terms.subtract(story.terms)
    summary.remove(story.summary, terms)
    sources.remove(story.sources.first.source)
  }
}

/// The numbers of a cluster, without a gap in memory.
struct ClusterSummary: BitwiseCopyable, Sendable {
  /// Milliseconds; beyond each other for a cluster without times.
  private var firstMoment = Int64.max
  private var lastMoment = Int64.min
  private var seenMoment = Int64.min
  /// As `TermVector.length` and `lost`.
  private(set) var length = 0.0
  private(set) var wordCount: UInt32 = 0
  /// Of these, pairs of characters of a script without spaces.
  private(set) var denseCount: UInt32 = 0
  private(set) var sums = KindSums()
  private(set) var lost = KindSums()
  private(set) var memberCount: UInt32 = 0
  var isOpen: UInt16 = 1
  /// 1 where the headline of a member is one of a template that two others filled otherwise.
  private var knownTemplate: UInt16 = 0

  init() {}

  /// Of a story alone.
  init(_ sketch: Sketch, _ vector: TermVector, isOfKnownTemplate: Bool) {
    if let time = sketch.time {
      firstMoment = time.milliseconds
      lastMoment = time.milliseconds
    }
    seenMoment = sketch.seen.milliseconds
    length = vector.length
    wordCount = UInt32(sketch.wordCount)
    denseCount = UInt32(sketch.denseCount)
    sums = KindSums(vector)
    lost = vector.lost
    memberCount = 1
    knownTemplate = isOfKnownTemplate ? 1 : 0
  }

  var isOfKnownTemplate: Bool { knownTemplate != 0 }

  var earliest: Timestamp? {
    firstMoment > lastMoment ? nil : Timestamp(milliseconds: firstMoment)
  }
  var latest: Timestamp? {
    firstMoment > lastMoment ? nil : Timestamp(milliseconds: lastMoment)
  }
  /// The moments a window before the first story and after it; nil without a time.
  func reach(_ window: Duration) -> (from: Timestamp?, to: Timestamp?) {
    guard let earliest else { return (nil, nil) }
    return (earliest - window, earliest + window)
  }

  /// Whether no story lies wholly before `first` or after `last`; true where there are no times.
  @inline(__always)
  func isWithin(_ first: Timestamp?, _ last: Timestamp?) -> Bool {
    guard let first, let last, firstMoment <= lastMoment else { return true }
    return last.milliseconds >= firstMoment && first.milliseconds <= lastMoment
  }

  /// The milliseconds between two spans, 0 where they meet; nil where one has no time.
  @inline(__always)
  func gap(to other: ClusterSummary) -> Int64? {
    guard firstMoment <= lastMoment, other.firstMoment <= other.lastMoment else { return nil }
    return max(other.firstMoment - lastMoment, firstMoment - other.lastMoment, 0)
  }

  /// Above all weights and lengths that come of stories.
  static let weightLimit: Float = 1e18

  /// Whether the numbers are such as stories have: none that a sum could not take.
  var isSound: Bool {
    guard isOpen == 1 else { return isOpen == 0 }
    let hasTimes = firstMoment <= lastMoment
    return memberCount > 0 && knownTemplate <= 1
      && UInt64(wordCount) <= UInt64(memberCount) * UInt64(UInt16.max) && denseCount <= wordCount
      && Timestamp(milliseconds: seenMoment).isPlausible
      && (hasTimes
        ? Timestamp(milliseconds: firstMoment).isPlausible
          && Timestamp(milliseconds: lastMoment).isPlausible
        : firstMoment == .max && lastMoment == .min)
      && 0...Double(Self.weightLimit) ~= length && sums.isSound && lost.isSound
  }

  /// When the newest member came in.
  var lastSeen: Timestamp { Timestamp(milliseconds: seenMoment) }

  /// The part of the words that are pairs of characters, 0…1.
  var density: Double { wordCount > 0 ? Double(denseCount) / Double(wordCount) : 0 }

  /// Takes in the numbers of another cluster; `terms` are those of both.
  mutating func absorb(_ other: ClusterSummary, _ terms: TermVector) {
    firstMoment = min(firstMoment, other.firstMoment)
    lastMoment = max(lastMoment, other.lastMoment)
    seenMoment = max(seenMoment, other.seenMoment)
    length = terms.length
    wordCount = wordCount.addingUpToLimit(other.wordCount)
    denseCount = denseCount.addingUpToLimit(other.denseCount)
    sums = KindSums(terms)
    lost = terms.lost
    memberCount += other.memberCount
    knownTemplate |= other.knownTemplate
  }

  /// Takes out the numbers of a story; `terms` are what is left.
  mutating func remove(_ story: ClusterSummary, _ terms: TermVector) {
    length = terms.length
    wordCount -= min(wordCount, story.wordCount)
    denseCount = min(wordCount, denseCount - min(denseCount, story.denseCount))
    sums = KindSums(terms)
    lost = terms.lost
    memberCount -= 1
  }
}

/// The squared lengths of a vector's parts, by kind of shingle.
struct KindSums: BitwiseCopyable, Sendable {
  var all: Float = 0
  var titles: Float = 0
  var names: Float = 0
  var numbers: Float = 0
  var pairs: Float = 0
  var leads: Float = 0

  init() {}

  init(_ sums: Parts.Sums) {
    (all, titles, names) = (sums[0], sums[1], sums[2])
    (numbers, pairs, leads) = (sums[3], sums[4], sums[5])
  }

  init(_ vector: TermVector) {
    let lost = vector.lost
    var sums = Parts.Sums(
      lost.all, lost.titles, lost.names, lost.numbers, lost.pairs, lost.leads, 0, 0)
    vector.elements.withUnsafeBufferPointer { elements in
      for element in elements {
        sums += Parts.Sums().replacing(
          with: Parts.Sums(repeating: element.weight * element.weight), where: element.key.parts)
      }
    }
    self.init(sums)
  }

  fileprivate var isSound: Bool {
    [all, titles, names, numbers, pairs, leads].allSatisfy { 0...ClusterSummary.weightLimit ~= $0 }
  }

  @inline(__always)
  mutating func add(_ square: Float, _ kinds: TermKey.Kinds) {
    all += square
    if kinds.contains(.title) { titles += square }
    if kinds.isName { names += square }
    if kinds.contains(.number) { numbers += square }
    if kinds.contains(.pair) { pairs += square }
    if !kinds.isDisjoint(with: [.lead, .title]) { leads += square }
  }

  /// To no less than nothing.
  mutating func subtract(_ other: KindSums) {
    all = max(0, all - other.all)
    titles = max(0, titles - other.titles)
    names = max(0, names - other.names)
    numbers = max(0, numbers - other.numbers)
    pairs = max(0, pairs - other.pairs)
    leads = max(0, leads - other.leads)
  }

  mutating func add(_ other: KindSums) {
    all += other.all
    titles += other.titles
    names += other.names
    numbers += other.numbers
    pairs += other.pairs
    leads += other.leads
  }
}

extension UInt32 {
  /// The sum, or the largest number there is.
  fileprivate func addingUpToLimit(_ other: UInt32) -> UInt32 {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    return isTooLarge ? .max : sum
  }
}
