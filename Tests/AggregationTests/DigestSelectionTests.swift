import DigestExport
import StoryArchive
import Syndication
import Testing

@testable import Aggregation

@Suite struct DigestSelectionTests {
  private let folder: TemporaryFolder
  private let feeds = ["herald", "mirror"].map(Sample.feed)
  private static let words = """
    The ferry Isolde lost its anchor off Wexmoor on Tuesday night and drifted against the eastern \
    breakwater, where two tugs held it until the tide turned. Nobody was hurt, the harbour master said.
    """

  init() throws {
    folder = try TemporaryFolder()
  }

  /// The same words from both feeds, `wait` after one another.
  private func archive(_ wait: Duration) throws -> Archive {
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    for (place, feed) in feeds.enumerated() {
      let item = Sample.Item(guid: "\(place)", title: "Ferry adrift", text: Self.words)
      let now = Sample.noon + wait * place
      _ = try aggregator.refresh(feed, with: Sample.answer(Sample.rss([item])), now: now)
    }
    return try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon + wait)
  }

  /// The records' own words, nothing for those that leave them out.
  private func recorded(_ archive: Archive) throws -> [String] {
    var texts: [String] = []
    try archive.replay { if case .story(let story, _, _) = $0 { texts.append(story.text) } }
    return texts
  }

  @Test(arguments: [1, 7 * 24, 9 * 24, 40 * 24, 4 * 366 * 24])
  func `a copy has words though its original is older than what is asked for`(hours: Int) throws {
    let wait = Duration.seconds(3600 * hours)
    let archive = try archive(wait)
    #expect(try recorded(archive).map(\.isEmpty) == [false, true])
    let selection = DigestSelection(
      since: Sample.noon + wait - .seconds(1800), until: Sample.noon + wait + .seconds(1800))
    let stories = try selection.stories(of: archive)
    #expect(stories.map(\.text) == [Self.words])
    #expect(stories.map(\.feed) == [feeds[1].url])
  }

  @Test func `words that were changed before a copy came are the copy's, later ones are not`()
    throws
  {
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    func refresh(_ feed: Feed, _ text: String, at hours: Int) throws {
      let item = Sample.Item(guid: "1", title: "Ferry adrift", text: text)
      _ = try aggregator.refresh(
        feed, with: Sample.answer(Sample.rss([item])), now: Sample.noon + .seconds(3600 * hours))
    }
    let changed = Self.words + " The pilot was questioned until noon."
    try refresh(feeds[0], Self.words, at: 0)
    try refresh(feeds[0], changed, at: 1)
    try refresh(feeds[1], changed, at: 2)
    try refresh(feeds[0], "The report was withdrawn.", at: 3)
    let archive = try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon)
    let selection = DigestSelection(
      since: Sample.noon + .seconds(5400), until: Sample.noon + .seconds(90_000))
    #expect(try selection.stories(of: archive).map(\.text) == [changed])
  }

  /// Else a digest of one day would hold all that came in the years since.
  @Test func `of what came after the window only what it says of the window's stories is kept`() {
    func story(_ number: UInt64, _ text: String, after minutes: Int) -> Story {
      Story(
        id: StoryID(bits: number), seen: Sample.noon + .seconds(60 * minutes), feed: feeds[0].url,
        source: "Herald", title: "Ferry adrift", text: text)
    }
    func apply(_ story: Story, to fold: inout ClusterFold) {
      fold.apply(.story(story, cluster: story.id, original: nil))
    }
    var fold = ClusterFold(until: Sample.noon + .seconds(600))
    apply(story(1, "The ferry drifts.", after: 0), to: &fold)
    apply(story(2, "Tugs are out.", after: 9), to: &fold)
    apply(story(3, "The ferry is docked.", after: 10), to: &fold)
    apply(story(4, "The captain speaks.", after: 90), to: &fold)
    fold.apply(.revision(story(1, "The ferry drifted.", after: 95)))
    fold.apply(.revision(story(4, "The captain spoke.", after: 95)))
    fold.apply(
      .move(
        story: StoryID(bits: 2), cluster: StoryID(bits: 1), seen: Sample.noon + .seconds(6000)))
    #expect(fold.stories.map(\.story.text) == ["The ferry drifted.", "Tugs are out."])
    #expect(fold.clusters.map(\.count) == [2])
  }
}
