import Aggregation
import FeedFetching
import Syndication
import Testing

@testable import AggregatorDaemon

@Suite struct PendingFetchesTests {
  @Test func `what an answer holds of memory is held until the answer is stored`() {
    let memory = AnswerMemory {}
    let url = "https://harbour.example/feed"
    var fetches = PendingFetches(limits: .init())
    let feed = Feed(url: url)
    let slot = RequestSlot(
      feed: url, line: "harbour.example", gap: .zero, lastAsked: nil, isForced: false)
    fetches.add(
      feed, FetchRequest(url: url, userAgent: "test"), RefreshPolicy(interval: nil), slot,
      pace: .init())
    let now = Timestamp(milliseconds: 0)
    #expect(fetches.next(now: now).count == 1)
    fetches.note(Self.document(in: memory), of: url)
    _ = fetches.takeResult(of: url)
    #expect(memory.byteCount == 9000)
    fetches.end(url, now: now)
    #expect(memory.byteCount == 0)
  }

  private static func document(in memory: AnswerMemory) -> FetchResult {
    let hold = AnswerHold(in: memory)
    hold.hold(9000)
    let document = Document(
      bytes: [], contentType: nil, finalURL: "", isWhole: true, hold: hold)
    return .document(document, ResponseFacts(status: 200))
  }
}
