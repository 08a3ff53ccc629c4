package import Syndication

/// Places stories among those known, one at a time.
///
/// Two tiers. *Copies*: word shingles, MinHash and bands find reprints, revisions and truncations at
/// any age. *Same event*: one- and two-word shingles weighed by rarity; the rarest lead to candidate
/// clusters within a window, and a story is compared with each cluster as a whole, never with one
/// member (a single link chains strangers together).
///
/// `decide` is pure; `apply` is also the replay: the same sketches and placements in the same order
/// give the same state on any machine. Work per story is bounded whatever the number of stories.
package struct Grouper {
  /// How long a cluster stays open to reports of its event.
  package static let window = Duration.seconds(86_400 * 7)

  var stories = StoryTable()
  var clusters = ClusterTable()
  var index = TermIndex()
  var frequencies = DocumentFrequencies()
  var templates = TitleTemplates()
  var unsettled = UnsettledMembers()
  /// Copies of what was let go, the oldest first. Each may be replaced by the same bytes elsewhere.
  package internal(set) var sealed: [SealedCopies] = []

  package init() {}

  /// Whether no table of sealed copies that was looked into is damaged. If not, what was decided since is worth
  /// nothing, and all is to be replayed.
  package var isSound: Bool { sealed.allSatisfy(\.isSound) }

  /// The cluster that a story stands in, named by its first story; nil for one that is not known, or
  /// was let go.
  package func cluster(of story: StoryID) -> StoryID? {
    stories.number(of: story).map { lead(clusters[stories[$0].cluster]) }
  }

  /// The stories of a cluster in the order they joined; empty once the window has passed.
  package func members(of cluster: StoryID) -> [StoryID] {
    guard let number = stories.number(of: cluster) else { return [] }
    let found = clusters[stories[number].cluster]
    guard found.isOpen, found.lead == cluster.bits else { return [] }
    return stories.chain(from: found.firstStory).map { StoryID(bits: stories[$0].id) }
  }

  /// For the sketches of stories that are to be placed next.
  package var foresight: Foresight {
    Foresight(counts: frequencies.addresses, postings: index.foresight)
  }

  /// What a story's shingles weigh among the stories known now.
  package func weigh(_ sketch: Sketch) -> WeighedSketch {
    stories.prefetch(sketch)
    let frames = TitleTemplates.frames(of: sketch)
    templates.prefetch(frames)
    var vector = frequencies.withRarities(in: sketch.source) { rarities in
      TermVector(sketch) { rarities[$0] }
    }
    let template = templates.template(of: sketch.titleWords, frames)
    vector.weaken(template.fixedWords)
    return WeighedSketch(sketch, vector, frames, isOfKnownTemplate: template.isKnown)
  }

  /// Where a story belongs among those known.
  package func decide(_ sketch: Sketch) -> Placement {
    decide(weigh(sketch))
  }

  /// Where a story belongs among those that were known when it was weighed, and where one that came a while
  /// before it does, now that more is known.
  package func decide(_ weighed: WeighedSketch) -> Placement {
    let sketch = weighed.sketch
    if let known = cluster(of: sketch.id) {
      return Placement(known == sketch.id ? .starts : .joins(cluster: known), similarity: 1)
    }
    var placement = copy(weighed) ?? sameEvent(weighed)
    if let move = secondLook(beside: placement) { placement.moves.append(move) }
    return placement
  }

  private func sameEvent(_ weighed: WeighedSketch) -> Placement {
    let story = weighed.story
    let judged = judged(story, weighed.sketch.signature.bins, weighed.sought)
    guard let best = judged.first else { return Placement(.starts, similarity: 0) }
    let similarity = best.similarity
    guard similarity >= Parameters.sameEventThreshold else {
      return Placement(.starts, similarity: similarity)
    }
    let near = judged.dropFirst().prefix(Parameters.mergeCandidateLimit)
      .filter { $0.similarity >= $0.mergeSimilarity }.map(\.place)
    return asCutCopy(joining(weighed, to: best, near), weighed)
  }

  /// Takes a story in as decided.
  package mutating func apply(_ sketch: Sketch, _ placement: Placement) {
    apply(weigh(sketch), placement)
  }

  /// Takes a story in as decided, with nothing taken in since it was weighed.
  package mutating func apply(_ weighed: WeighedSketch, _ placement: Placement) {
    let (sketch, story) = (weighed.sketch, weighed.story)
    guard stories.number(of: sketch.id) == nil else { return }
    let place = place(for: sketch.id, placement)
    var original = sketch.id
    if case .copies(let first, _) = placement.decision {
      original = first
      // Its copies would stay behind.
      _ = unsettled.take(first, at: place)
    } else {
      watch(story, joining: place)
    }
    clusters.absorb(story, at: place)
    post(weighed.sought, place)
    let number = stories.append(sketch, original: original, cluster: place)
    chain(number, number, at: place)
    frequencies.count(sketch)
    templates.learn(weighed.frames)
    apply(placement.moves)
  }

  /// Closes the clusters whose last story was seen before `moment`. What was published long ago and
  /// came in since stays open to stories of its own time.
  package mutating func forget(before moment: Timestamp) {
    guard clusters.close(before: moment) else { return }
    unsettled.forget { [clusters] in clusters[$0].isOpen }
    if clusters.closedCount * Self.closedShare >= clusters.records.count { compact() }
  }

  /// Closed clusters are cleared away once they are so large a part of all, one in: doing so takes time
  /// in proportion to those that stay.
  private static let closedShare = 8

  /// The candidate clusters of a story with the evidence for each: what the weights are fitted to.
  package func study(_ sketch: Sketch) -> [(cluster: StoryID, evidence: Evidence)] {
    let weighed = weigh(sketch)
    return withEvidence(weighed.story, weighed.sought) { places, evidence in
      zip(places, evidence).map { (lead(clusters[$0]), $1) }
    }
  }
}

