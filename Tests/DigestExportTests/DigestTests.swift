import DigestExport
import Syndication
import Testing

@Suite struct DigestTests {
  @Test func `a digest keeps its clusters in the order given`() {
    let noon = Timestamp(milliseconds: 43_200_000)
    let clusters = [UInt64(2), 1].map { bits in
      let story = Story(
        id: StoryID(bits: bits), seen: noon, feed: "f", source: "S", title: "T", text: "")
      return DigestCluster(id: story.id, lead: story, members: [DigestMember(story: story)])
    }
    #expect(Digest(since: noon, until: noon, clusters: clusters).clusters.map(\.id.bits) == [2, 1])
  }
}
