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
    /// 1 for what is no story, but the name of a cluster whose first story was let go.
    var isName: UInt32 = 0

    static let noTime = Int64.min
  }

  /// No story.
  static let none = UInt32.max

  private(set) var records: [Record] = []
  private var signatures: [CopySignature.Bins] = []
  private var leads: [LeadShingles] = []
  private var numbers = NumberTable()
  private var bands = BandTable()

  /// The number of a story.
  @inline(__always)
  func number(of story: StoryID) -> UInt32? {
    numbers.find(story.bits) { records[Int($0)].id }
  }

  subscript(number: UInt32) -> Record { records[Int(number)] }

  /// What tells the copies of a story.
  func bins(of number: UInt32) -> CopySignature.Bins { signatures[Int(number)] }

  /// The shingles of its text's first words.
  func lead(of number: UInt32) -> LeadShingles { leads[Int(number)] }

  /// Begins to bring what `number` and `copied` will read of a story into the caches.
  func prefetch(_ sketch: Sketch) {
    numbers.prefetch(sketch.id.bits)
    bands.prefetch(sketch.signature.bins)
  }

  /// Takes in a story that is not known and returns its number.
  mutating func append(_ sketch: Sketch, original: StoryID, cluster: UInt32) -> UInt32 {
    take(
      Record(
        id: sketch.id.bits, original: original.bits,
        time: sketch.time?.milliseconds ?? Record.noTime, cluster: cluster, source: sketch.source,
        title: sketch.title, shingleCount: UInt32(sketch.signature.shingleCount)),
      sketch.signature.bins, sketch.lead)
    return UInt32(records.count - 1)
  }

  /// Gives a story other words. Copies of these are not looked for, those of its first ones no longer found.
  mutating func retell(_ number: UInt32, _ sketch: Sketch) {
    signatures[Int(number)] = sketch.signature.bins
    leads[Int(number)] = sketch.lead
    records[Int(number)].shingleCount = UInt32(sketch.signature.shingleCount)
    records[Int(number)].title = sketch.title
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

  /// Keeps the name of a cluster whose first story was let go.
  mutating func append(name: StoryID, cluster: UInt32) {
    take(
      Record(
        id: name.bits, original: name.bits, time: Record.noTime, cluster: cluster, source: 0,
        title: 0, shingleCount: 0, isName: 1), .wordless, LeadShingles())
  }

  /// A story that a new one may be a copy of, and how much of it is.
  typealias Copied = (story: UInt32, resemblance: Double)

  /// The stories that a new one may be a copy of, that which it is most of first, of equals the oldest.
  func copied(by traits: CopyTraits) -> [Copied] {
    guard traits.shingleCount > 0 else { return [] }
    var found: [UInt32] = []
    bands.forEachStory(sharing: traits.bins) { if !found.contains($0) { found.append($0) } }
    let copied = found.compactMap { story in
      traits.resemblance(ofCopy: self.traits(of: story)).map { Copied(story, $0) }
    }
    return copied.sorted { ($0.resemblance, $1.story) > ($1.resemblance, $0.story) }
  }

  func traits(of story: UInt32) -> CopyTraits {
    let record = records[Int(story)]
    return CopyTraits(
      bins: signatures[Int(story)], shingleCount: UInt16(clamping: record.shingleCount),
      source: record.source,
      title: record.title,
      time: record.time == Record.noTime ? nil : Timestamp(milliseconds: record.time))
  }
}

extension StoryTable.Record {
  /// Whether the numbers are such as stories have.
  fileprivate var isSound: Bool {
    isName <= 1 && shingleCount <= UInt16.max
      && (time == Self.noTime || Timestamp(milliseconds: time).isPlausible)
  }
}

extension Timestamp {
  /// Whether there is no fear that adding days would go beyond what a timestamp can be.
  var isPlausible: Bool { milliseconds.magnitude < 1 << 60 }
}

extension StoryTable {
  /// Gives the clusters their new numbers and lets the stories go whose cluster has none. Returns those,
  /// each with its cluster's name.
  mutating func compact(_ newNumbers: [UInt32?], name: (UInt32) -> UInt64) -> [SealedCopies.Record]
  {
    var left: [SealedCopies.Record] = []
    var kept = StoryTable()
    for (place, var record) in records.enumerated() {
      if let cluster = newNumbers[Int(record.cluster)] {
        record.cluster = cluster
        record.next = StoryTable.none
        kept.take(record, signatures[place], leads[place])
      } else if record.shingleCount > 0 {
        left.append(
          SealedCopies.Record(
            bins: signatures[place], story: record.id, original: record.original,
            cluster: name(record.cluster), time: record.time, source: record.source,
            title: record.title, shingleCount: record.shingleCount))
      }
    }
    self = kept
    return left
  }

  private mutating func take(
    _ record: Record, _ bins: CopySignature.Bins, _ lead: LeadShingles
  ) {
    records.append(record)
    signatures.append(bins)
    leads.append(lead)
    numbers.insert(UInt32(records.count - 1)) { records[Int($0)].id }
    bands.insert(signatures)
  }

  func write(to writer: inout SnapshotWriter) throws {
    try writer.write(records)
    try writer.write(signatures)
    try writer.write(leads)
    try bands.write(to: &writer)
  }

  /// Throws when a story is named twice, or names a cluster or a story that is not there. How the
  /// stories are chained is to be looked at.
  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    records = try reader.array(of: Record.self)
    signatures = try reader.array(of: CopySignature.Bins.self)
    leads = try reader.array(of: LeadShingles.self)
    bands = try BandTable(from: &reader, storyCount: records.count)
    guard signatures.count == records.count, leads.count == records.count,
      records.count < Int(StoryTable.none)
    else { throw .damaged }
    for (number, record) in records.enumerated() {
      guard record.isSound, record.next == StoryTable.none || record.next < records.count,
        self.number(of: StoryID(bits: record.id)) == nil
      else { throw .damaged }
      numbers.insert(UInt32(number)) { records[Int($0)].id }
    }
  }
}
