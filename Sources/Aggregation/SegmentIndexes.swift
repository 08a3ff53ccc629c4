internal import StoryArchive
internal import StorySearch
internal import Syndication

/// The indexes of an archive's segments: read where they lie beside the segments, made where they do not.
///
/// An index is believed if it is of the bytes that the manifest lists, and if the segments from which
/// copies borrow are what they were. Of a segment that grows, and where none can be kept, one is made in
/// memory of the terms that are asked for and nothing else, which is to read the segment through.
final class SegmentIndexes {
  /// The oldest first.
  let segments: [ArchiveSegment]
  private let archive: Archive
  private let wanted: WantedTerms?
  /// Whether an index that had to be made is kept.
  private var keeps: Bool
  private let places: [Int: Int]
  private var opened: [Int: SegmentIndex] = [:]
  private var tables: [Int: StoryLines] = [:]
  /// The SHA-256 of the segments that were read through, whatever is listed.
  private var digests: [Int: [UInt8]] = [:]
  /// Segments whose index was made by this value.
  private var made: Set<Int> = []
  /// Segments whose files cannot be read.
  private var unreadable: Set<Int> = []
  /// Why indexes that had to be made are not kept any more.
  private(set) var keepingFailure: (any Error)?
  /// Told of each segment that is about to be read through.
  var onMaking: (_ path: String) -> Void = { _ in }
  /// What was found damaged in segments that were read through.
  private(set) var damage: [Damage] = []

  /// How many tables of stories are held of segments without an index, 1 MB each.
  private static let tableLimit = 32
  /// How many stories are looked up one by one before a whole table is read.
  private static let singleLimit = 64

