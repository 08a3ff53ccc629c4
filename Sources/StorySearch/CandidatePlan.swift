/// Finds the documents of a segment that a query can mean, by intersecting the rarest first. Others it
/// does not mean; of these each has to be looked at.
struct CandidatePlan {
  /// What is known of the terms of a segment.
  struct Terms {
    /// At most how many documents have the term, found without reading them.
    var count: (QueryWord, TextField?) throws -> Int
    var documents: (QueryWord, TextField?) throws -> DocumentSet
    var label: (SearchQuery.Condition) throws -> DocumentSet
  }

  let query: SearchQuery
  let terms: Terms

  func candidates() throws -> DocumentSet { try candidates(query.root) }

  private func candidates(_ clause: SearchQuery.Clause) throws -> DocumentSet {
    switch clause {
    case .condition(let number): try candidates(query.conditions[number])
    // What has the words may have them otherwise than asked for.
    case .not: .all
    case .all(let clauses):
      try intersection(of: clauses.map { (try count($0), $0) }) { try candidates($0) }
    case .any(let clauses): try clauses.reduce(.none) { $0.union(try candidates($1)) }
    }
  }

  private func candidates(_ condition: SearchQuery.Condition) throws -> DocumentSet {
    guard case .words(let words, let field) = condition else { return try terms.label(condition) }
    let counted = try words.map { (try terms.count($0, field), $0) }
    return try intersection(of: counted) { try terms.documents($0, field) }
  }

  private func intersection<Part>(
    of parts: [(count: Int, part: Part)], _ documents: (Part) throws -> DocumentSet
  ) throws -> DocumentSet {
    var shared = DocumentSet.all
    for (_, part) in parts.sorted(by: { $0.count < $1.count }) {
      shared = shared.intersection(try documents(part))
      if shared.isEmpty { break }
    }
    return shared
  }

  /// At most how many documents the clause leaves.
  private func count(_ clause: SearchQuery.Clause) throws -> Int {
    switch clause {
    case .condition(let number):
      guard case .words(let words, let field) = query.conditions[number] else {
        return Self.labelCount
      }
      return try words.map { try terms.count($0, field) }.min() ?? 0
    case .not: return .max
    case .all(let clauses): return try clauses.map(count).min() ?? .max
    case .any(let clauses):
      return try clauses.map(count).reduce(0) {
        $0.addingReportingOverflow($1).overflow ? .max : $0 + $1
      }
    }
  }

  /// Labels are read behind words: they leave many documents.
  private static let labelCount = Int.max - 1
}
