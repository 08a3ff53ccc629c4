import StoryGrouping
import Syndication
import Testing

/// Headlines made by the dozen tell of one thing each, though they share a frame, a date or a town.
@Suite struct SeriesTests {
  @Test(arguments: InventedDay.Language.allCases)
  func `a day's forecasts, horoscopes, draws and matches stay apart`(
    language: InventedDay.Language
  ) {
    let entries = InventedDay.entries(in: language)
    let clusters = InventedDay.clusters(of: entries.map(\.title))
    for (place, entry) in entries.enumerated() {
      for other in 0..<place where clusters[other] == clusters[place] {
        #expect(entries[other].subject == entry.subject, "\(entries[other].title) | \(entry.title)")
      }
    }
  }

  @Test(arguments: [
    [
      "Le concert du Nouvel An fait rire", "Un concert pour les abeilles",
      "La pluie chasse le public du concert", "Vente de billets : concert complet",
    ],
    [
      "Two workshops for the young at the library", "Jazz trio plays the library on Sunday",
      "Library shut for stocktaking", "A novelist reads from her diary at the library",
    ],
    [
      "Ausstellung zeigt alte Fahrräder", "Schüler eröffnen Ausstellung im Bahnhof",
      "Diebe in der Ausstellung", "Ausstellung über das Moor endet",
    ],
    [
      "El carnaval estrena escenario", "Cortes de tráfico por el carnaval",
      "Un taller de máscaras para el carnaval", "El carnaval busca voluntarios",
    ],
  ])
  func `one shared word makes no story of two headlines`(titles: [String]) {
    #expect(Set(InventedDay.clusters(of: titles)).count == titles.count)
  }

  @Test(arguments: [
    [
      "Ferry runs aground off Kelmora, 240 rescued",
      "All 240 rescued as ferry hits rocks off Kelmora",
    ],
    [
      "Kelmora : un ferry s'échoue, 240 passagers évacués",
      "240 passagers évacués d'un ferry échoué au large de Kelmora",
    ],
    [
      "Fähre läuft vor Kelmora auf Grund: 240 Passagiere gerettet",
      "240 Passagiere von gestrandeter Fähre vor Kelmora gerettet",
    ],
    [
      "Un ferri encalla frente a Kelmora con 240 pasajeros",
      "Evacuados los 240 pasajeros de un ferri encallado en Kelmora",
    ],
    // With and without a word before it, a title is no template.
    [
      "The coal plant of Drissen will close in April 2029",
      "Energy. The coal plant of Drissen will close in April 2029",
    ],
  ])
  func `headlines of one event still find each other`(titles: [String]) {
    #expect(Set(InventedDay.clusters(of: titles)).count == 1)
  }
}
