import StoryGrouping
import Syndication
import Testing

/// Releases, advisories, episodes and junctions: what differs in a number alone is another one.
@Suite struct NumberedSeriesTests {
  private func documents(_ stories: [(title: String, text: String)]) -> [GroupingDocument] {
    stories.enumerated().map { number, story in
      let time = Timestamp(milliseconds: 1_790_000_000_000) + .seconds(number * 3600)
      return GroupingDocument(
        id: StoryID(bits: UInt64(number + 1)), title: story.title, text: story.text,
        source: "outlet \(number)", published: time, seen: time)
    }
  }

  /// Whether two stories come to one cluster; and by themselves to one event.
  private func areOne(_ stories: [(title: String, text: String)]) -> (grouped: Bool, compared: Bool)
  {
    let documents = documents(stories)
    var grouper = Grouper()
    let leads = documents.map { grouper.place($0).cluster(of: $0.id) }
    let alone = documents.map { ComparedStory($0, time: $0.published) }
    return (leads[0] == leads[1], compare(alone[0], alone[1]).isSame)
  }

  @Test(arguments: [
    ("Release 5.1.2", "Release 5.1.3"), ("v0.9.7", "v0.9.8"), ("marlin 3.0.1", "marlin 3.0.2"),
    ("CVE-2027-1111", "CVE-2027-2222"),
    ("A7 closed at exit 12 after crash", "A7 closed at exit 21 after crash"),
    ("A7 nach Unfall gesperrt: Ausfahrt 12", "A7 nach Unfall gesperrt: Ausfahrt 21"),
    ("Mots croisés n° 4117", "Mots croisés n° 4118"), ("#318", "#319"),
    ("第117回 街の数学教室", "第118回 街の数学教室"),
  ])
  func `headlines that differ in a number alone are two stories`(one: String, other: String) {
    let found = areOne([(one, ""), (other, "")])
    #expect(!found.grouped)
    #expect(!found.compared)
  }

  @Test func `so are two advisories with texts of one kind`() {
    let found = areOne([
      (
        "CVE-2027-1111: buffer overflow in marlin",
        """
        A buffer overflow in marlin before 3.0.1 lets whoever sends a long header run code of their own. \
        Severity 9.1.
        """
      ),
      (
        "CVE-2027-2222: buffer overflow in marlin",
        """
        A buffer overflow in marlin before 3.0.4 lets whoever sends a broken packet stop the service. \
        Severity 7.2.
        """
      ),
    ])
    #expect(!found.grouped)
    #expect(!found.compared)
  }

  @Test func `a report in which a number was put right stays a copy`() {
    let text = """
      A landslide near Kelmora has buried a row of holiday huts, the fire brigade said on Tuesday. Dogs \
      were searching the slope, the coast road was shut, and a second slide was feared after three days \
      of rain. The mayor, Ilse Maren, asked people to stay away from the harbour.
      """
    let stories = [
      ("Landslide near Kelmora kills 4", text),
      ("Landslide near Kelmora kills 6", text + " Six people are dead, two more than was said."),
    ]
    let found = areOne(stories)
    #expect(found.grouped)
    #expect(found.compared)
  }

  @Test func `a number told on one side only makes no series`() {
    let found = areOne([
      ("Landslide near Kelmora buries holiday huts", ""),
      ("Landslide near Kelmora buries 12 holiday huts", ""),
    ])
    #expect(found.grouped)
    #expect(found.compared)
  }

  @Test func `an explanation says that only numbers differ`() {
    let documents = documents([("marlin 3.0.1", ""), ("marlin 3.0.2", "")])
    let explanation = Grouper.explain(documents[0], documents[1])
    #expect(explanation.relation == .different)
    #expect(explanation.against.contains("the titles differ in their numbers alone"))
  }
}
