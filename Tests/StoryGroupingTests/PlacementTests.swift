import StoryGrouping
import Syndication
import Testing

@Suite struct PlacementTests {
  @Test func `a story that starts a cluster gives it its name`() {
    let story = StoryID(bits: 1)
    let other = StoryID(bits: 2)
    #expect(Placement(.starts, similarity: 0).cluster(of: story) == story)
    #expect(Placement(.joins(cluster: other), similarity: 0.5).cluster(of: story) == other)
  }
}
