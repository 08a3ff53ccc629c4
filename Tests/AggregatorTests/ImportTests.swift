import Foundation
import Testing

/// `aggregator import`, with what a person who changes over has.
@Suite struct ImportTests {
  private let program: Program

  init() throws {
    program = try Program()
    try program.file(
      "feeds.conf",
      """
      set storage archive
      [News]
      file://\(program.folder)/courier.xml  title="The Courier"
      https://notes.example/feed
      """)
  }

  private static let items = [
    ("courier-2", "Market opens", "1794984900", "Stalls are full."),
    ("courier-1", "Ferry aground", "1794981300", "Fog off Hallö."),
  ]

  private static let sfeed = items.map { guid, title, time, text in
    "\(time)\t\(title)\thttps://courier.example/\(guid)\t\(text)\tplain\t\(guid)\tOla Brandt\t\t\n"
  }.joined()

  private static let rss =
    """
    <rss version="2.0"><channel><title>Courier</title><link>https://courier.example/</link>
    """
    + items.map { guid, title, _, text in
      """
      <item><guid isPermaLink="false">\(guid)</guid><title>\(title)</title>
      <link>https://courier.example/\(guid)</link><description>\(text)</description></item>
      """
    }.joined() + "</channel></rss>"

  @Test(arguments: [["import"], ["import", "--format", "freshrss"], ["opml", "import"]])
  func `an export that is still packed is named, with what to do`(command: [String]) throws {
    defer { program.remove() }
    for (signature, words) in [
      ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive: unzip it first, then give JSON to "),
      ([0x1F, 0x8B, 0x08], "gzip data: unpack it first, with gunzip"),
    ] as [([UInt8], String)] {
      let bytes = Data(signature + [UInt8](repeating: 0, count: 40))
      try bytes.write(to: URL(filePath: program.folder + "/export"))
      let run = try program.run(command + ["export"])
      #expect(run.status == 65 && run.errors.hasPrefix("aggregator: export: \(words)"), "\(run)")
    }
  }

  private func stories() throws -> [String] {
    let run = try program.run(
      "export", "--since", "1970-01-01", "--format", "jsonl", "--group", "none")
    #expect(run.status == 0, "\(run.errors)")
    return run.output.split(separator: "\n").map { String($0) }
  }

