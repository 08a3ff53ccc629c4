import StoryGrouping
import Syndication

/// A week of invented news: events of few kinds in ten towns, so that each has many look-alikes, told by
/// two or three outlets in their own words. The same on every machine.
enum InventedWeek {
  struct Report {
    var event: Int
    var document: GroupingDocument
  }

  /// What an outlet makes of an event; `{…}` stands for the event's own words.
  private struct Telling {
    var title: String
    var text: String
  }

  private static let kinds: [[Telling]] = [
    [
      Telling(
        title: "{number} hurt as bus overturns near {place}",
        text: """
          A bus came off the road at {place} on {day} and overturned. {number} passengers were taken to \
          hospital. The driver, {person}, told police that a tyre had burst.
          """),
      Telling(
        title: "{place} bus crash: driver {surname} blames burst tyre",
        text: """
          {person} was at the wheel of the coach that crashed outside {place}. {number} people were \
          injured. Investigators examine a tyre that is said to have failed.
          """),
      Telling(
        title: "Coach accident in {place} leaves {number} injured",
        text: """
          Rescuers freed {number} injured travellers from a coach in {place}. Police question {person}, \
          who drove it, and look for a reason in the tyres.
          """),
    ],
    [
      Telling(
        title: "{person} elected mayor of {place}",
        text: """
          Voters in {place} have chosen {person} as their mayor. With {number} votes more than the rival, \
          the result was closer than the polls had said.
          """),
      Telling(
        title: "{surname} wins {place} by {number} votes",
        text: """
          By a margin of {number} votes {person} has won the town hall of {place}. The winner promised a new \
          tram and lower rates.
          """),
      Telling(
        title: "Narrow victory for {surname} in {place} poll",
        text: """
          {place} gets a new mayor: {person} was ahead by {number} when the last ballots were counted on {day} \
          night. A recount was refused.
          """),
    ],
    [
      Telling(
        title: "Fire destroys warehouse in {place}",
        text: """
          Flames destroyed a warehouse of the firm {firm} at {place} early on {day}. {number} firefighters \
          were there for hours. Nobody was hurt.
          """),
      Telling(
        title: "{firm} depot burns down, {number} firefighters called out",
        text: """
          The depot of {firm} in {place} is lost. {number} firefighters could not save it, said {person}, the \
          fire chief, who suspects a short circuit.
          """),
      Telling(
        title: "Blaze at {firm} in {place}: cause unclear",
        text: """
          After the night's blaze at {firm}, {place} smells of smoke. Fire chief {person} praised the {number} \
          who fought it. The damage runs into millions.
          """),
    ],
  ]
  private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  private static let outlets = ["Harbour Post", "Northern Wire", "Inland Mirror"]

  /// `eventCount` events, a few hours between them, the outlets an hour or a night behind each other.
  static func reports(eventCount: Int, isDated: Bool, withText: Bool = true) -> [Report] {
    var reports: [(hour: Int, Report)] = []
    for event in 0..<eventCount {
      for (outlet, telling) in kinds[event % kinds.count].enumerated()
      where outlet < 2 + event % 2 {
        let hour = event * 3 + outlet * 7
        let time = Timestamp(milliseconds: 1_790_000_000_000) + .seconds(hour * 3600)
        let document = GroupingDocument(
          id: StoryID(bits: UInt64(event * 8 + outlet + 1)), title: fill(telling.title, event),
          text: withText ? fill(telling.text, event) : "", source: outlets[outlet],
          published: isDated ? time : nil, seen: time)
        reports.append((hour, Report(event: event, document: document)))
      }
    }
    return reports.sorted { ($0.hour, $0.1.document.id) < ($1.hour, $1.1.document.id) }.map(\.1)
  }

  private static func fill(_ text: String, _ event: Int) -> String {
    let surname = name(event * 5 + 1)
    let words = [
      "{place}": name(event % 10 * 5), "{surname}": surname,
      "{person}": name(event * 5 + 2) + " " + surname,
      "{firm}": name(event * 5 + 3), "{number}": "\(11 + event * 7 % 83)", "{day}": days[event % 6],
    ]
    return words.sorted { $0.key < $1.key }.reduce(text) { text, word in
      text.split(separator: word.key, omittingEmptySubsequences: false).joined(
        separator: word.value)
    }
  }

  /// A name that no other number has.
  private static func name(_ number: Int) -> String {
    let first = ["Ka", "Bel", "Dor", "Fen", "Gal", "Hul", "Jor", "Lim", "Mar", "Nes", "Or"]
    let middle = ["va", "li", "dre", "mo", "ru", "se", "ta"]
    let last = ["n", "sk", "ra", "by", "mund", "tis", "vik", "dal", "na", "lo", "ren", "sta", "ga"]
    return first[number % 11] + middle[number % 7] + last[number % 13]
  }
}

/// How well placements meet the events: over all pairs of stories, as the literature scores clusters.
struct PairScore {
  private(set) var precision = 0.0
  private(set) var recall = 0.0
  var f1: Double { precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0 }

  init(of reports: [InventedWeek.Report], isDated: Bool) {
    var grouper = Grouper()
    for report in reports {
      let sketch = Sketcher().sketch(
        report.document, time: isDated ? report.document.published : nil)
      grouper.apply(sketch, grouper.decide(sketch))
    }
    let clusters = reports.map { grouper.cluster(of: $0.document.id) }
    var (joined, wanted, right) = (0.0, 0.0, 0.0)
    for (place, report) in reports.enumerated() {
      for other in 0..<place {
        let isWanted = reports[other].event == report.event
        let isJoined = clusters[other] == clusters[place]
        wanted += isWanted ? 1 : 0
        joined += isJoined ? 1 : 0
        right += isWanted && isJoined ? 1 : 0
      }
    }
    precision = joined > 0 ? right / joined : 1
    recall = wanted > 0 ? right / wanted : 1
  }
}
