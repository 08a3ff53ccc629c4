import Syndication
import Testing

@Suite struct WebDateNoiseTests {
  private static let pieces = [
    "0", "1", "2", "12", "24", "31", "60", "99", "2026", "20261121", "999999999999999999", "-", ":",
    "/", ".", ",", " ", "T", "Z", "W", "+", "(", ")", "[", "]", "Nov", "mar", "Sat", "EST", "GMT",
    "am", "p.m.", "h", "年", "월", "tháng", "오후", "à", "\u{202F}", "\u{0661}", "\u{0}", "\n",
  ]

  @Test(arguments: [1, 2026, 0xFEED] as [UInt64])
  func `noise is no date, or one within the calendar`(seed: UInt64) {
    var noise = WebNoise(seed: seed)
    for _ in 0..<8_000 {
      let text =
        noise.next(below: 4) == 0
        ? noise.text(byteLimit: 40) : noise.text(of: Self.pieces, limit: 14)
      guard let moment = WebDate.parse(text) else { continue }
      #expect(1...9999 ~= moment.date.year, "seed \(seed): \(text)")
      #expect(WebDate.parse(moment.rfc3339) == moment, "seed \(seed): \(text)")
    }
  }

  @Test(arguments: [
    "Sat, 21 Nov 2026 17:03:44 +0100 (Central European Time)",
    "2026-11-21T17:03:44.123456+01:00[Europe/Paris]",
    "2026년 11월 21일 토요일 오후 05:03:44", "Nov. 21, 2026, 5:03 p. m. GMT-0500",
    "ngày 21 tháng 11 năm 2026 17:03",
  ])
  func `every part of a date is a date or none`(text: String) {
    let bytes = Array(text.utf8)
    for start in bytes.indices {
      for end in start...bytes.count {
        let part = String(decoding: bytes[start..<end], as: UTF8.self)
        if let moment = WebDate.parse(part) { #expect(1...9999 ~= moment.date.year) }
      }
    }
    #expect(WebDate.parse(text) != nil)
  }

  @Test func `a text beyond the limit is not looked at`() {
    let date = "2026-11-21"
    #expect(WebDate.parse(String(repeating: " ", count: 1000) + date) != nil)
    #expect(WebDate.parse(date + " (" + String(repeating: "x", count: 300) + ")") == nil)
  }
}
