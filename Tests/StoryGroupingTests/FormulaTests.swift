import Syndication
import Testing

@testable import StoryGrouping

/// Events of one kind are told in one set of phrases: what stands in their places tells them apart.
@Suite struct FormulaTests {
  struct Formula: Sendable, CustomTestStringConvertible {
    /// `1`…`9` in brackets are places.
    var title: String
    var text: String
    /// What fills the places, for two events.
    var events: [[String]]

    var testDescription: String { title }

    var articles: [Article] {
      events.map { event in
        let filled = [title, text].map { words in
          event.enumerated().reduce(words) { $0.replacing("[\($1.offset + 1)]", with: $1.element) }
        }
        return Article(title: filled[0], text: filled[1])
      }
    }
  }

  struct Article: Sendable {
    var title: String
    var text: String

    func document(_ number: Int) -> GroupingDocument {
      let time = Timestamp(milliseconds: 1_790_000_000_000) + .seconds(number * 3600)
      return GroupingDocument(
        id: StoryID(bits: UInt64(number + 1)), title: title, text: text, language: nil,
        source: "outlet \(number)", published: time, seen: time)
    }
  }

  /// Whether the articles, an hour apart and of two outlets, come to one cluster; and by themselves to one event.
  private func areOne(_ articles: [Article]) -> (grouped: Bool, compared: Bool) {
    let documents = articles.enumerated().map { $1.document($0) }
    var grouper = Grouper()
    let leads = documents.map { grouper.place($0).cluster(of: $0.id) }
    let stories = documents.map { ComparedStory($0, time: nil) }
    return (leads[0] == leads[1], compare(stories[0], stories[1]).isSame)
  }