  @Test func `what sfeed kept is filed under the feed of its name, once, and a fetch knows it`()
    throws
  {
    defer { program.remove() }
    try program.file("sfeed/The Courier", Self.sfeed)
    let address = "file://\(program.folder)/courier.xml"
    let first = try program.run("import", "sfeed")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output == "\(address): 2 new, 0 known\n")
    let again = try program.run("import", "sfeed/The Courier")
    #expect(again.output == "\(address): 0 new, 2 known\n")
    try program.file("courier.xml", Self.rss)
    let fetch = try program.run("fetch", "--json", "courier")
    #expect(fetch.status == 0, "\(fetch.errors)")
    #expect(fetch.output.contains(#""new":0"#), "\(fetch.output)")
    let stories = try stories()
    #expect(stories.count == 2)
    #expect(stories.contains { $0.contains("2026-11-18T05:55:00") && $0.contains("courier-1") })
  }

  @Test func `a pipe is read once, whatever it brings`() throws {
    defer { program.remove() }
    let many = (0..<2000).map {
      "1794981300\tTitle \($0)\thttps://courier.example/\($0)\t\t\tg\($0)\t\t\t"
    }
    try program.file("many", many.joined(separator: "\n"))
    let run = try program.script(
      "cat many | \"$aggregator\" import --feed https://courier.example/rss /dev/stdin")
    #expect(run.output == "https://courier.example/rss: 2000 new, 0 known (not in feeds.conf)\n")
    let again = try program.script(
      "cat many | \"$aggregator\" import --feed https://courier.example/rss -")
    #expect(again.output == "https://courier.example/rss: 0 new, 2000 known (not in feeds.conf)\n")
  }

  @Test func `an entry without a GUID is the one that was imported with its link for one`() throws {
    defer { program.remove() }
    try program.file(
      "The Courier",
      "1794981300\tFerry\thttps://courier.example/1\tx\tplain\thttps://courier.example/1\t\t\t\n")
    #expect(try program.run("import", "The Courier").status == 0)
    try program.file(
      "courier.xml",
      """
      <rss version="2.0"><channel><title>Courier</title><item><title>Ferry aground</title>
      <link>https://courier.example/1</link></item></channel></rss>
      """)
    let fetch = try program.run("fetch", "--json", "courier")
    #expect(fetch.output.contains(#""new":0"#), "\(fetch.output)")
    #expect(try stories().count == 1)
  }

  @Test func `the stories of an archive follow their feed to its new address`() throws {
    defer { program.remove() }
    try program.file("courier.xml", Self.rss)
    let old = "https://moved.example/rss"
    try program.file("old.tsv", Self.sfeed)
    #expect(
      try program.run("import", "--storage", "old", "--feed", old, "old.tsv").status == 0)
    let address = "file://\(program.folder)/courier.xml"
    let run = try program.run("import", "--feed", address, "old")
    #expect(run.output == "\(address): 2 new, 0 known\n", "\(run.errors)")
    let fetch = try program.run("fetch", "--json", "courier")
    #expect(fetch.output.contains(#""new":0"#), "\(fetch.output)")
    #expect(try stories().count == 2)
    let again = try program.run("import", "--feed", address, "old")
    #expect(again.output == "\(address): 0 new, 2 known\n", "\(again.errors)")
  }

  @Test func `a rehearsal stores nothing`() throws {
    defer { program.remove() }
    try program.file("The Courier", Self.sfeed)
    let run = try program.run("import", "--dry-run", "The Courier")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasSuffix("courier.xml: 2 entries\n"))
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/archive"))
  }

  @Test func `a line that is none is named, and the others are kept`() throws {
    defer { program.remove() }
    let lines = Self.sfeed.split(separator: "\n")
    try program.file("old", "\(lines[0])\n" + String(repeating: "nonsense\n", count: 5) + lines[1])
    let run = try program.run(
      "import", "--format", "sfeed", "--feed", "https://courier.example/rss", "old")
    #expect(run.status == 65)
    #expect(run.output == "https://courier.example/rss: 2 new, 0 known (not in feeds.conf)\n")
    #expect(
      run.errors
        == (2...4).map {
          "aggregator: old: line \($0): not a line of sfeed: 1 fields between tabs, not 9\n"
        }.joined() + "aggregator: old: 2 more such lines\n")
  }

  @Test func `a file whose feed nobody names says what to do`() throws {
    defer { program.remove() }
    try program.file("unknown", Self.sfeed)
    let run = try program.run("import", "unknown")
    #expect(run.status == 65)
    #expect(
      run.errors
        == """
        aggregator: unknown: which feed it is of is not said: no feed titled “unknown”; \
        give --feed URL: 2 entries left out

        """)
  }

  @Test func `no program that another reader was to run is run, and the other feeds arrive`() throws
  {
    defer { program.remove() }
    try program.file(
      "entries.json",
      """
      {"entries":[
      {"title":"Run","url":"https://a.example/1","feed":{"feed_url":"exec:touch \(program.folder)/ran"}},
      {"title":"Eels","url":"https://notes.example/eels","published_at":"2026-11-17T06:15:00Z",
       "content":"<p>Long.</p>","feed":{"feed_url":"http://notes.example/feed"}}]}
      """)
    let run = try program.run("import", "entries.json")
    #expect(run.status == 65)
    #expect(run.output == "https://notes.example/feed: 1 new, 0 known\n")
    #expect(run.errors.contains("entries.json: exec:"), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/ran"))
  }

  @Test func `that Miniflux has more entries than its pages is said, and not of all its pages`()
    throws
  {
    defer { program.remove() }
    for page in 1...2 {
      try program.file(
        "\(page).json",
        """
        {"total":2,"entries":[{"title":"Eels \(page)","url":"https://notes.example/\(page)",
         "feed":{"feed_url":"feed://notes.example/feed"}}]}
        """)
    }
    let one = try program.run("import", "1.json")
    #expect(one.status == 0)
    #expect(one.output == "https://notes.example/feed: 1 new, 0 known\n")
    #expect(
      one.errors
        == "aggregator: 1 of the 2 entries that Miniflux has: ask it for all with limit=0\n")
    #expect(try program.run("import", "1.json", "2.json").errors == "")
  }

  @Test func `another archive's stories keep identifiers, dates and newest words`() throws {
    defer { program.remove() }
    try program.file("courier.xml", Self.rss)
    #expect(try program.run("fetch").status == 1, "notes.example cannot be reached")
    try program.file(
      "courier.xml", Self.rss.replacing("Fog off Hallö.", with: "Fog. All are safe."))
    #expect(try program.run("fetch", "--force", "courier").status == 0)
    let before = try stories()
    let run = try program.run("import", "--storage", "second", "archive")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasSuffix("courier.xml: 2 new, 0 known\n"), "\(run.output)")
    let after = try program.run(
      "export", "--storage", "second", "--since", "1970-01-01", "--format", "jsonl", "--group",
      "none")
    #expect(after.output.contains("All are safe") && !after.output.contains("Fog off"))
    let ids = { (lines: [String]) in
      Set(lines.compactMap { $0.firstMatch(of: #/"id":"([0-9a-f]{16})"/#)?.1 })
    }
    #expect(ids(before).count == 2)
    #expect(ids(after.output.split(separator: "\n").map { String($0) }) == ids(before))
  }
}
