import StoryGrouping
import Syndication
import Testing

/// What one day's feeds are full of: stories that are alike without telling of one event.
@Suite struct LookAlikeTests {
  private struct Article {
    var source: String
    var title: String
    var text: String
  }

  /// How many clusters the articles make when they come in an hour apart.
  private func clusterCount(_ articles: [Article]) -> Int {
    var grouper = Grouper()
    let start = Timestamp(milliseconds: 1_790_000_000_000)
    var clusters: Set<StoryID> = []
    for (number, article) in articles.enumerated() {
      let time = start + .seconds(number * 3600)
      let placement = grouper.place(
        GroupingDocument(
          id: StoryID(bits: UInt64(number + 1)), title: article.title, text: article.text,
          language: "en", source: article.source, published: time, seen: time))
      clusters.insert(placement.cluster(of: StoryID(bits: UInt64(number + 1))))
    }
    return clusters.count
  }

  @Test func `an outlet's articles on one topic are stories of their own`() {
    let text = """
      The council of Kelmora is at odds over the new harbour tariff. Shipowners call it ruinous, the \
      mayor calls it overdue, and the vote has been put off once more.
      """
    let articles = [
      Article(source: "Harbour Post", title: "Tariff splits council in Kelmora", text: text),
      Article(
        source: "Harbour Post", title: "What a berth costs, from Kelmora to Port Ilvane",
        text: """
          A berth in Kelmora is still the cheapest on the coast, our comparison of nine ports shows. \
          A harbour tariff like that of Port Ilvane would double what fishing boats pay.
          """),
      Article(
        source: "Harbour Post", title: "Letters: leave our quay alone",
        text: """
          Readers write about berths, gulls and the harbour tariff. Most would rather have the old crane \
          of Kelmora painted than another survey.
          """),
    ]
    #expect(clusterCount(articles) == 3)
  }

  @Test func `an outlet's revision of its own report stays with it`() {
    let text = """
      A lorry loaded with apples has overturned on the coast road near Kelmora. The driver, Ansgar Vik, \
      was lightly hurt. The road stays closed until six, the police said, and nine tonnes of fruit must \
      be swept up first.
      """
    let articles = [
      Article(source: "Harbour Post", title: "Apple lorry overturns near Kelmora", text: text),
      Article(
        source: "Harbour Post", title: "UPDATE: Apple lorry overturns near Kelmora, road closed",
        text: text + " A crane is on its way from Drissen."),
    ]
    #expect(clusterCount(articles) == 1)
  }

  @Test func `two outlets' forecasts for two towns are two stories`() {
    let articles = [
      Article(
        source: "Harbour Post", title: "Weather for Friday in Kelmora",
        text: """
          Drizzle at first, then cloudy with a light wind from the west. High 8 °C, low 3 °C. Sunrise \
          7:49, sunset 16:02.
          """),
      Article(
        source: "Drissen Tageblatt", title: "Weather for Friday in Drissen",
        text: """
          Sunny in the morning, then cloudy with a fresh wind from the north. High 5 °C, low 1 °C. \
          Sunrise 7:41, sunset 15:55. Chance of rain 20 %.
          """),
    ]
    #expect(clusterCount(articles) == 2)
  }

  @Test func `what stands in one frame above one text is another story each time`() {
    let forecasts = ["Paris", "Nantes", "Lyon"].map { town in
      Article(
        source: "Radio \(town)", title: "Météo à \(town) : soleil et vent dimanche",
        text: """
          Le soleil domine dimanche malgré un vent d'ouest assez fort, avec des rafales à \(town.count)0 km/h sur \
          les hauteurs et quelques nuages le soir.
          """)
    }
    #expect(clusterCount(forecasts) == 3)
    let posts = [("Ovens", "Bakely", 28), ("Roses", "Flowell", 30), ("Lorries", "Haulmore", 26)].map
    {
      Article(
        source: $0.1, title: "Senior Night Manager (\($0.0)) at \($0.1)",
        text: """
          We are looking for a Senior Night Manager. Paid holidays of \($0.2) days, a Monthly Travel Pass and a \
          pension. Write to us by Friday.
          """)
    }
    #expect(clusterCount(posts) == 3)
    let films = ["Garden Shed in 20", "Stone Oven in 50", "Rowing Boat in 70"].enumerated().map {
      Article(
        source: "Channel \($0.offset)", title: "I Built a \($0.element) Days",
        text: "Many thanks to our sponsor! All links are below. Music by Fogbank and friends.")
    }
    #expect(clusterCount(films) == 3)
  }

  @Test func `a town's name alone makes no story of two`() {
    let articles = [
      Article(
        source: "Northern Wire", title: "Museum in Sandrova buys lost portrait",
        text: """
          The museum of Sandrova has bought a portrait by Ilse Maren that was thought to be lost. A clock \
          dealer had used its back as a shelf. It will hang from 14 May.
          """),
      Article(
        source: "Inland Mirror", title: "Bees halt trains at Sandrova for an hour",
        text: """
          A swarm settled on a signal at Sandrova on Monday and stopped 23 trains. A retired beekeeper took \
          it home in a hat box while commuters applauded.
          """),
    ]
    #expect(clusterCount(articles) == 2)
  }

  @Test(arguments: [("Harbour Post", true), ("Northern Wire", false)])
  func `an explanation names the common outlet as a reason against`(outlet: String, isNamed: Bool) {
    let first = InventedNews.documents()[0]
    var second = InventedNews.documents()[1]
    second.source = outlet
    let explanation = Grouper.explain(first, second)
    #expect(explanation.against.contains { $0.hasPrefix("one outlet published both") } == isNamed)
  }
}