  static let formulas = [
    // What the words begin with need not be a name to the reader, and what else is named is the formula's.
    Formula(
      title: "[1] Q3 profit rises [2]% on strong demand",
      text: """
        [1] reported third-quarter net profit of [3] million euros, up [2] percent, and raised its full-year outlook, \
        helped by strong demand in Asia.
        """,
      events: [["Norvale", "12", "412"], ["Telmark", "9", "388"]]),
    Formula(
      title: "CVE-2026-[1]: buffer overflow in [2]",
      text: """
        A buffer overflow in [2] before version [3] allows remote attackers to execute arbitrary code via a \
        crafted packet. Users should upgrade to [3].1.
        """,
      events: [["1111", "OpenFoo", "2.3"], ["2222", "LibBar", "4.1"]]),
    Formula(
      title: "Magnitude [1] earthquake strikes near [2]",
      text: """
        A magnitude [1] earthquake struck near [2] on Monday at a depth of [3] kilometres, the geological \
        survey said. There were no immediate reports of damage or casualties.
        """,
      events: [["5.1", "Kobura", "10"], ["6.3", "Valdena", "35"]]),
    Formula(
      title: "[1] central bank holds rates at [2] percent",
      text: """
        The central bank of [1] kept its key interest rate unchanged at [2] percent on Thursday, in line with \
        forecasts. Governor [3] said inflation remained too high.
        """,
      events: [["Norway", "4.5", "Ida Lund"], ["Chile", "5.25", "Rosa Vial"]]),
    Formula(
      title: "Man arrested after stabbing in [1]",
      text: """
        A [2]-year-old man has been arrested on suspicion of attempted murder after a stabbing in [1] on \
        Saturday night. Police appealed for witnesses to come forward.
        """,
      events: [["Leeds", "34"], ["Cardiff", "21"]]),
    Formula(
      title: "iOS [1] released with bug fixes",
      text: """
        Apple has released iOS [1] with bug fixes and security improvements. The update is available now for \
        all supported devices.
        """,
      events: [["19.2"], ["19.3"]]),
    Formula(
      title: "Debian [1] released",
      text: """
        The Debian project is pleased to announce the [2] update of its stable distribution Debian 13. This \
        point release mainly adds corrections for security issues, along with a few adjustments for serious \
        problems.
        """,
      events: [["13.3", "third"], ["13.4", "fourth"]]),
    Formula(
      title: "Linux [1] released",
      text: """
        Greg Holm has announced the release of the Linux [1] kernel. All users of the [2] series must upgrade. \
        The updated tree can be found in the usual place.
        """,
      events: [["6.18.3", "6.18"], ["6.12.61", "6.12"]]),
    Formula(
      title: "USN-[1]-1: [2] vulnerabilities",
      text: """
        Several security issues were fixed in [2]. A remote attacker could possibly use this issue to cause a \
        denial of service.
        """,
      events: [["7001", "curl"], ["7002", "vim"]]),
    Formula(
      title: "[1] quarterly profit rises [2] percent",
      text: """
        [1] said on Tuesday its quarterly net profit rose [2] percent to [3] million dollars, beating analyst \
        expectations. Revenue climbed 5 percent.
        """,
      events: [["Halden Motors", "12", "340"], ["Brixol Foods", "7", "96"]]),
    Formula(
      title: "Fire destroys warehouse in [1]",
      text: """
        A fire destroyed a warehouse in [1] early on Friday. Firefighters from [2] stations fought the blaze \
        for four hours; nobody was hurt.
        """,
      events: [["Ostrava", "six"], ["Tampere", "nine"]]),
    Formula(
      title: "[1] to buy [2] for [3] dollars",
      text: """
        [1] has agreed to buy the software maker [2] for [3] dollars in cash, the companies said on Monday. \
        The deal is expected to close next year.
        """,
      events: [["Kestrel", "Lumo", "1.2 billion"], ["Harrow", "Dentix", "430 million"]]),
    Formula(
      title: "Train drivers in [1] to strike on [2]",
      text: """
        Train drivers in [1] will strike for 24 hours from [2] in a dispute over pay. The operator said that \
        only one in three trains would run and advised passengers not to travel.
        """,
      events: [["Belgium", "Thursday"], ["Portugal", "Monday"]]),
    Formula(
      title: "Former [1] mayor jailed for [2] years over bribes",
      text: """
        The former mayor of [1], [3], was sentenced to [2] years in prison on Tuesday for taking bribes from \
        building firms. A lawyer said that there would be an appeal.
        """,
      events: [["Brandal", "four", "Erik Moss"], ["Tulva", "six", "Nadia Kerr"]]),
    Formula(
      title: "[1] bank app down for hours",
      text: """
        Customers of [1] could not log in to its app for several hours on Friday. The bank apologised and \
        said that payments were not affected and the problem had been fixed.
        """,
      events: [["Fenwick"], ["Quillon"]]),
    Formula(
      title: "Incendie à [1] : [2] de [3] ans à l’hôpital",
      text: """
        Un incendie s’est déclaré dans une maison de [1] dans la nuit de mardi. Légèrement intoxiqué, [2] de \
        [3] ans a été transporté à l’hôpital. Une enquête a été ouverte.
        """,
      events: [["Brévin", "un homme", "54"], ["Morlange", "un voisin", "71"]]),
    Formula(
      title: "Radfahrer bei Unfall in [1] schwer verletzt",
      text: """
        Bei einem Zusammenstoß mit einem Auto ist am Montag in [1] ein [2] Jahre alter Radfahrer schwer \
        verletzt worden. Er kam mit dem Rettungshubschrauber in eine Klinik, wie die Polizei mitteilte.
        """,
      events: [["Talheim", "45"], ["Ostbeck", "63"]]),
    Formula(
      title: "[1] flight diverts to [2] after smoke alarm",
      text: """
        A [1] flight from [3] diverted to [2] on Sunday after a smoke alarm in the cabin. The aircraft landed \
        safely and the [4] passengers were put up in hotels.
        """,
      events: [
        ["Ryvair", "Vienna", "Oslo to Athens", "168"],
        ["Condair", "Lyon", "Dublin to Malaga", "121"],
      ]),
    Formula(
      title: "[1] to cut [2] jobs in [3]",
      text: """
        [1] said on Monday that it would cut [2] jobs at its plant in [3] by the end of next year because of \
        weak demand. Unions called the plan a disaster for the region.
        """,
      events: [["Stellux", "900", "Turin"], ["Gravik", "1,400", "Malmo"]]),
  ]

