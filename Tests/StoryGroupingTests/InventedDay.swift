import StoryGrouping
import Syndication

/// A Friday's headlines that are made by the dozen: forecasts and tips for towns, horoscopes, draws and matches,
/// in the frames of several outlets.
enum InventedDay {
  enum Language: String, CaseIterable { case english, french, german, spanish }

  /// A headline, and what it is about: two about one thing may share a cluster.
  struct Entry {
    var subject: String
    var title: String
  }

  private struct Series {
    var subjects: [String]
    /// Each with a place for the subject; every other subject has the first and third of them, or the second
    /// and fourth.
    var frames: [String]
  }

  static func entries(in language: Language) -> [Entry] {
    series(in: language).enumerated().flatMap { number, series in
      series.subjects.enumerated().flatMap { place, subject in
        series.frames.enumerated()
          .filter { series.frames.count == 1 || $0.offset % 2 == place % 2 }
          .map { _, frame in
            Entry(subject: "\(number) \(subject)", title: Self.fill(frame, subject))
          }
      }
    }
  }

  private static func fill(_ frame: String, _ subject: String) -> String {
    frame.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: subject)
  }

  private static func series(in language: Language) -> [Series] {
    switch language {
    case .english: english
    case .french: french
    case .german: german
    case .spanish: spanish
    }
  }

  private static let english: [Series] = [
    Series(
      subjects: [
        "Kelmora", "Drissen-on-the-Hill", "Miresh", "Port Ilvane", "Osterby", "Fenholt Bay",
      ],
      frames: [
        "Weather for Friday, January 15, 2027, in {}",
        "What the weather holds for {} on Friday, 15 January 2027",
        "{}: the forecast for Friday 15 January 2027", "Friday forecast for {}, 15 January",
      ]),
    Series(
      subjects: ["Aries", "Taurus", "Gemini", "Leo", "Virgo", "Libra"],
      frames: ["Horoscope for {} on Friday, January 15, 2027"]),
    Series(
      subjects: ["Lotora", "Kenova", "Trimillions", "Thunderdraw"],
      frames: ["{} results: winning numbers for Friday, January 15, 2027"]),
    Series(
      subjects: ["Lindhal v Orvik", "Tarnow v Hestra", "Belgor v Arnsund"],
      frames: ["{}: kick-off time, team news and how to watch on Saturday"]),
  ]

  private static let french: [Series] = [
    Series(
      subjects: [
        "Kelmora", "Saint-Drissen-sur-Ilve", "Mireshac", "Sandrovière-les-Bains", "Belgorville",
        "Saint-Tarvan-de-la-Lande",
      ],
      frames: [
        "La météo du vendredi 15 janvier 2027 à {}",
        "Quel temps fera-t-il à {} le vendredi 15 janvier 2027 ?",
        "Les prévisions météorologiques du vendredi 15 janvier 2027 à {}",
        "{} : la météo du vendredi 15 janvier 2027",
      ]),
    Series(
      subjects: ["Bélier", "Taureau", "Gémeaux", "Lion", "Vierge", "Balance"],
      frames: ["{} : votre horoscope du vendredi 15 janvier 2027"]),
    Series(
      subjects: ["Lotora", "Kenova", "Trimillions", "Amigra"],
      frames: ["{} : les résultats du tirage du vendredi 15 janvier 2027"]),
  ]

  private static let german: [Series] = [
    Series(
      subjects: [
        "Kelmora", "Bad Drissen", "Mireshausen", "Neu-Sandrova", "Osterby", "Fenholt",
      ],
      frames: [
        "Das Wetter in {} am Freitag, 15. Januar 2027",
        "Wie wird das Wetter am Freitag, 15. Januar 2027, in {}?",
        "{}: die Vorhersage für Freitag, 15.01.2027",
        "Wetter {}: so wird der Freitag, 15. Januar",
      ]),
    Series(
      subjects: ["Widder", "Stier", "Zwillinge", "Löwe", "Jungfrau", "Waage"],
      frames: ["Tageshoroskop {} für Freitag, 15. Januar 2027"]),
    Series(
      subjects: ["Lindhal gegen Orvik", "Tarnow gegen Hestra", "Belgor gegen Arnsund"],
      frames: ["Kreisliga am Samstag, 16. Januar: {}"]),
  ]

  private static let spanish: [Series] = [
    Series(
      subjects: [
        "Kelmora", "San Drissén", "Miresha", "Puerto Ilvane", "Osterbia", "Fenolar",
      ],
      frames: [
        "El tiempo en {} el viernes 15 de enero de 2027",
        "¿Qué tiempo hará en {} el viernes 15 de enero de 2027?",
        "Previsión del tiempo del viernes 15 de enero de 2027 en {}",
        "{}: el tiempo para el viernes 15 de enero",
      ]),
    Series(
      subjects: ["Aries", "Tauro", "Géminis", "Leo", "Virgo", "Libra"],
      frames: ["Horóscopo de hoy, viernes 15 de enero de 2027: {}"]),
    Series(
      subjects: ["Lotora", "Kenova", "Trimillones", "Bonoteca"],
      frames: ["Resultados de la {} del viernes 15 de enero de 2027"]),
  ]

  /// Places the titles five minutes apart, from five outlets in turn, in an archive of its own, and returns
  /// the cluster of each.
  static func clusters(of titles: [String]) -> [StoryID?] {
    var grouper = Grouper()
    let start = Timestamp(year: 2027, month: 1, day: 15, hour: 5) ?? Timestamp(milliseconds: 0)
    for (number, title) in titles.enumerated() {
      let time = start + .seconds(number * 300)
      grouper.place(
        GroupingDocument(
          id: StoryID(bits: UInt64(number + 1)), title: title, text: "",
          source: "Outlet \(number % 5)", published: time, seen: time))
    }
    return titles.indices.map { grouper.cluster(of: StoryID(bits: UInt64($0 + 1))) }
  }
}
