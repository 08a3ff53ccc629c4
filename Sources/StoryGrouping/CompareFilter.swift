internal import FoundationEssentials
internal import Syndication

/// `aggregator compare`: pairs of documents as lines of JSON, scored each by itself.
package enum CompareFilter {
  private struct Pair: Decodable {
    var a: FilterDocument
    var b: FilterDocument
  }

  private struct Answer: Encodable {
    var similarity: Double
    var same: Bool
    var relation: String
  }

  private struct Refusal: Encodable {
    var error: String
  }

  /// What stands for the answer to a line that is no pair, so that answers and lines stay side by side.
  package static func refusal(_ error: GroupingError) -> String {
    json(Refusal(error: error.problem))
  }

  /// The answer to one line; `number` names it in errors.
  package static func answer(line: some Collection<UInt8>, number: Int = 1) throws(GroupingError)
    -> String
  {
    let pair = try FilterDocument.read(Pair.self, from: line, number: number)
    let comparison = compare(
      try pair.a.compared(as: StoryID(bits: 0), line: number),
      try pair.b.compared(as: StoryID(bits: 1), line: number))
    let answer = Answer(
      similarity: comparison.similarity.rounded4, same: comparison.isSame,
      relation: comparison.relation.rawValue)
    return json(answer)
  }

  private static func json(_ answer: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(answer)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