  /// Where no word of the titles is surely a name, and most of their words are the same. By themselves some pass for
  /// one event.
  static let frames = [
    Formula(
      title: "Weather for [1]: showers on Sunday",
      text: "Showers in the morning, sunny spells later. Highs of [2] degrees. Wind from the west.",
      events: [["Ashby", "12"], ["Port Maddock", "13"]]),
    Formula(
      title: "[1] Q3 profit rises [2]%",
      text: """
        [1] reported third-quarter net income of [3] million dollars, up [2]% from a year earlier, on revenue of \
        [4] billion.
        """,
      events: [["Veltron", "12", "412", "3.1"], ["Halberd", "9", "233", "1.7"]]),
    Formula(
      title: "Easy [1] in 30 minutes",
      text: "Heat the oil, fry the onions, add the [2] and simmer for [3] minutes.",
      events: [
        ["chicken curry", "chicken and the spices", "20"],
        ["lentil soup", "lentils and the stock", "25"],
      ]),
    Formula(
      title: "[1]发生交通事故 [2]",
      text: "周三晚，[1][3]发生交通事故，造成[2]。",
      events: [["临江市", "两人死亡", "北环路"], ["东岭市", "三人受伤", "南环路"]]),
  ]

  @Test(arguments: frames)
  func `two events whose titles fill one frame are two stories`(formula: Formula) {
    #expect(!areOne(formula.articles).grouped)
  }

  @Test(arguments: formulas)
  func `two events that one formula tells are two stories`(formula: Formula) {
    let verdict = areOne(formula.articles)
    #expect(!verdict.grouped, "in a cluster")
    #expect(!verdict.compared, "by themselves")
  }

  /// Two reports of one event, of which at least one was made from the other.
  static let reports = [
    // The toll rises.
    [
      Article(
        title: "Ferry sinks off Lomara, 40 dead",
        text: """
          At least 40 people died when the ferry Maria sank off Lomara on Monday, officials said. Rescue \
          workers saved 120 passengers and were still looking for others in the dark.
          """),
      Article(
        title: "Ferry sinks off Lomara, 42 dead",
        text: """
          At least 42 people died when the ferry Maria sank off Lomara on Monday, officials said. Rescue \
          workers saved 118 passengers and were still looking for others in the dark.
          """),
    ],
    // A measurement is mended.
    [
      Article(
        title: "Magnitude 6.3 earthquake strikes near Valdena",
        text: """
          A magnitude 6.3 earthquake struck near Valdena on Monday at a depth of 35 kilometres, the \
          geological survey said. There were no immediate reports of damage or casualties.
          """),
      Article(
        title: "Magnitude 6.1 earthquake strikes near Valdena",
        text: """
          A magnitude 6.1 earthquake struck near Valdena on Monday at a depth of 30 kilometres, the \
          geological survey said. There were no immediate reports of damage or casualties.
          """),
    ],
    // The desk adds to an agency's report, under another title.
    [
      Article(
        title: "Stellux to cut 900 jobs",
        text: """
          Stellux said on Monday that it would cut 900 jobs at its plant in Turin by the end of next year \
          because of weak demand. Unions called the plan a disaster for the region.
          """),
      Article(
        title: "Carmaker Stellux cuts hundreds of jobs at Turin plant",
        text: """
          Stellux will cut 900 jobs at its plant in Turin by the end of next year because of weak demand, the \
          carmaker said on Monday. Unions called the plan a disaster. Mayor Anna Conti asked for talks.
          """),
    ],
    [
      Article(
        title: "Bridge in Oskarvik closed after crack found",
        text: """
          The bridge across the sound at Oskarvik was closed on Wednesday after engineers found a crack in a \
          pillar. Lorries must take the ferry until further notice, the road office said.
          """),
      Article(
        title: "Ferry only way for lorries as Oskarvik bridge shuts",
        text: """
          The bridge across the sound at Oskarvik was closed on Wednesday after engineers found a crack in a \
          pillar. Lorries must take the ferry until further notice, the road office said. Haulier Berg \
          Transport reckons with delays.
          """),
    ],
    // Each desk spells a name in its own way.
    [
      Article(
        title: "Zorensky meets Lambert in Paris",
        text: """
          President Zorensky met his colleague Lambert at the palace in Paris on Friday to talk about air           defence and the harbour of Odrava. Minister Petrenko signed a letter of intent for twelve aircraft.
          """),
      Article(
        title: "Sorenskyj meets Lambert in Paris",
        text: """
          President Sorenskyj met his colleague Lambert at the palace in Paris on Friday to talk about air           defence and the harbour of Odrava. Minister Petrenko signed a letter of intent for twelve aircraft.
          """),
    ],
    // One names the maker, the other the airline.
    [
      Article(
        title: "Boeing 787 crashes in Ahmera",
        text: """
          A Boeing 787 of Airvanta with 242 people on board crashed in Ahmera on Thursday shortly after it           took off for London. Rescue workers pulled bodies from a hostel of the Meghani quarter.
          """),
      Article(
        title: "Airvanta 171 crashes in Ahmera",
        text: """
          A Boeing 787 of Airvanta with 242 people on board crashed in Ahmera on Thursday shortly after it           took off for London. Rescue workers pulled bodies from a hostel of the Meghani quarter.
          """),
    ],
    // Two desks, in their own words.
    [
      Article(
        title: "Apple releases iOS 19.2",
        text:
          "Apple has released iOS 19.2 with bug fixes and security improvements for the iPhone."),
      Article(
        title: "iOS 19.2 is out: what is new",
        text: """
          The new version 19.2 of iOS is available from Apple for iPhones; it repairs bugs and closes security \
          holes.
          """),
    ],
  ]

