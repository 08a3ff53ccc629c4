internal import Syndication

/// Stories judged to report one event, as one sum of their vectors.
struct Cluster: Sendable {
  /// The first story; it names the cluster.
  let lead: StoryID
  private(set) var members: [StoryID] = []
  /// The sum of the members' vectors.
  private(set) var terms = TermVector()
  private(set) var sums = KindSums()
  private(set) var earliest: Timestamp?
  private(set) var latest: Timestamp?
  /// When the newest member came in.
  private(set) var lastSeen = Timestamp(milliseconds: .min)
  /// Hashes of the members' sources, in the order met.
  private(set) var sources: [UInt32] = []
  /// Members of each of `sources`.
  private(set) var sourceCounts: [Int] = []
  private(set) var wordCount = 0

  init(lead: StoryID) {
    self.lead = lead
  }

  /// A story as a cluster of its own.
  init(_ sketch: Sketch, _ vector: TermVector) {
    lead = sketch.id
    add(sketch, vector)
  }

  mutating func add(_ sketch: Sketch, _ vector: TermVector) {
    members.append(sketch.id)
    terms.add(vector, limit: Parameters.clusterTermLimit)
    sums = KindSums(terms)
    wordCount += Int(sketch.wordCount)
    lastSeen = max(lastSeen, sketch.seen)
    if let time = sketch.time {
      earliest = min(earliest ?? time, time)
      latest = max(latest ?? time, time)
    }
    count(sketch.source, 1)
  }

  /// Takes in another cluster as a whole.
  mutating func absorb(_ other: Cluster) {
    members += other.members
    terms.add(other.terms, limit: Parameters.clusterTermLimit)
    sums = KindSums(terms)
    wordCount += other.wordCount
    lastSeen = max(lastSeen, other.lastSeen)
    earliest = [earliest, other.earliest].compactMap(\.self).min()
    latest = [latest, other.latest].compactMap(\.self).max()
    for (source, members) in zip(other.sources, other.sourceCounts) { count(source, members) }
  }

  private mutating func count(_ source: UInt32, _ members: Int) {
    if let place = sources.firstIndex(of: source) {
      sourceCounts[place] += members
    } else if source != 0, sources.count < Parameters.clusterSourceLimit {
      sources.append(source)
      sourceCounts.append(members)
    }
  }

  /// The members that come of a source which `other` has too.
  func membersSharingSource(with other: Cluster) -> Int {
    zip(sources, sourceCounts).reduce(0) { $0 + (other.sources.contains($1.0) ? $1.1 : 0) }
  }
}

/// The squared lengths of a vector's parts, by kind of shingle.
struct KindSums: Sendable {
  var all: Float = 0
  var titles: Float = 0
  var names: Float = 0
  var numbers: Float = 0
  var pairs: Float = 0
  var leads: Float = 0

  init() {}

  init(_ vector: TermVector) {
    self = vector.lost
    for element in vector.elements { add(element.weight * element.weight, element.key.kinds) }
  }

  mutating func add(_ square: Float, _ kinds: TermKey.Kinds) {
    all += square
    if kinds.contains(.title) { titles += square }
    if kinds.contains(.name) { names += square }
    if kinds.contains(.number) { numbers += square }
    if kinds.contains(.pair) { pairs += square }
    if !kinds.isDisjoint(with: [.lead, .title]) { leads += square }
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
