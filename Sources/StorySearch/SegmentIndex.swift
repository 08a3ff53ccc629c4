package import Syndication

/// Where an index's bytes come from.
package protocol IndexSource {
  /// Up to `count` bytes at `offset`; fewer at the end.
  func bytes(at offset: Int, count: Int) throws -> [UInt8]
}

extension [UInt8]: IndexSource {
  package func bytes(at offset: Int, count: Int) -> [UInt8] {
    let start = Swift.min(offset, self.count)
    return Array(self[start..<Swift.min(start + count, self.count)])
  }
}

/// An index that is open for reading. Only what a query needs is read, and nothing is believed whose
/// check is wrong.
package final class SegmentIndex {
  private let source: any IndexSource
  private let layout: IndexLayout
  /// The segments whose stories' words copies borrow.
  package let lenders: [SegmentIdentity]
  private lazy var blocks = Result { try readBlockPages() }
  private lazy var pages = Result { try readStoryPages() }
  private lazy var copyPlaces = Result { try readCopies() }
  /// The offsets that were read last.
  private var offsetPage: (number: Int, offsets: [UInt32])?
  private lazy var exceptions = Result { try readExceptions() }

  /// - Throws: `IndexProblem` for what is no index or a damaged one; what `source` throws.
  package init(_ source: any IndexSource) throws {
    self.source = source
    layout = try IndexLayout(
      header: source.bytes(at: 0, count: IndexLayout.headerByteCount))
    var cursor = ByteCursor(try SegmentIndex.whole(.lenders, layout, source))
    var lenders: [SegmentIdentity] = []
    while !cursor.isAtEnd {
      let ordinal: UInt64 = try cursor.number()
      lenders.append(
        SegmentIdentity(
          ordinal: Int(truncatingIfNeeded: ordinal),
          digest: Array(try cursor.bytes(IndexLayout.digestByteCount))))
    }
    self.lenders = lenders
  }

  /// The SHA-256 and the length of the plain segment that it is the index of.
  package var digest: [UInt8] { layout.digest }
  package var segmentByteCount: Int { layout.segmentByteCount }
  package var documentCount: Int { layout.documentCount }

  /// Where the document's line begins in the plain segment, and where the next one's does or the
  /// segment ends.
  package func lines(of document: UInt32) throws -> Range<Int> {
    let start = try offset(of: document)
    let end = document + 1 < documentCount ? try offset(of: document + 1) : layout.segmentByteCount
    guard start < end, end <= layout.segmentByteCount else { throw IndexProblem.damaged }
    return start..<end
  }

  private func offset(of document: UInt32) throws -> Int {
    guard document < documentCount else { throw IndexProblem.damaged }
    let number = Int(document) / IndexLayout.offsetsPerPage
    if offsetPage?.number != number { offsetPage = (number, try readOffsets(onPage: number)) }
    let place = Int(document) % IndexLayout.offsetsPerPage
    guard let page = offsetPage?.offsets, place < page.count else { throw IndexProblem.damaged }
    return Int(page[place])
  }

  private func readOffsets(onPage number: Int) throws -> [UInt32] {
    let place = layout[.offsets]
    let first = number * IndexLayout.offsetsPerPage
    let count = min(IndexLayout.offsetsPerPage, documentCount - first)
    let start = number * (IndexLayout.offsetsPerPage * 4 + 8)
    let page = try source.bytes(at: place.offset + start, count: count * 4 + 8)
    guard page.count == count * 4 + 8 else { throw IndexProblem.damaged }
    var end = ByteCursor(page, at: count * 4)
    guard try end.number() as UInt64 == Array(page.dropLast(8)).check else {
      throw IndexProblem.damaged
    }
    var cursor = ByteCursor(page)
    var offsets: [UInt32] = []
    for _ in 0..<count { offsets.append(try cursor.number()) }
    return offsets
  }

  /// Stories that a line of this segment says are taken out, in order.
  package func removals() throws -> [StoryID] {
    var cursor = ByteCursor(try whole(.removals))
    var stories: [StoryID] = []
    while !cursor.isAtEnd { stories.append(StoryID(bits: try cursor.number())) }
    return stories
  }

  /// The stories with revisions in this segment and the last revision of each, in order of the stories.
  package func revisions() throws -> [(story: StoryID, document: UInt32)] {
    var cursor = ByteCursor(try whole(.revisions))
    var revisions: [(StoryID, UInt32)] = []
    while !cursor.isAtEnd {
      revisions.append((StoryID(bits: try cursor.number()), try cursor.number()))
    }
    return revisions
  }

  /// Documents that are looked at for every query, and those that are passed over.
  func exceptionalDocuments() throws -> (crowded: [UInt32], doubles: [UInt32]) {
    try exceptions.get()
  }

  /// Documents that repeat an earlier one.
  package func doubledDocuments() throws -> Set<UInt32> { Set(try exceptions.get().doubles) }

  /// Copies without words of their own, by their numbers.
  func copies() throws -> [CopyPlace] { try copyPlaces.get() }

  /// Where the words of a document stand that has none of its own.
  package func lender(of document: UInt32) throws -> (segment: SegmentIdentity?, document: UInt32)?
  {
    guard let copy = try copies().first(where: document) else { return nil }
    return (copy.lender == 0 ? nil : lenders[Int(copy.lender) - 1], copy.lenderDocument)
  }

  private func readCopies() throws -> [CopyPlace] {
    var cursor = ByteCursor(try whole(.copies))
    var copies: [CopyPlace] = []
    while !cursor.isAtEnd {
      let copy = CopyPlace(
        document: try cursor.number(), lender: try cursor.number(),
        lenderDocument: try cursor.number())
      guard copy.lender <= lenders.count else { throw IndexProblem.damaged }
      copies.append(copy)
    }
    return copies
  }

  private func readExceptions() throws -> (crowded: [UInt32], doubles: [UInt32]) {
    var cursor = ByteCursor(try whole(.exceptions))
    return (try documents(&cursor), try documents(&cursor))
  }

  private func documents(_ cursor: inout ByteCursor) throws(IndexProblem) -> [UInt32] {
    let count = try cursor.variable()
    let codes = try cursor.bytes(try cursor.variable())
    return try RiceCoding.numbers(in: codes, count: count, limit: documentCount)
  }

  /// The bytes of a part that is read as a whole.
  private func whole(_ part: IndexLayout.Part) throws -> [UInt8] {
    try SegmentIndex.whole(part, layout, source)
  }

  private static func whole(
    _ part: IndexLayout.Part, _ layout: IndexLayout, _ source: any IndexSource
  ) throws -> [UInt8] {
    let place = layout[part]
    return try checked(place.offset, place.byteCount, place.check, source)
  }

  private static func checked(
    _ offset: Int, _ count: Int, _ check: UInt64, _ source: any IndexSource
  ) throws -> [UInt8] {
    guard count <= IndexLayout.partByteLimit else { throw IndexProblem.damaged }
    let bytes = try source.bytes(at: offset, count: count)
    guard bytes.count == count, bytes.check == check else { throw IndexProblem.damaged }
    return bytes
  }

  // MARK: Labels

  /// The documents with a label that `isMeant` accepts.
  func documents(
    _ kind: IndexLabel.Kind, where isMeant: (String) -> Bool
  ) throws -> DocumentSet {
    var found = DocumentSet.Union(limit: documentCount)
    var cursor = ByteCursor(try whole(.labels))
    while !cursor.isAtEnd {
      let labelKind = try cursor.bytes(1).first
      let text = String(decoding: try cursor.bytes(try cursor.variable()), as: UTF8.self)
      let documents = try documents(&cursor)
      if labelKind == kind.rawValue, isMeant(text) { found.add(documents) }
    }
    return .these(found.documents)
  }

  // MARK: Stories

  private struct StoryPage {
    var first: StoryID
    var check: UInt64
  }

  private func readStoryPages() throws -> [StoryPage] {
    var cursor = ByteCursor(try whole(.storyPages))
    var pages: [StoryPage] = []
    while !cursor.isAtEnd {
      pages.append(StoryPage(first: StoryID(bits: try cursor.number()), check: try cursor.number()))
    }
    return pages
  }

  /// The lines of all stories, in order of the identifiers and then of the lines.
  package func forEachStory(
    _ body: (_ story: StoryID, _ document: UInt32, _ isRevision: Bool) throws -> Void
  ) throws {
    for number in try pages.get().indices { try forEachStory(onPage: number, body) }
  }

  /// The documents of one story, in order.
  package func documents(
    of story: StoryID
  ) throws -> [(document: UInt32, isRevision: Bool)] {
    let pages = try pages.get()
    var number = max(0, pages.partitioningIndex { $0.first >= story } - 1)
    var found: [(UInt32, Bool)] = []
    while number < pages.count, pages[number].first <= story {
      try forEachStory(onPage: number) { if $0 == story { found.append(($1, $2)) } }
      number += 1
    }
    return found
  }

  private func forEachStory(
    onPage number: Int, _ body: (StoryID, UInt32, Bool) throws -> Void
  ) throws {
    let place = layout[.stories]
    let pageByteCount = IndexLayout.storiesPerPage * IndexLayout.storyByteCount
    let start = number * pageByteCount
    let page = try SegmentIndex.checked(
      place.offset + start, max(0, min(pageByteCount, place.byteCount - start)),
      try pages.get()[number].check, source)
    var cursor = ByteCursor(page)
    while !cursor.isAtEnd {
      let story = StoryID(bits: try cursor.number())
      let line: UInt32 = try cursor.number()
      try body(story, line >> 1, line & 1 == 1)
    }
  }

  // MARK: Terms

  /// How many documents have the term, and which.
  struct Postings {
    var count: Int
    fileprivate var codes: ArraySlice<UInt8>
    fileprivate var only: UInt32?
    fileprivate var limit: Int

    func documents() throws(IndexProblem) -> [UInt32] {
      if let only { return [only] }
      return try RiceCoding.numbers(in: codes, count: count, limit: limit)
    }
  }

  private struct Block {
    var offset: Int
    var byteCount: Int
    var check: UInt64
    var first: ArraySlice<UInt8>
  }

  private func readBlockPages() throws -> [Block] {
    var cursor = ByteCursor(try whole(.blockPages))
    var blocks: [Block] = []
    while !cursor.isAtEnd {
      let offset: UInt32 = try cursor.number()
      let byteCount: UInt32 = try cursor.number()
      let check: UInt64 = try cursor.number()
      let length: UInt8 = try cursor.number()
      blocks.append(
        Block(
          offset: Int(offset), byteCount: Int(byteCount), check: check,
          first: try cursor.bytes(Int(length))))
    }
    return blocks
  }

  /// The term's documents; nil when no document has it.
  func postings(of term: [UInt8]) throws -> Postings? {
    var found: Postings?
    try forEachTerm(from: term) { bytes, postings in
      if bytes == term { found = postings }
      return bytes.lexicographicallyPrecedes(term)
    }
    return found
  }

  /// Gives every term that begins so.
  func forEachTerm(
    beginningWith beginning: [UInt8], _ body: (Postings) throws -> Void
  ) throws {
    try forEachTerm(from: beginning) { bytes, postings in
      if bytes.starts(with: beginning) {
        try body(postings)
        return true
      }
      return bytes.lexicographicallyPrecedes(beginning)
    }
  }

  /// Gives the terms from the block on in which `term` would stand, until `body` returns false.
  private func forEachTerm(
    from term: [UInt8], _ body: ([UInt8], Postings) throws -> Bool
  ) throws {
    let blocks = try blocks.get()
    let next = blocks.partitioningIndex { term.lexicographicallyPrecedes($0.first) }
    for block in blocks[max(0, next - 1)...] {
      guard try forEachTerm(of: block, body) else { return }
    }
  }

  private func forEachTerm(
    of block: Block, _ body: ([UInt8], Postings) throws -> Bool
  ) throws -> Bool {
    let bytes = try SegmentIndex.checked(
      layout[.blocks].offset + block.offset, block.byteCount, block.check, source)
    var cursor = ByteCursor(bytes)
    let termCount = try cursor.variable()
    let entryByteCount = try cursor.variable()
    var codes = ByteCursor(bytes, at: cursor.place + entryByteCount)
    var term: [UInt8] = []
    for _ in 0..<termCount {
      let shared = try cursor.variable()
      guard shared <= term.count else { throw IndexProblem.damaged }
      term.removeLast(term.count - shared)
      term += try cursor.bytes(try cursor.variable())
      let count = try cursor.variable()
      var postings = Postings(count: count, codes: [], limit: documentCount)
      if count == 1 {
        let only = try cursor.variable()
        guard only < documentCount else { throw IndexProblem.damaged }
        postings.only = UInt32(only)
      } else {
        postings.codes = try codes.bytes(try cursor.variable())
      }
      guard try body(term, postings) else { return false }
    }
    return true
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index whose element is in the second part, in a collection whose elements for which
  /// `isInSecond` holds come last.
  func partitioningIndex(where isInSecond: (Element) throws -> Bool) rethrows -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if try isInSecond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
