import FeedFetching
import LoopbackServer
import Testing

@Suite struct TransportTests {
  @Test func `a document comes with its type, its validators and its address`() async throws {
    let fetched = try await Fetching.fetch { _ in
      .answer(
        "200 OK", ["Content-Type: application/rss+xml; charset=utf-8", "ETag: W/\"a 1\""],
        text: "<rss/>")
    }
    let (document, facts) = try fetched.result.document
    #expect(String(decoding: document.bytes, as: UTF8.self) == "<rss/>")
    #expect(document.contentType == "application/rss+xml; charset=utf-8")
    #expect(document.isWhole)
    #expect(facts.validators == Validators(etag: "W/\"a 1\""))
    #expect(facts.status == 200)
  }
}
