import Glibc
import StoryGrouping
import Syndication
internal import TestNumbers

/// Groups an invented press, or writes it:
///
///     grouping-benchmark throughput [STORIES ...]
///     grouping-benchmark collisions [STORIES]
///     grouping-benchmark generate [STORIES]
///
/// `throughput` places stories of 600 words one by one and reports, at each number of stories known,
/// the CPU time that the last of them took, stage by stage, and the memory held; `collisions` does the
/// same for stories that meet in every bucket; `generate` prints documents as `aggregator group` reads
/// them.
@main
enum GroupingBenchmark {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    switch arguments.first {
    case "throughput":
      throughput(marks: numbers.isEmpty ? [10_000, 100_000, 1_000_000] : numbers.sorted())
    case "collisions": Collisions.run(numbers.first ?? 1_000_000)
    case "generate": generate(numbers.first ?? 10_000)
    default:
      print("usage: grouping-benchmark throughput|collisions|generate [STORIES ...]")
      exit(64)
    }
  }

  private static func throughput(marks: [Int]) {
    let press = InventedPress()
    var stage = Stages()
    let before = Process.residentBytes
    var grouper = Grouper()
    var digest = Digest()
    for number in 0..<(marks.last ?? 0) {
      let document = press.document(number)
      digest.add(stage.place(document, in: &grouper))
      if marks.contains(number + 1) {
        print(stage.line(stories: number + 1, bytes: Process.residentBytes - before))
      }
      if (number + 1) % Stages.sampleCount == 0 { stage = Stages() }
    }
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