// Deciding.
extension Grouper {
  /// The placement of a story that is a copy.
  private func copy(_ weighed: WeighedSketch) -> Placement? {
    let traits = CopyTraits(weighed.sketch)
    guard traits.says(weighed.story) else { return nil }
    let alike = stories.copied(by: traits)
    if let (copied, resemblance) = copied(of: alike, by: weighed.story, traits) {
      let record = stories[copied]
      return Placement(
        .copies(
          original: StoryID(bits: record.original), cluster: lead(clusters[record.cluster])),
        similarity: resemblance)
    }
    // What is sealed has no words left to be told apart by: it must be more alike than another event's report.
    return sealedCopy(traits, above: alike.first?.resemblance ?? 0)
  }

  /// The first of several stories that is not told of another event in the same phrases.
  private func copied(
    of alike: [StoryTable.Copied], by story: Cluster, _ traits: CopyTraits
  ) -> StoryTable.Copied? {
    var others: [UInt32] = []
    for copied in alike where others.count < Parameters.copiedClusterLimit {
      let place = stories[copied.story].cluster
      guard !others.contains(place) else { continue }
      let isOther =
        clusters[place].isOpen
        ? tellsAnother(copied, story, traits.bins)
        : traits.mayBeBlurb(with: stories.traits(of: copied.story))
      guard isOther else { return copied }
      others.append(place)
    }
    return nil
  }

  /// Whether a story that was told in the same phrases tells of another event.
  private func tellsAnother(
    _ copied: StoryTable.Copied, _ story: Cluster, _ bins: CopySignature.Bins
  ) -> Bool {
    let cluster = clusters.cluster(at: stories[copied.story].cluster)
    var evidence = Evidence(story, against: cluster)
    evidence.look(
      phrases: bins.resemblance(to: stories.bins(of: copied.story)) ?? 0, story, cluster)
    return evidence.refutesCopy(copied.resemblance)
  }

  private func sealedCopy(_ traits: CopyTraits, above floor: Double) -> Placement? {
    guard traits.shingleCount > 0 else { return nil }
    var best: (record: SealedCopies.Record, resemblance: Double)?
    for table in sealed {
      table.forEachStory(sharing: traits.bins) { record in
        guard !traits.mayBeBlurb(with: record.traits),
          let resemblance = traits.resemblance(ofCopy: record.traits),
          resemblance > best?.resemblance ?? floor
        else { return }
        best = (record, resemblance)
      }
    }
    return best.map {
      Placement(
        .copies(
          original: StoryID(bits: $0.record.original), cluster: StoryID(bits: $0.record.cluster)),
        similarity: $0.resemblance)
    }
  }

