import Syndication
import Testing

@Suite struct DurationTextTests {
  @Test(arguments: [
    ("30s", 30), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("2w", 1_209_600), ("1h30m", 5400),
    ("0s", 0), ("007m", 420), ("365250d", 31_557_600_000),
  ])
  func `a duration is numbers with units`(text: String, seconds: Int64) {
    #expect(DurationText.parse(text) == .seconds(seconds))
  }

  @Test(arguments: [
    "", "h", "2", "-2h", "+2h", "2 h", "2H", "2h ", "30m1h", "1h1h", "1.5h", "2y", "٣h", "365251d",
    "99999999999999999999s", "9223372036854775807w", "9223372036854775807s1s",
  ])
  func `anything else is refused, overflow included`(text: String) {
    #expect(DurationText.parse(text) == nil)
  }

  @Test func `what is written is read back`() {
    for seconds in Array(0...7300) + [86_399, 86_400, 90_061, 31_557_600_000] {
      let duration = Duration.seconds(seconds)
      #expect(DurationText.parse(DurationText.string(duration)) == duration)
    }
  }

  @Test func `a moment is RFC 3339, a date, now or a duration ago`() throws {
    let now = try #require(Timestamp(year: 2026, month: 3, day: 1, hour: 12))
    #expect(TimeText.parse("now", now: now) == now)
    #expect(TimeText.parse("24h", now: now)?.rfc3339 == "2026-02-28T12:00:00.000Z")
    #expect(TimeText.parse("2026-02-28", now: now)?.rfc3339 == "2026-02-28T00:00:00.000Z")
    let zoned = TimeText.parse("2026-02-28T01:30:00+02:00", now: now)
    #expect(zoned?.rfc3339 == "2026-02-27T23:30:00.000Z")
    for text in ["", "yesterday", "2026-02-30", "2026-2-28", "24", "2026-02-28T01:30", "-1h"] {
      #expect(TimeText.parse(text, now: now) == nil)
    }
  }
}
