import Glibc
import StoryGrouping
import Syndication
internal import TestNumbers

/// The CPU time of the last stories, stage by stage.
struct Stages {
  /// Stories that are timed together.
  static let sampleCount = 5000

  private var stories = 0
  private var sketching = 0.0
  private var deciding = 0.0
  private var applying = 0.0
  private var slowest = 0.0
  private let sketcher = Sketcher()

  /// Places a document and returns where.
  mutating func place(_ document: GroupingDocument, in grouper: inout Grouper) -> Placement {
    let start = Process.cpuSeconds
    let sketch = sketcher.sketch(document, foresight: grouper.foresight)
    let sketched = Process.cpuSeconds
    let weighed = grouper.weigh(sketch)
    let placement = grouper.decide(weighed)
    let decided = Process.cpuSeconds
    grouper.apply(weighed, placement)
    let applied = Process.cpuSeconds
    stories += 1
    sketching += sketched - start
    deciding += decided - sketched
    applying += applied - decided
    slowest = max(slowest, applied - start)
    return placement
  }

  /// What the sample cost, with `stories` in the index that take `bytes` of memory.
  func line(stories known: Int, bytes: Int) -> String {
    let sum = sketching + deciding + applying
    let each = [sketching, deciding, applying].map { micros($0 / Double(stories)) }
    return
      "\(known) stories: \(Int(Double(stories) / sum)) stories/s; "
      + "sketch \(each[0]) decide \(each[1]) apply \(each[2]) µs; "
      + "slowest \(micros(slowest)) µs; \(bytes / known) bytes a story"
  }

  private func micros(_ seconds: Double) -> Double { (seconds * 1e7).rounded() / 10 }
}

/// What this process has used.
enum Process {
  static var cpuSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Memory in use, from /proc/self/statm; 0 where there is none.
  static var residentBytes: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = line.prefix { $0 != 0 }.map { Character(UnicodeScalar(UInt8(bitPattern: $0))) }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int(String($0)) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}

/// A number that tells whether two runs placed every story alike.
struct Digest: CustomStringConvertible {
  private var state: UInt64 = 0

  mutating func add(_ placement: Placement) {
    switch placement.decision {
    case .starts: add(1)
    case .joins(let cluster): add(cluster.bits)
    case .copies(let original, let cluster):
      add(original.bits)
      add(cluster.bits)
    }
    for move in placement.moves {
      add(move.story.bits)
      add(move.cluster.bits)
    }
    add(UInt64(placement.similarity * 10_000))
  }

  private mutating func add(_ number: UInt64) {
    state = SeededNumbers.mixed(state ^ number)
  }

  var description: String { String(state, radix: 16) }
}
