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

  @Test func `entries that meet on a rung stay the same stories when one of them goes`() throws {
    let herald = Sample.feed("herald")
    let tellings = ["Book announced", "Book published", "Book sold out"].enumerated().map {
      """
      <item>GUID<title>\($1)</title><link>https://www.herald.example/book</link>
      <pubDate>Sat, 2\($0) Nov 2026 10:00:00 GMT</pubDate></item>
      """
    }
    for guid in ["", "<guid isPermaLink='false'>book</guid>"] {
      let folder = try TemporaryFolder()
      let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
      var new: [Int] = []
      for shown in [[0], [0, 1], [1], [1, 2], [0, 1, 2], [2]] {
        let items = shown.map { tellings[$0].replacing("GUID", with: guid) }.joined()
        let text = "<rss version='2.0'><channel><title>H</title>\(items)</channel></rss>"
        let answer = Sample.answer(Array(text.utf8))
        let counts = try aggregator.refresh(herald, with: answer, now: Sample.noon).counts
        #expect(counts.edited == 0)
        new.append(counts.new)
      }
      #expect(new == [1, 1, 0, 1, 0, 0])
    }
  }

  @Test func `another GUID with other words is another story, never an edit`() throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let herald = Sample.feed("herald")
    var counts = StoryCounts()
    for number in 1...3 {
      let text = String(decoding: document(["<guid>warning-\(number)</guid>"]), as: UTF8.self)
        .replacing("Ships wait.", with: "Warning number \(number).")
      let answer = Sample.answer(Array(text.utf8))
      counts.add(try aggregator.refresh(herald, with: answer, now: Sample.noon).counts)
    }
    #expect(counts.new == 3 && counts.edited == 0)
  }

  @Test func `an entry that was edited is known without its GUID`() throws {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    let herald = Sample.feed("herald")
    let edited = { (guid: String) in
      Array(
        String(decoding: document([guid]), as: UTF8.self)
          .replacing("Harbour closed", with: "Harbour still closed").utf8)
    }
    let documents = [document(["<guid>b1</guid>"]), edited("<guid>b1</guid>"), edited("")]
    var counts = StoryCounts()
    for bytes in documents {
      counts.add(
        try aggregator.refresh(herald, with: Sample.answer(bytes), now: Sample.noon).counts)
    }
    #expect(counts.new == 1 && counts.edited == 1 && counts.known == 1)
  }
}
