import DigestExport
import Syndication
import Testing

@Suite struct DigestAssemblyTests {
  @Test func `the fullest independent report leads, the earliest of equals`() {
    let short = Sample.story(1, minutesBefore: 90, text: "Short.")
    let early = Sample.story(2, minutesBefore: 80, text: "As long as the other.")
    let late = Sample.story(3, minutesBefore: 70, text: "As long as the first.")
    let copy = Sample.story(4, minutesBefore: 60, text: "A copy, and therefore no leader at all.")
    let cluster = Sample.cluster(late, copy, short, early, copies: [4: 1])
    #expect(cluster.lead == early)
    #expect(cluster.members.map(\.story.id.bits) == [1, 2, 3, 4])
  }

  @Test func `where only copies are known, the fullest of them leads`() {
    let cluster = Sample.cluster(
      Sample.story(1, text: "a"), Sample.story(2, text: "ab"), copies: [1: 9, 2: 9])
    #expect(cluster.lead.id.bits == 2)
    #expect(cluster.independentSourceCount == 1)
  }

  @Test(arguments: [[1, 2, 3], [3, 2, 1], [2, 1, 3]] as [[UInt64]])
  func `of equal texts the first that was published is the original, whichever was read first`(
    reading: [UInt64]
  ) {
    let stories = (1...4).map { Sample.story($0, minutesBefore: 100 - Int64($0)) }
    let copies = [reading[1]: reading[0], reading[2]: reading[0]]
    let cluster = Sample.cluster(stories[3], stories[2], stories[0], stories[1], copies: copies)
    #expect(cluster.members.map(\.original?.bits) == [nil, 1, 1, nil])
    #expect(cluster.independentSourceCount == 2)
  }

  @Test func `who copies a text the next day and dates it back does not become its original`() {
    let text = Sample.story(1, minutesBefore: 1000)
    for (minutes, original) in [(900, 2), (500, 1)] as [(Int64, UInt64)] {
      let copy = Sample.story(
        2, minutesBefore: minutes, published: .some(Sample.dayBefore - .seconds(3600)))
      let cluster = Sample.cluster(copy, text, copies: [2: 1])
      #expect(cluster.members.first { $0.original == nil }?.story.id.bits == original)
      #expect(cluster.independentSourceCount == 1)
    }
  }

  @Test func `a copy of what is not in the window stays one`() {
    let cluster = Sample.cluster(Sample.story(1), Sample.story(2), copies: [1: 9, 2: 9])
    #expect(cluster.members.map(\.original?.bits) == [9, 9])
  }

  @Test func `copies and further reports of one outlet are no sources`() {
    let cluster = Sample.cluster(
      Sample.story(1, outlet: "a.example"),
      Sample.story(2, link: .some("http://WWW.A.example.:8080/x?y")),
      Sample.story(3, outlet: "b.example"), Sample.story(4, outlet: "c.example"),
      copies: [4: 1])
    #expect(cluster.independentSourceCount == 2)
  }

  @Test(arguments: [
    ("https://www.paper.example/a", "paper.example"), ("http://Paper.Example:80", "paper.example"),
    ("https://paper.example./", "paper.example"), ("https://www.example/", "example"),
    ("https://[2001:db8::1]:8/", "[2001:db8::1]"), ("ftp://paper.example/", "feed"),
    ("https://u@paper.example/", "feed"), ("", "feed"), ("https://", "feed"),
    ("https:///a", "feed"),
  ])
  func `an outlet is the link's host, else the feed`(link: String, outlet: String) {
    var story = Sample.story(1, link: .some(link))
    story.feed = "feed"
    #expect(story.outlet == outlet)
  }

  @Test func `more sources come first, then the latest report, then the identifier`() {
    let two = Sample.cluster(Sample.story(5, minutesBefore: 900), Sample.story(6))
    let recent = Sample.cluster(Sample.story(4, minutesBefore: 10))
    let twins = [Sample.cluster(Sample.story(2)), Sample.cluster(Sample.story(1))]
    let old = Sample.cluster(Sample.story(3, minutesBefore: 600))
    for clusters in [[two, recent] + twins + [old], [old] + twins + [recent, two]] {
      let digest = DigestAssembly.digest(
        since: Sample.dayBefore, until: Sample.morning, clusters: clusters)
      #expect(digest.clusters.map(\.id.bits) == [5, 4, 1, 2, 3])
    }
    let limited = DigestAssembly.digest(
      since: Sample.dayBefore, until: Sample.morning, clusters: [old, two, recent], limit: 2)
    #expect(limited.clusters.map(\.id.bits) == [5, 4])
  }

  @Test func `a date in the future puts no story on top`() {
    let future = Timestamp(milliseconds: .max)
    let liar = Sample.cluster(Sample.story(1, minutesBefore: 50, published: .some(future)))
    let honest = Sample.cluster(Sample.story(2, minutesBefore: 40, published: .some(nil)))
    #expect(Sample.digest(liar, honest).clusters.map(\.id.bits) == [2, 1])
  }

  @Test func `of several revisions the latest counts`() {
    let first = Sample.story(1, text: "long, and withdrawn")
    let second = Sample.story(1, text: "short", revision: 1)
    for order in [[first, second], [second, first]] {
      let cluster = DigestAssembly.cluster(
        id: first.id, members: order.map { DigestMember(story: $0) })
      #expect(cluster.members.map(\.story) == [second])
    }
  }

  @Test func `the order of the members changes nothing, in all orders of five`() {
    let stories = (1...5).map {
      Sample.story(UInt64($0), minutesBefore: Int64($0 % 2), text: $0 > 2 ? "same" : "other one")
    }
    var digests: Set<[UInt8]> = []
    for order in permutations(stories) {
      let cluster = DigestAssembly.cluster(
        id: StoryID(bits: 1), members: order.map { DigestMember(story: $0) })
      digests.insert(DigestRenderer.render(Sample.digest(cluster), as: .json))
    }
    #expect(digests.count == 1)
  }

  private func permutations(_ stories: [Story]) -> [[Story]] {
    guard stories.count > 1 else { return [stories] }
    return stories.indices.flatMap { index in
      var rest = stories
      let story = rest.remove(at: index)
      return permutations(rest).map { [story] + $0 }
    }
  }
}
