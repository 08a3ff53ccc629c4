import Testing

/// Where each kind of hostile address and answer is tried. What must come of it stands in the test.
@Suite struct HostileInputTests {
  private struct Case: Sendable {
    let number: Int
    let what: String
    /// A suite and the names of tests in it, or a script.
    let places: [(file: String, tests: [String])]
  }

  @Test func `every hostile address and answer is tried by a test that is there`() throws {
    #expect(Self.cases.map(\.number) == Array(1...50))
    for hostile in Self.cases {
      for (file, tests) in hostile.places {
        let source = SourceFile(at: "Tests/\(file)")
        #expect(source != nil, "\(hostile.number) \(hostile.what): there is no Tests/\(file)")
        for test in tests {
          let isThere = source?.mentions(test) ?? false
          #expect(isThere, "\(hostile.number) \(hostile.what): no “\(test)” in Tests/\(file)")
        }
      }
    }
  }

  private static let cases = rows.map { Case(number: $0.0, what: $0.1, places: $0.2) }

  private static let spellings: (file: String, tests: [String]) = (
    "FeedFetchingTests/GuardedFetchTests.swift",
    ["no spelling of a private address is connected to"]
  )
  private static let rebinding = "Rebinding/run"
  private static let answers = "FeedFetchingTests/HostileAnswerTests.swift"
  private static let addresses = "FeedFetchingTests/HostileAddressTests.swift"
  private static let redirects = "FeedFetchingTests/RedirectTests.swift"
  private static let parsing = "FeedFetchingTests/FetchAddressTests.swift"
  private static let timeouts = "FeedFetchingTests/TimeoutTests.swift"
  private static let noAddress = "what is no plain address is refused with a reason"

  private typealias Row = (Int, String, [(file: String, tests: [String])])

