import StoryGrouping
import Syndication
import Testing

/// Offers, episodes, minutes and notices have one text for whatever their titles announce. What stands in all of them
/// says nothing, be it a name.
@Suite struct StandingTextTests {
  struct Kind: Sendable, CustomTestStringConvertible {
    /// `[1]` is what is announced, `[2]` a number.
    var title: String
    var text: String
    var subjects: [String]
    /// Stories that join another one all the same: those that come before the template is known.
    var strayCount = 0

    var testDescription: String { title }

    var articles: [FormulaTests.Article] {
      subjects.enumerated().map { number, subject in
        let filled = [title, text].map {
          $0.replacing("[1]", with: subject).replacing("[2]", with: "\(100 + number)")
        }
        return FormulaTests.Article(title: filled[0], text: filled[1])
      }
    }
  }

  private static let things = ["bread", "clocks", "bicycles", "maps", "paper", "glass", "bells"]

  /// How many clusters articles make, each of an outlet of its own.
  private func clusterCount(of articles: [FormulaTests.Article]) -> Int {
    let documents = articles.enumerated().map { $1.document($0) }
    var grouper = Grouper()
    var clusters: [StoryID: StoryID] = [:]
    for document in documents {
      let placement = grouper.place(document)
      clusters[document.id] = placement.cluster(of: document.id)
      for move in placement.moves { clusters[move.story] = move.cluster }
    }
    return Set(clusters.values).count
  }

  static let kinds = [
    Kind(
      title: "Deal of the day: [1]",
      text: """
        Save on [1] today only. Free delivery on orders over 40. Offer ends at midnight. See the shop for terms \
        and conditions.
        """,
      subjects: things),
    Kind(
      title: "Episode: the history of [1]",
      text: """
        This week Nora and Sam talk about [1]. Subscribe wherever you get your podcasts. Follow us on all \
        platforms. Music by Nimbus.
        """,
      subjects: things),
    Kind(
      title: "Minutes of the committee for [1]",
      text: """
        The committee met at 7 pm in the town hall and discussed [1]. The minutes were approved. The next \
        meeting is in December.
        """,
      subjects: things),
    Kind(
      title: "Review: our favourite [1] tested",
      text: """
        We tested [1] for a month. Prices were correct when this was written. We may earn a commission from \
        links on this page.
        """,
      subjects: things),
    Kind(
      title: "Episode [2]: [1]",
      text: """
        In this episode Alma Reyes and Tom Birch look at [1]. Our sponsor is Larkbox: use the code LARK for ten \
        percent off. Produced by Studio Nine in Harbour City.
        """,
      subjects: ["sleep", "money", "fear", "luck", "silence", "trust"]),
    Kind(
      title: "Road works begin on [1]",
      text: """
        Drivers on [1] should expect delays from Monday. Traffic lights will be in place during the works, which \
        are expected to last two weeks. Highways Agency North said that access would be kept at all times.
        """,
      subjects: ["Mill Lane", "Church Hill", "Park Avenue", "Castle Street", "Market Place"],
      strayCount: 1),
    Kind(
      title: "Rezept des Tages: [1]",
      text: """
        Unser Koch Bernd Sommer zeigt heute, wie [1] gelingt. Die Zutaten reichen für vier Personen. Alle \
        Rezepte finden Sie auf unserer Seite. Abonnieren Sie den Newsletter der Küche Nord.
        """,
      subjects: ["Kürbissuppe", "Apfelkuchen", "Linseneintopf", "Kartoffelsalat", "Pilzragout"]),
    Kind(
      title: "Folge [2]: Warum wir [1] brauchen",
      text: """
        In dieser Folge sprechen Jana Frost und Peter Wolf über [1]. Abonniert uns überall, wo es Podcasts \
        gibt. Musik von Klangwerk. Redaktion: Studio Nordlicht.
        """,
      subjects: ["Brot", "Uhren", "Fahrräder", "Karten", "Papier", "Glocken"], strayCount: 1),
    Kind(
      title: "La recette du jour : [1]",
      text: """
        Notre cuisinière Odile Marchand propose aujourd'hui [1]. Pour quatre personnes, prête en trente \
        minutes. Retrouvez toutes nos recettes sur le site et abonnez-vous à la lettre du dimanche.
        """,
      subjects: ["la soupe", "la tarte", "le gratin", "le ragoût", "la salade", "la purée"]),
    Kind(
      title: "Oferta del día: [1]",
      text: """
        Hoy puedes comprar [1] a mitad de precio. Envío gratis a partir de cuarenta euros. La oferta termina a \
        medianoche. Consulta las condiciones en la tienda Mercadín.
        """,
      subjects: ["el pan", "los relojes", "las bicicletas", "los mapas", "el papel", "el vidrio"]),
    Kind(
      title: "Oferta dnia: [1]",
      text: """
        Tylko dziś [1] za pół ceny. Darmowa dostawa od czterdziestu złotych. Oferta kończy się o północy. \
        Regulamin w sklepie Kramik.
        """,
      subjects: ["chleb", "zegary", "rowery", "mapy", "papier", "dzwony"]),
    Kind(
      title: "Товар дня: [1]",
      text: """
        Только сегодня [1] за полцены. Бесплатная доставка от тысячи рублей. Предложение действует до полуночи. \
        Условия в магазине Лавка.
        """,
      subjects: ["хлеб", "часы", "велосипеды", "карты", "бумага", "стекло"]),
    Kind(
      title: "Günün fırsatı: [1]",
      text: """
        Yalnızca bugün [1] yarı fiyatına. Kırk liranın üzerinde kargo ücretsiz. Kampanya gece yarısı sona \
        eriyor. Koşullar için Dükkân sitesine bakın.
        """,
      subjects: ["ekmek", "saatler", "bisikletler", "haritalar", "halatlar", "çanlar"]),
    Kind(
      title: "عرض اليوم: [1]",
      text: """
        اليوم فقط [1] بنصف السعر. التوصيل مجاني للطلبات فوق الأربعين. ينتهي العرض عند منتصف الليل. راجع الشروط في \
        متجر السوق.
        """,
      subjects: ["الخبز", "الساعات", "الدراجات", "الخرائط", "الورق", "الزجاج"]),
  ]

