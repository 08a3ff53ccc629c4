import FeedFetching
import LoopbackServer
import Syndication
import Testing

/// RFC 3229: a server that is asked for it may answer with the new entries alone.
@Suite struct DeltaTests {
  private static let answer = Array("<rss><channel/></rss>".utf8)

  private func fetch(
    _ fields: [String], validators: Validators = Validators(etag: "\"old\"")
  ) async throws -> Fetching {
    try await Fetching.fetch {
      $0.validators = validators
    } answer: { _ in
      .answer("226 IM Used", fields, body: Self.answer)
    }
  }

  @Test(
    arguments: [
      (Validators(), nil), (Validators(etag: "\"a\""), "feed"),
      (Validators(lastModified: "yesterday"), "feed"),
    ] as [(Validators, String?)])
  func `differences are asked for only of what is known`(validators: Validators, wish: String?)
    async throws
  {
    let fetched = try await fetch(["IM: feed"], validators: validators)
    #expect(fetched.requests.map { $0["A-IM"] } == [wish])
  }

  @Test func `differences to another address are not asked for`() async throws {
    let fetched = try await Fetching.fetch {
      $0.validators = Validators(etag: "\"a\"")
      $0.validatorsURL = "http://127.0.0.1/elsewhere"
    } answer: { _ in
      .answer(text: "<rss/>")
    }
    #expect(fetched.requests.map { $0["A-IM"] } == [nil])
  }

  @Test(arguments: ["feed", "Feed", " feed "])
  func `differences are a document that says so, with the validators of the whole`(
    manipulation: String
  ) async throws {
    let (document, facts) = try await fetch(["IM: \(manipulation)", "ETag: \"new\""]).result
      .document
    #expect(document.isWhole && document.bytes == Self.answer)
    #expect(facts.isDelta && facts.validators == Validators(etag: "\"new\""))
  }

  @Test func `differences unasked, or to nobody knows what, advance no validators`() async throws {
    for fetched in [
      try await fetch(["ETag: \"new\""]),
      try await fetch(["IM: feed", "ETag: \"new\""], validators: Validators()),
    ] {
      let (document, facts) = try fetched.result.document
      #expect(document.isWhole && facts.isDelta && facts.validators.isEmpty)
    }
  }

  @Test(arguments: ["gdiff", "vcdiff, gzip", "feed, gzip", "range", "diffe"])
  func `differences in another form are refused`(manipulation: String) async throws {
    let fetched = try await fetch(["IM: \(manipulation)", "ETag: \"new\""])
    #expect(try fetched.result.failure.kind == .http)
    #expect(fetched.result.facts?.validators.isEmpty == true)
  }

  @Test func `differences that were cut are not whole`() async throws {
    let fetched = try await Fetching.fetch {
      $0.validators = Validators(etag: "\"old\"")
    } answer: { _ in
      Script(raw: "HTTP/1.1 226 IM Used\nIM: feed\nETag: \"new\"\nContent-Length: 99\n\n<rss>")
    }
    let (document, facts) = try fetched.result.document
    #expect(!document.isWhole && facts.isDelta && facts.validators.isEmpty)
  }

  @Test func `an ordinary document is no difference`() async throws {
    let fetched = try await Fetching.fetch { _ in .answer("200 OK", ["IM: feed"], text: "<rss/>") }
    #expect(try !fetched.result.document.1.isDelta)
  }
}