  private static let rows: [Row] =
    [
      (1, "http://127.0.0.1", [spellings]), (2, "http://2130706433/", [spellings]),
      (3, "http://0x7f.1/", [spellings]), (4, "http://0177.0.0.1", [spellings]),
      (5, "[::1]", [spellings]), (6, "[::ffff:127.0.0.1]", [spellings]),
      (7, "[64:ff9b::7f00:1]", [spellings]), (8, "[2002:7f00:1::]", [spellings]),
      (9, "169.254.169.254", [spellings]), (10, "100.64.0.1", [spellings]),
      (11, "[fd00::1]", [spellings]), (12, "0.0.0.0", [spellings]),
      (13, "localhost.", [spellings, (rebinding, ["13 localhost."])]),
      (
        14, "a public and a private address",
        [
          (addresses, ["a name is refused whole when every address of it is closed"]),
          (rebinding, ["14 a public and a private address", "14 a public address that is away"]),
        ]
      ),
      (
        15, "rebinding",
        [(rebinding, ["15 rebinding: at first public", "15 rebinding: then private"])]
      ),
      (
        16, "public, then a redirect to a private address",
        [
          (
            addresses,
            ["a redirect from a host that is open to a private one that is not is refused"]
          ),
          (rebinding, ["16 public, then a redirect to a private name"]),
        ]
      ),
      (
        17, "a redirect to file:, gopher:, ftp:, dict:",
        [(redirects, ["a redirect to anything but a plain http address is refused"])]
      ),
      (
        18, "a redirect loop",
        [(redirects, ["a circle of redirects ends with the first repetition"])]
      ),
      (
        19, "http_proxy in the environment",
        [
          (
            "FeedFetchingTests/ProxyTests.swift",
            ["the environment's proxies and their exceptions count for nothing"]
          )
        ]
      ),
      (20, "http://u:p@host", [(parsing, [noAddress, "http://u:p@example.org/"])]),
      (21, #"http://good\@127.0.0.2/"#, [(parsing, [noAddress, #"http://good\\@127.0.0.2/"#])]),
      (
        22, "look-alike names",
        [(addresses, ["a name of look-alike letters shows itself in Punycode"])]
      ),
      (23, "CR, LF, space, TAB in a URL", [(parsing, [noAddress, #"a\r\nX: y"#])]),
      (
        24, "a URL of 64 KiB",
        [(parsing, ["eight kilobytes are an address, one byte more is none"])]
      ),
      (
        25, "ports 25 and 6379",
        [
          (
            spellings.file,
            [
              "ports of other protocols are not connected to",
              "a redirect to a closed port is refused",
            ]
          )
        ]
      ),
      (
        26, "https to http",
        [
          (redirects, ["a chain never goes from https back to http"]),
          ("FeedFetchingTests/TLSTests.swift", ["a redirect from https to http is refused"]),
        ]
      ),
      (
        27, "lists of feeds with commands in them",
        [
          (parsing, ["|cat", "exec:ls", "filter:x"]),
          (
            "SyndicationTests/Configuration/FeedAddressTests.swift",
            ["exec:fetch", "|cmd", "filter:x"]
          ),
        ]
      ),
      (
        28, "addresses inside a feed",
        [("AggregatorTests/NetworkTests.swift", ["nothing that a feed points to is fetched"])]
      ),
      (
        29, "credentials across a redirect",
        [(redirects, ["credentials and the feed's own fields stay at the first origin"])]
      ),
      (
        30, "a compressed bomb",
        [
          (answers, ["a compressed bomb is stopped at the limit"]),
          (
            "FeedFetchingTests/ContentDecoderTests.swift",
            ["a bomb is stopped at the limit and not a byte later"]
          ),
        ]
      ),
      (
        31, "three encodings",
        [(answers, ["encodings that were not asked for or are stacked too high"])]
      ),
      (
        32, "nine encodings",
        [(answers, ["encodings that were not asked for or are stacked too high"])]
      ),
      (
        33, "an unknown encoding",
        [(answers, ["encodings that were not asked for or are stacked too high"])]
      ),
      (
        34, "a huge body without a length",
        [(answers, ["a body over the limit is stopped, announced or not"])]
      ),
      (35, "endless headers", [(answers, ["a header without end, one giant field"])]),
      (36, "a header of 3 MB", [(answers, ["a header without end, one giant field"])]),
      (37, "3,000 × 103", [(answers, ["a flood of interim answers are stopped"])]),
      (
        38, "a byte now and then",
        [(timeouts, ["a body that trickles is a stall", "a header that trickles is a stall"])]
      ),
      (39, "no answer", [(timeouts, ["a server that never answers is given up"])]),
      (
        40, "a Content-Length too long",
        [(answers, ["a body shorter than announced is a document that is not whole"])]
      ),
      (
        41, "a cut chunked body",
        [(answers, ["a chunked body without its last chunk is not whole"])]
      ),
      (
        42, "a cut compressed body",
        [
          (answers, ["a compressed body that stops before its end is not whole"]),
          (
            "FeedFetchingTests/ContentDecoderTests.swift", ["no cut of any coding passes for whole"]
          ),
        ]
      ),
      (43, "HTTP 0.9", [(answers, ["an answer of HTTP 0.9, of another protocol or of noise"])]),
      (
        44, "a negative or second Content-Length",
        [(answers, ["a Content-Length that is none is no answer"])]
      ),
      (
        45, "NUL, ESC, CR LF in headers",
        [
          (answers, ["control characters in a header reach neither validators nor sentences"]),
          (addresses, ["a NUL in a header is no answer, and an ETag ends with its line"]),
        ]
      ),
      (46, "an ETag of 1 MB", [(addresses, ["an ETag of a megabyte is too large a header"])]),
      (
        47, "304 unasked or with a body, an empty 200, a login page",
        [
          (
            "FeedFetchingTests/ConditionalRequestTests.swift",
            ["a 304 to a request without conditions is a failure", "a 304 with a body"]
          ),
          (answers, ["an empty 200 is a whole and empty document"]),
          ("FeedParsingTests/NotAFeedTests.swift", ["what is no feed is named"]),
        ]
      ),
      (
        48, "410, 301",
        [
          (answers, ["410 is gone"]),
          (redirects, ["permanent redirects alone make a new permanent address"]),
        ]
      ),
      (
        49, "a Retry-After of any size",
        [("FeedFetchingTests/FreshnessTests.swift", ["Retry-After is believed up to thirty days"])]
      ),
      (
        50, "a Last-Modified in 2999",
        [(addresses, ["a Last-Modified of any time is sent back as it came"])]
      ),
    ]
}
