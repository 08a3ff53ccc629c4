import Aggregation
import FeedFetching
import Syndication
import Testing

@Suite struct FeedStateTests {
  private func fullState() -> FeedState {
    let noon = Timestamp(milliseconds: 1_795_262_400_123)
    var state = FeedState(feed: "https://herald.example/rss?a=1&b=\"2\"")
    state.title = "The Herald – früh"
    state.validators = Validators(etag: "W/\"a\\b\"", lastModified: "Sat, 21 Nov 2026 10:00:00 GMT")
    state.finalURL = "https://www.herald.example/feed"
    state.hints.timeToLive = .seconds(3600)
    state.hints.updateInterval = .seconds(7200)
    state.hints.skipHours = [1, 2, 23]
    state.hints.skipDays = [0]
    state.rate.begin(publishedDates: [noon - .seconds(3600)], now: noon)
    state.lastAttempt = noon
    state.lastSuccess = noon - .seconds(5)
    state.failureCount = 3
    state.firstFailure = noon - .seconds(500)
    state.failure = FailureNote(kind: "http-503", detail: "the server is busy")
    state.isGone = true
    state.due = DueDecision(at: noon + .seconds(60), rule: .retryAfter)
    state.pollCount = 7
    state.notModifiedCount = 2
    state.storedCount = 40
    state.receivedByteCount = 12_345
    return state
  }

  @Test func `everything remembered of a feed survives the way to its line and back`() {
    for line in [
      StateLine.feed(fullState()), .feed(FeedState(feed: "file:///a")),
      .host("herald.example", until: Timestamp(milliseconds: 5)),
    ] {
      #expect(StateLine(json: line.json) == line)
      #expect(!line.json.contains(UInt8(ascii: "\n")))
    }
  }

  @Test func `no cut of a line reads as another line`() {
    let json = StateLine.feed(fullState()).json
    for count in 0..<json.count {
      #expect(StateLine(json: json.prefix(count)) == nil)
    }
  }

  @Test func `a line of a later version is left out`() {
    #expect(StateLine(json: Array(#"{"planet":"mars"}"#.utf8)) == nil)
    #expect(StateLine(json: Array(#"{"host":"a","until":"soon"}"#.utf8)) == nil)
  }
}
