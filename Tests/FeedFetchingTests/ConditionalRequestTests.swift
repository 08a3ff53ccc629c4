import FeedFetching
import LoopbackServer
import Testing

@Suite struct ConditionalRequestTests {
  private static let oddDate = "Sat,  1 Feb 2026 10:00:00 +0000"

  @Test
  func `the first request is unconditional and the second repeats both validators byte for byte`()
    async throws
  {
    let server = try LoopbackServer { request in
      request["If-None-Match"] == nil
        ? .answer(
          "200 OK", ["ETag: W/\"ä,b\\\"", "Last-Modified: \(Self.oddDate)"], text: "<rss/>")
        : .head("304 Not Modified")
    }
    defer { server.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(server.url())
    let (_, facts) = try await transport.fetch(request).document
    request.validators = facts.validators
    guard case .notModified(let kept) = await transport.fetch(request) else {
      throw Unexpected(description: "no 304")
    }
    #expect(kept.validators == facts.validators)
    #expect(server.requests.map { $0["If-None-Match"] } == [nil, "W/\"ä,b\\\""])
    #expect(server.requests.map { $0["If-Modified-Since"] } == [nil, Self.oddDate])
  }

  @Test(
    arguments: [
      (Validators(etag: "\"x\""), "\"x\"", nil),
      (Validators(lastModified: oddDate), nil, oddDate),
      (Validators(), nil, nil),
    ] as [(Validators, String?, String?)])
  func `only the validators that are known are sent`(
    validators: Validators, etag: String?, date: String?
  ) async throws {
    let fetched = try await Fetching.fetch {
      $0.validators = validators
    } answer: { _ in
      .answer(text: "<rss/>")
    }
    #expect(fetched.requests.map { $0["If-None-Match"] } == [etag])
    #expect(fetched.requests.map { $0["If-Modified-Since"] } == [date])
  }

  @Test func `an answer without one of the validators clears it`() async throws {
    let stored = Validators(etag: "\"old\"", lastModified: Self.oddDate)
    let fetched = try await Fetching.fetch {
      $0.validators = stored
    } answer: { _ in
      .answer("200 OK", ["ETag: \"new\""], text: "<rss/>")
    }
    #expect(try fetched.result.document.1.validators == Validators(etag: "\"new\""))
  }

  @Test(arguments: [
    (Validators(), Validators(etag: "\"a\"", lastModified: "then")),
    (Validators(etag: "\"a\""), Validators(etag: "\"a\"", lastModified: "then")),
    (Validators(etag: "\"b\""), Validators(etag: "\"b\"")),
    (Validators(lastModified: "now"), Validators(lastModified: "now")),
    (
      Validators(etag: "\"a\"", lastModified: "now"), Validators(etag: "\"a\"", lastModified: "now")
    ),
  ])
  func `a 304 keeps what it leaves out and replaces the set with what is new`(
    fresh: Validators, kept: Validators
  ) {
    #expect(Validators(etag: "\"a\"", lastModified: "then").updated(by: fresh) == kept)
  }

  @Test func `a 304 to a request without conditions is a failure`() async throws {
    let fetched = try await Fetching.fetch { _ in .head("304 Not Modified", ["ETag: \"a\""]) }
    #expect(try fetched.result.failure.kind == .protocolError)
  }

  @Test func `a 304 with a body leaves the connection and the result alone`() async throws {
    let fetched = try await Fetching.fetch {
      $0.validators.etag = "\"a\""
    } answer: { _ in
      Script(raw: "HTTP/1.1 304 Not Modified\nContent-Length: 4\n\nbody")
    }
    guard case .notModified = fetched.result else {
      throw Unexpected(description: "\(fetched.result)")
    }
  }

  @Test func `validators of another redirect target are not sent and the new one answers in full`()
    async throws
  {
    let answer: LoopbackServer.Answer = { request in
      request.path == "/feed.xml"
        ? .redirect(302, to: "/new.xml") : .answer("200 OK", ["ETag: \"n\""], text: "<rss/>")
    }
    let server = try LoopbackServer(answer: answer)
    defer { server.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(server.url())
    request.validators.etag = "\"o\""
    request.validatorsURL = server.url("/old.xml")
    _ = try await transport.fetch(request).document
    request.validatorsURL = server.url("/new.xml")
    _ = try await transport.fetch(request).document
    #expect(server.requests.map { $0["If-None-Match"] } == [nil, nil, nil, "\"o\""])
  }

  @Test(arguments: [
    "ETag: \"a\u{1}b\"", "ETag: ", "ETag: \"\(String(repeating: "e", count: 5000))\"",
  ])
  func `a validator that cannot be repeated exactly is not kept`(field: String) async throws {
    let fetched = try await Fetching.fetch { _ in .answer("200 OK", [field], text: "<rss/>") }
    #expect(try fetched.result.document.1.validators.isEmpty)
  }

  @Test func `a validator of bytes that are no UTF-8 is not kept`() async throws {
    let fetched = try await Fetching.fetch { _ in
      Script([
        .send(
          Array("HTTP/1.1 200 OK\r\nETag: \"".utf8) + [0xE4, 0xFF]
            + Array("\"\r\nContent-Length: 6\r\n\r\n<rss/>".utf8))
      ])
    }
    #expect(try fetched.result.document.1.validators.isEmpty)
  }

  @Test func `a stored validator with a line break in it is not sent`() async throws {
    let fetched = try await Fetching.fetch {
      $0.validators.etag = "\"a\r\nX-Evil: 1"
    } answer: { _ in
      .answer(text: "<rss/>")
    }
    #expect(fetched.requests.first?["If-None-Match"] == nil)
    #expect(fetched.requests.first?["X-Evil"] == nil)
  }
}
