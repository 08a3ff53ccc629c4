import StoryArchive
import Syndication
import Testing

@testable import Aggregation

/// Entries whose words are longer than what an archive line keeps of them.
@Suite struct LongWordsTests {
  private let folder: TemporaryFolder
  private let herald = Sample.feed("herald")

  init() throws {
    folder = try TemporaryFolder()
  }

  private static func words(_ byteCount: Int, _ word: String = "anchor ") -> String {
    String(repeating: word, count: byteCount / word.utf8.count + 1)
  }

  /// What comes of `item`, polled by a process that begins at each poll.
  private func poll(_ item: Sample.Item, minute: Int) throws -> StoryCounts {
    let now = Sample.noon + .seconds(60 * minute)
    return try Aggregator(storage: folder.path, now: now)
      .refresh(herald, with: Sample.answer(Sample.rss([item])), now: now).counts
  }

  private func expectNoEdits(of item: Sample.Item) throws {
    #expect(try poll(item, minute: 0).new == 1)
    let later = try Aggregator(storage: folder.path, now: Sample.noon)
    for minute in 1...3 {
      let now = Sample.noon + .seconds(60 * minute)
      let document = Sample.answer(Sample.rss([item]))
      let counts = try later.refresh(herald, with: document, now: now).counts
      #expect(counts.edited == 0 && counts.new == 0)
    }
    #expect(try poll(item, minute: 9).edited == 0)
  }

  @Test(arguments: ["anchor ", "“anchor” ", "say \\ and \\ ", "港湾 "])
  func `an entry with a title that is cut is no edit of itself`(_ word: String) throws {
    for byteCount in [16_350, 16_400, 200_000] {
      let title = Self.words(byteCount, word)
      try expectNoEdits(of: Sample.Item(guid: "\(byteCount)", title: title, text: "The ferry."))
    }
  }

  @Test(arguments: [400_000, 530_000, 1_040_000, 1_100_000])
  func `an entry with a text that is cut is no edit of itself, but a real edit is one`(
    _ byteCount: Int
  )
    throws
  {
    let text = Self.words(byteCount)
    try expectNoEdits(of: Sample.Item(guid: "1", title: "Ferry adrift", text: text))
    let edited = Sample.Item(guid: "1", title: "Ferry adrift", text: "Lost: " + text)
    #expect(try poll(edited, minute: 20).edited == 1)
    #expect(try poll(edited, minute: 21).edited == 0)
  }
}
