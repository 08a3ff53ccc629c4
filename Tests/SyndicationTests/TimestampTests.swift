import Syndication
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0),
    ("1969-12-31T23:59:59.999Z", -1),
    ("2026-11-21T17:03:44.123Z", 1_795_280_624_123),
    ("2026-11-21T18:03:44.1239+01:00", 1_795_280_624_123),
    ("2026-11-21 17:03:44.1z", 1_795_280_624_100),
    ("2024-02-29T00:00:00Z", 1_709_164_800_000),
  ])
  func `RFC 3339 text names one moment`(text: String, milliseconds: Int64) {
    #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2026-11-21", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z",
    "2026-11-21T17:03:44", "2026-11-21T17:03:44.Z", "2026-11-21T17:03:44Zjunk",
    "2026-11-21T17:03:44+1:00", "0000-00-00T00:00:00Z",
  ])
  func `text that names no moment is refused`(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test func `every day of four centuries survives the way to text and back`() throws {
    for day in stride(from: -135_000, to: 11_000, by: 1) {
      let moment = Timestamp(milliseconds: Int64(day) * 86_400_000 + 43_200_123)
      #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
      #expect(moment.date.isValid && moment.date.daysSince1970 == day)
    }
  }

  @Test func `the day of a moment before 1970 is rounded down`() {
    #expect(Timestamp(milliseconds: -1).day == -1)
    #expect(CivilDate(year: 2026, month: 11, day: 21).weekday == 6)
  }
}
