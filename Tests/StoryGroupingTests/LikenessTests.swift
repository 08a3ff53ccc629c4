import StoryGrouping
import Syndication
import Testing

/// Two stories by themselves: `compare` gives a grade, not only a yes or no.
@Suite struct LikenessTests {
  private func similarity(
    _ first: String, _ second: String, sources: (String, String) = ("", ""), days: Int? = nil,
    language: String? = nil
  ) -> Double {
    func read(_ title: String, _ source: String, _ time: Timestamp?) -> ComparedStory {
      ComparedStory(
        GroupingDocument(
          id: StoryID(bits: 1), title: title, text: "", language: language, source: source,
          seen: Timestamp(milliseconds: 0)), time: time)
    }
    let start = Timestamp(milliseconds: 1_790_000_000_000)
    return compare(
      read(first, sources.0, days.map { _ in start }),
      read(second, sources.1, days.map { start + .seconds($0 * 86_400) })
    ).similarity
  }

  private let headline = "Ferry strikes reef off Kelmora, passengers rescued"

  @Test func `headlines are graded by how much of them the other one answers`() {
    let grades = [
      headline,
      "Passengers rescued as ferry strikes reef near Kelmora",
      "Ferry on reef off Kelmora, captain questioned",
      "Ferry captain in Kelmora retires",
      "Mayor of Drissen resigns",
    ].map { similarity(headline, $0) }
    #expect(grades == grades.sorted(by: >))
    #expect(Set(grades).count == grades.count)
    #expect(grades[0] == 1 && grades[1] > 0.6 && grades[4] < 0.1)
  }

  @Test(
    arguments: [
      ("Kelmoran fishermen striking over quotas", "Fisherman strike over quota in Kelmora"),
      ("Рыбаки Кельморы протестуют против квот", "Протест рыбаков Кельморы против квоты"),
      ("Kelmoralı balıkçılar kotaları protesto etti", "Kelmora'daki balıkçıların kota protestosu"),
    ])
  func `inflected words answer each other`(first: String, second: String) {
    #expect(similarity(first, second) > 0.4, "\(first) / \(second)")
  }

  @Test func `other numbers make headlines less alike`() {
    let same = similarity("Quake of 5.8 shakes Tarvan", "Tarvan shaken by 5.8 quake")
    let other = similarity("Quake of 5.8 shakes Tarvan", "Tarvan shaken by 6.1 quake")
    let none = similarity("Quake of 5.8 shakes Tarvan", "Tarvan shaken by strong quake")
    #expect(same > none && none > other)
  }

  @Test(
    arguments: [
      ("Eleven rescued as ferry sinks", "11 rescued as ferry sinks", "Ferry sinks, 11 saved"),
      ("U.S. orders ferry inspection", "US orders ferry inspection", "US inspects a ferry"),
      ("С.Ш.А. проверят паром", "США проверят паром", "Паром проверят США"),
    ])
  func `a number word counts as its number and initials as their word`(
    spelled: String, plain: String, other: String
  ) {
    #expect(similarity(spelled, other) == similarity(plain, other))
  }

  @Test func `what is a number word in English is none elsewhere`() {
    let (first, second) = ("Ten prom zatonął", "10 prom zatonął")
    #expect(similarity(first, second, language: "pl") < similarity(first, second, language: "en"))
  }

  @Test func `capitals that more than a point parts are no initials of one word`() {
    let other = "Plan BA sinks a boat"
    #expect(similarity("Plan B. A boat sinks", other) == similarity("Plan B, A boat sinks", other))
  }

  @Test func `a number or a country more makes headlines less alike`() {
    let plain = similarity("Ferry sinks off Kelmora", "Ferry goes down off Kelmora")
    let counted = similarity("Ferry sinks off Kelmora", "Ferry goes down off Kelmora, 12 missing")
    #expect(counted < plain)
    let same = similarity("Egypt votes for parliament", "Vote for parliament in Egypt today")
    let other = similarity("Egypt votes for parliament", "Vote for parliament in Peru today")
    #expect(same > 0.4 && other < same - 0.2)
  }

  @Test(
    arguments: [
      ("Minister quits", "Minister resigns", "Minister sings"),
      ("Quake kills dozens", "Earthquake kills dozens", "Princess kills dozens"),
      ("Huelga de médicos", "Huelga de doctores", "Huelga de taxis"),
    ])
  func `another word for the same thing is nearer than a word for another`(
    headline: String, same: String, other: String
  ) {
    #expect(similarity(headline, same) > similarity(headline, other))
  }

  @Test func `a comparison is the same both ways`() {
    let titles = InventedNews.reports.map(\.title)
    for first in titles {
      for second in titles {
        #expect(similarity(first, second) == similarity(second, first), "\(first) / \(second)")
      }
    }
  }

  @Test func `days apart and a common outlet count against headlines`() {
    let (first, second) = (InventedNews.reports[0].title, InventedNews.reports[2].title)
    let apart = similarity(first, second, days: 5)
    #expect(apart < similarity(first, second, days: 0))
    let outlets = ("Harbour Post", "Harbour Post")
    #expect(similarity(first, second, sources: outlets, days: 5) <= apart)
  }

  @Test func `any bytes compare within bounds`() {
    for text in [
      "", " ", "a", "1", "é", "\u{301}", "京", "京都京都", "…—", String(repeating: "ß ", count: 90),
    ] {
      for other in ["", "京都", "1 2 3", String(repeating: "x", count: 9000), headline] {
        #expect((0...1).contains(similarity(text, other)), "\(text) / \(other)")
      }
    }
  }
}
