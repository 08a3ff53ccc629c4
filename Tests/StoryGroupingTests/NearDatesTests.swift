import Syndication
import Testing

@testable import StoryGrouping

/// Which words of a headline tell the day it was published.
@Suite struct NearDatesTests {
  /// A Friday.
  private let time = Timestamp(year: 2027, month: 1, day: 15, hour: 6)

  /// The words of the title that tell a date, as they are written.
  private func dates(in title: String) -> [String] {
    var title = title
    return title.withUTF8 { bytes in
      Headline(bytes, time: time).entries.filter(\.isDate).map {
        String(decoding: bytes[$0.word.range], as: UTF8.self)
      }
    }
  }

  @Test(arguments: [
    ("La météo du vendredi 15 janvier 2027 à Kelmora", ["vendredi", "15", "janvier", "2027"]),
    ("Weather for Friday, January 15th in Kelmora", ["Friday", "January", "15th"]),
    ("Das Wetter am Freitag, 15. Januar", ["Freitag", "15", "Januar"]),
    ("El tiempo del sábado 16 de enero de 2027", ["sábado", "16", "enero", "2027"]),
    ("Il meteo di venerdì 15 gennaio", ["venerdì", "15", "gennaio"]),
    ("Погода на 16 января 2027", ["16", "января", "2027"]),
    ("15 Ocak Cuma hava durumu", ["15", "Ocak", "Cuma"]),
    ("طقس الجمعة 15 يناير", ["الجمعة", "15", "يناير"]),
    ("Das Wetter am 15.01.2027", ["15.01.2027"]),
    ("Forecast 2027-01-15: rain", ["2027", "01", "15"]),
    ("Tips for 15/1/2027", ["15", "1", "2027"]),
    ("Sorties : les 15, 16 et 17 janvier", ["15", "16", "17", "janvier"]),
  ])
  func `a date near the story's own is found in many languages`(title: String, told: [String]) {
    #expect(dates(in: title) == told)
  }

  @Test(arguments: [
    "15 hurt as bus overturns near Kelmora", "May resigns after a fortnight",
    "Strikes on 24 February",
    "Attentats du 13 novembre 2015", "Monday's storm moves on", "March of the 500 through Drissen",
  ])
  func `names, counts and other dates stay`(title: String) {
    #expect(dates(in: title).isEmpty)
  }

  @Test func `of a story without a time nothing is known`() {
    var title = "La météo du vendredi 15 janvier 2027"
    let entries = title.withUTF8 { Headline($0, time: nil).entries }
    #expect(entries.count == 7)
    #expect(entries.filter(\.isDate).isEmpty)
  }

  @Test(arguments: [Int64.min, -62_135_596_800_000, 0, 253_402_300_799_999, .max])
  func `any time has days about it`(milliseconds: Int64) {
    let dates = NearDates(Timestamp(milliseconds: milliseconds))
    let parts = (0...40).map { NearDates.Part(names: [], number: $0) }
    #expect(dates.told(by: parts).count == parts.count)
  }

  @Test(arguments: [
    ("Port-sur-Mer brûle", [false, true, true, false]),
    ("L’Aquila rebuilds", [false, true, false]),
    ("Kelmora - a portrait", [false, false, false]), ("東京-大阪", [false, false, true, false]),
  ])
  func `hyphens and apostrophes join words to names`(title: String, joined: [Bool]) {
    var title = title
    let entries = title.withUTF8 { Headline($0, time: nil).entries }
    #expect(entries.map(\.isJoined) == joined)
  }
}
