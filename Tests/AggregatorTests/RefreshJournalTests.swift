import Aggregation
import AggregatorDaemon
import Logging
import Synchronization
import Syndication
import Testing

@testable import aggregator

/// What the daemon's log says, and how often.
@Suite struct RefreshJournalTests {
  private let lines = Lines()
  private let journal: RefreshJournal
  private let feed = "https://herald.example/rss?token=s3cret"

  init() {
    let lines = lines
    journal = RefreshJournal(logger: Logger(label: "test") { _ in Recorder(lines: lines) })
  }

  private final class Lines: Sendable {
    private let all = Mutex<[String]>([])
    func add(_ line: String) { all.withLock { $0.append(line) } }
    var taken: [String] {
      all.withLock { lines in
        defer { lines = [] }
        return lines
      }
    }
  }

  private struct Recorder: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.add("\(event.level) \(event.message)") }
  }

  private func said(_ result: RefreshOutcome.Result) -> [String] {
    journal.note(.refreshed(RefreshOutcome(feed: feed, source: "The Herald", result: result)))
    return lines.taken
  }

  private func failed(_ kind: String) -> RefreshOutcome.Result {
    .failed(FailureNote(kind: kind, detail: "no luck"))
  }

  private let name = "https://herald.example/rss?token=***"

  @Test func `a passing failure is said when it begins, becomes another, and ends`() {
    #expect(said(failed("dns")).first == "info \(name): dns: no luck")
    #expect(said(failed("dns")) == ["debug \(name): nothing new"])
    #expect(said(failed("http-503")).first == "info \(name): http-503: no luck")
    #expect(said(.notModified).first == "notice \(name): works again")
    #expect(said(.notModified) == ["debug \(name): nothing new"])
  }

  @Test func `a trouble that stays is a warning with advice, and its end a notice`() {
    var state = FeedState(feed: feed)
    let now = Timestamp(milliseconds: 1_795_262_400_000)
    state.failure = FailureNote(kind: "http-404", detail: "no document")
    state.firstFailure = now - .seconds(9 * 86_400)
    state.failureCount = 9
    let troubles = FeedHealth(of: state, now: now).troubles
    #expect(!troubles.isEmpty)
    var outcome = RefreshOutcome(feed: feed, source: "The Herald", result: failed("http-404"))
    outcome.healthChange = .began(troubles)
    journal.note(.refreshed(outcome))
    let began = lines.taken
    #expect(began.first?.hasPrefix("warning \(name): broken: http-404 since ") == true)
    #expect(began.first?.contains("; find the feed's new address") == true)
    outcome = RefreshOutcome(feed: feed, source: "The Herald", result: .notModified)
    outcome.healthChange = .recovered(from: troubles)
    journal.note(.refreshed(outcome))
    #expect(lines.taken.first == "notice \(name): no longer broken")
  }

  @Test func `why a move is left to a person is said once, and again with another reason`() {
    for (reason, count) in [("read-only", 1), ("read-only", 0), ("taken", 1), ("read-only", 1)] {
      journal.note(.notRelocated(feed: feed, CommandFailure(.configuration, reason)))
      #expect(lines.taken.count == count, "\(reason)")
    }
  }

  @Test func `no event shows a secret of an address`() {
    let now = Timestamp(milliseconds: 1_795_262_400_000)
    for event: RefreshEngine.Event in [
      .leftAlone(feed: feed, LinePause(until: now)),
      .leftAlone(feed: "https://herald.example/b?token=***", LinePause(until: now, cause: feed)),
      .askedElsewhere(feed: feed, at: now),
      .relocated(feed: feed, target: feed + "2"),
      .excused(RefreshOutcome(feed: feed, source: "The Herald", result: failed("dns"))),
      .refreshed(RefreshOutcome(feed: feed, source: "The Herald", result: failed("dns"))),
    ] {
      journal.note(event)
      let said = lines.taken
      #expect(!said.isEmpty && said.allSatisfy { !$0.contains("s3cret") && $0.contains("***") })
    }
  }
}
