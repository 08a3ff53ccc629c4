import FeedFetching
import LoopbackServer
import Testing

/// What a server may do wrong, by accident or on purpose, and what becomes of it.
@Suite struct HostileAnswerTests {
  private func kind(of script: Script) async throws -> FetchFailure.Kind {
    try await Fetching.fetch { _ in script }.result.failure.kind
  }

  // MARK: Cut answers

  @Test func `a body shorter than announced is a document that is not whole`() async throws {
    let fetched = try await Fetching.fetch { _ in
      Script(raw: "HTTP/1.1 200 OK\nContent-Length: 100\nETag: \"a\"\n\n<rss><channel>")
    }
    let (document, facts) = try fetched.result.document
    #expect(!document.isWhole && document.bytes.count == 14)
    #expect(facts.validators.isEmpty, "a cut document advances no validators")
  }

  @Test func `a chunked body without its last chunk is not whole`() async throws {
    let fetched = try await Fetching.fetch { _ in
      .chunked(pieces: [Array("<rss>".utf8), Array("<channel>".utf8)], isCut: true)
    }
    #expect(try !fetched.result.document.0.isWhole)
    let whole = try await Fetching.fetch { _ in
      .chunked(pieces: [Array("<rss>".utf8), Array("</rss>".utf8)])
    }
    #expect(try whole.result.document.0.isWhole)
  }

  @Test
  func `a compressed body that stops before its end is not whole, whatever the transfer says`()
    async throws
  {
    for (coding, bytes) in EncodedFeed.byCoding {
      let cut = Array(bytes.dropLast(3))
      for script in [
        Script.answer("200 OK", ["Content-Encoding: \(coding)", "ETag: \"a\""], body: cut),
        Script.chunked(["Content-Encoding: \(coding)", "ETag: \"a\""], pieces: [cut]),
        Script([
          .send(Script.bytes(head: ["HTTP/1.0 200 OK", "Content-Encoding: \(coding)"]) + cut),
          .close,
        ]),
      ] {
        let (document, facts) = try await Fetching.fetch { _ in script }.result.document
        #expect(!document.isWhole, "\(coding)")
        #expect(facts.validators.isEmpty)
      }
      let whole = try await Fetching.fetch { _ in
        .answer("200 OK", ["Content-Encoding: \(coding)"], body: bytes)
      }
      let (document, _) = try whole.result.document
      #expect(document.isWhole && document.bytes == Array(EncodedFeed.text.utf8), "\(coding)")
    }
  }

  @Test func `a reset in the middle of a body leaves a document that is not whole`() async throws {
    let fetched = try await Fetching.fetch { _ in
      Script([
        .send(Script.bytes(head: ["HTTP/1.1 200 OK", "Content-Length: 50"]) + Array("<rss>".utf8)),
        .pause(.milliseconds(100)), .reset,
      ])
    }
    #expect(try !fetched.result.document.0.isWhole)
  }

  @Test func `an answer that ends before its body's first byte is incomplete`() async throws {
    for script in [
      Script([.close]), Script([.reset]), Script(raw: "HTTP/1.1 200 OK\nContent-"),
      Script(raw: "HTTP/1.1 200 OK\nContent-Length: 5\n\n"),
    ] {
      #expect(try await kind(of: script) == .incomplete)
    }
  }

  @Test func `no cut of an answer passes for whole unless nothing of the document is missing`()
    async throws
  {
    let gzip = EncodedFeed.gzip
    let answers = [
      Script.answer(text: EncodedFeed.text),
      Script.chunked(
        ["Content-Encoding: gzip"], pieces: [Array(gzip.prefix(50)), Array(gzip.dropFirst(50))]),
    ]
    let cut = Mutexed((answer: answers[0], length: 0))
    let server = try LoopbackServer { _ in
      let (answer, length) = cut.value
      guard case .send(let bytes) = answer.steps.first else { return answer }
      return Script([.send(Array(bytes.prefix(length))), .close])
    }
    defer { server.stop() }
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    for answer in answers {
      guard case .send(let bytes) = answer.steps.first else { continue }
      for length in bytes.indices {
        cut.value = (answer, length)
        switch await transport.fetch(.loopback(server.url())) {
        case .document(let document, _):
          #expect(!document.isWhole || document.bytes == Array(EncodedFeed.text.utf8), "\(length)")
        case .failed(let failure, _): #expect(failure.kind == .incomplete, "\(length)")
        case let other: Issue.record("cut to \(length): \(other)")
        }
      }
    }
  }

  // MARK: Sizes

  @Test func `a body over the limit is stopped, announced or not`() async throws {
    let large = [UInt8](repeating: 0x20, count: 200_000)
    for script in [
      Script.answer(body: large), Script.chunked(pieces: [large, large]),
      Script([.send(Script.bytes(head: ["HTTP/1.0 200 OK"]) + large), .close]),
    ] {
      let fetched = try await Fetching.fetch {
        $0.limits.bodyByteLimit = 100_000
      } answer: { _ in
        script
      }
      let failure = try fetched.result.failure
      #expect(failure.kind == .tooLarge && failure.detail.contains("100000"))
      #expect((fetched.result.facts?.receivedByteCount ?? 0) < 150_000, "stopped early")
    }
  }

  @Test func `a body of exactly the limit is a document`() async throws {
    let fetched = try await Fetching.fetch {
      $0.limits.bodyByteLimit = 6
    } answer: { _ in
      .answer(text: "<rss/>")
    }
    #expect(try fetched.result.document.0.isWhole)
  }

