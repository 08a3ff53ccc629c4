/// Finds in one index after the other which documents a query can mean.
///
/// A copy without a text of its own has the words of its original, which may stand in an earlier
/// segment: that one's index is asked, too. So segments are to be taken from the newest to the oldest,
/// and what was read of an earlier one is kept until its turn.
package final class CandidateFinder {
  private let query: SearchQuery
  /// What each segment's own index says. Numbers of documents hold for the very bytes.
  private var known: [SegmentIdentity: [AskedWord: [UInt32]]] = [:]

  private struct AskedWord: Hashable {
    var word: QueryWord
    var field: TextField?
  }

  package init(_ query: SearchQuery) {
    self.query = query
  }

  /// Asks the index of one segment.
  ///
  /// - Parameters:
  ///   - index: Of the segment.
  ///   - ordinal: The segment's.
  ///   - lender: Gives the index of an earlier segment.
  /// - Returns: The documents that the query can mean, in order.
  /// - Throws: `IndexProblem` when an index is damaged; what `lender` and the index's source throw.
  package func candidates(
    in index: SegmentIndex, ordinal: Int, lender: (SegmentIdentity) throws -> SegmentIndex
  ) throws -> [UInt32] {
    known = known.filter { $0.key.ordinal <= ordinal }
    let places = try [(ordinal, index)] + index.lenders.map { ($0.ordinal, try lender($0)) }
    let plan = CandidatePlan(
      query: query,
      terms: CandidatePlan.Terms(
        count: { try self.count(of: $0, $1, in: index) },
        documents: { try self.documents(of: $0, $1, places) },
        label: { try index.documents(labelled: $0) }))
    let doubles = try index.exceptionalDocuments().doubles
    let candidates =
      switch try plan.candidates() {
      case .all: Array(0..<UInt32(index.documentCount))
      case .these(let documents): documents
      }
    return doubles.isEmpty ? candidates : candidates.filter { !doubles.contains($0) }
  }

  private func count(
    of word: QueryWord, _ field: TextField?, in index: SegmentIndex
  ) throws -> Int {
    let crowdedCount = try index.exceptionalDocuments().crowded.count
    let copyCount = field.isInText ? try index.copies().count : 0
    return try index.count(of: word, field) + crowdedCount + copyCount
  }

  /// The documents of the first of `places` that may have the word, of themselves or borrowed from one
  /// of the others.
  private func documents(
    of word: QueryWord, _ field: TextField?, _ places: [(ordinal: Int, index: SegmentIndex)]
  ) throws -> DocumentSet {
    let own = try ownDocuments(of: word, field, places[0])
    guard field.isInText else { return .these(own) }
    var lending: [Int: [UInt32]] = [0: own]
    var borrowing: [UInt32] = []
    for copy in try places[0].index.copies() {
      let lender = Int(copy.lender)
      if lending[lender] == nil {
        lending[lender] = try ownDocuments(of: word, field, places[lender])
      }
      let documents = lending[lender] ?? []
      let place = documents.partitioningIndex { $0 >= copy.lenderDocument }
      if place < documents.count, documents[place] == copy.lenderDocument {
        borrowing.append(copy.document)
      }
    }
    return DocumentSet.these(own).union(.these(borrowing))
  }

  private func ownDocuments(
    of word: QueryWord, _ field: TextField?, _ place: (ordinal: Int, index: SegmentIndex)
  ) throws -> [UInt32] {
    let asked = AskedWord(word: word, field: field)
    let segment = SegmentIdentity(ordinal: place.ordinal, digest: place.index.digest)
    if let documents = known[segment]?[asked] { return documents }
    let documents = try place.index.documents(of: word, field)
    known[segment, default: [:]][asked] = documents
    return documents
  }
}

extension TextField? {
  /// Whether what is looked for in the field may be found in a text that a copy borrows.
  fileprivate var isInText: Bool { self == nil || self == .text }
}

extension SegmentIndex {
  /// How many documents have the word; of a beginning more than can be told cheaply.
  fileprivate func count(of word: QueryWord, _ field: TextField?) throws -> Int {
    guard !word.isBeginning else { return documentCount }
    return try postings(of: word.term(in: field))?.count ?? 0
  }

  /// The documents that have the word, or too many words to be told.
  fileprivate func documents(of word: QueryWord, _ field: TextField?) throws -> [UInt32] {
    let term = word.term(in: field)
    let crowded = try exceptionalDocuments().crowded
    if !word.isBeginning, crowded.isEmpty { return try postings(of: term)?.documents() ?? [] }
    var found = DocumentSet.Union(limit: documentCount)
    found.add(crowded)
    if word.isBeginning {
      try forEachTerm(beginningWith: term) { found.add(try $0.documents()) }
    } else if let postings = try postings(of: term) {
      found.add(try postings.documents())
    }
    return found.documents
  }

  fileprivate func documents(labelled condition: SearchQuery.Condition) throws -> DocumentSet {
    switch condition {
    case .words: .all
    case .feed(let part): try documents(.feed) { IndexLabel(.feed, $0).isOf(feed: part) }
    case .tag(_, let feeds):
      try documents(.feed) { label in
        feeds?.contains(String(label.prefix { $0 != "\n" })) ?? false
      }
    case .language(let tag): try documents(.language) { $0.isLanguage(tag) }
    }
  }
}
