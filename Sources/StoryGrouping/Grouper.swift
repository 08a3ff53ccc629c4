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
package struct Grouper: Sendable {
  /// How long a cluster stays open to reports of its event.
  package static let window = Duration.seconds(86_400 * 7)

  private var clusters = ClusterTable()
  private var places: [StoryID: UInt32] = [:]
  /// The name of every cluster that was, for stories that outlive the window, and the day of its last
  /// story; by place.
  private var leads: [StoryID] = []
  private var lastDays: [Int32] = []
  private var index = TermIndex()
  private var copies = CopyIndex()
  private var frequencies = DocumentFrequencies()
  private var templates = TitleTemplates()

  package init() {}

  /// The cluster that a story stands in, named by its first story.
  package func cluster(of story: StoryID) -> StoryID? {
    places[story].map { leads[Int($0)] }
  }

  /// The stories of a cluster in the order they joined; empty once the window has passed.
  package func members(of cluster: StoryID) -> [StoryID] {
    guard let place = places[cluster], let found = clusters[place], found.lead == cluster else {
      return []
    }
    return found.members
  }

  /// What a story's shingles weigh among the stories known now.
  package func weigh(_ sketch: Sketch) -> WeighedSketch {
    frequencies.prefetch(sketch.terms, source: sketch.source)
    copies.prefetch(sketch.signature)
    let known = frequencies.storiesOfSource(sketch.source)
    let vector = TermVector(sketch, template: templates.fixedWords(of: sketch)) {
      frequencies.rarity(of: $0, source: sketch.source, storiesOfSource: known)
    }
    return WeighedSketch(sketch: sketch, vector: vector)
  }

  /// Where a story belongs among those known.
  package func decide(_ sketch: Sketch) -> Placement {
    decide(weigh(sketch))
  }

  /// Where a story belongs among those that were known when it was weighed.
  package func decide(_ weighed: WeighedSketch) -> Placement {
    let sketch = weighed.sketch
    if let known = cluster(of: sketch.id) {
      return Placement(known == sketch.id ? .starts : .joins(cluster: known), similarity: 1)
    }
    if let (original, resemblance) = original(of: sketch), let cluster = cluster(of: original) {
      return Placement(.copies(original: original, cluster: cluster), similarity: resemblance)
    }
    let story = Cluster(sketch, weighed.vector)
    // The most similar first; of equals the oldest.
    let judged = evidence(story).map { place, evidence in
      (place: place, similarity: Judgement.similarity(evidence), rivals: evidence.rivals)
    }.sorted { ($0.similarity, $1.place) > ($1.similarity, $0.place) }
    guard let best = judged.first, best.similarity >= Parameters.sameEventThreshold else {
      return Placement(.starts, similarity: judged.first?.similarity ?? 0)
    }
    let near = judged.dropFirst().prefix(Parameters.mergeCandidateLimit)
      .filter { $0.similarity >= Parameters.mergeSimilarity }.map(\.place)
    return joining(
      story, to: best.place, near, rivals: best.rivals, similarity: best.similarity)
  }

  /// Takes a story in as decided.
  package mutating func apply(_ sketch: Sketch, _ placement: Placement) {
    apply(weigh(sketch), placement)
  }

  /// Takes a story in as decided, with nothing taken in since it was weighed.
  package mutating func apply(_ weighed: WeighedSketch, _ placement: Placement) {
    let (sketch, vector) = (weighed.sketch, weighed.vector)
    guard places[sketch.id] == nil else { return }
    let place = place(for: sketch.id, placement)
    clusters.update(place, lead: leads[Int(place)]) { $0.add(sketch, vector) }
    if let day = sketch.time?.day {
      lastDays[Int(place)] = max(lastDays[Int(place)], Int32(clamping: day))
    }
    places[sketch.id] = place
    post(vector, place)
    var original = sketch.id
    if case .copies(let first, _) = placement.decision { original = first }
    copies.insert(sketch, original: original)
    frequencies.count(sketch)
    templates.learn(sketch)
    apply(placement.moves)
  }

  /// Closes the clusters whose last story was seen before `moment`. What was published long ago and
  /// came in since stays open to stories of its own time.
  package mutating func forget(before moment: Timestamp) {
    guard clusters.close(before: moment) else { return }
    let open = clusters
    index.compact { open.slot(of: $0) != nil }
  }

  /// The candidate clusters of a story with the evidence for each: what the weights are fitted to.
  package func study(_ sketch: Sketch) -> [(cluster: StoryID, evidence: Evidence)] {
    evidence(Cluster(sketch, weigh(sketch).vector)).map { (leads[Int($0)], $1) }
  }
}

// Deciding.
extension Grouper {
  /// The story that this one is a copy of, and how much of it is.
  private func original(of sketch: Sketch) -> (StoryID, Double)? {
    var best: (entry: CopyIndex.Entry, resemblance: Double)?
    for entry in copies.candidates(sketch.signature) {
      guard let resemblance = Copying.resemblance(sketch, entry),
        resemblance > best?.resemblance ?? 0
      else { continue }
      best = (entry, resemblance)
    }
    return best.map { ($0.entry.original, $0.resemblance) }
  }

