internal import FoundationEssentials
internal import Syndication

/// `aggregator group`: documents as lines of JSON, grouped as the daemon would have grouped them.
package struct GroupFilter {
  private struct Answer: Encodable {
    var id: String
    var cluster: String
    var similarity: Double
    var duplicate: String?
  }

  private let sketcher = Sketcher()
  private var grouper = Grouper()
  private var ids = DocumentIDs()
  private var placements: [Placement] = []
  /// The number of the first document of each document's cluster.
  private var clusters: [Int] = []
  private let openLimit: Int

  /// Clusters that none of the last `openLimit` documents joined are closed but to copies, which bounds
  /// the memory; there need not be any times that would tell.
  package init(openLimit: Int = 1_000_000) {
    self.openLimit = openLimit
  }

  /// Reads one document; blank lines are passed over by the caller. Throws when its id is another's, for an
  /// answer would not say which of the two it means; then nothing is taken in.
  package mutating func read(line: some Collection<UInt8>) throws(GroupingError) {
    let number = placements.count + 1
    let document = try FilterDocument.read(FilterDocument.self, from: line, number: number)
    guard let id = document.id else { throw GroupingError(line: number, problem: "no id") }
    let sketch = try document.sketch(
      as: StoryID(bits: UInt64(placements.count)), sketcher, grouper.foresight, line: number)
    guard ids.insert(id) else {
      throw GroupingError(
        line: number, problem: "id: an earlier document has the same: \(id)")
    }
    let weighed = grouper.weigh(sketch)
    let placement = grouper.decide(weighed)
    grouper.apply(weighed, placement)
    placements.append(placement)
    clusters.append(Int(placement.cluster(of: sketch.id).bits))
    note(placement.moves)
    // Letting go looks at every cluster, so it is not done with every line.
    if number.isMultiple(of: max(1, openLimit / 16)) {
      grouper.forget(before: Timestamp(milliseconds: Int64(number - openLimit)))
    }
  }

  /// There are no more documents.
  package mutating func end() { note(grouper.endLooking()) }

  private mutating func note(_ moves: [Move]) {
    for move in moves { clusters[Int(move.story.bits)] = Int(move.cluster.bits) }
  }

  /// One line of JSON a document read, in order, as the clusters stand now.
  package func answers() -> [String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let ids = ids.all
    return ids.indices.map { index in
      var duplicate: String?
      if case .copies(let original, _) = placements[index].decision {
        duplicate = ids[Int(original.bits)]
      }
      let answer = Answer(
        id: ids[index], cluster: ids[clusters[index]],
        similarity: placements[index].similarity.rounded4, duplicate: duplicate)
      // Strings and a finite number always encode.
      return (try? encoder.encode(answer)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
  }
}

extension Double {
  /// To four digits, as the filters print.
  var rounded4: Double { (self * 10_000).rounded() / 10_000 }
}
