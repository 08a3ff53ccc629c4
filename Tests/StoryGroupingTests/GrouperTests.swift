import StoryGrouping
import Syndication
import Testing

@Suite struct GrouperTests {
  private let documents = InventedNews.documents()

  private func grouped() -> Grouper {
    var grouper = Grouper()
    for document in documents { grouper.place(document) }
    return grouper
  }

  @Test func `independent reports of one event are one cluster and look-alikes stay apart`() {
    let grouper = grouped()
    var leads: [String: StoryID] = [:]
    for (report, document) in zip(InventedNews.reports, documents) {
      let cluster = grouper.cluster(of: document.id)
      let lead = leads[report.event] ?? document.id
      leads[report.event] = lead
      #expect(cluster == lead, "\(report.source): \(report.title)")
    }
  }

  @Test func `the members of a cluster are its stories in the order they came`() {
    let grouper = grouped()
    #expect(grouper.members(of: documents[0].id) == documents[0...2].map(\.id))
    #expect(grouper.members(of: documents[1].id).isEmpty)
  }

  @Test func `the same stories in the same order are placed the same`() {
    var one = Grouper()
    var other = Grouper()
    for document in documents { #expect(one.place(document) == other.place(document)) }
  }

  @Test func `replaying recorded placements gives the state that was lived through`() {
    var lived = Grouper()
    var replayed = Grouper()
    let sketcher = Sketcher()
    for (number, document) in documents.enumerated() {
      let placement = lived.place(document)
      replayed.apply(sketcher.sketch(document), placement)
      // What follows is decided alike, so the state behind it is alike.
      for next in documents[number...].dropFirst() {
        let sketch = sketcher.sketch(next)
        #expect(lived.decide(sketch) == replayed.decide(sketch))
      }
    }
    for document in documents {
      #expect(lived.cluster(of: document.id) == replayed.cluster(of: document.id))
    }
  }

  @Test func `a reprint is a copy of the first printing, however late it comes`() {
    var grouper = grouped()
    var reprint = documents[0]
    reprint.id = StoryID(bits: 1000)
    reprint.source = "Reprint Weekly"
    reprint.title = "A ferry aground"
    reprint.published = documents[0].published.map { $0 + .seconds(86_400 * 400) }
    let sketch = Sketcher().sketch(reprint)
    let placement = grouper.decide(sketch)
    #expect(
      placement.decision == .copies(original: documents[0].id, cluster: documents[0].id))
    grouper.forget(before: Timestamp(milliseconds: .max))
    #expect(grouper.decide(sketch).decision == placement.decision)
  }

  @Test func `a story outside the window starts its own cluster`() {
    var grouper = grouped()
    var late = documents[1]
    late.id = StoryID(bits: 1000)
    late.text =
      "Lifeboats once more rescued travellers from the Sankt Birgit at Gull Skerry, Kelmora."
    late.published = documents[2].published.map { $0 + Grouper.window + .seconds(3600) }
    #expect(grouper.decide(Sketcher().sketch(late)).decision == .starts)
    late.published = documents[2].published
    #expect(
      grouper.decide(Sketcher().sketch(late)).decision == .joins(cluster: documents[0].id))
    grouper.forget(before: Timestamp(milliseconds: .max))
    #expect(grouper.decide(Sketcher().sketch(late)).decision == .starts)
    #expect(grouper.cluster(of: documents[2].id) == nil)
  }

  @Test func `two old reports that come in today are one story, and none of today's`() {
    let today = Timestamp(milliseconds: 1_790_000_000_000) + .seconds(86_400 * 700)
    var grouper = Grouper()
    for var document in documents[0...1] {
      document.seen = today
      grouper.forget(before: today - Grouper.window)
      grouper.place(document)
    }
    #expect(grouper.cluster(of: documents[1].id) == documents[0].id)
    var current = documents[2]
    current.published = today
    current.seen = today
    #expect(grouper.place(current).decision == .starts)
  }

  @Test func `a story is forgotten a window after it came in, whatever date it bears`() {
    let seen = Timestamp(milliseconds: 1_790_000_000_000)
    var grouper = Grouper()
    var first = documents[0]
    first.published = seen + .seconds(86_400 * 30)
    first.seen = seen
    grouper.place(first)
    grouper.forget(before: seen)
    #expect(grouper.members(of: first.id) == [first.id])
    grouper.forget(before: seen + .milliseconds(1))
    #expect(grouper.members(of: first.id).isEmpty)
  }

  @Test func `a story that is already placed stays where it is`() {
    var grouper = grouped()
    let again = grouper.place(documents[1])
    #expect(again.decision == .joins(cluster: documents[0].id))
    #expect(grouper.members(of: documents[0].id).count == 3)
  }

  @Test func `stories with one word, no word or ten megabytes are placed`() {
    var grouper = Grouper()
    for (number, text) in [
      "", "Storm", "Storm", String(repeating: "storm over Kelmora ", count: 550_000),
    ]
    .enumerated() {
      let document = GroupingDocument(
        id: StoryID(bits: UInt64(number)), title: "", text: text, seen: Timestamp(milliseconds: 0))
      grouper.place(document)
    }
    #expect(grouper.cluster(of: StoryID(bits: 0)) == StoryID(bits: 0))
    #expect(grouper.cluster(of: StoryID(bits: 2)) == StoryID(bits: 1))
  }

  @Test func `headlines of one template are different stories`() {
    let towns = [
      "Kelmora", "Drissen", "Miresh", "Port Ilvane", "Sandrova", "Osterby", "Belgor", "Mbelani",
    ]
    var grouper = Grouper()
    for (number, town) in towns.enumerated() {
      grouper.place(
        headline("Weather in \(town): the forecast for Friday 16 October 2026", number: number))
    }
    let clusters = Set(towns.indices.map { grouper.cluster(of: StoryID(bits: UInt64($0))) })
    // The second of a template is the first that shows it to be one.
    #expect(clusters.count >= towns.count - 1)
  }

  @Test
  func `two thousand stories that collide in every bucket are placed, each as a copy of the first`()
  {
    var grouper = Grouper()
    let sketcher = Sketcher()
    var sketches: [Sketch] = []
    for number in 0..<2000 {
      var document = documents[0]
      document.id = StoryID(bits: UInt64(number + 100))
      document.source = "mirror \(number % 50)"
      sketches.append(sketcher.sketch(document))
    }
    for sketch in sketches { grouper.apply(sketch, grouper.decide(sketch)) }
    #expect(grouper.members(of: StoryID(bits: 100)).count == 2000)
  }

  @Test func `a copier that comes first gets the lead and nothing is hidden`() {
    var copier = documents[0]
    copier.id = StoryID(bits: 500)
    copier.source = "Copycat"
    var grouper = Grouper()
    grouper.place(copier)
    let placement = grouper.place(documents[0])
    #expect(placement.decision == .copies(original: copier.id, cluster: copier.id))
    #expect(grouper.members(of: copier.id) == [copier.id, documents[0].id])
  }

  private func headline(_ title: String, number: Int) -> GroupingDocument {
    GroupingDocument(
      id: StoryID(bits: UInt64(number)), title: title, text: "", source: "Inland Mirror",
      seen: Timestamp(milliseconds: 1_790_000_000_000))
  }
}
