package import Syndication

/// Makes the index of one segment from its lines, in their order: which documents (lines with a story's
/// words) have which terms.
///
/// An index only has to find enough: whoever uses it looks at each document again. So words that would
/// take too much room are left out, and the documents that have them are looked at for every query.
package struct IndexBuilder: ~Copyable {
  /// Of one document: four times what a long report has.
  static let termsPerDocumentLimit = 8192
  /// New terms of one document, as a part of those that there is still room for, and at least.
  private static let newTermShare = 64
  private static let newTermMinimum = 32

  private let wanted: WantedTerms?
  private var table = TermTable()
  /// The numbers of the terms of each document, one document after the other.
  private(set) var termNumbers: [UInt32] = []
  private(set) var termEnds: [Int] = []
  private var buffer = TermBuffer()

  private(set) var offsets: [UInt32] = []
  private(set) var stories: [(id: StoryID, isRevision: Bool)] = []
  /// The last document of each story.
  private var newest: [StoryID: UInt32] = [:]
  private(set) var removals: Set<StoryID> = []
  private(set) var copies: [CopyPlace] = []
  /// Copies whose lenders are not in this segment, or not yet found.
  private var waiting: [StoryID: [UInt32]] = [:]
  /// Which story each of these borrows from.
  private var borrowings: [UInt32: StoryID] = [:]
  package private(set) var lenders: [SegmentIdentity] = []
  private(set) var labels: [IndexLabel: [UInt32]] = [:]
  /// Documents that are looked at for every query.
  private(set) var crowded: [UInt32] = []
  /// Documents that repeat an earlier one.
  private(set) var doubles: Set<UInt32> = []

  /// An index of all terms, or of the wanted ones for one query.
  package init(wanted: WantedTerms? = nil) {
    self.wanted = wanted
  }

  package var documentCount: Int { stories.count }

  /// Adds a line with a story's words that begins at `offset` in the plain segment.
  ///
  /// `original` is the story whose text is this one's, where the line has none of its own.
  package mutating func add(
    _ story: Story, at offset: Int, isRevision: Bool, original: StoryID? = nil
  ) {
    let document = UInt32(stories.count)
    offsets.append(UInt32(truncatingIfNeeded: offset))
    stories.append((story.id, isRevision))
    let earlier = newest[story.id]
    if earlier != nil, !isRevision {
      doubles.insert(document)
      termEnds.append(termNumbers.count)
      return
    }
    if let original, story.text.isEmpty { borrow(document, from: original) }
    newest[story.id] = document
    addTerms(of: story, document)
    labels[.feed(of: story), default: []].append(document)
    if let language = story.language {
      labels[IndexLabel(.language, language), default: []].append(document)
    }
    termEnds.append(termNumbers.count)
  }

  /// Adds a line that says that these stories were taken out.
  package mutating func add(removalOf stories: [StoryID]) {
    removals.formUnion(stories)
  }

  // MARK: Other segments

  /// The stories whose words copies borrow and that are not in this segment.
  package var borrowed: Set<StoryID> { Set(waiting.keys) }

  /// Says where the words of a borrowed story stand: in that document of an earlier segment.
  package mutating func settle(_ story: StoryID, _ lender: SegmentIdentity, _ document: UInt32) {
    guard let documents = waiting.removeValue(forKey: story) else { return }
    let place = UInt32(self.place(of: lender))
    copies += documents.map { CopyPlace(document: $0, lender: place, lenderDocument: document) }
  }

  /// The stories that begin in this segment, and were not edited in it.
  package var firstStories: Set<StoryID> {
    Set(newest.filter { !stories[Int($0.value)].isRevision }.keys)
  }

  /// Leaves a story out that began in an earlier segment and begins in this one again, after a crash.
  package mutating func passOverDouble(of story: StoryID, in earlier: SegmentIdentity) {
    guard let document = newest[story], !stories[Int(document)].isRevision,
      doubles.insert(document).inserted
    else { return }
    _ = place(of: earlier)
  }

  private mutating func place(of lender: SegmentIdentity) -> Int {
    if let known = lenders.firstIndex(of: lender) { return known + 1 }
    lenders.append(lender)
    return lenders.count
  }

  /// Says that a borrowed story has no words of its own either: it borrows those of `original`.
  package mutating func redirect(_ story: StoryID, to original: StoryID) {
    guard let documents = waiting.removeValue(forKey: story) else { return }
    waiting[original, default: []] += documents
  }

  private mutating func borrow(_ document: UInt32, from original: StoryID) {
    guard let lender = newest[original] else { return wait(document, for: original) }
    // A copy of a copy borrows where that one does.
    if let further = borrowings[lender] {
      wait(document, for: further)
    } else if let further = copies.first(where: lender) {
      copies.append(
        CopyPlace(document: document, lender: 0, lenderDocument: further.lenderDocument))
    } else {
      copies.append(CopyPlace(document: document, lender: 0, lenderDocument: lender))
    }
  }

  private mutating func wait(_ document: UInt32, for original: StoryID) {
    waiting[original, default: []].append(document)
    borrowings[document] = original
  }

  // MARK: Terms

  private mutating func addTerms(of story: Story, _ document: UInt32) {
    let firstTerm = table.terms.count
    let start = termNumbers.count
    let room = TermTable.termLimit - firstTerm
    let newLimit = min(room, room / Self.newTermShare + Self.newTermMinimum)
    var fits = addWords(story.title, .title, document, firstTerm + newLimit, start)
    for text in [story.title, story.text, story.summary ?? "", story.author ?? ""]
      + story.categories where fits
    {
      fits = addWords(text, .word, document, firstTerm + newLimit, start)
    }
    if !fits {
      for number in termNumbers[start...] { table.uncount(Int(number)) }
      termNumbers.removeLast(termNumbers.count - start)
      table.shrink(to: firstTerm)
      crowded.append(document)
    }
  }

  /// Adds the words of one text; false when they are too many.
  private mutating func addWords(
    _ text: String, _ kind: TermKind, _ document: UInt32, _ termLimit: Int, _ start: Int
  ) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var reader = WordReader(bytes)
      while reader.next(&buffer) {
        buffer.mark(kind)
        guard addTerm(document, termLimit),
          termNumbers.count - start <= Self.termsPerDocumentLimit
        else { return false }
      }
      return true
    }
  }

  /// Adds the term in the buffer; false when there is no room for it.
  @inline(__always)
  private mutating func addTerm(_ document: UInt32, _ termLimit: Int) -> Bool {
    let hash = buffer.hash()
    if let wanted, !wanted.contains(buffer, hash: hash) { return true }
    guard
      let number = table.number(of: buffer, hash: hash, adds: table.terms.count < termLimit)
    else { return false }
    if table.count(number, in: document) { termNumbers.append(UInt32(number)) }
    return true
  }

  // MARK: The index

  /// The whole index, as it stands in a file.
  package consuming func index(of segment: SegmentIdentity, byteCount: Int) -> [UInt8] {
    var file = IndexWriter(
      IndexLayout(
        digest: segment.digest, segmentByteCount: byteCount, documentCount: stories.count))
    file.addLenders(lenders)
    file.addOffsets(offsets)
    file.addStories(stories)
    file.addRevisions(revisions)
    file.addRemovals(removals.sorted())
    file.addCopies(copies.sorted { $0.document < $1.document })
    file.addExceptions(crowded, doubles.sorted())
    file.addLabels(labels)
    file.addTerms(table, termNumbers, termEnds)
    return file.bytes
  }

  private var revisions: [(id: StoryID, document: UInt32)] {
    newest.filter { stories[Int($0.value)].isRevision }
      .map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
  }
}

