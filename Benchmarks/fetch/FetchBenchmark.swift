import FeedFetching
import Glibc
import Synchronization
import Syndication

/// Fetches every address of a file and says what it cost:
///
///     fetch-benchmark ADDRESSES [IN-FLIGHT [ROUNDS]]
///
/// `ADDRESSES` has an address a line. In later rounds the requests are conditional. Each round prints
/// the results by kind, wall-clock and CPU seconds, CPU microseconds a fetch, and the process's peak
/// memory.
@main
enum FetchBenchmark {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let file = fopen(arguments[1], "r") else {
      return print("usage: fetch-benchmark ADDRESSES [IN-FLIGHT [ROUNDS]]")
    }
    var urls: [String] = []
    while let line = readLine(from: file) { urls.append(line) }
    var limits = FetchQueue<Int>.Limits()
    limits.inFlight = arguments.count > 2 ? Int(arguments[2]) ?? 100 : 100
    limits.inFlightPerHost = .max
    limits.hostGap = .zero
    let transport = CurlTransport()
    var validators = Array(repeating: Validators(), count: urls.count)
    for _ in 0..<(arguments.count > 3 ? Int(arguments[3]) ?? 2 : 2) {
      Round(urls: urls, limits: limits).run(on: transport, &validators)
    }
    transport.shutDown()
  }

  private static func readLine(from file: UnsafeMutablePointer<FILE>) -> String? {
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    guard getline(&line, &capacity, file) > 0, let line else { return nil }
    return String(cString: line).filter { !$0.isNewline }
  }
}

/// One pass over all addresses.
private struct Round {
  let urls: [String]
  let limits: FetchQueue<Int>.Limits

  func run(on transport: CurlTransport, _ validators: inout [Validators]) {
    let finished = Finished()
    var queue = FetchQueue<Int>(limits: limits)
    let now = Timestamp(milliseconds: 0)
    for place in urls.indices { queue.enqueue(place, host: FetchAddress(urls[place])?.host ?? "") }
    let (cpu, wall) = (Round.cpuSeconds, SuspendingClock.now)
    var counts: [String: Int] = [:]
    while queue.waitingCount + queue.inFlightCount > 0 {
      for place in queue.next(now: now) {
        let request = FetchRequest(
          url: urls[place], validators: validators[place], userAgent: "fetch-benchmark/1",
          keepsConnection: queue.hasMore(besides: place), allowsPrivateAddresses: true)
        transport.start(request) { finished.add(place, $0) }
      }
      for (place, result) in finished.take() {
        queue.finished(place, now: now)
        let (name, facts) = Round.name(of: result)
        counts[name, default: 0] += 1
        if let facts { validators[place] = facts.validators }
      }
    }
    let spent = Round.cpuSeconds - cpu
    print(
      counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
      "wall \(wall.duration(to: .now)) cpu \(spent) s =",
      "\(Int(spent * 1e6 / Double(max(urls.count, 1)))) µs a fetch, peak \(Round.peakKilobytes) kB")
  }

  private static func name(of result: FetchResult) -> (String, ResponseFacts?) {
    switch result {
    case .document(_, let facts): ("document", facts)
    case .notModified(let facts): ("not modified", facts)
    case .gone: ("gone", nil)
    case .failed(let failure, _): (failure.kind.rawValue, nil)
    }
  }

  private static var usage: rusage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage
  }

  private static var cpuSeconds: Double {
    let usage = usage
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
  }

  private static var peakKilobytes: Int { usage.ru_maxrss }
}

/// Results on their way from the fetching thread.
private final class Finished: Sendable {
  private let results = Mutex<[(Int, FetchResult)]>([])

  func add(_ place: Int, _ result: FetchResult) {
    results.withLock { $0.append((place, result)) }
  }

  /// What finished since the last call, after a wait of a millisecond when there is nothing.
  func take() -> [(Int, FetchResult)] {
    let taken = results.withLock { results in
      defer { results = [] }
      return results
    }
    if taken.isEmpty { usleep(1000) }
    return taken
  }
}
