import StoryArchive
import Syndication
import Testing

@Suite struct ArchiveRecordTests {
  @Test func `a record was seen when its story was`() {
    let noon = Timestamp(milliseconds: 43_200_000)
    let story = Story(
      id: StoryID(bits: 1), seen: noon, feed: "f", source: "S", title: "T", text: "")
    #expect(ArchiveRecord.story(story, cluster: story.id, original: nil).seen == noon)
    #expect(ArchiveRecord.move(story: story.id, cluster: story.id, seen: noon).seen == noon)
  }
}