  @Test(arguments: reports)
  func `one event whose report was edited stays one story`(articles: [Article]) {
    let verdict = areOne(articles)
    #expect(verdict.grouped, "in a cluster")
    #expect(verdict.compared, "by themselves")
  }

  /// What a channel writes below each of its films, and a wall before every article.
  static let blurbs = [
    """
    Thanks to Skillio for sponsoring, the first 500 people get a month for free. Subscribe for more! Camera \
    gear and music in the list below. Follow me wherever there are films.
    """,
    """
    To read on, accept cookies or subscribe. We and our 812 partners store information on your device to show \
    advertisements that suit you. You can change your choice at any time under Privacy at the end of the page.
    """,
  ]

  @Test(arguments: blurbs, ["outlet", nil])
  func `one text below titles that it has nothing to do with makes no copies`(
    blurb: String, source: String?
  ) {
    let titles = [
      "Why bees dance", "The trouble with steel", "How tides are told", "Ferries of the north",
      "A visual guide to knots", "What clocks cannot do",
    ]
    for days in [0, 3, 9] {
      var grouper = Grouper()
      let documents = titles.enumerated().map { number, title in
        let time =
          Timestamp(milliseconds: 1_790_000_000_000) + .seconds(number * (days * 86_400 + 60))
        return GroupingDocument(
          id: StoryID(bits: UInt64(number + 1)), title: title, text: blurb, language: nil,
          source: source ?? "outlet \(number)", published: time, seen: time)
      }
      let leads = documents.map { grouper.place($0).cluster(of: $0.id) }
      // Of other outlets one that comes after the window may be a copy for all that is known then.
      if source != nil || days < 7 {
        #expect(Set(leads).count == titles.count, "\(days) days apart")
      }
      let stories = documents.prefix(2).map { ComparedStory($0, time: nil) }
      #expect(compare(stories[0], stories[1]).relation != .duplicate)
    }
  }

  @Test func `what the titles name and what they do not is told with the verdict`() {
    let documents = Self.formulas[1].articles.enumerated().map { $1.document($0) }
    let reasons = Grouper.explain(documents[0], documents[1]).against
    #expect(reasons.contains("they tell it in the same phrases, and the titles name others"))
  }
}
