import Glibc
import StoryGrouping
import Syndication
internal import TestNumbers

/// Groups an invented press, or writes it:
///
///     grouping-benchmark throughput [STORIES ...]
///     grouping-benchmark documents [STORIES ...] < FILE
///     grouping-benchmark collisions [STORIES] [copies|template|shuffled|identifiers ...]
///     grouping-benchmark generate [STORIES]
///
/// `throughput` places stories of 600 words one by one and reports, at each number of stories known,
/// the CPU time that the last of them took, stage by stage, and the memory held; `documents` does the
/// same for stories that it reads, each a line of milliseconds since 1970, outlet, title and text with
/// tabs between; `collisions` for stories that meet in every bucket; `generate` prints documents as
/// `aggregator group` reads them.
@main
enum GroupingBenchmark {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    switch arguments.first {
    case "throughput":
      let press = InventedPress()
      throughput(marks: numbers.isEmpty ? [10_000, 100_000, 1_000_000] : numbers.sorted()) {
        press.document($0)
      }
    case "documents":
      throughput(marks: numbers.sorted()) { number in
        readLine().flatMap { GroupingDocument(number, line: $0) }
      }
    case "collisions": Collisions.run(numbers.first ?? 1_000_000, kinds: arguments.dropFirst())
    case "generate": generate(numbers.first ?? 10_000)
    default:
      print("usage: grouping-benchmark throughput|documents|collisions|generate [STORIES ...]")
      exit(64)
    }
  }

  /// Without marks all documents are placed.
  private static func throughput(marks: [Int], _ document: (Int) -> GroupingDocument?) {
    var stage = Stages()
    let before = Process.residentBytes
    var grouper = Grouper()
    var digest = Digest()
    var known = 0
    while known < marks.last ?? .max, let document = document(known) {
      digest.add(stage.place(document, in: &grouper))
      known += 1
      if marks.contains(known) {
        print(stage.line(stories: known, bytes: Process.residentBytes - before))
      }
      if !marks.isEmpty, known % Stages.sampleCount == 0 { stage = Stages() }
    }
    if marks.isEmpty { print(stage.line(stories: known, bytes: Process.residentBytes - before)) }
    print("placements \(digest)")
  }

  private static func generate(_ count: Int) {
    let press = InventedPress()
    for number in 0..<count {
      let report = press.report(number)
      print(
        #"{"id":"\#(number)","title":"\#(report.title)","text":"\#(report.text)","source":"#
          + #""\#(report.source)","published":"\#(report.published.rfc3339)""#
          + (report.event.map { #","cluster":"\#($0)""# } ?? "") + "}")
    }
  }
}

extension InventedPress {
  func document(_ number: Int) -> GroupingDocument {
    let report = report(number)
    return GroupingDocument(
      id: StoryID(bits: SeededNumbers.mixed(UInt64(number))), title: report.title,
      text: report.text, source: report.source, published: report.published, seen: report.published)
  }
}

extension GroupingDocument {
  /// A document as a line; nil for one of another form.
  fileprivate init?(_ number: Int, line: String) {
    let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count == 4, let milliseconds = Int64(parts[0]) else { return nil }
    let time = Timestamp(milliseconds: milliseconds)
    self.init(
      id: StoryID(bits: SeededNumbers.mixed(UInt64(number))), title: String(parts[2]),
      text: String(parts[3]), source: String(parts[1]), published: time, seen: time)
  }
}