  /// `wanted` are the terms that a query needs; nil for all. `keeps` says whether what has to be made is
  /// kept beside the segments.
  init(_ archive: Archive, wanted: WantedTerms?, keeps: Bool) throws {
    self.archive = archive
    self.wanted = wanted
    self.keeps = keeps
    segments = try archive.segments()
    places = Dictionary(
      segments.enumerated().map { ($1.ordinal, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func place(ofOrdinal ordinal: Int) -> Int? { places[ordinal] }

  /// Whether the file of a segment was tried and could not be read.
  func isUnreadable(_ segment: SegmentIdentity) -> Bool {
    places[segment.ordinal].map(unreadable.contains) ?? false
  }

  /// The index of the segment at `place`.
  func index(at place: Int) throws -> SegmentIndex {
    if let index = opened[place] { return index }
    let index = try kept(at: place) ?? make(at: place)
    opened[place] = index
    return index
  }

  /// The index of a segment that another index names.
  ///
  /// - Throws: `IndexProblem.stale` when there is no such segment.
  func index(of identity: SegmentIdentity) throws -> SegmentIndex {
    guard let place = places[identity.ordinal] else { throw IndexProblem.stale }
    let index = try index(at: place)
    // Numbers of documents hold for the very bytes.
    guard index.digest == identity.digest else { throw IndexProblem.stale }
    return index
  }

  /// Makes another index of a segment whose index, or one that it borrows from, was found to be wrong.
  ///
  /// - Returns: Whether that can help: not if all were made already.
  func refuse(at place: Int) throws -> Bool {
    let lenders = opened[place]?.lenders.compactMap { places[$0.ordinal] } ?? []
    let suspects = ([place] + lenders).filter { !made.contains($0) }
    for suspect in suspects.sorted() { opened[suspect] = try make(at: suspect) }
    return !suspects.isEmpty
  }

  /// Lets go what is needed no more by those who go from the newest to the oldest.
  func release(from place: Int) {
    for known in opened.keys where known >= place { opened[known] = nil }
    for known in tables.keys where known >= place { tables[known] = nil }
    segments[place].close()
  }

  /// Lets go of one segment.
  func release(at place: Int) {
    opened[place] = nil
    segments[place].close()
  }

  // MARK: Reading

  private func kept(at place: Int) throws -> SegmentIndex? {
    let segment = segments[place]
    guard let digest = segment.digest, let file = try archive.index(of: segment),
      let byteCount = try read(place, { (segment) throws(ArchiveError) in try segment.byteCount() })
    else { return nil }
    do {
      let index = try SegmentIndex(SegmentIndexBytes(file: file))
      let isCurrent =
        index.digest == digest && index.segmentByteCount == byteCount
        && index.lenders.allSatisfy(isListed)
      return isCurrent ? index : nil
    } catch is IndexProblem {
      return nil
    }
  }

  /// What `body` makes of a segment; nil where its file cannot be read, which is told. From then on no index is
  /// kept: it would lack what copies borrow from there.
  private func read<Result>(
    _ place: Int, _ body: (ArchiveSegment) throws(ArchiveError) -> Result
  ) throws(ArchiveError) -> Result? {
    do throws(ArchiveError) {
      return try body(segments[place])
    } catch {
      guard case .io = error else { throw error }
      keeps = false
      unreadable.insert(place)
      let found = archive.damage(from: error)
      if !damage.contains(found) { damage.append(found) }
      return nil
    }
  }

  // MARK: Making

  /// Whether the segment has an index that is believed.
  func isKept(at place: Int) throws -> Bool { try kept(at: place) != nil }

  private func make(at place: Int) throws -> SegmentIndex {
    let segment = segments[place]
    made.insert(place)
    onMaking(segment.path)
    let isWhole = keeps && segment.digest != nil
    var builder = IndexBuilder(wanted: isWhole ? nil : wanted)
    let byteCount = try add(place) { builder.add($0, at: $1) }
    try settle(&builder, before: place)
    let isListed = ([identity(at: place)] + builder.lenders).allSatisfy(isListed)
    let bytes = builder.index(of: identity(at: place), byteCount: byteCount)
    if isWhole, keeps, isListed { keep(bytes, segment) }
    return try SegmentIndex(bytes)
  }

  /// Gives every sound record of a segment to `body` with its offset; returns how many bytes it has.
  private func add(_ place: Int, _ body: (ArchiveRecord, Int) -> Void) throws -> Int {
    let reading = try read(place) { (segment) throws(ArchiveError) in
      try segment.forEachRecord(body)
    }
    guard let reading else { return 0 }
    digests[place] = reading.digest
    damage += reading.damage.filter { !damage.contains($0) }
    return reading.byteCount
  }

  private func isListed(_ segment: SegmentIdentity) -> Bool {
    places[segment.ordinal].map { segments[$0].digest == segment.digest } ?? false
  }

  private func keep(_ bytes: [UInt8], _ segment: ArchiveSegment) {
    do {
      _ = try archive.keep(index: bytes, of: segment)
    } catch {
      // Where one cannot be written none can: a reader's own right, or a full disk.
      keeps = false
      keepingFailure = error
    }
  }

  private func identity(at place: Int) -> SegmentIdentity {
    SegmentIdentity(
      ordinal: segments[place].ordinal,
      digest: digests[place] ?? segments[place].digest ?? SegmentIdentity.unknownDigest)
  }

  /// Finds in earlier segments what the segment's copies borrow and what it repeats.
  private func settle(_ builder: inout IndexBuilder, before place: Int) throws {
    guard place > 0 else { return }
    let earlier = identity(at: place - 1)
    for (story, _) in try lines(of: builder.firstStories, at: place - 1) {
      builder.passOverDouble(of: story, in: earlier)
    }
    for place in (0..<place).reversed() where !builder.borrowed.isEmpty {
      var found: [(StoryID, LenderLine)]
      repeat {
        found = try lines(of: builder.borrowed, at: place)
        for (story, line) in found { settle(story, line, place, &builder) }
      } while found.contains { if case .borrowed = $0.1 { true } else { false } }
    }
  }

  private func settle(
    _ story: StoryID, _ line: LenderLine, _ place: Int, _ builder: inout IndexBuilder
  ) {
    switch line {
    case .own(let document): builder.settle(story, identity(at: place), document)
    case .lent(let segment, let document): builder.settle(story, segment, document)
    case .borrowed(let original): builder.redirect(story, to: original)
    }
  }

  /// The last line of each of these stories in a segment, for those that it has.
  private func lines(of stories: Set<StoryID>, at place: Int) throws -> [(StoryID, LenderLine)] {
    let index = try opened[place] ?? kept(at: place)
    guard let index else { return try table(at: place).lines(of: stories) }
    opened[place] = index
    do {
      return try lines(of: stories, index, place)
    } catch is IndexProblem {
      opened[place] = nil
      return try table(at: place).lines(of: stories)
    }
  }

  private func lines(
    of stories: Set<StoryID>, _ index: SegmentIndex, _ place: Int
  ) throws -> [(StoryID, LenderLine)] {
    var last: [StoryID: UInt32] = [:]
    if stories.count <= Self.singleLimit {
      for story in stories {
        let documents = try index.documents(of: story)
        last[story] = (documents.last { $0.isRevision } ?? documents.first)?.document
      }
    } else {
      try index.forEachStory { story, document, isRevision in
        guard stories.contains(story), isRevision || last[story] == nil else { return }
        last[story] = document
      }
    }
    return try last.map { story, document in
      guard let lender = try index.lender(of: document) else { return (story, .own(document)) }
      return (story, .lent(lender.segment ?? identity(at: place), lender.document))
    }
  }

  private func table(at place: Int) throws -> StoryLines {
    if let table = tables[place] { return table }
    var table = StoryLines()
    _ = try add(place) { record, _ in table.add(record) }
    if tables.count >= Self.tableLimit, let newest = tables.keys.max() { tables[newest] = nil }
    tables[place] = table
    return table
  }
}

/// Where the words of a story stand that copies borrow.
private enum LenderLine {
  /// In this document.
  case own(UInt32)
  /// It borrows them itself: from a document of that segment, or from a story of an earlier one.
  case lent(SegmentIdentity, UInt32)
  case borrowed(StoryID)
}

/// Which lines of a segment are of which story, the last of each.
private struct StoryLines {
  private var lines: [StoryID: LenderLine] = [:]
  private var count: UInt32 = 0

  mutating func add(_ record: ArchiveRecord) {
    switch record {
    case .story(let story, _, let original):
      if lines[story.id] == nil { lines[story.id] = line(of: story, original) }
      count += 1
    case .revision(let story):
      lines[story.id] = .own(count)
      count += 1
    case .move, .relocation, .removed: break
    }
  }

  private func line(of story: Story, _ original: StoryID?) -> LenderLine {
    guard let original, story.text.isEmpty else { return .own(count) }
    return lines[original] ?? .borrowed(original)
  }

  func lines(of stories: Set<StoryID>) -> [(StoryID, LenderLine)] {
    stories.compactMap { story in lines[story].map { (story, $0) } }
  }
}

extension IndexBuilder {
  fileprivate mutating func add(_ record: ArchiveRecord, at offset: Int) {
    switch record {
    case .story(let story, _, let original):
      add(story, at: offset, isRevision: false, original: original)
    case .revision(let story): add(story, at: offset, isRevision: true)
    case .removed(let stories, _): add(removalOf: stories)
    case .move, .relocation: break
    }
  }
}

/// An index file's bytes for those who know nothing of archives.
private struct SegmentIndexBytes: IndexSource {
  let file: SegmentIndexFile

  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    try file.bytes(at: offset, count: count)
  }
}
