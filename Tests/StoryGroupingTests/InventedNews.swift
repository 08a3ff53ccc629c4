import StoryGrouping
import Syndication

/// Invented events, each told by two or three outlets in their own words, and look-alikes of them.
enum InventedNews {
  struct Report {
    var event: String
    var source: String
    /// Hours after the first report of all.
    var hour: Int
    var title: String
    var text: String
  }

  static let reports = [
    Report(
      event: "ferry", source: "Harbour Post", hour: 0,
      title: "Ferry with 240 aboard runs aground off Kelmora",
      text: """
        The car ferry Sankt Birgit ran onto rocks outside the port of Kelmora early on Tuesday with 240 \
        people aboard. The coastguard said all passengers had been taken off by lifeboat and nobody was \
        hurt. Captain Elna Torvik told investigators that the steering had failed minutes before the \
        ship struck Gull Skerry.
        """),
    Report(
      event: "ferry", source: "Northern Wire", hour: 3,
      title: "Passengers rescued as Sankt Birgit strikes rocks",
      text: """
        Lifeboats rescued every passenger from the Sankt Birgit after she struck Gull Skerry, a reef \
        near Kelmora harbour. Some 240 people were on the ferry. A steering fault is suspected, \
        according to the coastguard; the captain, Elna Torvik, is being questioned.
        """),
    Report(
      event: "ferry", source: "Inland Mirror", hour: 9,
      title: "Steering fault blamed for Kelmora ferry grounding",
      text: """
        Inspectors believe that a broken steering pump put the ferry Sankt Birgit on Gull Skerry. The \
        coastguard praised Captain Torvik for the calm evacuation of 240 travellers off Kelmora.
        """),
    Report(
      event: "other ferry", source: "Southern Courier", hour: 5,
      title: "Ferry with 180 aboard collides with barge at Port Ilvane",
      text: """
        A passenger ferry carrying 180 people hit a gravel barge in the fairway of Port Ilvane on Tuesday. \
        Eleven passengers were treated for bruises, harbour master Dario Mestre said. The Stella Nova was \
        towed to the quay, and fog is thought to be the cause.
        """),
    Report(
      event: "mayor", source: "Harbour Post", hour: 7,
      title: "Mayor of Drissen resigns over bridge contract",
      text: """
        Aldous Penhallow stepped down as mayor of Drissen on Wednesday after auditors found that his \
        brother's firm had been paid twice for repairs to the Linden Bridge. He denies wrongdoing.
        """),
    Report(
      event: "mayor", source: "Drissen Tageblatt", hour: 11,
      title: "Penhallow quits in Linden Bridge affair",
      text: """
        The mayor, Aldous Penhallow, has resigned. An audit showed double payments for the Linden Bridge \
        to a company owned by his brother. Drissen's council will elect a successor in March.
        """),
    Report(
      event: "other mayor", source: "Northern Wire", hour: 12,
      title: "Mayor of Osterby resigns over flat purchase",
      text: """
        Ragnhild Moe gave up her office as mayor of Osterby on Wednesday. Newspapers had reported that she \
        bought a council flat below its value. She said she wanted to spare her family.
        """),
    Report(
      event: "quake", source: "Inland Mirror", hour: 20,
      title: "Magnitude 5.8 earthquake shakes Tarvan valley",
      text: """
        An earthquake of magnitude 5.8 shook the Tarvan valley on Thursday night. Roofs collapsed in the \
        town of Miresh, where three people were injured, the institute of seismology in Belgor said.
        """),
    Report(
      event: "quake", source: "Southern Courier", hour: 22,
      title: "Three hurt in Miresh as quake hits Tarvan",
      text: """
        Three residents of Miresh were hurt when a 5.8 quake struck the Tarvan valley. Seismologists in \
        Belgor registered eleven aftershocks. Schools will stay shut on Friday.
        """),
    Report(
      event: "other quake", source: "Northern Wire", hour: 23,
      title: "Magnitude 6.1 earthquake shakes Pelagos islands",
      text: """
        An earthquake of magnitude 6.1 was felt throughout the Pelagos islands on Thursday night. No damage \
        was reported from the capital, Sandrova, and a tsunami warning was lifted after an hour.
        """),
    Report(
      event: "vaccine", source: "Health Letter", hour: 26,
      title: "Lorvax malaria vaccine halves cases in trial",
      text: """
        The malaria vaccine Lorvax halved the number of cases among 4,300 children in a trial led by \
        Professor Nadia Okwuosa in Mbelani. Regulators will decide in autumn.
        """),
    Report(
      event: "vaccine", source: "Southern Courier", hour: 30,
      title: "Children in Mbelani protected by new shot against malaria",
      text: """
        A shot named Lorvax cut malaria by half in a study of 4,300 children around Mbelani, Nadia Okwuosa's \
        team reports. Approval could come in autumn.
        """),
  ]

  static func document(_ report: Report, number: Int, withText: Bool = true) -> GroupingDocument {
    let start = Timestamp(milliseconds: 1_790_000_000_000)
    let time = start + .seconds(report.hour * 3600)
    return GroupingDocument(
      id: StoryID(bits: UInt64(number + 1)), title: report.title, text: withText ? report.text : "",
      language: "en", source: report.source, published: time, seen: time)
  }

  static func documents() -> [GroupingDocument] {
    reports.enumerated().map { document($1, number: $0) }
  }
}

extension Grouper {
  /// Places a document as the daemon does, and returns where.
  @discardableResult
  mutating func place(_ document: GroupingDocument) -> Placement {
    let sketch = Sketcher().sketch(document)
    let placement = decide(sketch)
    apply(sketch, placement)
    return placement
  }
}
