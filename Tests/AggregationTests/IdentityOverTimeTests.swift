import Aggregation
import Syndication
import Testing

@Suite struct IdentityOverTimeTests {
  /// One entry as a careless publisher tells of it from one poll to the next.
  private static let variants: [(name: String, items: [String])] = [
    ("a GUID", ["<guid isPermaLink='false'>g1</guid>"]),
    ("told twice", ["<guid isPermaLink='false'>g1</guid>", "<guid isPermaLink='false'>g1</guid>"]),
    ("re-cased", ["<guid isPermaLink='false'>G1</guid>"]),
    ("another GUID", ["<guid isPermaLink='false'>other</guid>"]),
    ("no GUID", [""]),
  ]

  private func document(_ items: [String]) -> [UInt8] {
    let entries = items.map {
      """
      <item>\($0)<title>Harbour closed</title><link>https://www.herald.example/harbour</link>
      <pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate><description>Ships wait.</description></item>
      """
    }
    return Array(
      "<rss version='2.0'><channel><title>H</title>\(entries.joined())</channel></rss>".utf8)
  }

  @Test func `an entry is one story, however its publisher slips from one poll to the next`() throws
  {
    let herald = Sample.feed("herald")
    for first in Self.variants {
      for second in Self.variants {
        let folder = try TemporaryFolder()
        let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
        var new = 0
        for items in [first.items, second.items, first.items] {
          let answer = Sample.answer(document(items))
          new += try aggregator.refresh(herald, with: answer, now: Sample.noon).counts.new
        }
        #expect(new == 1, "\(first.name), then \(second.name)")
        let restarted = try Aggregator(storage: folder.path, now: Sample.noon)
        let answer = Sample.answer(document(second.items))
        let again = try restarted.refresh(herald, with: answer, now: Sample.noon).counts
        #expect(
          again.new == 0 && again.edited == 0, "\(first.name), then \(second.name), restarted")
      }
    }
  }

  @Test func `entries that only their GUIDs tell apart are all stored`() throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let items = (1...5).map { "<guid isPermaLink='false'>warning-\($0)</guid>" }
    let answer = Sample.answer(document(items))
    let herald = Sample.feed("herald")
    #expect(try aggregator.refresh(herald, with: answer, now: Sample.noon).counts.new == 5)
    #expect(try aggregator.refresh(herald, with: answer, now: Sample.noon).counts.known == 5)
  }
}
