internal import Syndication

/// Puts the parts of an index one behind the other.
struct IndexWriter {
  private var layout: IndexLayout
  /// All but the header.
  private var body: [UInt8] = []

  /// The size at which a block of terms ends, and the most terms of one.
  private static let blockByteCount = 1 << 13
  private static let blockTermLimit = 256
  /// How many numbers of documents are gathered at a time.
  private static let windowCount = 1 << 22

  init(_ layout: IndexLayout) {
    self.layout = layout
  }

  var bytes: [UInt8] { layout.header + body }

  mutating func add(_ part: IndexLayout.Part, _ bytes: [UInt8]) {
    layout[part] = IndexLayout.Place(
      offset: IndexLayout.headerByteCount + body.count, byteCount: bytes.count, check: bytes.check)
    body += bytes
  }

  mutating func addOffsets(_ offsets: [UInt32]) {
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: offsets.count, by: IndexLayout.offsetsPerPage) {
      var page: [UInt8] = []
      for offset in offsets[start..<min(start + IndexLayout.offsetsPerPage, offsets.count)] {
        page.appendNumber(offset)
      }
      page.appendNumber(page.check)
      bytes += page
    }
    add(.offsets, bytes)
  }

  mutating func addLenders(_ lenders: [SegmentIdentity]) {
    var bytes: [UInt8] = []
    for lender in lenders {
      bytes.appendNumber(UInt64(lender.ordinal))
      bytes += lender.digest
    }
    add(.lenders, bytes)
  }

  mutating func addRevisions(_ revisions: [(id: StoryID, document: UInt32)]) {
    var bytes: [UInt8] = []
    for (story, document) in revisions {
      bytes.appendNumber(story.bits)
      bytes.appendNumber(document)
    }
    add(.revisions, bytes)
  }

  mutating func addRemovals(_ stories: [StoryID]) {
    var bytes: [UInt8] = []
    for story in stories { bytes.appendNumber(story.bits) }
    add(.removals, bytes)
  }

  mutating func addCopies(_ copies: [CopyPlace]) {
    var bytes: [UInt8] = []
    for copy in copies {
      for number in [copy.document, copy.lender, copy.lenderDocument] { bytes.appendNumber(number) }
    }
    add(.copies, bytes)
  }

  mutating func addLabels(_ labels: [IndexLabel: [UInt32]]) {
    var bytes: [UInt8] = []
    let order = labels.sorted {
      ($0.key.kind.rawValue, $0.key.text) < ($1.key.kind.rawValue, $1.key.text)
    }
    for (label, documents) in order {
      bytes.append(label.kind.rawValue)
      bytes.appendVariable(label.text.utf8.count)
      bytes += label.text.utf8
      append(documents, to: &bytes)
    }
    add(.labels, bytes)
  }

  private func append(_ documents: [UInt32], to bytes: inout [UInt8]) {
    var codes: [UInt8] = []
    RiceCoding.append(documents[...], limit: layout.documentCount, to: &codes)
    bytes.appendVariable(documents.count)
    bytes.appendVariable(codes.count)
    bytes += codes
  }

  mutating func addStories(_ stories: [(id: StoryID, isRevision: Bool)]) {
    let order = stories.indices.sorted {
      stories[$0].id != stories[$1].id ? stories[$0].id < stories[$1].id : $0 < $1
    }
    var pages: [UInt8] = []
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: order.count, by: IndexLayout.storiesPerPage) {
      var page: [UInt8] = []
      for place in order[start..<min(start + IndexLayout.storiesPerPage, order.count)] {
        page.appendNumber(stories[place].id.bits)
        page.appendNumber(UInt32(place) << 1 | (stories[place].isRevision ? 1 : 0))
      }
      pages.appendNumber(stories[order[start]].id.bits)
      pages.appendNumber(page.check)
      bytes += page
    }
    add(.storyPages, pages)
    add(.stories, bytes)
  }

  mutating func addExceptions(_ crowded: [UInt32], _ doubles: [UInt32]) {
    var bytes: [UInt8] = []
    append(crowded, to: &bytes)
    append(doubles, to: &bytes)
    add(.exceptions, bytes)
  }

  // MARK: Terms

  /// Adds all terms of some document. `numbers` has the terms of each document up to its end in `ends`.
  mutating func addTerms(_ table: TermTable, _ numbers: [UInt32], _ ends: [Int]) {
    let order = table.sortedNumbers()
    var blocks = TermBlocks(documentCount: layout.documentCount)
    var first = 0
    while first < order.count {
      var end = first
      var count = 0
      while end < order.count, end == first || count < Self.windowCount {
        count += Int(table.terms[order[end]].documentCount)
        end += 1
      }
      let window = order[first..<end]
      let gathered = Self.gather(window, table, numbers, ends, count)
      var start = 0
      for number in window {
        let documentCount = Int(table.terms[number].documentCount)
        blocks.add(table.bytes(of: number), gathered[start..<start + documentCount])
        start += documentCount
      }
      first = end
    }
    blocks.finish()
    add(.blockPages, blocks.pages)
    add(.blocks, blocks.bytes)
  }

  /// The documents of each term of the window, one term after the other.
  private static func gather(
    _ window: ArraySlice<Int>, _ table: TermTable, _ numbers: [UInt32], _ ends: [Int], _ count: Int
  ) -> [UInt32] {
    var places = [Int](repeating: -1, count: table.terms.count)
    var start = 0
    for number in window {
      places[number] = start
      start += Int(table.terms[number].documentCount)
    }
    var documents = [UInt32](repeating: 0, count: count)
    start = 0
    for (document, end) in ends.enumerated() {
      for number in numbers[start..<end] where places[Int(number)] >= 0 {
        documents[places[Int(number)]] = UInt32(document)
        places[Int(number)] += 1
      }
      start = end
    }
    return documents
  }

  /// Terms with their documents, in blocks that are read as a whole.
  private struct TermBlocks {
    let documentCount: Int
    private(set) var pages: [UInt8] = []
    private(set) var bytes: [UInt8] = []
    private var entries: [UInt8] = []
    private var codes: [UInt8] = []
    private var entryCount = 0
    private var first: [UInt8] = []
    private var last: [UInt8] = []

    init(documentCount: Int) {
      self.documentCount = documentCount
    }

    mutating func add(_ term: ArraySlice<UInt8>, _ documents: ArraySlice<UInt32>) {
      if entryCount == 0 { first = Array(term) }
      let shared = entryCount == 0 ? 0 : zip(term, last).prefix { $0 == $1 }.count
      entries.appendVariable(shared)
      entries.appendVariable(term.count - shared)
      entries += term.dropFirst(shared)
      entries.appendVariable(documents.count)
      if documents.count == 1, let only = documents.first {
        entries.appendVariable(Int(only))
      } else {
        let start = codes.count
        RiceCoding.append(documents, limit: documentCount, to: &codes)
        entries.appendVariable(codes.count - start)
      }
      last = Array(term)
      entryCount += 1
      if entries.count + codes.count >= IndexWriter.blockByteCount
        || entryCount == IndexWriter.blockTermLimit
      {
        finish()
      }
    }

    mutating func finish() {
      guard entryCount > 0 else { return }
      var block: [UInt8] = []
      block.appendVariable(entryCount)
      block.appendVariable(entries.count)
      block += entries
      block += codes
      pages.appendNumber(UInt32(bytes.count))
      pages.appendNumber(UInt32(block.count))
      pages.appendNumber(block.check)
      pages.append(UInt8(first.count))
      pages += first
      bytes += block
      entries.removeAll(keepingCapacity: true)
      codes.removeAll(keepingCapacity: true)
      entryCount = 0
    }
  }
}