  func lead(_ cluster: ClusterTable.Record) -> StoryID { StoryID(bits: cluster.lead) }

  /// The open clusters that share rare shingles with a story, those that share the weightiest first.
  private func candidates(
    _ story: Cluster, _ sought: [TermVector.Element], besides own: UInt32?
  ) -> [UInt32] {
    let reach = story.summary.reach(Self.window)
    return CandidateTally.withEmptyTally { tally in
      index.add(
        sought, to: &tally, limit: Parameters.postingLimit, budget: Parameters.postingBudget)
      return clusters.heaviest(
        Parameters.candidateLimit, of: tally, from: reach.from, to: reach.to, besides: own)
    }
  }

  /// A candidate cluster, as the evidence for it was judged.
  struct Judged {
    var place: UInt32
    /// Of the weighed evidence: only of the few that decide it is worth while to make a similarity of it.
    var sum: Double
    var rivals: Double
    var mergeSimilarity: Double

    var similarity: Double { Judgement.similarity(ofSum: sum) }
  }

  /// The candidate clusters of a story, the most similar first; of equals the oldest. The cluster at `own`
  /// is none.
  func judged(
    _ story: Cluster, _ bins: CopySignature.Bins, _ sought: [TermVector.Element],
    besides own: UInt32? = nil
  ) -> [Judged] {
    withEvidence(story, sought, besides: own) { places, evidence in
      zip(places, evidence.indices).map { place, index in
        Judged(
          place: place, sum: sum(&evidence[index], story, bins, at: place),
          rivals: evidence[index].rivals, mergeSimilarity: evidence[index].mergeSimilarity)
      }
    }.sorted { ($0.sum, $1.place) > ($1.sum, $0.place) }
  }

  /// The weighed evidence, with a look at phrases and titles where they matter.
  private func sum(
    _ evidence: inout Evidence, _ story: Cluster, _ bins: CopySignature.Bins, at place: UInt32
  ) -> Double {
    let sum = Judgement.sum(evidence)
    guard sum >= 0 else { return sum }
    look(&evidence, for: story, bins, at: place)
    return evidence.formula > 0 || evidence.isOfSeries ? Judgement.sum(evidence) : sum
  }

  /// Calls `body` with the candidate clusters of a story and the evidence for each.
  private func withEvidence<Result>(
    _ story: Cluster, _ sought: [TermVector.Element], besides own: UInt32? = nil,
    _ body: ([UInt32], UnsafeMutableBufferPointer<Evidence>) -> Result
  ) -> Result {
    let places = candidates(story, sought, besides: own)
    for place in places { clusters.prefetchTerms(place) }
    let youth = frequencies.youth
    return withUnsafeTemporaryAllocation(of: Evidence.self, capacity: places.count) { evidence in
      ShingleProbe.withProbe(of: story.terms) { probe in
        for index in places.indices {
          var found = clusters.evidence(for: story, probe, against: places[index])
          found.youth = youth
          evidence.initializeElement(at: index, to: found)
        }
      }
      Evidence.findRivals(evidence)
      return body(places, evidence)
    }
  }

