import Syndication
import Testing

@Suite struct FeedsConfigurationEditorTests {
  private let text = """
    # mine
    https://a.example/   title="A # B" # the first

    # far away
    [World]
    tags = w
    "https://w.example/" interval=2h# no comment
      ignore title ~ /x/
      # why
      keep title ~ /y/
    # after the rules

    [Empty]
    # nothing yet
    """

  private func edited(_ edit: ([UInt8]) throws -> [UInt8]?) rethrows -> String? {
    try edit(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  private func subscription(_ url: String, title: String? = nil) throws -> FeedSubscription {
    FeedSubscription(address: try FeedAddress(url), title: title)
  }

  @Test(arguments: [
    (nil, "the first\n", "the first\nhttps://n.example/ title=\"N \\\"x\\\"\"\n"),
    ("World", "keep title ~ /y/\n", "keep title ~ /y/\nhttps://n.example/ title=\"N \\\"x\\\"\"\n"),
    ("Empty", "[Empty]\n", "[Empty]\nhttps://n.example/ title=\"N \\\"x\\\"\"\n"),
    ("New", "# nothing yet", "# nothing yet\n\n[New]\nhttps://n.example/ title=\"N \\\"x\\\"\"\n"),
  ])
  func `a feed is added as the last of its group`(
    group: String?, old: String, new: String
  ) throws {
    let feed = try subscription("https://n.example/", title: "N \"x\"")
    let result = try #require(
      edited { FeedsConfigurationEditor.adding(feed, toGroup: group, in: $0) })
    let range = try #require(text.firstRange(of: old))
    var expected = text
    expected.replaceSubrange(range, with: new)
    #expect(result == expected)
  }

  @Test func `a feed that is there already is not added`() throws {
    let feed = try subscription("https://w.example/")
    #expect(edited { FeedsConfigurationEditor.adding(feed, toGroup: nil, in: $0) } == nil)
  }

  @Test func `a feed is removed with its rules and nothing else`() {
    let gone = """
      "https://w.example/" interval=2h# no comment
        ignore title ~ /x/
        # why
        keep title ~ /y/

      """
    #expect(
      edited { FeedsConfigurationEditor.removing(url: "https://w.example/", from: $0) }
        == text.split(separator: gone, omittingEmptySubsequences: false).joined())
    #expect(edited { FeedsConfigurationEditor.removing(url: "https://w.example", from: $0) } == nil)
  }

  @Test func `a feed moves to another address; its options and comments stay`() throws {
    let (old, address) = (
      try FeedAddress("HTTPS://a.example:443"), try FeedAddress("https://n.example/")
    )
    let result = edited { FeedsConfigurationEditor.replacing(old, with: address, in: $0) }
    let expected = text.split(separator: "https://a.example/", omittingEmptySubsequences: false)
    #expect(result == expected.joined(separator: "https://n.example/"))
    let taken = try FeedAddress("https://w.example/")
    #expect(
      edited { FeedsConfigurationEditor.replacing(old, with: taken, in: $0) } == nil)
  }

  @Test func `what stands in columns stays in them, on every line that names the feed`() throws {
    let text = """
      [A]\r
      https://a.example/feed      title="A"   # first\r
      https://b.example/          title="B"\r
        ignore title = "https://a.example/feed"\r
      # https://a.example/feed\r
      "https://A.example/feed"\ttags=x\r
      https://a.example/feed interval=2h\r
      https://a.example/feed#top
      """
    for (address, line) in [
      ("https://a.example/f", "https://a.example/f         title=\"A\"   # first"),
      ("https://a.example/feed/longer", "https://a.example/feed/longer title=\"A\"   # first"),
    ] {
      let moved = try #require(
        FeedsConfigurationEditor.replacing(
          FeedAddress("https://a.example/feed"), with: FeedAddress(address), in: Array(text.utf8)))
      #expect(
        String(decoding: moved, as: UTF8.self) == """
          [A]\r
          \(line)\r
          https://b.example/          title="B"\r
            ignore title = "https://a.example/feed"\r
          # https://a.example/feed\r
          \(address)\ttags=x\r
          \(address) interval=2h\r
          \(address)
          """)
    }
  }

  @Test func `a feed is paused before its comment and resumed in place`() throws {
    let paused = try #require(
      edited { FeedsConfigurationEditor.pausing(true, url: "https://a.example/", in: $0) })
    #expect(paused.contains(#"https://a.example/   title="A # B" paused=yes # the first"#))
    let resumed = try #require(
      FeedsConfigurationEditor.pausing(false, url: "https://a.example/", in: Array(paused.utf8)))
    #expect(String(decoding: resumed, as: UTF8.self).contains("paused=no # the first"))
    #expect(
      FeedsConfigurationEditor.pausing(false, url: "https://a.example/", in: resumed) == nil)
  }

  @Test func `line ends and the byte order mark stay as they are`() throws {
    let file = Array("\u{FEFF}https://a.example/\r\n# end".utf8)
    let feed = try subscription("https://b.example/")
    let added = try #require(FeedsConfigurationEditor.adding(feed, toGroup: nil, in: file))
    #expect(
      String(decoding: added, as: UTF8.self)
        == "\u{FEFF}https://a.example/\r\nhttps://b.example/\r\n# end")
    #expect(FeedsConfigurationEditor.removing(url: "https://b.example/", from: added) == file)
  }

  @Test func `an empty file takes a feed with and without a group`() throws {
    let feed = try subscription("https://b.example/")
    let plain = FeedsConfigurationEditor.adding(feed, toGroup: nil, in: [])
    #expect(plain == Array("https://b.example/\n".utf8))
    let grouped = FeedsConfigurationEditor.adding(feed, toGroup: "G", in: [])
    #expect(grouped == Array("[G]\nhttps://b.example/\n".utf8))
  }

  @Test func `hostile titles, tags and groups come back as one line each`() throws {
    let feed = FeedSubscription(
      address: try FeedAddress("https://b.example/"),
      title: "x\"\nset storage /tmp\r\n\\ # \u{0}\u{7F}\u{1B}[2J", tags: ["a b,c", "", "\nd"],
      interval: .every(.seconds(5400)))
    let bytes = try #require(
      FeedsConfigurationEditor.adding(feed, toGroup: "G]\nhttps://evil.example/", in: []))
    let (configuration, problems) = FeedsConfigurationParser.parse(bytes, file: "f") { _, _ in [] }
    #expect(problems == [])
    #expect(configuration.storage == nil)
    #expect(configuration.feeds.map(\.url) == ["https://b.example/"])
    #expect(configuration.feeds.first?.title == "x\" set storage /tmp  \\ #    [2J")
    #expect(configuration.feeds.first?.tags == ["a-bc", "d"])
    #expect(configuration.feeds.first?.interval == .every(.seconds(5400)))
  }
}
