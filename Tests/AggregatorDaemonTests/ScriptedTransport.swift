import Aggregation
import AggregatorDaemon
import FeedFetching
import Foundation
import Synchronization
import Syndication

/// Answers from a table instead of a network, and remembers what was asked in which order.
final class ScriptedTransport: Transport {
  typealias Answer = @Sendable (FetchRequest) -> FetchResult?

  private let answer: Answer
  private let log = Mutex<[String]>([])
  private let held = Mutex<[@Sendable (FetchResult) -> Void]>([])

  /// What `answer` gives is delivered at once; for nil the request hangs until the transport ends.
  init(_ answer: @escaping Answer) {
    self.answer = answer
  }

  var asked: [String] { log.withLock { $0 } }

  func start(_ request: FetchRequest, completion: @escaping @Sendable (FetchResult) -> Void) {
    log.withLock { $0.append(request.url) }
    if let result = answer(request) {
      completion(result)
    } else {
      held.withLock { $0.append(completion) }
    }
  }

  func shutDown() {
    let waiting = held.withLock { held in
      defer { held = [] }
      return held
    }
    for completion in waiting { completion(.failed(FetchFailure(.cancelled, "stopped"), nil)) }
  }
}

enum Answer {
  static func rss(_ guids: String...) -> FetchResult { rss(guids) }

  static func rss(_ guids: [String]) -> FetchResult {
    let items = guids.map { "<item><guid>\($0)</guid><title>Story \($0)</title></item>" }
    let text = """
      <rss version="2.0"><channel><title>F</title>
      \(items.joined())</channel></rss>
      """
    return .document(
      Document(
        bytes: Array(text.utf8), contentType: nil, finalURL: "https://f.example/", isWhole: true),
      ResponseFacts(status: 200, validators: Validators(etag: "\"1\"")))
  }

  static func tooMany(retryAfter: Duration) -> FetchResult {
    .failed(
      FetchFailure(.http, "too many requests (429)"),
      ResponseFacts(status: 429, freshness: Freshness(retryAfter: retryAfter)))
  }
}

/// An engine on an archive of its own.
final class Bench {
  let folder: String
  let outcomes = Outcomes()

  init() throws {
    folder = NSTemporaryDirectory() + "engine-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }

  func engine(
    _ transport: ScriptedTransport, _ clock: ManualClock? = nil
  ) -> RefreshEngine {
    var limits = FetchQueue<String>.Limits()
    limits.hostGap = .zero
    let outcomes = outcomes
    return RefreshEngine(
      storage: folder, transport: transport, limits: limits, now: clock?.read ?? Clock.now,
      sinceBoot: clock?.sinceBoot ?? Clock.sinceBoot
    ) { outcomes.add($0) }
  }

  static func configuration(_ urls: [String], hosts: [HostRule] = []) -> FeedsConfiguration {
    FeedsConfiguration(
      hosts: hosts, feeds: urls.map { Feed(url: $0, file: "feeds.conf", line: 1) })
  }
}

/// What an engine told, from whichever thread.
final class Outcomes: Sendable {
  private let events = Mutex<[RefreshEngine.Event]>([])

  func add(_ event: RefreshEngine.Event) { events.withLock { $0.append(event) } }

  var refreshed: [RefreshOutcome] {
    events.withLock { $0 }.compactMap {
      guard case .refreshed(let outcome) = $0 else { return nil }
      return outcome
    }
  }

  var excused: [String] {
    events.withLock { $0 }.compactMap {
      guard case .excused(let outcome) = $0 else { return nil }
      return outcome.feed
    }
  }

  /// The turns of the network, in words.
  var turns: [String] {
    events.withLock { $0 }.compactMap {
      switch $0 {
      case .offline: "offline"
      case .online: "online"
      default: nil
      }
    }
  }

  /// Feeds that moved in the configuration, and `not` those that could not.
  var relocations: [String] {
    events.withLock { $0 }.compactMap {
      switch $0 {
      case .relocated(let feed, let target): "\(feed) → \(target)"
      case .notRelocated(let feed, _): "not \(feed)"
      default: nil
      }
    }
  }

  var askedElsewhere: [String] {
    events.withLock { $0 }.compactMap {
      guard case .askedElsewhere(let feed, _) = $0 else { return nil }
      return feed
    }
  }

  var leftAlone: [String] {
    events.withLock { $0 }.compactMap {
      guard case .leftAlone(let feed, _) = $0 else { return nil }
      return feed
    }
  }

  var clockSteps: [Duration] {
    events.withLock { $0 }.compactMap {
      guard case .clockStepped(let step) = $0 else { return nil }
      return step
    }
  }

  var suspensions: [Timestamp] {
    events.withLock { $0 }.compactMap {
      guard case .suspended(_, let until) = $0 else { return nil }
      return until
    }
  }

  var resumptionCount: Int {
    events.withLock { $0 }.count {
      guard case .resumed = $0 else { return false }
      return true
    }
  }

  /// Looks again and again until `isMet`; false when that takes absurdly long.
  func wait(until isMet: @Sendable (Outcomes) -> Bool) async throws -> Bool {
    for _ in 0..<6000 {
      if isMet(self) { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}
