import Aggregation
import FeedFetching
import Foundation
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
    state.firstRefusal = noon - .seconds(400)
    state.failure = FailureNote(kind: "http-503", detail: "the server is busy")
    state.isGone = true
    state.due = DueDecision(at: noon + .seconds(60), rule: .retryAfter)
    state.pollCount = 7
    state.notModifiedCount = 2
    state.storedCount = 40
    state.receivedByteCount = 12_345
    state.firstAddress = "https://herald.example/old"
    state.rhythm.lastNews = noon - .seconds(9)
    state.rhythm.longestPause = .seconds(86_400)
    state.rhythm.entriesPerDay = 2.5
    state.rhythm.newsCount = 4
    state.gaps = EntryGaps(count: 2, first: noon - .seconds(90), last: noon)
    state.move = PermanentMove(
      target: "https://herald.example/new", first: noon - .seconds(80), last: noon, pollCount: 3)
    state.archives = ArchiveProgress(next: "https://a.example/2", first: "https://a.example/3")
    state.archiveToll = ArchiveToll(day: 20_779, pages: 5, failed: noon)
    state.older = ArchiveLink(href: "https://a.example/4", isStable: true)
    return state
  }

  @Test func `everything remembered of a feed survives the way to its line and back`() {
    for line in [
      StateLine.feed(fullState()), .feed(FeedState(feed: "file:///a")),
      .host("herald.example", LinePause(until: Timestamp(milliseconds: 5))),
      .host("herald.example", LinePause(until: Timestamp(milliseconds: 5), cause: "https://h/")),
      .network(offlineSince: Timestamp(milliseconds: 7)), .network(offlineSince: nil),
      .asked(feeds: ["https://a.example/"], lines: [], at: Timestamp(milliseconds: 9)),
      .answered(feeds: ["a\u{2028}\u{0}\u{1F600}", "\"\\/"]),
    ] {
      #expect(StateLine(json: line.json) == line)
      #expect(!line.json.contains(UInt8(ascii: "\n")))
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.json)) }
    }
  }

  @Test func `whatever else writes JSON may have written the line`() throws {
    let line = #"""
      { "feed" : "https:\/\/a.example\/", "title": "\u00e9\ud83d\ude00\n", "polls" :3,
       "planet": {"moons": [1, [true, null]]}, "rate":{"days":2,"entries":1.5e0,"hours":[1,2]},
       "skipHours": [1, "x"], "stored": "many" }
      """#
    let read = StateLine(json: Array(line.utf8))
    guard case .feed(let state)? = read else { throw CancellationError() }
    #expect(state.feed == "https://a.example/" && state.title == "é😀\n" && state.pollCount == 3)
    #expect(state.rate.learnedFrom == (1.5, 2))
    #expect(state.hints.skipHours.isEmpty && state.storedCount == 0)
  }

  @Test(arguments: [
    "", "{", "[]", "1", "null", #"{"feed":"a"} x"#, #"{"feed":"a",}"#, #"{"feed" "a"}"#,
    #"{"feed":"\ud83d"}"#, #"{"feed":"\u+123"}"#, #"{"feed":"\x"}"#, "{\"feed\":\"\u{1}\"}",
    #"{"feed":"a","polls":-}"#, #"{"feed":"a","polls":1..2}"#, #"{"feed":"a","gone":tru}"#,
    "{\"feed\":\"a\",\"x\":" + String(repeating: "[", count: 100_000),
  ])
  func `what is no JSON object is no line`(text: String) {
    #expect(StateLine(json: Array(text.utf8)) == nil)
  }

  @Test func `no cut of a line reads as another line`() {
    let json = StateLine.feed(fullState()).json
    for count in 0..<json.count {
      #expect(StateLine(json: json.prefix(count)) == nil)
    }
  }

  @Test func `a line of an earlier version reads without what it does not have`() throws {
    let line = StateLine(json: Array(#"{"feed":"https://a.example/","polls":3}"#.utf8))
    guard case .feed(let state) = line else { throw CancellationError() }
    #expect(state.pollCount == 3 && state.archives == nil)
  }

  @Test func `a line of a later version is left out`() {
    #expect(StateLine(json: Array(#"{"planet":"mars"}"#.utf8)) == nil)
    #expect(StateLine(json: Array(#"{"host":"a","until":"soon"}"#.utf8)) == nil)
  }

  @Test func `a line from before health was remembered still reads`() {
    let line =
      #"{"due":"2026-11-21T13:00:00Z","feed":"https://a.example/","polls":3,"rule":"rate"}"#
    var state = FeedState(feed: "https://a.example/")
    state.due = DueDecision(at: Timestamp(milliseconds: 1_795_266_000_000), rule: .rate)
    state.pollCount = 3
    #expect(StateLine(json: Array(line.utf8)) == .feed(state))
  }

  @Test func `numbers that no program wrote are bounded`() throws {
    let line = #"""
      {"feed":"a","gaps":{"count":-1,"first":"2026-11-21T13:00:00Z","last":"2026-11-21T13:00:00Z"},
      "move":{"count":9223372036854775807,"first":"x"},
      "rhythm":{"entriesPerDay":1e300,"longestPauseSeconds":9223372036854775807,"news":-4}}
      """#
    guard case .feed(let state) = StateLine(json: Array(line.utf8)) else {
      Issue.record("the line does not read")
      return
    }
    #expect(state.gaps?.count == 0 && state.move == nil)
    #expect(state.rhythm.entriesPerDay == 1e6 && state.rhythm.newsCount == 0)
    #expect(state.rhythm.longestPause == .seconds(1 << 33))
  }
}
