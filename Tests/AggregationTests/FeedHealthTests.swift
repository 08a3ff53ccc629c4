import Aggregation
import FeedFetching
import Syndication
import Testing

@Suite struct FeedHealthTests {
  private static let noon = Sample.noon
  private static let day = Duration.seconds(86_400)

  private func failing(_ kind: String, polls: Int, for time: Duration) -> FeedState {
    var state = FeedState(feed: "https://herald.example/rss")
    state.lastSuccess = Self.noon - time
    state.failure = FailureNote(kind: kind, detail: "it does not work")
    state.failureCount = polls
    state.firstFailure = Self.noon - time
    state.lastAttempt = Self.noon
    return state
  }

  private func word(_ state: FeedState) -> FeedHealth.Word {
    FeedHealth(of: state, now: Self.noon).word
  }

  @Test(arguments: [
    ("http-404", 3, 24, FeedHealth.Word.broken), ("http-404", 3, 23, .failing),
    ("http-404", 2, 200, .failing), ("http-503", 9, 47, .failing), ("http-503", 9, 48, .broken),
    ("timeout-connect", 3, 48, .broken), ("no-credential", 1, 0, .broken),
    ("bad-address", 1, 0, .broken), ("http-429", 0, 167, .failing), ("http-429", 0, 168, .broken),
    ("truncated", 0, 24, .failing), ("truncated", 0, 168, .broken),
  ])
  func `a failure is reported once it has lasted`(
    kind: String, polls: Int, hours: Int, expected: FeedHealth.Word
  ) {
    let state = failing(kind, polls: polls, for: .seconds(hours * 3600))
    #expect(word(state) == expected)
    #expect(FeedHealth(of: state, now: Self.noon).isPersistent == (expected == .broken))
  }

  @Test func `a feed that was never asked is new, and one that is paused has no trouble`() {
    #expect(word(FeedState(feed: "https://herald.example/rss")) == .new)
    let broken = failing("http-404", polls: 9, for: Self.day * 9)
    let paused = FeedHealth(of: broken, isPaused: true, now: Self.noon)
    #expect(paused.word == .paused && !paused.isPersistent)
  }

  @Test func `what a trouble says names the kind, the day and the polls`() {
    let health = FeedHealth(of: failing("http-404", polls: 9, for: Self.day * 9), now: Self.noon)
    #expect(
      health.troubles.map(\.sentence) == [
        "http-404 since 2026-11-12 (9 polls): it does not work"
      ])
  }

  @Test func `a trouble begins once and ends once`() {
    let fine = FeedHealth(of: FeedState(feed: "a"), now: Self.noon)
    let broken = FeedHealth(of: failing("http-404", polls: 9, for: Self.day * 9), now: Self.noon)
    let still = FeedHealth(of: failing("http-404", polls: 10, for: Self.day * 10), now: Self.noon)
    #expect(broken.change(from: fine) == .began(broken.troubles))
    #expect(still.change(from: broken) == nil)
    #expect(fine.change(from: still) == .recovered(from: still.troubles))
    #expect(fine.change(from: fine) == nil)
  }

  @Test func `every kind of failure has advice of its own`() {
    let kinds =
      FetchFailure.Kind.allCases.map(\.rawValue)
      + [401, 402, 403, 404, 407, 410, 429, 451, 503].map { "http-\($0)" }
      + ["not-a-feed", "truncated", "gone"]
    for kind in kinds { #expect(FailureAdvice.isKnown(kind), "\(kind)") }
  }

  @Test func `every status has advice, a sentence without a full stop`() {
    for status in 100..<700 {
      let text = FailureAdvice(kind: "http-\(status)").text
      #expect(!text.isEmpty && !text.hasSuffix(".") && text.utf8.count <= 120, "\(status)")
    }
    let cloudflare = (520...526).map { FailureAdvice(kind: "http-\($0)").text }
    #expect(Set(cloudflare).count == 1 && cloudflare[0].contains("Cloudflare"))
    #expect(FailureAdvice(kind: "http-500").text != cloudflare[0])
    #expect(FailureAdvice(kind: "http-418") != FailureAdvice(kind: "http-599"))
    #expect(!FailureAdvice(kind: "of-a-later-version").text.isEmpty)
  }
}

/// Silence against a feed's own rhythm.
@Suite struct NewsRhythmTests {
  private static let day = Duration.seconds(86_400)

  /// The health of a feed that published at these days before its first poll and was read, without
  /// news, so many days later.
  private func isSilent(publishedDaysAgo: [Double], readAfterDays: Double) -> Bool {
    var state = FeedState(feed: "https://herald.example/rss")
    state.rhythm.begin(
      publishedDates: publishedDaysAgo.map { Sample.noon - Self.day * $0 }, now: Sample.noon)
    let later = Sample.noon + Self.day * readAfterDays
    state.lastSuccess = later
    return FeedHealth(of: state, now: later + Self.day * 300).word == .silent
  }

  @Test func `a daily feed is silent after ten days, not after nine nor when it is not read`() {
    let daily = (0..<30).map(Double.init)
    #expect(isSilent(publishedDaysAgo: daily, readAfterDays: 9.3))
    #expect(!isSilent(publishedDaysAgo: daily, readAfterDays: 9.1))
    #expect(!isSilent(publishedDaysAgo: daily, readAfterDays: 0))
  }

  @Test func `a busy feed has a week`() {
    let busy = (0..<100).map { Double($0) / 20 }
    #expect(!isSilent(publishedDaysAgo: busy, readAfterDays: 6.9))
    #expect(isSilent(publishedDaysAgo: busy, readAfterDays: 7.1))
  }

  @Test func `bursts with long pauses between them are its own way`() {
    let bursts = [0, 0.1, 0.2, 0.3, 200, 200.1, 200.2, 200.3, 200.4]
    #expect(!isSilent(publishedDaysAgo: bursts, readAfterDays: 399))
    #expect(isSilent(publishedDaysAgo: bursts, readAfterDays: 400))
  }

  @Test func `nothing is said of a feed whose rhythm is not known`() {
    #expect(!isSilent(publishedDaysAgo: [], readAfterDays: 1000))
    #expect(!isSilent(publishedDaysAgo: [0, 1, 2, 3], readAfterDays: 1000))
    #expect(!isSilent(publishedDaysAgo: [-1, -2, -3, -4, -5], readAfterDays: 1000))
  }

  @Test func `a rhythm is learned from polls, and the time unread is no pause`() {
    var rhythm = NewsRhythm()
    rhythm.begin(publishedDates: [], now: Sample.noon)
    for poll in 1...5 {
      let now = Sample.noon + Self.day * poll
      rhythm.note(newsAt: now, lastPoll: now - .seconds(3600), entriesPerDay: 3)
      #expect((rhythm.entriesPerDay == 3) == (poll == 5))
    }
    #expect(rhythm.longestPause == .seconds(23 * 3600))
    let back = Sample.noon + Self.day * 60
    rhythm.note(newsAt: back, lastPoll: Sample.noon + Self.day * 6, entriesPerDay: 2)
    #expect(rhythm.longestPause == Self.day)
    #expect(rhythm.lastNews == back && rhythm.entriesPerDay == 2)
  }
}
