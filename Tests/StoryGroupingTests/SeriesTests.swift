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

  /// Two titles as two outlets tell them within five minutes, compared by themselves.
  private func areCompared(_ titles: (String, String)) -> Bool {
    let time = Timestamp(milliseconds: 1_790_000_000_000)
    let stories = [titles.0, titles.1].enumerated().map { number, title in
      ComparedStory(
        GroupingDocument(
          id: StoryID(bits: UInt64(number)), title: title, text: "", source: "\(number)", seen: time
        ),
        time: time + .seconds(number * 300))
    }
    return compare(stories[0], stories[1]).isSame
  }

  @Test(arguments: [
    [
      "柳泉市公布明年财政预算", "柳泉市动物园迎来小熊猫", "柳泉市一仓库深夜起火", "柳泉市三条公交线路改道",
    ],
    [
      "霜原市、バス運賃を値上げ", "霜原市でひまわりが見ごろ", "霜原市の図書館に寄付1億円", "霜原市長が辞意を表明",
    ],
    [
      "단솔시 내년 버스 요금 인상", "단솔시 초등학교 급식 조리사 파업", "단솔시 아파트서 화재 2명 부상", "단솔시 벚꽃길 개방",
    ],
    [
      "ไฟไหม้ตลาดเก่าทองสุขเวียง", "ทองสุขเวียงเปิดสวนสาธารณะใหม่", "จับแก๊งลักรถที่ทองสุขเวียง",
      "ฝนตกหนักทองสุขเวียง ถนนขาด",
    ],
    ["欧文布莱克斯发布新专辑", "欧文布莱克斯起诉出版社"],
  ])
  func `one name makes no story of headlines in a script without spaces`(titles: [String]) {
    #expect(Set(InventedDay.clusters(of: titles)).count == titles.count)
    for (place, title) in titles.enumerated() {
      for other in titles[..<place] { #expect(!areCompared((other, title)), "\(other) | \(title)") }
    }
  }

  @Test(arguments: [
    ["Quellmark ferry delayed by fog", "New mayor elected in Quellmark", "Quellmark museum opens"],
    ["Schützenfest in Brandau eröffnet", "Schlägerei auf dem Schützenfest"],
    ["Ostervik : un homme blessé", "Ostervik : le marché fermé", "Ostervik : concert annulé"],
    [
      "Dorvan Corp shares fall 4%", "Dorvan hires new finance chief", "Strike at Dorvan plant ends",
    ],
  ])
  func `a name that the first headlines share makes no story of them, nor of two by themselves`(
    titles: [String]
  ) {
    #expect(Set(InventedDay.clusters(of: titles)).count == titles.count)
    for (place, title) in titles.enumerated() {
      for other in titles[..<place] { #expect(!areCompared((other, title)), "\(other) | \(title)") }
    }
  }

  @Test(arguments: [
    ("柳泉市一化肥厂发生爆炸 七人受伤", "柳泉市化肥厂爆炸致七人受伤"),
    ("霜原市で吊り橋が崩落、3人けが", "吊り橋崩落で3人けが 霜原市"),
    ("단솔시 화학공장 폭발로 5명 부상", "단솔시 화학공장서 폭발 사고, 5명 다쳐"),
    ("สะพานทองสุขเวียงถล่ม เจ็บห้าราย", "เจ็บห้า สะพานทองสุขเวียงถล่ม"),
  ])
  func `two such headlines of one event still find each other`(titles: (String, String)) {
    #expect(Set(InventedDay.clusters(of: [titles.0, titles.1])).count == 1)
    #expect(areCompared(titles))
  }
}
