import Syndication
import Testing

@testable import StoryGrouping

/// A round-up names what the titles of several events name, and merges none of them.
@Suite struct RoundUpTests {
  typealias Article = FormulaTests.Article

  struct Gathering: Sendable, CustomTestStringConvertible {
    var events: [Article]
    var roundUp: Article

    var testDescription: String { roundUp.title }
  }

  static let gatherings = [
    Gathering(
      events: [
        Article(
          title: "Norway central bank holds rates at 4.5 percent",
          text: """
            The central bank of Norway kept its key interest rate unchanged at 4.5 percent on Thursday, in line \
            with forecasts. Governor Ida Lund said inflation remained too high.
            """),
        Article(
          title: "Chile central bank holds rates at 5.25 percent",
          text: """
            The central bank of Chile kept its key interest rate unchanged at 5.25 percent on Thursday, in line \
            with forecasts. Governor Rosa Vial said inflation remained too high.
            """),
      ],
      roundUp: Article(
        title: "Central banks of Norway and Chile hold rates",
        text: """
          Norway kept its key interest rate unchanged at 4.5 percent on Thursday, in line with forecasts, and \
          the central bank of Chile held at 5.25 percent. Governors Ida Lund and Rosa Vial said inflation \
          remained too high.
          """)),
    Gathering(
      events: [
        Article(
          title: "Fire destroys warehouse in Ostrava",
          text: """
            A fire destroyed a warehouse in Ostrava early on Friday. Firefighters from six stations fought the \
            blaze for four hours; nobody was hurt.
            """),
        Article(
          title: "Fire destroys warehouse in Tampere",
          text: """
            A fire destroyed a warehouse in Tampere early on Friday. Firefighters from nine stations fought the \
            blaze for four hours; nobody was hurt.
            """),
      ],
      roundUp: Article(
        title: "Fires destroy warehouses in Ostrava and Tampere",
        text: """
          A fire destroyed a warehouse in Ostrava early on Friday and another one burned down in Tampere. \
          Firefighters from six and nine stations fought the blaze for four hours.
          """)),
    Gathering(
      events: [
        Article(
          title: "CVE-2026-1111: buffer overflow in OpenFoo",
          text: """
            A buffer overflow in OpenFoo before version 2.3 allows remote attackers to execute arbitrary code \
            via a crafted packet. Users should upgrade to 2.3.1.
            """),
        Article(
          title: "CVE-2026-2222: buffer overflow in LibBar",
          text: """
            A buffer overflow in LibBar before version 4.1 allows remote attackers to execute arbitrary code \
            via a crafted packet. Users should upgrade to 4.1.1.
            """),
      ],
      roundUp: Article(
        title: "Buffer overflows in OpenFoo and LibBar",
        text: """
          Holes in OpenFoo before version 2.3 and in LibBar before version 4.1 allow remote attackers to \
          execute arbitrary code. Users should upgrade.
          """)),
  ]

  /// The places of the two events and of the round-up, in every order.
  private static let orders = [
    [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
  ]

  @Test(arguments: gatherings, orders)
  func `two events that one formula tells stay two stories beside their round-up`(
    gathering: Gathering, order: [Int]
  ) {
    let articles = gathering.events + [gathering.roundUp]
    var grouper = Grouper()
    var stories = [StoryID](repeating: StoryID(bits: 0), count: articles.count)
    for (number, place) in order.enumerated() {
      let document = articles[place].document(number)
      stories[place] = document.id
      _ = grouper.place(document)
    }
    _ = grouper.endLooking()
    #expect(grouper.cluster(of: stories[0]) != grouper.cluster(of: stories[1]))
  }
}
