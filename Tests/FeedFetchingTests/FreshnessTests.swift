import FeedFetching
import Syndication
import Testing

@Suite struct FreshnessTests {
  private static let date = "Sat, 21 Nov 2026 17:03:44 GMT"
  private static let now = HTTPDate.moment(of: date, now: nil)

  private func freshness(
    _ fields: [(ResponseHead.Field, String)], status: Int = 200, now: Timestamp? = now
  ) -> Freshness {
    var head = ResponseHead(status: status)
    for (name, value) in fields { head.append(name, value) }
    return FreshnessPolicy.freshness(of: head, now: now)
  }

  @Test(
    arguments: [
      ("max-age=600", 600), ("public, max-age=600", 600), ("MAX-AGE = \"600\"", 600),
      ("max-age=0", 0), ("no-cache, max-age=600", 0), ("no-store", 0), ("private", nil),
      ("max-age=-1", nil), ("max-age=ten", nil), ("max-age", nil), ("s-maxage=600", nil),
      ("max-age=504921600", 504_921_600), ("max-age=99999999999999999999", 1 << 31), ("", nil),
      ("=,=,;", nil), ("max-age=60, max-age=90", 60),
    ] as [(String, Int?)])
  func `Cache-Control gives the lifetime`(field: String, seconds: Int?) {
    #expect(freshness([(.cacheControl, field)]).lifetime == seconds.map { .seconds($0) })
  }

  @Test func `several Cache-Control fields are one, and Age is taken off`() {
    let fields: [(ResponseHead.Field, String)] = [
      (.cacheControl, "public"), (.cacheControl, "max-age=600"),
    ]
    #expect(freshness(fields + [(.age, "100")]).lifetime == .seconds(500))
    #expect(freshness(fields + [(.age, "700")]).lifetime == .zero)
    #expect(freshness(fields + [(.age, "soon")]).lifetime == .seconds(600))
  }

  @Test func `the Cache-Control of a 304 counts too`() {
    #expect(freshness([(.cacheControl, "max-age=60")], status: 304).lifetime == .seconds(60))
  }

  @Test func `Expires counts from Date, where there is no Cache-Control`() {
    let expires = (ResponseHead.Field.expires, "Sat, 21 Nov 2026 18:03:44 GMT")
    #expect(freshness([expires, (.date, Self.date)], now: nil).lifetime == .seconds(3600))
    #expect(freshness([expires]).lifetime == .seconds(3600))
    #expect(freshness([expires], now: nil).lifetime == nil)
    #expect(freshness([expires, (.cacheControl, "public")]).lifetime == nil)
    for ignored in ["0", "-1", "never", ""] {
      #expect(freshness([(.expires, ignored)]).lifetime == nil)
    }
    #expect(freshness([(.expires, "Thu, 01 Jan 1970 00:00:00 GMT")]).lifetime == .zero)
  }

  @Test(arguments: [429, 503])
  func `Retry-After is believed up to thirty days`(status: Int) {
    let cases: [(String, Int?)] = [
      ("120", 120), (" 120 ", 120), ("0", nil), ("-1", nil), ("soon", nil), ("", nil),
      ("99999999999", 2_592_000), ("99999999999999999999999", 2_592_000), ("1.5", nil),
      ("Sat, 21 Nov 2026 17:05:44 GMT", 120), ("Thu, 01 Jan 1970 00:00:00 GMT", nil),
      ("Sat, 21 Nov 2999 17:05:44 GMT", 2_592_000),
    ]
    for (text, seconds) in cases {
      #expect(
        freshness([(.retryAfter, text)], status: status).retryAfter == seconds.map { .seconds($0) },
        "\(text)")
    }
  }

  @Test func `a date in Retry-After counts from the server's own clock`() {
    let fields: [(ResponseHead.Field, String)] = [
      (.date, "Mon, 01 Jan 2001 00:00:00 GMT"), (.retryAfter, "Mon, 01 Jan 2001 00:01:00 GMT"),
    ]
    #expect(freshness(fields, status: 429).retryAfter == .seconds(60))
    #expect(freshness([fields[1]], status: 429, now: nil).retryAfter == nil)
  }

  @Test func `Retry-After means nothing with other statuses`() {
    #expect(freshness([(.retryAfter, "120")]).retryAfter == nil)
    #expect(freshness([(.retryAfter, "120")], status: 404).retryAfter == nil)
  }

  @Test func `what is left of a rate limit is told with its time`() {
    let fields: [(ResponseHead.Field, String)] = [
      (.extensionRateLimit, "100"), (.extensionRateLimitRemaining, "24.0"),
      (.extensionRateLimitReset, "600"),
    ]
    let limit = RateLimit(remaining: 24, total: 100, window: .seconds(600))
    #expect(freshness(fields).rateLimit == limit)
    #expect(freshness(fields).retryAfter == nil)
    #expect(freshness(Array(fields[1...])).rateLimit?.total == nil)
    #expect(freshness([fields[1]]).rateLimit == nil)
    #expect(freshness([(.extensionRateLimitRemaining, "inf"), fields[2]]).rateLimit == nil)
  }

  @Test(
    arguments: [
      ("0", "30", 30), ("0.0", "30.5", 30), ("0", "1795280684", 60), ("1", "30", nil),
      ("0", "0", nil), ("0", "-5", nil), ("0", "later", nil), ("none", "30", nil),
      ("0", "nan", nil),
      ("0", "1e300", nil), ("0", "1795280000", nil), ("-1", "30", 30), ("0", "inf", nil),
    ] as [(String, String, Int?)])
  func `an exhausted rate limit waits for its reset`(
    remaining: String, reset: String, seconds: Int?
  ) {
    let pairs: [(ResponseHead.Field, ResponseHead.Field)] = [
      (.rateLimitRemaining, .rateLimitReset),
      (.extensionRateLimitRemaining, .extensionRateLimitReset),
    ]
    for (remainingField, resetField) in pairs {
      let wait = freshness([(remainingField, remaining), (resetField, reset)]).retryAfter
      #expect(wait?.components.seconds == seconds.map(Int64.init))
    }
  }

  @Test(arguments: [
    "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "06 Nov 1994 08:49:37 UTC",
    "Sun, 06-Nov-1994 08:49:37 GMT", "sun, 06 nov 1994 8:49:37 +0000",
    "Sunday, 06 November 1994 08:49:37 GMT",
  ])
  func `the three forms of a date and their usual wild kin name one moment`(text: String) {
    #expect(HTTPDate.moment(of: text, now: Self.now)?.rfc3339 == "1994-11-06T08:49:37.000Z")
  }

  @Test(arguments: [
    "", "0", "-1", "Sun, 06 Nov 1994", "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 PST", "Sun, 06 Xxx 1994 08:49:37",
    "Sun, 06 Nov 994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun,,,,", "Nov", "Nov 6",
    "Sun, 06 Nov 1994 08:49:37 GMT and much more text that goes on and on and on and on",
    "Sun, ６ Nov 1994 08:49:37 GMT",
  ])
  func `other text names no moment`(text: String) {
    #expect(HTTPDate.moment(of: text, now: Self.now) == nil)
  }

  @Test func `two digits of a year mean one within fifty years of now`() {
    let year = { (digits: String) in
      HTTPDate.moment(of: "Sunday, 06-Nov-\(digits) 08:49:37 GMT", now: Self.now)?.date.year
    }
    #expect(year("27") == 2027)
    #expect(year("76") == 2076)
    #expect(year("77") == 1977)
    #expect(HTTPDate.moment(of: "Sunday, 06-Nov-94 08:49:37 GMT", now: nil) == nil)
  }
}
