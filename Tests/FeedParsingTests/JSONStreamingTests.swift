import FeedParsing
import Syndication
import Testing

/// JSON Feeds that are damaged, cut or larger than they should be.
@Suite struct JSONStreamingTests {
  private func document(_ items: String, after: String = "") -> String {
    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[\(items)]\(after)}"
  }

  @Test func `items come in order, whatever stands around them`() throws {
    let items = (0..<300).map { "{\"id\":\($0),\"tags\":[\"a\",[],{}]}" }.joined(separator: ",")
    let json = "{\"items\":[\(items)],\"title\":\"Kites\",\"items\":[{\"id\":\"no\"}]}"
    var ids: [String?] = []
    let feed = try FeedParser.parse(Array(json.utf8), ParseRequest()) { ids.append($0.guid) }.get()
    #expect(ids == (0..<300).map { String($0) })
    #expect(feed.properties.title?.value == "Kites")
    #expect(feed.defects.isEmpty)
  }

  @Test(arguments: ["tags", "attachments", "authors"])
  func `a list of more than a thousand elements ends with a defect`(key: String) throws {
    func item(_ count: Int) -> String {
      let elements = (0..<count).map {
        key == "tags" ? "\"t\($0)\"" : "{\"url\":\"https://quay.test/\($0)\"}"
      }
      return "{\"id\":\"1\",\"\(key)\":[\(elements.joined(separator: ","))]}"
    }
    let whole = try parse(document(item(1000)))
    #expect(whole.defects.isEmpty)
    let cut = try parse(document(item(1001)))
    #expect(cut.defects.map(\.kind) == [.limit])
    let entry = try #require(cut.entries.first)
    #expect(entry.categories.count + entry.enclosures.count + entry.authors.count == 1000)
  }

  @Test func `the items before what is no JSON are kept with a defect`() throws {
    for noise in [
      "{\"id\":x}", "{\"id\" 3}", "<p>", "tru,1", "{3:4}",
    ] {
      let feed = try parse(document("{\"id\":\"1\"},{\"id\":\"2\"},\(noise),{\"id\":\"4\"}"))
      #expect(feed.entries.map(\.guid) == ["1", "2"], "\(noise)")
      #expect(feed.defects.map(\.kind) == [.truncated], "\(noise)")
      #expect(!feed.isComplete)
    }
  }

  @Test(arguments: [
    "{\"id\":\"1\",},", "{\"id\":\"1\",,\"x\":2}", "{\"id\":\"1\",\"x\":NaN}",
    "{\"id\":\"1\",\"x\":-Infinity}",
    "{\"id\":\"1\",\"content_text\":\"a\tb\u{1}\"}",
  ])
  func `what programs write that is nearly JSON is read with a defect`(item: String) throws {
    let feed = try parse(document(item))
    #expect(feed.entries.map(\.guid) == ["1"])
    #expect(feed.defects.map(\.kind) == [.malformed])
  }

  @Test func `text after a feed of JSON is a defect`() throws {
    #expect(try parse(document("{}") + "\n").defects.isEmpty)
    #expect(try parse(document("{}") + "x").defects.map(\.kind) == [.malformed])
  }

  @Test func `a tag alone is a list of one`() throws {
    let entry = try #require(parse(document("{\"id\":1,\"tags\":\"sea\"}")).entries.first)
    #expect(entry.categories == [Category(term: "sea")])
  }

  @Test func `what is no JSON before the first item is no feed`() {
    #expect(throws: FeedParsingError.self) { try parse(document("<p>")) }
    #expect(throws: FeedParsingError.self) { try parse("{\"version\":oops") }
  }

  @Test
  func `the open item of a whole document is kept as far as it goes, that of a cut one dropped`()
    throws
  {
    let json =
      "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"id\":\"1\"},{\"id\":\"2\",\"title\":\"Hal"
    let whole = try parse(json)
    #expect(whole.entries.map(\.guid) == ["1", "2"])
    #expect(whole.entries.last?.title == nil)
    #expect(whole.defects.map(\.kind) == [.truncated])
    let cut = try parse(json, ParseRequest(isWhole: false))
    #expect(cut.entries.map(\.guid) == ["1"])
    #expect(cut.defects.map(\.kind) == [.truncated])
  }

  @Test func `an item of too many values is dropped and the next one read`() throws {
    let many = String(repeating: "0,", count: 200_001)
    let feed = try parse(document("{\"id\":\"1\"},{\"x\":[\(many)0]},{\"id\":\"3\"}"))
    #expect(feed.entries.map(\.guid) == ["1", "3"])
    #expect(feed.defects.map(\.kind) == [.limit])
  }

  @Test func `entries, lists and texts end at their limits`() throws {
    var request = ParseRequest()
    request.limits.entryCount = 2
    request.limits.textByteLimit = 7
    let tags = (0..<1500).map { "\"\($0)\"" }.joined(separator: ",")
    let item = "{\"id\":\"1\",\"title\":\"abcdefé\",\"tags\":[\(tags)]}"
    let feed = try parse(document("\(item),{},{\"id\":\"3\"}"), request)
    #expect(feed.entries.count == 2)
    #expect(feed.entries.first?.title?.value == "abcdef")
    #expect(feed.entries.first?.categories.count == 1000)
    #expect(Set(feed.defects.map(\.kind)) == [.limit])
    #expect(feed.defects.count == 3)
  }

  @Test func `escapes and control characters in texts`() throws {
    let feed = try parse(
      document(
        "{\"id\":\"a\\u0062\\\\\\/\\\"\",\"title\":\"x\u{1}y\\u0001\\\u{1}z\\ud83d\\ude00\\ud83dé\\n\"}"
      ))
    #expect(feed.entries.first?.guid == "ab\\/\"")
    #expect(feed.entries.first?.title?.value == "xyz😀\u{FFFD}é")
  }
}
