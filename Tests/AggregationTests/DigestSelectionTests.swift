import Aggregation
import DigestExport
import StoryArchive
import Syndication
import Testing

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
}
