import StoryGrouping
import Testing

/// Fails when grouping or comparing gets worse, on invented texts. The floors lie a little below what was
/// measured; Benchmarks/grouping/README.md has the figures on real news.
@Suite struct QualityTests {
  /// What a week of look-alikes must reach at least. Towns recur in it, so that headlines alone, or
  /// stories without times, cannot all be told apart: two headlines that share a town and nothing else stay
  /// apart.
  struct Floor: CustomTestStringConvertible {
    var isDated: Bool
    var withText: Bool
    var precision: Double
    var recall: Double

    var testDescription: String {
      (isDated ? "with times" : "without times") + (withText ? ", full" : ", titles")
    }
  }

  @Test(arguments: [
    Floor(isDated: true, withText: true, precision: 0.97, recall: 0.97),
    Floor(isDated: true, withText: false, precision: 0.66, recall: 0.31),
    Floor(isDated: false, withText: true, precision: 0.45, recall: 0.97),
    Floor(isDated: false, withText: false, precision: 0.51, recall: 0.46),
  ])
  func `a week of look-alikes falls into its events`(floor: Floor) {
    let reports = InventedWeek.reports(
      eventCount: 48, isDated: floor.isDated, withText: floor.withText)
    let score = PairScore(of: reports, isDated: floor.isDated)
    #expect(score.precision >= floor.precision)
    #expect(score.recall >= floor.recall)
  }

  @Test func `an event's other telling is the likest of all stories`() {
    let stories = InventedWeek.reports(eventCount: 12, isDated: true).map {
      (id: $0.document.id, event: $0.event, read: ComparedStory($0.document, time: nil))
    }
    for story in stories {
      let nearest = stories.filter { $0.id != story.id }.max {
        compare(story.read, $0.read).similarity < compare(story.read, $1.read).similarity
      }
      #expect(nearest?.event == story.event, "\(story.id)")
    }
  }
}