/// Where the words of a copy stand.
struct CopyPlace: Hashable {
  var document: UInt32
  /// Counted from 1 in the index's lenders; 0 for the same segment.
  var lender: UInt32
  var lenderDocument: UInt32
}

extension [CopyPlace] {
  /// The one with the number, of those that are in order.
  func first(where document: UInt32) -> CopyPlace? {
    let place = partitioningIndex { $0.document >= document }
    return place < count && self[place].document == document ? self[place] : nil
  }
}

/// What documents have besides words.
struct IndexLabel: Hashable {
  enum Kind: UInt8 {
    case feed = 0x66  // f
    case language = 0x6C  // l
  }

  var kind: Kind
  var text: String

  init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// The address and the name under which the story's feed stands.
  static func feed(of story: Story) -> IndexLabel {
    IndexLabel(.feed, "\(story.feed)\n\(story.source)")
  }
}

/// Which bytes a segment has.
package struct SegmentIdentity: Hashable, Sendable {
  package var ordinal: Int
  /// The SHA-256 of the plain segment, 32 bytes; zeros for one that still grows.
  package var digest: [UInt8]

  /// In place of the digest of a segment that still grows or is not listed.
  package static let unknownDigest = [UInt8](repeating: 0, count: IndexLayout.digestByteCount)

  /// - Parameters:
  ///   - ordinal: The segment's own.
  ///   - digest: 32 bytes.
  package init(ordinal: Int, digest: [UInt8]) {
    precondition(digest.count == IndexLayout.digestByteCount, "not a SHA-256")
    self.ordinal = ordinal
    self.digest = digest
  }
}