  /// The open clusters that share rare shingles with a story, those that share the weightiest first.
  private func candidates(_ story: Cluster) -> [UInt32] {
    var tally = CandidateTally()
    let firstDay = story.earliest.map { Int32(clamping: ($0 - Self.window).day) } ?? .min
    var budget = Parameters.postingBudget
    let sought = story.terms.heaviest(Parameters.soughtTermLimit)
    index.prefetch(
      sought.map(\.key.hash), limit: Parameters.postingLimit, budget: Parameters.postingBudget)
    for element in sought where budget > 0 {
      let square = element.weight * element.weight
      index.forEachCluster(of: element.key.hash, limit: min(Parameters.postingLimit, budget)) {
        place in
        budget -= 1
        let lastDay = lastDays[Int(place)]
        if lastDay >= firstDay || lastDay == .min { tally.add(square, to: place) }
      }
    }
    return tally.heaviest(Parameters.candidateLimit) { place in
      clusters.slot(of: place).map { isOpen(clusters.clusters[$0], to: story) } ?? false
    }
  }

  private func isOpen(_ cluster: Cluster, to story: Cluster) -> Bool {
    guard let time = story.earliest, let first = cluster.earliest, let last = cluster.latest else {
      return true
    }
    return time + Self.window >= first && time - Self.window <= last
  }

  /// The evidence for each candidate cluster.
  private func evidence(_ story: Cluster) -> [(place: UInt32, evidence: Evidence)] {
    let probe = ShingleProbe(story.terms)
    let places = candidates(story)
    for place in places { clusters.prefetch(place) }
    var found = places.compactMap { place -> (place: UInt32, evidence: Evidence)? in
      clusters.slot(of: place).map {
        (place, Evidence(story, probe, against: clusters.clusters[$0]))
      }
    }
    let ranked = found.map(\.evidence.average).sorted(by: >)
    let others = ranked.dropFirst(2).prefix(6)
    let sum = others.reduce(0, +)
    for index in found.indices {
      // A cluster that is itself among the others gives its rank to the next.
      let own = found[index].evidence.average
      let isAmong = ranked.count > 2 && own <= ranked[2] && own >= (others.last ?? 0)
      let next = ranked.count > 8 ? ranked[8] : 0
      found[index].evidence.rivals = (isAmong ? sum - own + next : sum) / 6
    }
    return found
  }

  /// The placement of a story in the cluster at `place`, along with the clusters near it that the
  /// story shows to report the same event. The oldest keeps its name, the others' stories move.
  private func joining(
    _ story: Cluster, to place: UInt32, _ near: [UInt32], rivals: Double, similarity: Double
  ) -> Placement {
    guard var merged = clusters[place] else { return Placement(.starts, similarity: similarity) }
    guard !near.isEmpty, merged.members.count <= Parameters.mergeMemberLimit else {
      return Placement(.joins(cluster: merged.lead), similarity: similarity)
    }
    var parts = [(place: place, cluster: merged)]
    merged.absorb(story)
    for other in near {
      guard let cluster = clusters[other] else { continue }
      var evidence = Evidence(cluster, against: merged)
      evidence.rivals = rivals
      guard Judgement.similarity(evidence) >= Parameters.mergeSimilarity else { continue }
      merged.absorb(cluster)
      parts.append((other, cluster))
    }
    parts.sort { $0.place < $1.place }
    let moving = parts.dropFirst().flatMap(\.cluster.members)
    guard moving.count <= Parameters.moveLimit else {
      return Placement(.joins(cluster: merged.lead), similarity: similarity)
    }
    let lead = parts[0].cluster.lead
    return Placement(
      .joins(cluster: lead), similarity: similarity,
      moves: moving.map { Move(story: $0, to: lead) })
  }
}

// Applying.
extension Grouper {
  /// The place of the cluster that a placement names, a new one where it names none that is known.
  private mutating func place(for story: StoryID, _ placement: Placement) -> UInt32 {
    let lead = placement.cluster(of: story)
    if lead != story, let place = places[lead] { return place }
    leads.append(story)
    lastDays.append(.min)
    clusters.append(Cluster(lead: story))
    return UInt32(leads.count - 1)
  }

  private mutating func post(_ vector: TermVector, _ place: UInt32) {
    for element in vector.heaviest(Parameters.indexedTermLimit) {
      index.insert(element.key.hash, cluster: place)
    }
  }

  /// Moves stories. A cluster that loses all of its stories is absorbed as a whole; of one that keeps
  /// some the words stay, for nobody keeps a single story's words.
  package mutating func apply(_ moves: [Move]) {
    for move in moves {
      guard let from = places[move.story], let to = places[move.cluster], from != to else {
        continue
      }
      places[move.story] = to
      guard let emptied = clusters[from], emptied.members.allSatisfy({ places[$0] == to }) else {
        continue
      }
      clusters.close(from)
      if clusters.slot(of: to) != nil {
        clusters.update(to, lead: leads[Int(to)]) { $0.absorb(emptied) }
      }
      lastDays[Int(to)] = max(lastDays[Int(to)], lastDays[Int(from)])
      post(emptied.terms, to)
    }
  }
}
