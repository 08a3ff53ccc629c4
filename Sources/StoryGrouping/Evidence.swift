internal import Syndication

/// What speaks for and against a story's reporting the event of a cluster, as numbers.
package struct Evidence: Sendable {
  /// Cosine to the mean of the members (average link), 0…1.
  var average = 0.0
  /// Cosine to the direction of the cluster (centroid), 0…1.
  var centroid = 0.0
  /// Cosines within one kind of shingle, 0…1; 0 where either side has none.
  var titles = 0.0
  var names = 0.0
  var numbers = 0.0
  var pairs = 0.0
  var leads = 0.0
  /// The share of the smaller side's weight that is shared, 0…1.
  var containment = 0.0
  /// Shared one-word and two-word shingles.
  var sharedCount = 0.0
  var sharedPairCount = 0.0
  /// The largest share of the cosine that one shingle gives: high when all hangs on one word.
  var dominance = 0.0
  /// The rarities of the shared one-word shingles together, and the highest of them.
  var sharedRarity = 0.0
  var topShared = 0.0
  /// The highest rarity of a title or lead word that the other side lacks: the story's, the cluster's.
  var topMissing = 0.0
  var topMissed = 0.0
  /// How similar the story is to clusters that it surely does not belong to (the third to the eighth
  /// best), 0…1: high amid look-alikes.
  var rivals = 0.0
  /// How far the archive is too young to tell which names are common in it, 0…1; 0 of two stories by themselves.
  var youth = 0.0
  /// How surely one formula tells two events, 0…1; 0 where nobody looked.
  private(set) var formula = 0.0
  /// Whether what the texts share has nothing to do with either title; false where nobody looked.
  private(set) var isBlurb = false
  /// Whether the titles are those of a series; and whether they differ in their numbers alone. False where nobody
  /// looked.
  private(set) var isOfSeries = false
  private(set) var haveOtherNumbers = false
  /// Whether both sides have names, numbers, titles.
  var haveNames = false
  var haveNumbers = false
  var haveTitles = false
  /// Whether a headline of either side is one of a template, whose fixed words count for little.
  var isOfTemplate = false
  /// Whether a headline of either side is one of a template that two others filled otherwise.
  var isOfKnownTemplate = false
  /// Days from the cluster's span to the story; nil without times.
  package var gapDays: Double?
  /// Members of the cluster that come of a source which also tells the story.
  var sameSourceMembers = 0.0
  /// Words of the story, and of a member on average.
  var storyWords = 0.0
  var memberWords = 0.0
  var memberCount = 1.0
  /// The part of the words that are pairs of characters of a script without spaces, on the side that has fewer of
  /// them, 0…1.
  var density = 0.0

  /// A story, or a cluster taken as one, against a cluster.
  init(_ story: Cluster, against cluster: Cluster) {
    let sameSourceMembers = cluster.sources.membersShared(with: story.sources)
    self = ShingleProbe.withProbe(of: story.terms) {
      Evidence(
        story.summary, $0, against: cluster.summary, cluster.terms,
        sameSourceMembers: sameSourceMembers)
    }
  }

  /// The same of their numbers, with a probe of the story's shingles, which many clusters may share.
  @inline(__always)
  init(
    _ story: ClusterSummary, _ probe: ShingleProbe, against cluster: ClusterSummary,
    _ terms: some WeighedShingles, sameSourceMembers: UInt32
  ) {
    var shared = Shared()
    let missing = probe.match(terms) { shared.add($0, $1) }
    let parts = KindSums(shared.products)
    let (sums, stories) = (story.sums, Double(story.memberCount))
    memberCount = Double(cluster.memberCount)
    average = Double(parts.all) / memberCount / stories
    centroid = Evidence.cosine(parts.all, sums.all, cluster.sums.all)
    titles = Evidence.cosine(parts.titles, sums.titles, cluster.sums.titles)
    names = Evidence.cosine(parts.names, sums.names, cluster.sums.names)
    numbers = Evidence.cosine(parts.numbers, sums.numbers, cluster.sums.numbers)
    pairs = Evidence.cosine(parts.pairs, sums.pairs, cluster.sums.pairs)
    leads = Evidence.cosine(parts.leads, sums.leads, cluster.sums.leads)
    containment = Evidence.cosine(shared.own, sums.all, sums.all)
    sharedCount = Double(shared.count)
    sharedPairCount = Double(shared.pairCount)
    dominance = parts.all > 0 ? Double(shared.largest / parts.all) : 0
    let storyScale = story.length / stories / stories
    sharedRarity = Double(shared.rarity) * storyScale
    topShared = Double(shared.topShared) * storyScale
    topMissing = Double(missing.ofThese) * storyScale
    topMissed = Double(missing.ofOther) * cluster.length / memberCount / memberCount
    haveNames = sums.names > 0 && cluster.sums.names > 0
    haveNumbers = sums.numbers > 0 && cluster.sums.numbers > 0
    haveTitles = sums.titles > 0 && cluster.sums.titles > 0
    isOfTemplate = story.lost.titles > 0 || cluster.lost.titles > 0
    isOfKnownTemplate = story.isOfKnownTemplate || cluster.isOfKnownTemplate
    storyWords = Double(story.wordCount) / stories
    memberWords = Double(cluster.wordCount) / memberCount
    density = min(story.density, cluster.density)
    self.sameSourceMembers = Double(sameSourceMembers)
    gapDays = story.gap(to: cluster).map { Double($0) / 86_400_000 }
  }

  /// Tells each candidate of a story how similar the story is to those it surely does not belong to.
  static func findRivals(_ candidates: UnsafeMutableBufferPointer<Evidence>) {
    var ranked = InlineArray<16, Double>(repeating: 0)
    let count = min(candidates.count, ranked.count)
    for index in 0..<count {
      var place = index
      while place > 0, ranked[place - 1] < candidates[index].average {
        ranked[place] = ranked[place - 1]
        place -= 1
      }
      ranked[place] = candidates[index].average
    }
    guard count > 2 else { return }
    let last = min(count, 8)
    var sum = 0.0
    for rank in 2..<last { sum += ranked[rank] }
    for index in 0..<count {
      // A cluster that is itself among the others gives its rank to the next.
      let own = candidates[index].average
      let isAmong = own <= ranked[2] && own >= ranked[last - 1]
      let next = count > 8 ? ranked[8] : 0
      candidates[index].rivals = (isAmong ? sum - own + next : sum) / 6
    }
  }

  /// Whether all that is shared is one word, or words that stand side by side: two, and of a template,
  /// where a name is all that may change, up to four.
  var sharesOneName: Bool {
    guard sharedCount > 1 else { return true }
    guard !isDense else { return sharesOneRun }
    return sharedPairCount >= sharedCount - 1 && sharedCount <= (isOfTemplate ? 4 : 2)
  }

  /// Whether both are written without spaces.
  var isDense: Bool { density > 0.5 }

  /// Whether the pairs of characters that are shared stand in a run or two, a name and a common word, and leave most
  /// of the shorter side.
  private var sharesOneRun: Bool {
    sharedCount - sharedPairCount <= 2
      && sharedCount <= Parameters.denseNameShare * min(storyWords, memberWords)
  }

  /// Shared shingles for each word of the shorter side, up to a number of words.
  var coverage: Double {
    sharedCount / max(1, min(storyWords, memberWords, Parameters.formulaWordLimit))
  }

  /// Looks whether one formula tells the two; `phrases` is the share of their phrases that they have in common,
  /// 0…1. Of several looks, at parts of a cluster, the surest counts.
  mutating func look(phrases: Double, _ story: Cluster, _ other: Cluster) {
    guard phrases > Parameters.formulaPhrases.lowerBound else { return }
    let slots = TitleSlots(story, other)
    isBlurb = Objection.isBlurb(self, phrases: phrases, slots)
    look(Objection.formula(self, phrases: phrases, slots))
  }

  /// Takes in how surely one formula tells what parts of the two tell.
  mutating func look(_ formula: Double) { self.formula = max(self.formula, formula) }

  /// Whether the two may be told by one formula, so that their phrases and titles are to be looked at.
  var mayBeOfFormula: Bool {
    sharedPairCount > 0 && coverage > Parameters.formulaCoverage.lowerBound
  }

  /// Whether titles may be those of a series, so that they are to be looked at.
  var mayBeOfSeries: Bool { haveTitles && (haveNumbers || isOfOtherDay) }

  /// Whether one outlet tells both on two days.
  private var isOfOtherDay: Bool {
    sameSourceMembers > 0 && gapDays ?? 0 >= Parameters.standingDays
  }

  /// Looks whether the titles of two stories, or of clusters, are those of a series: they differ in their numbers
  /// alone, or one outlet has the same words on another day.
  mutating func lookAtTitles(_ story: Cluster, _ other: Cluster) {
    let slots = TitleSlots(story, other)
    haveOtherNumbers = slots.differInNumbers
    isOfSeries = haveOtherNumbers || isOfOtherDay && slots.haveSameWords
  }

  /// Whether the two surely tell of two events in the same phrases.
  var isOfFormula: Bool { formula >= 0.5 }

  /// Whether two stories of such a resemblance are no copies. Nearly all of it says more than other names do, but
  /// nothing where titles have nothing to do with it.
  func refutesCopy(_ resemblance: Double) -> Bool {
    isOfFormula && (isBlurb || resemblance < Parameters.sureCopyResemblance)
  }

  /// Similarity from which clusters are merged on such evidence.
  var mergeSimilarity: Double {
    gapDays == nil ? Parameters.mergeSimilarity.timeless : Parameters.mergeSimilarity.timed
  }

  private static func cosine(_ shared: Float, _ left: Float, _ right: Float) -> Double {
    guard left > 0, right > 0 else { return 0 }
    return min(1, Double(shared / (left * right).squareRoot()))
  }
}

/// Sums over the shingles that two vectors share.
private struct Shared {
  /// The products of the weights, of each part.
  var products = Parts.Sums()
  /// The squared weights of the story's own shingles that are shared.
  var own: Float = 0
  var largest: Float = 0
  /// The story's weights of shared one-word shingles together, and the largest.
  var rarity: Float = 0
  var topShared: Float = 0
  var count = 0
  var pairCount = 0

  @inline(__always)
  mutating func add(_ a: TermVector.Element, _ b: TermVector.Element) {
    let product = a.weight * b.weight
    products += Parts.Sums().replacing(
      with: Parts.Sums(repeating: product), where: a.key.parts .& b.key.parts)
    own += a.weight * a.weight
    largest = max(largest, product)
    if a.key.kinds.contains(.pair), b.key.kinds.contains(.pair) {
      pairCount &+= 1
      return
    }
    count &+= 1
    rarity += a.weight
    topShared = max(topShared, a.weight)
  }
}