  /// The placement of a story in the cluster at `place`, along with the clusters near it that the
  /// story shows to report the same event. The oldest keeps its name, the others' stories move.
  private func joining(
    _ weighed: WeighedSketch, to best: Judged, _ near: [UInt32]
  ) -> Placement {
    let (story, place, similarity) = (weighed.story, best.place, best.similarity)
    let nearest = clusters[place]
    guard !near.isEmpty, nearest.summary.memberCount <= Parameters.mergeMemberLimit else {
      return Placement(
        .joins(cluster: lead(nearest)), similarity: similarity, moves: leaving(place, for: weighed))
    }
    var parts = [place]
    var merged = clusters.cluster(at: place)
    merged.absorb(story)
    for other in near {
      let cluster = clusters.cluster(at: other)
      var evidence = Evidence(cluster, against: merged)
      evidence.youth = frequencies.youth
      evidence.rivals = best.rivals
      guard Judgement.similarity(evidence) >= evidence.mergeSimilarity,
        !parts.contains(where: { areOfFormula($0, other) })
      else { continue }
      merged.absorb(cluster)
      parts.append(other)
    }
    parts.sort()
    let moving = parts.dropFirst().reduce(0) { $0 + clusters[$1].summary.memberCount }
    guard moving <= Parameters.moveLimit else {
      return Placement(.joins(cluster: lead(nearest)), similarity: similarity)
    }
    let oldest = lead(clusters[parts[0]])
    let moves = parts.dropFirst().flatMap { stories.chain(from: clusters[$0].firstStory) }.map {
      Move(story: StoryID(bits: stories[$0].id), to: oldest)
    }
    return Placement(.joins(cluster: oldest), similarity: similarity, moves: moves)
  }
}

// What joined without being sure to belong.
extension Grouper {
  /// The member of the cluster at `place` that the cluster with a further story in it shows not to belong:
  /// as a story that did not find the first of its own kind yet, it starts a cluster.
  private func leaving(_ place: UInt32, for weighed: WeighedSketch) -> [Move] {
    let members = unsettled[place].filter(\.isDoubtful).map(\.story)
    guard !members.isEmpty else { return [] }
    var whole = clusters.cluster(at: place)
    guard whole.summary.memberCount > 1 else { return [] }
    whole.absorb(weighed.story)
    let judged = members.map { member in
      var rest = Part(
        cluster: whole,
        bins: bins(at: place, besides: [member]) + [weighed.sketch.signature.bins])
      rest.cluster.remove(member)
      let alone = Part(cluster: member, bins: bins(of: member))
      return (
        story: member.lead, similarity: Judgement.similarity(evidence(for: alone, against: rest))
      )
    }
    guard let least = judged.min(by: { $0.similarity < $1.similarity }),
      least.similarity < Parameters.leavingSimilarity
    else { return [] }
    return [Move(story: least.story, to: least.story)]
  }

  /// Keeps a story as it is alone while it may turn out not to belong to the cluster at `place`, which it
  /// joins, or shares phrases with it as a round-up does with what it gathers; a cluster that has grown is sure
  /// of its members.
  private mutating func watch(_ story: Cluster, joining place: UInt32) {
    let cluster = clusters[place]
    guard cluster.isOpen, cluster.summary.memberCount > 0 else { return }
    guard cluster.summary.memberCount < Parameters.settledMemberCount else {
      return unsettled.settle(place)
    }
    guard
      unsettled.hasRoom(isDoubtful: true, at: place)
        || unsettled.hasRoom(isDoubtful: false, at: place)
    else { return }
    var evidence = ShingleProbe.withProbe(of: story.terms) {
      clusters.evidence(for: story, $0, against: place)
    }
    evidence.youth = frequencies.youth
    let isDoubtful = Judgement.similarity(evidence) < Parameters.settledSimilarity
    guard isDoubtful || evidence.mayBeOfFormula,
      unsettled.hasRoom(isDoubtful: isDoubtful, at: place)
    else { return }
    unsettled.append(UnsettledMembers.Member(story: story, isDoubtful: isDoubtful), at: place)
  }

  /// Gives a story a cluster of its own, if it is known as it was alone.
  private mutating func leave(_ story: UInt32) {
    let record = stories[story]
    guard let alone = unsettled.take(StoryID(bits: record.id), at: record.cluster) else { return }
    clusters.remove(alone, at: record.cluster)
    unchain(story, at: record.cluster)
    let place = clusters.append(lead: alone.lead)
    clusters.absorb(alone, at: place)
    post(alone.terms.heaviest(Parameters.indexedTermLimit), place)
    stories.move(story, to: place)
    stories.link(story, to: StoryTable.none)
    chain(story, story, at: place)
  }