  @Test(arguments: kinds)
  func `what several outlets announce in one text is a story each`(kind: Kind) {
    let articles = kind.articles
    #expect(clusterCount(of: articles) >= articles.count - kind.strayCount)
  }

  /// Of one event each: at one place in their titles stands something else.
  static let reports = [
    ["UPDATE 2-", "LIVE: ", "BREAKING: ", ""].map { prefix in
      FormulaTests.Article(
        title: "\(prefix)Quake of magnitude 6.1 strikes off Tolmari coast",
        text: """
          A 6.1 earthquake struck 40 km off the coast of Tolmari on Friday, the geological survey said. Follow \
          our live coverage for updates to this breaking story.
          """)
    },
    [
      ("union says", "the union FIM said on Monday after a meeting with the management"),
      ("sources say", "people familiar with the plan said on Monday"),
      ("newspaper reports", "the newspaper Corriere Alpino reported on Monday"),
    ].map {
      FormulaTests.Article(
        title: "Stellux plans 900 job cuts, \($0)",
        text: """
          Stellux will cut 900 jobs at its Turin plant, \($1). The company declined to comment. Weak demand for \
          vans is the reason.
          """)
    },
    ["lorry", "truck"].map {
      FormulaTests.Article(
        title: "\($0) overturns on Oskarvik bridge",
        text: """
          A \($0) carrying milk overturned on the Oskarvik bridge early on Wednesday. The driver, 54, was taken \
          to hospital and the bridge stayed closed until noon, police said.
          """)
    },
    ["Aluminium", "Aluminum"].map {
      FormulaTests.Article(
        title: "\($0) smelter in Dunstow to close",
        text: """
          The \($0.lowercased()) smelter in Dunstow will close in June with the loss of 400 jobs, owner Vantor \
          said on Monday, blaming the price of power. Unions will meet minister Carla Weir.
          """)
    },
    [
      FormulaTests.Article(
        title: "Chemieunfall in Brandau: Zwölf Verletzte",
        text: """
          Bei einem Chemieunfall im Werk der Firma Nordol in Brandau sind am Mittwoch zwölf Mitarbeiter verletzt \
          worden. Die Feuerwehr maß erhöhte Werte von Chlor.
          """),
      FormulaTests.Article(
        title: "Chemieunfall in Brandau: Werk geräumt",
        text: """
          Bei einem Chemieunfall im Werk der Firma Nordol in Brandau sind am Mittwoch zwölf Mitarbeiter verletzt \
          worden. Das Werk wurde geräumt, wie die Feuerwehr mitteilte.
          """),
      FormulaTests.Article(
        title: "Chemieunfall in Brandau: Ermittlungen laufen",
        text: """
          Nach dem Chemieunfall im Werk der Firma Nordol in Brandau mit zwölf Verletzten am Mittwoch hat die \
          Staatsanwaltschaft Ermittlungen aufgenommen. Chlor war ausgetreten.
          """),
    ],
    [
      FormulaTests.Article(
        title: "Le ministre Lardy démissionne",
        text: """
          Le ministre des Transports, Hugues Lardy, a annoncé jeudi sa démission après la publication de \
          messages sur le contrat du tramway de Valcourt.
          """),
      FormulaTests.Article(
        title: "Hugues Lardy démissionne",
        text: """
          Mis en cause dans l'affaire du contrat du tramway de Valcourt, le ministre des Transports Hugues Lardy \
          a démissionné jeudi.
          """),
    ],
  ]

  @Test(arguments: reports)
  func `one event under titles that differ in one place stays one story`(
    articles: [FormulaTests.Article]
  ) {
    #expect(clusterCount(of: articles) == 1)
  }
}
