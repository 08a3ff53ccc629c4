import Foundation
import StoryGrouping
import Syndication
import Testing

/// Writes the evidence that Benchmarks/grouping/fit-weights.py fits the weights to; runs only when it
/// is told where, by `GROUPING_EVIDENCE=DIRECTORY swift test -c release --filter EvidenceStudy`.
///
/// The directory holds `NAME.jsonl` files as fit-weights.py writes them: documents with a `cluster`, or
/// pairs `{"a","b"}`. Beside each comes `NAME.tsv`, a line a candidate: the document's number, 1 when
/// the candidate is its cluster, then the features in the order of `Judgement.Feature`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["GROUPING_EVIDENCE"] != nil))
struct EvidenceStudy {
  private struct Document: Decodable {
    var title: String
    var text: String
    var published: String?
    var source: String?
    var cluster: String?

    var time: Timestamp? {
      published.flatMap { Timestamp(rfc3339: $0) ?? Timestamp(rfc3339: $0 + "T00:00:00Z") }
    }

    func document(_ number: Int) -> GroupingDocument {
      GroupingDocument(
        id: StoryID(bits: UInt64(number)), title: title, text: text, source: source ?? "",
        published: time, seen: Timestamp(milliseconds: 0))
    }
  }

  private struct Pair: Decodable {
    var a: Document
    var b: Document
  }

  @Test func `writes the evidence of every labelled set`() throws {
    let directory = URL(
      fileURLWithPath: ProcessInfo.processInfo.environment["GROUPING_EVIDENCE"] ?? "")
    let files = try FileManager.default.contentsOfDirectory(
      at: directory, includingPropertiesForKeys: nil)
    for file in files where file.pathExtension == "jsonl" {
      let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
      let isPairs = lines.first.map { $0.starts(with: Data(#"{"a""#.utf8)) } ?? false
      let rows = isPairs ? try pairs(lines) : try clusters(lines)
      #expect(!rows.isEmpty, "\(file.lastPathComponent)")
      try rows.joined(separator: "\n").write(
        to: file.deletingPathExtension().appendingPathExtension("tsv"), atomically: true,
        encoding: .utf8)
    }
  }

  /// Each story meets the clusters of the labels, not those that would have been decided.
  private func clusters(_ lines: [Data]) throws -> [String] {
    var grouper = Grouper()
    var leads: [String: StoryID] = [:]
    var rows: [String] = []
    for (number, line) in lines.enumerated() {
      let document = try JSONDecoder().decode(Document.self, from: line)
      let sketch = sketch(document, number)
      let gold = leads[document.cluster ?? ""]
      let found = grouper.study(sketch)
      rows += found.map { row(number, label: $0.cluster == gold ? 1 : 0, $0.evidence) }
      // A cluster that was not even a candidate is a miss that no weight can mend.
      if let gold, !found.contains(where: { $0.cluster == gold }) { rows.append("\(number)\t-1") }
      if gold == nil { leads[document.cluster ?? ""] = sketch.id }
      grouper.apply(
        sketch, Placement(gold.map { .joins(cluster: $0) } ?? .starts, similarity: 1))
    }
    return rows
  }

  private func pairs(_ lines: [Data]) throws -> [String] {
    try lines.enumerated().map { number, line in
      let pair = try JSONDecoder().decode(Pair.self, from: line)
      let comparison = compare(
        ComparedStory(pair.a.document(0), time: pair.a.time),
        ComparedStory(pair.b.document(1), time: pair.b.time))
      return row(number, label: 0, comparison.evidence)
    }
  }

  private func sketch(_ document: Document, _ number: Int) -> Sketch {
    Sketcher().sketch(document.document(number), time: document.time)
  }

  private func row(_ number: Int, label: Int, _ evidence: Evidence) -> String {
    let features = Judgement.Feature.allCases.map { "\(evidence[$0])" }
    return (["\(number)", "\(label)"] + features).joined(separator: "\t")
  }
}
