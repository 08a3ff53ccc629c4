internal import Syndication

/// The stories that are known, in the order they came, each with its cluster and with what tells its
/// copies.
struct StoryTable: Sendable {
  /// Without a gap in memory.
  struct Record: BitwiseCopyable, Sendable {
    var id: UInt64
    /// The story that this one is a copy of, itself when of none.
    var original: UInt64
    /// `Timestamp.milliseconds`; `noTime` for none.
    var time: Int64
    /// The cluster's place.
    var cluster: UInt32
    /// The number of the next story of the same cluster; `none` for the last.
    var next = StoryTable.none
    var source: UInt32
    var title: UInt32
    var shingleCount: UInt32
    var unused: UInt32 = 0

    static let noTime = Int64.min
  }

  /// No story.
  static let none = UInt32.max

  private(set) var records: [Record] = []
  private var signatures: [CopySignature.Bins] = []
  private var numbers = NumberTable()
  private var bands = BandTable()

  /// The number of a story.
  @inline(__always)
  func number(of story: StoryID) -> UInt32? {
    numbers.find(StableHash.finish(story.bits)) { records[Int($0)].id == story.bits }
  }

  subscript(number: UInt32) -> Record { records[Int(number)] }

  /// Begins to bring what `copied` will read into the caches.
  func prefetch(_ bins: CopySignature.Bins) { bands.prefetch(bins) }

  /// Takes in a story that is not known and returns its number.
  mutating func append(_ sketch: Sketch, original: StoryID, cluster: UInt32) -> UInt32 {
    let number = UInt32(records.count)
    records.append(
      Record(
        id: sketch.id.bits, original: original.bits,
        time: sketch.time?.milliseconds ?? Record.noTime, cluster: cluster, source: sketch.source,
        title: sketch.title, shingleCount: UInt32(sketch.signature.shingleCount)))
    signatures.append(sketch.signature.bins)
    numbers.insert(number) { StableHash.finish(records[Int($0)].id) }
    bands.insert(signatures)
    return number
  }

  mutating func move(_ number: UInt32, to cluster: UInt32) {
    records[Int(number)].cluster = cluster
  }

  mutating func link(_ number: UInt32, to next: UInt32) {
    records[Int(number)].next = next
  }

  /// The numbers of the stories of a cluster, from its first one's on.
  func chain(from first: UInt32) -> UnfoldSequence<UInt32, UInt32> {
    sequence(state: first) { next in
      guard next != StoryTable.none else { return nil }
      defer { next = records[Int(next)].next }
      return next
    }
  }

  /// The story that a new one is a copy of, and how much of it is; the most of it, of equals the oldest.
  func copied(by sketch: Sketch) -> (story: UInt32, resemblance: Double)? {
    guard sketch.signature.shingleCount > 0 else { return nil }
    let traits = CopyTraits(sketch)
    var found: [UInt32] = []
    bands.forEachStory(sharing: traits.bins) { if !found.contains($0) { found.append($0) } }
    var best: (story: UInt32, resemblance: Double)?
    for story in found.sorted() {
      guard let resemblance = traits.resemblance(ofCopy: self.traits(of: story)),
        resemblance > best?.resemblance ?? 0
      else { continue }
      best = (story, resemblance)
    }
    return best
  }

  private func traits(of story: UInt32) -> CopyTraits {
    let record = records[Int(story)]
    return CopyTraits(
      bins: signatures[Int(story)], shingleCount: UInt16(clamping: record.shingleCount),
      source: record.source,
      title: record.title,
      time: record.time == Record.noTime ? nil : Timestamp(milliseconds: record.time))
  }
}