  @Test func `a compressed bomb is stopped at the limit`() async throws {
    #expect(
      try await kind(
        of: .answer("200 OK", ["Content-Encoding: gzip, gzip"], body: EncodedFeed.gzipBomb))
        == .tooLarge)
    #expect(
      try await kind(of: .answer("200 OK", ["Content-Encoding: br"], body: EncodedFeed.brotliBomb))
        == .tooLarge)
  }

  @Test func `encodings that were not asked for or are stacked too high are refused`() async throws
  {
    for coding in [
      "gzip, gzip, gzip", "compress", Array(repeating: "br", count: 9).joined(separator: ","),
    ] {
      #expect(
        try await kind(of: .answer("200 OK", ["Content-Encoding: \(coding)"], text: "x"))
          == .encoding)
    }
    #expect(
      try await kind(of: .answer("200 OK", ["Content-Encoding: gzip"], text: "not gzip"))
        == .encoding)
  }

  @Test func `a header without end, one giant field and a flood of interim answers are stopped`()
    async throws
  {
    let line = Array("X-Filler: \(String(repeating: "x", count: 1000))\r\n".utf8)
    let endless = Script(
      [.send(Array("HTTP/1.1 200 OK\r\n".utf8))] + Array(repeating: .send(line), count: 2000))
    #expect(try await kind(of: endless) == .tooLarge)
    let giant = Script([
      .send(Array("HTTP/1.1 200 OK\r\nX: ".utf8)),
      .send([UInt8](repeating: 0x78, count: 3 << 20)), .send(Array("\r\n\r\n".utf8)), .close,
    ])
    #expect(try await kind(of: giant) == .tooLarge)
    let hint = Array("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".utf8)
    let hints = Script(Array(repeating: .send(hint), count: 3000))
    #expect(try await kind(of: hints) == .protocolError)
  }

  @Test func `a few interim answers before the document do no harm`() async throws {
    let fetched = try await Fetching.fetch { _ in
      Script(
        raw: """
          HTTP/1.1 100 Continue

          HTTP/1.1 103 Early Hints
          ETag: "hint"
          Content-Encoding: gzip

          HTTP/1.1 200 OK
          Content-Length: 6

          <rss/>
          """)
    }
    let (document, facts) = try fetched.result.document
    #expect(document.bytes == Array("<rss/>".utf8) && facts.validators.isEmpty)
  }

  // MARK: Nonsense

  @Test(arguments: [
    "Content-Length: -6", "Content-Length: 6\nContent-Length: 7", "Content-Length: six",
    "Content-Length: +6",
  ])
  func `a Content-Length that is none is no answer`(fields: String) async throws {
    let script = Script(raw: "HTTP/1.1 200 OK\n\(fields)\n\n<rss/>")
    #expect(try await kind(of: script) == .protocolError)
  }

  @Test func `an answer of HTTP 0.9, of another protocol or of noise is no document`() async throws
  {
    for text in ["<rss/>\n", "SSH-2.0-OpenSSH_9.2\n", "+OK ready\n", "\u{0}\u{1}\u{2}\n"] {
      let found = try await kind(of: Script(raw: text))
      #expect(found == .protocolError || found == .incomplete, "\(text)")
    }
  }

  @Test func `control characters in a header reach neither validators nor sentences`() async throws
  {
    let fetched = try await Fetching.fetch { _ in
      Script(raw: "HTTP/1.1 200 OK\nETag: \"\u{1b}[2J\"\nContent-Encoding: \u{1b}x\n\n<rss/>")
    }
    let failure = try fetched.result.failure
    #expect(failure.kind == .encoding && !failure.detail.unicodeScalars.contains("\u{1b}"))
    #expect(fetched.result.facts?.validators.isEmpty == true)
  }

  // MARK: Statuses

  @Test(arguments: [
    201, 202, 204, 205, 206, 300, 304, 305, 400, 401, 403, 404, 406, 418, 421, 429, 451, 500,
    502, 503, 520, 521, 522, 523, 524, 525, 526, 530, 599, 700, 999,
  ])
  func `every other status is a named failure with its facts`(status: Int) async throws {
    let fetched = try await Fetching.fetch { _ in
      status == 204 || status == 304
        ? .head("\(status) Word", ["Retry-After: 5"])
        : .answer("\(status) Word", ["Retry-After: 5"], text: "<rss/>")
    }
    let failure = try fetched.result.failure
    #expect(failure.kind == (status == 304 ? .protocolError : .http))
    #expect(failure.detail.contains("\(status)"))
    #expect(fetched.result.facts?.status == status)
    #expect(fetched.result.facts?.validators.isEmpty == true)
    let wait = fetched.result.facts?.freshness.retryAfter
    #expect(wait == (status == 429 || status == 503 ? .seconds(5) : nil))
  }

  @Test func `410 is gone`() async throws {
    let fetched = try await Fetching.fetch { _ in .answer("410 Gone", text: "bye") }
    guard case .gone(let facts) = fetched.result else {
      throw Unexpected(description: "\(fetched.result)")
    }
    #expect(facts.status == 410)
  }

  @Test func `an empty 200 is a whole and empty document, for the parser to name`() async throws {
    let fetched = try await Fetching.fetch { _ in .answer("200 OK", ["ETag: \"e\""], text: "") }
    let (document, _) = try fetched.result.document
    #expect(document.isWhole && document.bytes.isEmpty)
  }

  @Test func `the long body of an error page is not read to its end`() async throws {
    let page = [UInt8](repeating: 0x20, count: 10 << 20)
    let fetched = try await Fetching.fetch { _ in .answer("404 Not Found", body: page) }
    #expect(try fetched.result.failure.kind == .http)
    #expect((fetched.result.facts?.receivedByteCount ?? 0) < 1 << 20)
  }
}