  /// Takes a story that is not the first out of the chain of the cluster at `place`.
  mutating func unchain(_ story: UInt32, at place: UInt32) {
    let cluster = clusters[place]
    guard
      let before = stories.chain(from: cluster.firstStory).first(where: {
        stories[$0].next == story
      })
    else { return }
    stories.link(before, to: stories[story].next)
    if cluster.lastStory == story { clusters.chain(cluster.firstStory, before, at: place) }
  }
}

// Applying.
extension Grouper {
  /// The place of the cluster that a placement names, a new one where it names none that is known.
  private mutating func place(for story: StoryID, _ placement: Placement) -> UInt32 {
    let lead = placement.cluster(of: story)
    return lead == story ? clusters.append(lead: lead) : place(named: lead)
  }

  /// The place of the cluster whose first story is `lead`, a new one where that is not known.
  mutating func place(named lead: StoryID) -> UInt32 {
    if let known = stories.number(of: lead) { return stories[known].cluster }
    let place = clusters.append(lead: lead)
    stories.append(name: lead, cluster: place)
    return place
  }

  /// Hangs stories that are chained already to those of the cluster at `place`.
  mutating func chain(_ first: UInt32, _ last: UInt32, at place: UInt32) {
    let cluster = clusters[place]
    guard cluster.lastStory != StoryTable.none else {
      return clusters.chain(first, last, at: place)
    }
    stories.link(cluster.lastStory, to: first)
    clusters.chain(cluster.firstStory, last, at: place)
  }

  /// Makes the cluster at `place` known under the first of `terms`, the heaviest first.
  mutating func post(_ terms: [TermVector.Element], _ place: UInt32) {
    for element in terms.prefix(Parameters.indexedTermLimit) {
      index.insert(element.key.hash, cluster: place)
    }
  }

  /// Moves stories. One that moves to the cluster that it names leaves the one it joined. A cluster that
  /// loses all of its stories is absorbed as a whole; of one that keeps
  /// some the words stay, for nobody keeps a single story's words.
  package mutating func apply(_ moves: [Move]) {
    for move in moves {
      guard let story = stories.number(of: move.story) else { continue }
      let from = stories[story].cluster
      if move.story == move.cluster, clusters[from].lead != stories[story].id {
        leave(story)
        continue
      }
      let to = place(named: move.cluster)
      guard from != to else { continue }
      stories.move(story, to: to)
      let left = clusters[from]
      guard left.isOpen,
        stories.chain(from: left.firstStory).allSatisfy({ stories[$0].cluster == to })
      else { continue }
      absorb(from, into: to)
    }
  }

  /// Clears closed clusters away, and seals what tells copies of their stories.
  private mutating func compact() {
    let closed = clusters
    let numbers = clusters.compact()
    let left = stories.compact(numbers) { closed[$0].lead }
    for number in stories.records.indices where stories.records[number].isName == 0 {
      let number = UInt32(number)
      chain(number, number, at: stories[number].cluster)
    }
    index.renumber { numbers[Int($0)] }
    unsettled.renumber(numbers)
    seal(left)
  }

  /// Tables are joined while the newer is not much smaller, so that there are few, and only up to a size that
  /// takes no more than some tenths of a second: which are joined must follow from the stories alone.
  private mutating func seal(_ left: [SealedCopies.Record]) {
    guard !left.isEmpty else { return }
    sealed.append(SealedCopies([], left))
    while sealed.count > 1 {
      let pair = Array(sealed.suffix(2))
      guard pair[1].storyCount * 2 > pair[0].storyCount,
        pair[0].storyCount + pair[1].storyCount <= Parameters.joinedStoryLimit
      else { break }
      sealed.replaceSubrange(sealed.count - 2..<sealed.count, with: [SealedCopies(pair, [])])
    }
  }

  private mutating func absorb(_ place: UInt32, into other: UInt32) {
    let (left, emptied) = (clusters[place], clusters.cluster(at: place))
    clusters.close(place)
    unsettled.settle(place)
    unsettled.settle(other)
    clusters.absorb(emptied, at: other)
    chain(left.firstStory, left.lastStory, at: other)
    post(emptied.terms.heaviest(Parameters.indexedTermLimit), other)
  }
}
